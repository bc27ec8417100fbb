"""A part of an order: `fulfill` with `lines`, and the open part of an order that is held in part (contract §3a)."""

from __future__ import annotations

from typing import Any

import pytest
from tests.server.conftest import NOON
from tests.support.acting import Desk
from tests.support.desk_orders import gid, held, line, order, parcel
from tests.support.relaying import Ledger, relay_to

from orders_sync.instants import DAY, HOUR
from orders_sync.outbox.outcome import Refused, Sent
from orders_sync.relay.consequence import Delivered
from orders_sync.relay.recording import OutcomeJob
from orders_sync.rules.order_state import OrderState
from orders_sync.rules.thresholds import Thresholds
from orders_sync.rules.timeline import timeline
from orders_wire.vocabulary import Status

TWO = (line(1, "TEE", 3), line(2, "CAP", 2))


def part(**units: int) -> dict[str, Any]:
    """Of order 1: so many of line 1 (`tee`) and of line 2 (`cap`)."""
    ids = {"tee": "gid://shopify/LineItem/1", "cap": "2"}
    return {"orderIds": ["1"], "lines": [{"lineId": ids[name], "quantity": n} for name, n in units.items()]}


async def owed(desk: Desk) -> dict[int, int]:
    return {each.part.id: each.owed for each in (await desk.order(1)).state.lines}


async def ours(desk: Desk) -> list[dict[int, int]]:
    """What is in each parcel of ours."""
    parcels = (await desk.order(1)).state.parcels
    return [{each.id: each.quantity for each in parcel.lines} for parcel in parcels if parcel.ours]


@pytest.fixture
def cap_on_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shopify holds one shirt and all caps."""
    monkeypatch.setattr(OrderState, "held", {1: 1, 2: 2})


async def test_just_these_units_leave_and_the_rest_stays_owed(desk: Desk) -> None:
    await desk.tell(order(1, None, *TWO))
    status, answer = await desk.act("fulfill", part(tee=2) | {"tracking": {"number": "1Z9"}}, key="k")
    assert (status, answer["message"]) == (200, "Marked 1 order as fulfilled in part: the rest stays owed")
    assert answer["updatedOrders"] == [{"id": "1", "fulfillmentStatus": "partial", "tracking": {"number": "1Z9"}}]
    _, again = await desk.act("fulfill", part(tee=2) | {"tracking": {"number": "1Z9"}}, key="k")
    assert again == answer
    assert await owed(desk) == {1: 1, 2: 2}
    (row,) = await desk.payloads("fulfillment")
    assert (row["lines"], row["tracking"]["number"]) == ([[1, 2]], "1Z9")
    seen = await desk.order(1)
    assert seen.state.status is Status.AWAITING_FULFILLMENT
    _, answer = await desk.act("fulfill", part(tee=1, cap=2))
    assert answer["updatedOrders"][0]["fulfillmentStatus"] == "fulfilled"
    assert await ours(desk) == [{1: 2}, {1: 1, 2: 2}]
    assert (await desk.order(1)).timeline.count("fulfillment_submitted") == 2


async def test_how_it_was_counted_stands_where_the_fulfilment_does(desk: Desk) -> None:
    await desk.tell(order(1, None, *TWO))
    packed = {"packed": {"scanned": 2, "byHand": 1}}
    _, answer = await desk.act("fulfill", part(tee=2, cap=1) | packed, key="k", X_Operator="bo")
    assert (await desk.act("fulfill", part(tee=2, cap=1) | packed, key="k", X_Operator="bo"))[1] == answer
    other = part(tee=2, cap=1) | {"packed": {"scanned": 1, "byHand": 2}}
    assert (await desk.act("fulfill", other, key="k", X_Operator="bo"))[1]["code"] == "idempotency_mismatch"
    await desk.act("fulfill", {"orderIds": ["1"], "packed": {"scanned": 0, "byHand": 2}})
    await desk.act("fulfill", {"orderIds": ["1"], "packed": {"scanned": 9, "byHand": 0}})
    first = "by bo, packed: 2 scanned, 1 by hand, 2 × TEE, 1 × CAP"
    second = "by dashboard, packed: 0 scanned, 2 by hand"
    entries = timeline((await desk.order(1)).state)
    assert {entry["details"] for entry in entries if entry["event"] == "fulfillment_submitted"} == {first, second}
    assert [(entry.result, entry.details) for entry in await desk.audited(1)] == [
        ("done", first),
        ("done", second),
        ("unchanged", "already fulfilled, packed: 9 scanned, 0 by hand"),
    ]
    assert all("packed" not in row for row in await desk.payloads("fulfillment"))


async def test_what_was_counted_of_several_orders_is_said_of_all_of_them(desk: Desk) -> None:
    await desk.tell(order(1), order(2))
    await desk.act("fulfill", {"orderIds": ["1", "2"], "packed": {"scanned": 3, "byHand": 0}})
    told = [(await desk.audited(n))[-1].details for n in (1, 2)]
    assert told == ["by dashboard, packed together: 3 scanned, 0 by hand"] * 2


@pytest.mark.parametrize(
    ("body", "code", "told"),
    [
        pytest.param({"orderIds": ["1"], "lines": []}, "invalid_request", "at least one", id="no line"),
        pytest.param(part(tee=1) | {"orderIds": ["1", "2"]}, "invalid_request", "one order", id="several orders"),
        pytest.param(part(tee=0), "invalid_request", "0 of TEE asked for, 3 left", id="nothing of a line"),
        pytest.param(part(tee=4), "invalid_request", "4 of TEE asked for, 3 left", id="more than is owed"),
        pytest.param(
            {"orderIds": ["1"], "lines": [{"lineId": "7", "quantity": 1}]}, "not_found", "line 7", id="another's line"
        ),
        pytest.param(
            {"orderIds": ["1"], "lines": [{"lineId": n, "quantity": 1} for n in ("1", "gid://shopify/LineItem/1")]},
            "invalid_request",
            "TEE of #1 is named twice",
            id="a line twice",
        ),
    ],
)
async def test_what_is_refused(desk: Desk, body: dict[str, Any], code: str, told: str) -> None:
    await desk.tell(order(1, None, *TWO), order(2))
    before = await desk.order(1)
    status, answer = await desk.act("fulfill", body, key="k")
    assert (status, answer["code"]) == (404 if code == "not_found" else 400, code)
    assert told in answer["message"]
    assert await desk.order(1) == before
    assert await desk.act("fulfill", body, key="k") == (status, answer)
    status, _ = await desk.act("fulfill", {"orderIds": ["2"]}, key="k")
    assert status == 422, "a refusal that the order decided is recorded"


async def test_two_spellings_of_the_order_are_one(light_desk: Desk) -> None:
    await light_desk.tell(order(1, None, *TWO))
    status, answer = await light_desk.act("fulfill", part(tee=1) | {"orderIds": ["1", gid(1)]})
    assert status == 200
    assert [item["id"] for item in answer["updatedOrders"]] == ["1", gid(1)]
    assert await owed(light_desk) == {1: 2, 2: 2}


@pytest.mark.usefixtures("cap_on_hold")
async def test_a_line_that_is_wholly_held_is_refused(desk: Desk) -> None:
    await desk.tell(order(1, None, *TWO))
    status, answer = await desk.act("fulfill", part(tee=2, cap=1))
    assert (status, answer["code"], answer["message"]) == (409, "on_hold", "CAP of #1 is on hold")


@pytest.mark.usefixtures("cap_on_hold")
async def test_of_a_line_that_is_held_in_part_the_open_part_may_be_sent(light_desk: Desk) -> None:
    await light_desk.tell(order(1, None, *TWO))
    status, answer = await light_desk.act("fulfill", part(tee=3))
    assert (status, answer["code"]) == (400, "invalid_request")
    assert answer["message"] == "lines: 3 of TEE asked for, 2 open of #1: 1 on hold"
    status, _ = await light_desk.act("fulfill", part(tee=2))
    assert status == 200


@pytest.mark.usefixtures("cap_on_hold")
async def test_without_lines_the_open_part_is_sent_and_the_answer_says_so(light_desk: Desk) -> None:
    await light_desk.tell(order(1, None, *TWO))
    _, answer = await light_desk.act("fulfill", {"orderIds": ["1"]})
    assert answer["message"] == "Marked 1 order as fulfilled in part: what is on hold stays owed"
    assert answer["updatedOrders"] == [{"id": "1", "fulfillmentStatus": "partial"}]
    assert await owed(light_desk) == {1: 1, 2: 2}
    assert [row["lines"] for row in await light_desk.payloads("fulfillment")] == [[[1, 2]]]


async def test_a_hold_beside_orders_that_can_be_sent_whole(light_desk: Desk) -> None:
    await light_desk.tell(order(1), order(2), held(2))
    status, answer = await light_desk.act("fulfill", {"orderIds": ["1", "2"]})
    assert (status, answer["message"]) == (200, "Marked 1 order as fulfilled; 1 failed")
    assert answer["failures"][0]["code"] == "on_hold"


async def test_alerts_stay_open_while_something_stays_owed(desk: Desk) -> None:
    late = NOON - 30 * HOUR
    moving = parcel(1, 80, at=late, number="DHL-8", shipment_status="in_transit")
    placed = {"processed_at": NOON - 2 * DAY, "created_at": NOON - 2 * DAY}
    await desk.tell(order(1, None, *TWO, **placed), moving)
    before = await desk.order(1)
    assert before.alerts == {"order_overdue", "shipment_delay"}
    await desk.act("fulfill", part(tee=3))
    seen = await desk.order(1)
    assert (seen.alerts, seen.state.ship_by) == (before.alerts, before.state.ship_by)
    await desk.act("fulfill", part(cap=2))
    assert (await desk.order(1)).alerts == frozenset()


async def test_a_line_that_an_edit_adds_is_owed(light_desk: Desk) -> None:
    await light_desk.tell(order(1, None, TWO[0]))
    await light_desk.act("fulfill", {"orderIds": ["1"]})
    await light_desk.tell(order(1, None, *TWO, at=NOON + 1000))
    assert await owed(light_desk) == {1: 0, 2: 2}


async def test_a_fulfilment_of_another_line_neither_frees_nor_doubles_it(desk: Desk) -> None:
    await desk.tell(order(1, None, *TWO))
    await desk.act("fulfill", part(tee=2))
    lines = [{"id": 2, "quantity": 2, "left": 0}]
    await desk.tell(
        parcel(1, 77, at=NOON + 1000, lines=lines), order(1, None, TWO[0], line(2, "CAP", 2, 0), at=NOON + 1000)
    )
    assert (await ours(desk), await owed(desk)) == ([{1: 2}], {1: 1, 2: 0})
    assert (await desk.order(1)).timeline.count("fulfillment_submitted") == 2


async def test_what_its_write_made_takes_its_place_and_no_others(desk: Desk) -> None:
    await desk.tell(order(1, None, *TWO))
    await desk.act("fulfill", part(tee=2) | {"delaySeconds": 0})
    await desk.act("fulfill", part(cap=2) | {"delaySeconds": 60})
    await relay_to(desk.db, Ledger(answers=[Sent(made=(77,))])).send_due()
    assert [own.answered for own in (await desk.order(1)).operator.acknowledgements] == [(77,), ()]
    await desk.tell(parcel(1, 77, at=NOON + 1000))
    assert await ours(desk) == [{2: 2}]


async def test_a_row_that_dies_takes_back_its_own_part_alone(desk: Desk) -> None:
    await desk.tell(order(1, None, *TWO))
    await desk.act("fulfill", part(tee=2) | {"delaySeconds": 0})
    await desk.act("fulfill", part(cap=2) | {"delaySeconds": 60})
    await relay_to(desk.db, Ledger(answers=[Refused("no")])).send_due()
    seen = await desk.order(1)
    assert (await ours(desk), await owed(desk)) == ([{2: 2}], {1: 3, 2: 0})
    assert "integration_failed" in seen.alerts
    await desk.act("undo", {"actionId": seen.operator.acknowledgements[0].action_id})
    await desk.act("fulfill", part(cap=1))
    assert "integration_failed" in (await desk.order(1)).alerts, "of another line"
    await desk.act("fulfill", part(tee=1))
    assert "integration_failed" not in (await desk.order(1)).alerts


async def test_a_discarded_part_is_alerted_while_it_is_owed(light_desk: Desk) -> None:
    await light_desk.tell(order(1, None, *TWO))
    await light_desk.act("fulfill", part(cap=2))
    (row,) = await light_desk.outbox(1)
    await light_desk.post(f"/sync/outbox/{row.id}/discard")
    assert "integration_failed" in (await light_desk.order(1)).alerts
    await light_desk.tell(order(1, None, TWO[0], line(2, "CAP", 2, 0), at=NOON + 1000))
    assert "integration_failed" not in (await light_desk.order(1)).alerts


async def test_undo_of_one_leaves_the_others(desk: Desk) -> None:
    await desk.tell(order(1, None, *TWO))
    _, first = await desk.act("fulfill", part(tee=2))
    _, second = await desk.act("fulfill", part(cap=1))
    status, answer = await desk.act("undo", {"actionId": first["actionId"]})
    assert (status, answer["updatedOrders"]) == (200, [{"id": "1", "fulfillmentStatus": "partial"}])
    assert (await ours(desk), await owed(desk)) == ([{2: 1}], {1: 3, 2: 1})
    assert [row.state for row in await desk.outbox(1)] == ["undone", "queued"]
    await desk.tell(parcel(1, 77, at=NOON + 1000, lines=[{"id": 2, "quantity": 1}]))
    status, answer = await desk.act("undo", {"actionId": second["actionId"]})
    assert (status, answer["code"]) == (409, "version_conflict")


async def test_what_its_write_answers_is_no_change_that_keeps_its_number_from_being_undone(light_desk: Desk) -> None:
    await light_desk.tell(order(1, None, *TWO))
    await light_desk.act("fulfill", part(tee=2) | {"delaySeconds": 0})
    (row,) = await light_desk.claim("shopify")
    number = {"items": [{"orderId": "1", "number": "A1"}], "delaySeconds": 60}
    _, answer = await light_desk.act("tracking", number)
    await light_desk.db.write(OutcomeJob(Delivered("relay", row, Sent(made=(77,)), 0.0), Thresholds()))
    status, _ = await light_desk.act("undo", {"actionId": answer["actionId"]})
    (own,) = (await light_desk.order(1)).operator.acknowledgements
    assert (status, own.number, own.answered) == (200, None, (77,))
