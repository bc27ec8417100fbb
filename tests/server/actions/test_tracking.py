"""A number on an order that was sent already: shown, queued, undone, taken back; and what the customer is mailed of."""

from __future__ import annotations

from typing import Any

import pytest
from tests.server.conftest import NOON, SettableClock
from tests.support.acting import Desk, serve
from tests.support.desk_orders import PLACED, line, order, parcel, returned, stamp
from tests.support.relaying import Ledger, relay_to

from orders_sync.db.engine import Database
from orders_sync.evidence.changes import OrderChange, ReturnMoved
from orders_sync.outbox.kinds import Target
from orders_sync.outbox.outcome import Refused, Sent
from orders_sync.rules.alert_causes import causes

NUMBER = {"number": "1Z999", "carrier": "UPS"}
SENT = {"orderIds": ["1"], "tracking": NUMBER, "delaySeconds": 0}


async def numbers(desk: Desk) -> dict[int, str | None]:
    """By fulfilment; 0 is a parcel of ours."""
    return {0 if each.ours else each.id: each.number for each in (await desk.order(1)).state.parcels}


async def sent_twice(desk: Desk) -> None:
    """Two parcels without a number, told in the order of their ids and made the other way round."""
    await desk.tell(order(1, None, line(owed=0)), parcel(1, 70, at=NOON - 1000), parcel(1, 71, at=NOON - 2000))


async def test_a_second_number_goes_to_the_next_parcel(light_desk: Desk) -> None:
    await sent_twice(light_desk)
    for number in ("A1", "B2", "C3"):
        _, answer = await light_desk.act("fulfill", {"orderIds": ["1"], "tracking": {"number": number}})
    assert await numbers(light_desk) == {71: "A1", 70: "B2"}
    assert "tracking" not in answer["updatedOrders"][0], "nothing took the third"
    assert answer["undoUntil"] is None
    assert [row["fulfillment_id"] for row in await light_desk.payloads("tracking")] == [71, 70]


async def test_undo_takes_the_number_back_and_withdraws_its_row(desk: Desk) -> None:
    await sent_twice(desk)
    _, answer = await desk.act("fulfill", {"orderIds": ["1"], "tracking": NUMBER})
    status, _ = await desk.act("undo", {"actionId": answer["actionId"]})
    assert status == 200
    assert await numbers(desk) == {71: None, 70: None}
    assert [row.state for row in await desk.outbox(1)] == ["undone"]


async def test_a_number_that_the_shop_refuses_is_taken_back_and_alerted(desk: Desk) -> None:
    await sent_twice(desk)
    await desk.act("fulfill", SENT)
    await relay_to(desk.db, Ledger(answers=[Refused("the number was changed in Shopify since, to DHL-7")])).send_due()
    (row,) = await desk.outbox(1)
    assert (row.state, row.last_error) == ("dead", "the number was changed in Shopify since, to DHL-7")
    assert await numbers(desk) == {71: None, 70: None}
    seen = await desk.order(1)
    assert "integration_failed" in seen.alerts
    assert seen.timeline[-1] == "note"


async def test_a_discarded_number_is_alerted_until_the_parcel_has_one(light_desk: Desk) -> None:
    await sent_twice(light_desk)
    await light_desk.act("fulfill", {**SENT, "delaySeconds": 60})
    (row,) = await light_desk.outbox(1)
    await light_desk.post(f"/sync/outbox/{row.id}/discard")
    assert await numbers(light_desk) == {71: None, 70: None}
    assert "integration_failed" in (await light_desk.order(1)).alerts
    await light_desk.tell(parcel(1, 71, at=NOON + 1000, number="DHL-7"))
    assert "integration_failed" not in (await light_desk.order(1)).alerts


async def test_a_number_for_a_parcel_whose_own_row_has_left_is_taken_back_too(light_desk: Desk) -> None:
    await light_desk.tell(order(1))
    relay = relay_to(light_desk.db, Ledger(answers=[Sent(), Refused("no")]))
    await light_desk.act("fulfill", {"orderIds": ["1"], "delaySeconds": 0})
    await relay.send_due()
    await light_desk.act("fulfill", SENT)
    assert await numbers(light_desk) == {0: "1Z999"}
    await relay.send_due()
    assert await numbers(light_desk) == {0: None}
    assert "integration_failed" in (await light_desk.order(1)).alerts


async def test_a_placeholder_is_shown_and_leaves_no_row_and_gives_way_to_a_number(light_desk: Desk) -> None:
    await light_desk.tell(order(1, None, line(owed=0)), parcel(1, 70))
    _, answer = await light_desk.act("fulfill", {"orderIds": ["1"], "tracking": {"number": "TRK-AB12"}})
    assert await numbers(light_desk) == {70: "TRK-AB12"}
    assert answer["undoUntil"] is None
    assert await light_desk.outbox(1) == []
    await light_desk.act("fulfill", SENT)
    assert await numbers(light_desk) == {70: "1Z999"}
    assert await light_desk.payloads("tracking") == [{"fulfillment_id": 70, "before": None, "url": None, **NUMBER}]


@pytest.mark.parametrize(
    ("setting", "given", "mailed"), [(False, True, True), (True, None, True), (True, False, False)]
)
async def test_who_is_mailed(db: Database, setting: bool, given: bool | None, mailed: bool) -> None:
    body: dict[str, Any] = {} if given is None else {"notify": given}
    async with serve(db, notify_customer=setting) as desk:
        await desk.tell(order(1), order(2, None, line(owed=0)), parcel(2, 70), order(3), returned(3, 27))
        await desk.act("fulfill", {"orderIds": ["1", "2"], "tracking": {"number": "1Z1"}, **body})
        await desk.act("returns", {"orderId": "3", "action": "deny", **body})
        rows = [(await desk.payloads(kind))[0] for kind in ("fulfillment", "tracking", "return_deny")]
    assert [row.get("notify", False) for row in rows] == [mailed] * 3


async def test_notify_is_a_truth_value(light_desk: Desk) -> None:
    status, answer = await light_desk.act("fulfill", {"orderIds": ["1"], "notify": "yes"})
    assert (status, answer["code"]) == (400, "invalid_request")
    assert "notify" in answer["message"]


async def test_a_refund_that_is_refused_leaves_the_return_where_it_was(desk: Desk, clock: SettableClock) -> None:
    await desk.tell(order(1), returned(1, 9))
    await desk.tell(*_inspecting())
    for _ in range(2):
        await desk.act("returns", {"orderId": "1", "action": "approve_refund", "delaySeconds": 0})
    assert (await desk.order(1)).return_state == "completed"
    relay = relay_to(
        desk.db, Ledger(answers=[Refused("Shopify withholds it: give the app that scope")]), [Target.SHOPIFY]
    )
    await relay.send_due()
    seen = await desk.order(1)
    assert seen.return_state == "awaiting_refund", "as the first approval left it"
    (alert,) = [cause for cause in causes(seen.state, clock()) if cause.type == "integration_failed"]
    assert "Refund did not reach Shopify: Shopify withholds it: give the app that scope" in alert.message
    assert "retry it in the outbox" in alert.message
    clock.advance(1000)
    await desk.act("returns", {"orderId": "1", "action": "approve_refund", "delaySeconds": 0})
    seen = await desk.order(1)
    assert (seen.return_state, "integration_failed" in seen.alerts) == ("completed", False)


async def test_what_a_write_came_to_is_told_on_its_row_and_in_the_timeline(light_desk: Desk) -> None:
    await light_desk.tell(order(1), returned(1, 9))
    await light_desk.tell(*_inspecting())
    for _ in range(2):
        await light_desk.act("returns", {"orderId": "1", "action": "approve_refund", "delaySeconds": 0})
    note = "nothing is paid back: the customer owes 12.5 EUR"
    await relay_to(light_desk.db, Ledger(answers=[Sent(note)]), [Target.SHOPIFY]).send_due()
    row = next(row for row in await light_desk.outbox(1) if row.kind == "refund")
    assert (row.state, row.last_error) == ("done", note)
    assert (await light_desk.order(1)).timeline[-1] == "note"


def _inspecting() -> list[OrderChange]:
    return [ReturnMoved(9, 1, "received", stamp(PLACED + 1))]
