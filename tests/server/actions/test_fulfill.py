"""Fulfil: an acknowledgement that stands until Shopify confirms it: contract §3, Fulfil."""

from __future__ import annotations

from typing import Any

import pytest
from tests.server.conftest import NOON, SettableClock
from tests.support.acting import Desk
from tests.support.desk_orders import gid, held, line, order, parcel

from orders_sync.instants import DAY, HOUR
from orders_wire.vocabulary import Status

TRACKING = {"number": "1Z999", "carrier": "UPS"}
WRITTEN = TRACKING | {"url": None}


async def test_an_owed_order_is_acknowledged_and_its_fulfilment_queued(desk: Desk) -> None:
    await desk.tell(order(1))
    status, answer = await desk.act("fulfill", {"orderIds": [gid(1)], "tracking": TRACKING})
    assert status == 200
    assert answer["message"] == "Marked 1 order as fulfilled"
    assert answer["updatedOrders"] == [{"id": gid(1), "fulfillmentStatus": "fulfilled", "tracking": TRACKING}]
    seen = await desk.order(1)
    assert seen.state.status is not Status.AWAITING_FULFILLMENT
    assert [parcel.number for parcel in seen.state.parcels] == ["1Z999"]
    assert seen.timeline[-1] == "fulfillment_submitted"
    (row,) = await desk.outbox(1)
    assert (row.target, row.kind) == ("shopify", "fulfillment")
    assert await desk.payloads("fulfillment") == [{"tracking": WRITTEN, "known": [], "lines": [[1, 1]]}]


async def test_without_a_number_the_order_waits_for_tracking(light_desk: Desk) -> None:
    await light_desk.tell(order(1))
    _, answer = await light_desk.act("fulfill", {"orderIds": ["1"]})
    assert answer["updatedOrders"] == [{"id": "1", "fulfillmentStatus": "fulfilled"}]
    assert (await light_desk.order(1)).state.status is Status.AWAITING_TRACKING


async def test_a_carrier_that_was_not_given_is_not_echoed(light_desk: Desk) -> None:
    await light_desk.tell(order(1))
    _, answer = await light_desk.act("fulfill", {"orderIds": ["1"], "tracking": {"number": "1Z9"}})
    assert answer["updatedOrders"][0]["tracking"] == {"number": "1Z9"}


async def test_the_acknowledgement_wins_over_unfulfilled_until_shopify_makes_its_own_parcel(light_desk: Desk) -> None:
    await light_desk.tell(order(1))
    await light_desk.act("fulfill", {"orderIds": ["1"], "tracking": TRACKING})
    await light_desk.tell(order(1, at=NOON + 1000))
    assert (await light_desk.order(1)).state.status is not Status.AWAITING_FULFILLMENT

    await light_desk.tell(order(1, None, line(owed=0), at=NOON + 2000), parcel(1, 77, at=NOON + 2000))
    seen = await light_desk.order(1)
    assert [parcel.id for parcel in seen.state.parcels] == [77]
    assert seen.timeline.count("fulfillment_submitted") == 1
    assert seen.state.parcels[0].number == "1Z999"


async def test_it_ends_without_a_parcel_when_shopify_owes_nothing_any_more(light_desk: Desk) -> None:
    await light_desk.tell(order(1))
    await light_desk.act("fulfill", {"orderIds": ["1"]})
    await light_desk.tell(order(1, None, line(owed=0), at=NOON + 1000))
    seen = await light_desk.order(1)
    assert seen.state.parcels == ()
    assert seen.state.status is Status.FULFILLED
    await light_desk.tell(parcel(1, 77, at=NOON + 2000))
    seen = await light_desk.order(1)
    assert [parcel.id for parcel in seen.state.parcels] == [77]
    assert seen.timeline.count("fulfillment_submitted") == 1


async def test_shopify_covering_a_part_replaces_it_all_the_same(light_desk: Desk) -> None:
    await light_desk.tell(order(1, None, line(1), line(2, "CAP")))
    await light_desk.act("fulfill", {"orderIds": ["1"]})
    await light_desk.tell(
        order(1, None, line(1, owed=0), line(2, "CAP"), at=NOON + 1000), parcel(1, 77, at=NOON + 1000)
    )
    assert (await light_desk.order(1)).state.status is Status.AWAITING_FULFILLMENT


async def test_fulfilling_the_rest_brings_no_entry_of_the_first_back(light_desk: Desk) -> None:
    await light_desk.tell(order(1, None, line(1), line(2, "CAP")))
    await light_desk.act("fulfill", {"orderIds": ["1"]})
    covered = order(1, None, line(1, owed=0), line(2, "CAP"), at=NOON + 1000)
    await light_desk.tell(covered, parcel(1, 77, at=NOON + 1000))
    await light_desk.act("fulfill", {"orderIds": ["1"]})
    assert (await light_desk.order(1)).timeline.count("fulfillment_submitted") == 2
    await light_desk.tell(order(1, None, line(1, owed=0), line(2, "CAP", owed=0), at=NOON + 2000))
    await light_desk.tell(parcel(1, 78, at=NOON + 2000))
    seen = await light_desk.order(1)
    assert [parcel.id for parcel in seen.state.parcels] == [77, 78]
    assert seen.timeline.count("fulfillment_submitted") == 2


async def test_a_number_goes_to_the_acknowledgement_alone(light_desk: Desk) -> None:
    await light_desk.tell(order(1, None, line(1, owed=0), line(2, "CAP")), parcel(1, 70))
    await light_desk.act("fulfill", {"orderIds": ["1"], "tracking": TRACKING})
    seen = await light_desk.order(1)
    assert [(parcel.ours, parcel.number) for parcel in seen.state.parcels] == [(False, None), (True, "1Z999")]
    assert await light_desk.payloads("fulfillment") == [{"tracking": WRITTEN, "known": [70], "lines": [[2, 1]]}]


async def test_already_fulfilled_gives_the_number_to_the_oldest_parcel_that_lacks_one(light_desk: Desk) -> None:
    await light_desk.tell(order(1, None, line(owed=0)), parcel(1, 70), parcel(1, 71, number="DHL-1"), parcel(1, 72))
    status, answer = await light_desk.act("fulfill", {"orderIds": ["1"], "tracking": TRACKING})
    assert status == 200
    assert answer["updatedOrders"] == [{"id": "1", "fulfillmentStatus": "fulfilled", "tracking": TRACKING}]
    seen = await light_desk.order(1)
    assert {parcel.id: parcel.number for parcel in seen.state.parcels} == {70: "1Z999", 71: "DHL-1", 72: None}
    assert [(row.kind, row.state) for row in await light_desk.outbox(1)] == [("tracking", "queued")]
    assert await light_desk.payloads("tracking") == [{"fulfillment_id": 70, "before": None, **WRITTEN}]
    assert answer["undoUntil"] == "2026-03-10T12:00:10Z"
    assert (await light_desk.order(1)).waiting == 1


async def test_an_operators_number_stands_until_shopify_gives_one(light_desk: Desk) -> None:
    await light_desk.tell(order(1, None, line(owed=0)), parcel(1, 70))
    await light_desk.act("fulfill", {"orderIds": ["1"], "tracking": TRACKING})
    await light_desk.tell(parcel(1, 70, at=NOON + 1000))
    assert (await light_desk.order(1)).state.parcels[0].number == "1Z999"
    await light_desk.tell(parcel(1, 70, at=NOON + 2000, number="DHL-7"))
    assert (await light_desk.order(1)).state.parcels[0].number == "DHL-7"


async def test_a_number_for_our_own_parcel_goes_out_with_its_fulfilment(desk: Desk) -> None:
    await desk.tell(order(1))
    await desk.act("fulfill", {"orderIds": ["1"]})
    await desk.act("fulfill", {"orderIds": ["1"], "tracking": TRACKING})
    assert [parcel.number for parcel in (await desk.order(1)).state.parcels] == ["1Z999"]
    assert await desk.payloads("fulfillment") == [{"tracking": WRITTEN, "known": [], "lines": [[1, 1]]}]


async def test_what_is_claimed_is_not_altered_by_a_late_number(desk: Desk) -> None:
    await desk.tell(order(1))
    await desk.act("fulfill", {"orderIds": ["1"], "delaySeconds": 0})
    await desk.claim("shopify")
    status, _ = await desk.act("fulfill", {"orderIds": ["1"], "tracking": TRACKING})
    assert status == 200
    assert await desk.payloads("fulfillment") == [{"tracking": None, "known": [], "lines": [[1, 1]]}]
    (own,) = (await desk.order(1)).operator.acknowledgements
    made: dict[str, object] = {"fulfillment_id": None, "of": own.action_id, "known": [], "lines": [[1, 1]]}
    assert await desk.payloads("tracking") == [made | {"before": None} | WRITTEN]


async def test_again_without_news_changes_nothing(light_desk: Desk) -> None:
    await light_desk.tell(order(1))
    await light_desk.act("fulfill", {"orderIds": ["1"], "tracking": TRACKING})
    before = await light_desk.order(1)
    status, _ = await light_desk.act("fulfill", {"orderIds": ["1"], "tracking": TRACKING})
    assert status == 200
    after = await light_desk.order(1)
    assert (after.version, after.timeline) == (before.version, before.timeline)
    assert len(await light_desk.outbox(1)) == 1


async def test_an_order_without_shipping_is_fulfilled_already(light_desk: Desk) -> None:
    await light_desk.tell(order(1, None, line().model_copy(update={"requires_shipping": False})))
    status, _ = await light_desk.act("fulfill", {"orderIds": ["1"]})
    assert status == 200
    assert await light_desk.outbox(1) == []


@pytest.mark.parametrize("closed", [{"cancelled_at": NOON}, {"financial_status": "refunded"}])
async def test_a_closed_order_is_refused(light_desk: Desk, closed: dict[str, Any]) -> None:
    await light_desk.tell(order(1, **closed))
    status, answer = await light_desk.act("fulfill", {"orderIds": ["1"]})
    assert (status, answer["code"]) == (409, "order_closed")


async def test_a_held_order_is_refused_and_left_as_it_was(light_desk: Desk) -> None:
    await light_desk.tell(order(1), held(1))
    before = await light_desk.order(1)
    status, answer = await light_desk.act("fulfill", {"orderIds": ["1"]})
    assert (status, answer["code"]) == (409, "on_hold")
    assert await light_desk.order(1) == before


async def test_cancelling_in_shopify_ends_the_acknowledgement(light_desk: Desk) -> None:
    await light_desk.tell(order(1))
    await light_desk.act("fulfill", {"orderIds": ["1"]})
    await light_desk.tell(order(1, at=NOON + 1000, cancelled_at=NOON + 1000))
    seen = await light_desk.order(1)
    assert seen.state.status is Status.CANCELLED
    assert seen.state.parcels == ()


async def test_shipment_alerts_are_cleared(desk: Desk, clock: SettableClock) -> None:
    late = NOON - 30 * HOUR
    moving = parcel(2, 80, at=late, number="DHL-8", shipment_status="in_transit")
    await desk.tell(order(1, ship_by=None, processed_at=NOON - 2 * DAY, created_at=NOON - 2 * DAY))
    await desk.tell(order(2, None, line(owed=0)), moving, order(3, None, line(owed=0)), parcel(3, 90, at=late))
    assert (await desk.order(1)).alerts == {"order_overdue"}
    assert (await desk.order(2)).alerts == {"shipment_delay"}
    assert (await desk.order(3)).alerts == {"tracking_pending"}
    await desk.act("fulfill", {"orderIds": ["1", "2", "3"]})
    for order_id in (1, 2, 3):
        assert (await desk.order(order_id)).alerts == frozenset()


async def test_an_acknowledged_delay_returns_with_the_next_carrier_update(
    light_desk: Desk, clock: SettableClock
) -> None:
    moving = parcel(1, 80, at=NOON - 30 * HOUR, number="DHL-8", shipment_status="in_transit")
    await light_desk.tell(order(1, None, line(owed=0)), moving)
    await light_desk.act("fulfill", {"orderIds": ["1"]})
    await light_desk.tell(parcel(1, 80, at=NOON, number="DHL-8", shipment_status="in_transit"))
    clock.advance(25 * HOUR)
    await light_desk.tell(order(1, None, line(owed=0), at=clock.now))
    assert (await light_desk.order(1)).alerts == {"shipment_delay"}
