"""Undo: takes back exactly what an action set, while none of its work has left: contract §3."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import update
from tests.server.conftest import NOON, SettableClock
from tests.support.acting import Desk
from tests.support.desk_orders import PLACED, gid, line, order, parcel, refunded, returned, stamp

from orders_sync.db.tables import actions
from orders_sync.evidence.changes import ReturnMoved
from orders_sync.instants import SECOND
from orders_sync.outbox.kinds import Kind
from orders_wire.vocabulary import Status


async def done(desk: Desk, action: str, body: dict[str, Any], **headers: str) -> str:
    """Does it; returns the action's id."""
    status, answer = await desk.act(action, body, **headers)
    assert status == 200, answer
    action_id: str = answer["actionId"]
    return action_id


async def undo(desk: Desk, action_id: str, **headers: str) -> tuple[int, dict[str, Any]]:
    return await desk.act("undo", {"actionId": action_id}, **headers)


async def test_an_assignment_goes_back_to_the_owner_before(desk: Desk) -> None:
    await desk.tell(order(1))
    await done(desk, "assign", {"orderIds": ["1"], "assignee": "maya"})
    action_id = await done(desk, "assign", {"orderIds": ["#1"], "assignee": "bo"})
    status, answer = await undo(desk, action_id, X_Operator="lee")

    assert status == 200
    assert answer["message"] == "Undone: assign on 1 order"
    assert answer["updatedOrders"] == [{"id": "#1", "assignedTo": "maya"}]
    seen = await desk.order(1)
    assert seen.operator.assigned_to == "maya"
    assert answer["versions"] == {"#1": seen.version}
    assert seen.timeline[-3:] == ["assigned", "assigned", "note"]
    assert [row.state for row in await desk.outbox(1)] == ["queued", "undone"]
    assert seen.waiting == 1
    assert [(owner.assignee, owner.assigned_by) for owner in await desk.owners(1)][-1] == ("maya", "lee")
    assert [entry.action for entry in await desk.audited(1)] == ["assign", "assign", "undo"]


async def test_a_second_undo_finds_nothing(desk: Desk) -> None:
    await desk.tell(order(1))
    action_id = await done(desk, "assign", {"orderIds": ["1"], "assignee": "maya"})
    await undo(desk, action_id)
    status, answer = await undo(desk, action_id)
    assert (status, answer["code"], answer["updatedOrders"]) == (404, "not_found", [])


async def test_undoing_one_after_the_other_goes_all_the_way_back(light_desk: Desk) -> None:
    await light_desk.tell(order(1))
    first = await done(light_desk, "assign", {"orderIds": ["1"], "assignee": "maya"})
    second = await done(light_desk, "assign", {"orderIds": ["1"], "assignee": "bo"})
    assert (await undo(light_desk, second))[0] == 200
    assert (await undo(light_desk, first))[0] == 200
    assert (await light_desk.order(1)).operator.assigned_to is None


async def test_an_owner_who_was_changed_since_stays(desk: Desk) -> None:
    await desk.tell(order(1), order(2))
    action_id = await done(desk, "assign", {"orderIds": ["1", "2"], "assignee": "maya"})
    await done(desk, "assign", {"orderIds": ["1"], "assignee": "bo"})
    status, answer = await undo(desk, action_id)
    assert status == 200
    assert answer["updatedOrders"] == [{"id": "2", "assignedTo": "unassigned"}]
    (failure,) = answer["failures"]
    seen = await desk.order(1)
    assert (failure["id"], failure["code"], failure["version"]) == ("1", "version_conflict", seen.version)
    assert seen.operator.assigned_to == "bo"
    assert [row.state for row in await desk.outbox(1)] == ["queued", "queued"]
    assert [row.state for row in await desk.outbox(2)] == ["undone"]


async def test_the_same_owner_set_again_by_somebody_else_is_a_change_too(light_desk: Desk) -> None:
    await light_desk.tell(order(1))
    action_id = await done(light_desk, "assign", {"orderIds": ["1"], "assignee": "maya"})
    await done(light_desk, "assign", {"orderIds": ["1"], "assignee": "bo"})
    await done(light_desk, "assign", {"orderIds": ["1"], "assignee": "maya"})
    status, answer = await undo(light_desk, action_id)
    assert (status, answer["code"], answer["updatedOrders"]) == (409, "version_conflict", [])


async def test_when_no_order_could_be_restored_it_may_be_tried_again(light_desk: Desk) -> None:
    await light_desk.tell(order(1))
    first = await done(light_desk, "assign", {"orderIds": ["1"], "assignee": "maya"})
    second = await done(light_desk, "assign", {"orderIds": ["1"], "assignee": "bo"})
    assert (await undo(light_desk, first))[0] == 409
    assert (await undo(light_desk, second))[0] == 200
    assert (await undo(light_desk, first))[0] == 200


async def test_what_was_not_changed_is_restored_by_doing_nothing(light_desk: Desk) -> None:
    await light_desk.tell(order(1))
    await done(light_desk, "assign", {"orderIds": ["1"], "assignee": "maya"})
    again = await done(light_desk, "assign", {"orderIds": ["1"], "assignee": "maya"})
    version = (await light_desk.order(1)).version
    status, answer = await undo(light_desk, again)
    assert (status, answer["updatedOrders"]) == (200, [{"id": "1", "assignedTo": "maya"}])
    assert (await light_desk.order(1)).version == version


async def test_an_order_that_changed_otherwise_is_restored(light_desk: Desk) -> None:
    await light_desk.tell(order(1))
    action_id = await done(light_desk, "assign", {"orderIds": ["1"], "assignee": "maya"})
    await light_desk.tell(order(1, note="gift", at=NOON + 1000))
    assert (await undo(light_desk, action_id))[0] == 200


async def test_every_spelling_is_echoed_as_the_action_sent_it(light_desk: Desk) -> None:
    await light_desk.tell(order(1, "#1001"))
    action_id = await done(light_desk, "assign", {"orderIds": ["#1001", gid(1)], "assignee": "maya"})
    _, answer = await undo(light_desk, action_id)
    assert [updated["id"] for updated in answer["updatedOrders"]] == ["#1001", gid(1)]


async def test_nothing_can_be_undone_once_any_of_it_was_claimed(desk: Desk, clock: SettableClock) -> None:
    await desk.tell(order(1), order(2))
    action_id = await done(desk, "assign", {"orderIds": ["1", "2"], "assignee": "maya"})
    clock.advance(10 * SECOND)
    assert len(await desk.claim("shopify")) == 2
    before = await desk.order(1)
    status, answer = await undo(desk, action_id)
    assert (status, answer["code"]) == (409, "already_sent")
    assert await desk.order(1) == before


async def test_a_row_that_is_undone_is_never_claimed(light_desk: Desk, clock: SettableClock) -> None:
    await light_desk.tell(order(1))
    action_id = await done(light_desk, "assign", {"orderIds": ["1"], "assignee": "maya"})
    await undo(light_desk, action_id)
    clock.advance(60 * SECOND)
    assert await light_desk.claim("shopify") == []


async def test_a_fulfilment_is_taken_back_with_its_alert(desk: Desk) -> None:
    await desk.tell(order(1, created_at=PLACED - 10**8, processed_at=PLACED - 10**8))
    before = await desk.order(1)
    assert before.alerts == {"order_overdue"}
    action_id = await done(desk, "fulfill", {"orderIds": ["1"]})
    assert (await desk.order(1)).alerts == frozenset()
    _, answer = await undo(desk, action_id)
    assert answer["updatedOrders"] == [{"id": "1", "fulfillmentStatus": "unfulfilled"}]
    seen = await desk.order(1)
    assert seen.state.status is Status.AWAITING_FULFILLMENT
    assert seen.alerts == {"order_overdue"}
    assert seen.timeline[-2:] == ["fulfillment_submitted", "note"]


async def test_a_partly_fulfilled_order_goes_back_to_partial(light_desk: Desk) -> None:
    await light_desk.tell(order(1, None, line(1, owed=0), line(2, "CAP")), parcel(1, 70, number="N"))
    action_id = await done(light_desk, "fulfill", {"orderIds": ["1"]})
    _, answer = await undo(light_desk, action_id)
    assert answer["updatedOrders"] == [{"id": "1", "fulfillmentStatus": "partial"}]


async def test_a_parcel_that_shopify_confirmed_cannot_be_taken_back(light_desk: Desk) -> None:
    await light_desk.tell(order(1))
    action_id = await done(light_desk, "fulfill", {"orderIds": ["1"]})
    await light_desk.tell(order(1, None, line(owed=0), at=NOON + 1000), parcel(1, 77, at=NOON + 1000))
    status, answer = await undo(light_desk, action_id)
    assert (status, answer["code"]) == (409, "version_conflict")


async def test_a_number_is_taken_off_the_parcel_and_off_what_waits_to_leave(desk: Desk) -> None:
    await desk.tell(order(1))
    await done(desk, "fulfill", {"orderIds": ["1"]})
    action_id = await done(desk, "fulfill", {"orderIds": ["1"], "tracking": {"number": "1Z9"}})
    _, answer = await undo(desk, action_id)
    assert answer["updatedOrders"] == [{"id": "1", "fulfillmentStatus": "fulfilled"}]
    assert [parcel.number for parcel in (await desk.order(1)).state.parcels] == [None]
    assert await desk.payloads(Kind.FULFILLMENT) == [{"tracking": None, "known": [], "lines": [[1, 1]]}]
    assert [row.state for row in await desk.outbox(1)] == ["queued"]


async def test_a_number_that_went_out_with_its_fulfilment_has_left(light_desk: Desk) -> None:
    await light_desk.tell(order(1))
    await done(light_desk, "fulfill", {"orderIds": ["1"], "delaySeconds": 0})
    action_id = await done(light_desk, "fulfill", {"orderIds": ["1"], "tracking": {"number": "1Z9"}})
    await light_desk.claim("shopify")
    status, answer = await undo(light_desk, action_id)
    assert (status, answer["code"]) == (409, "already_sent")


async def test_a_number_that_shopify_replaced_was_changed_since(light_desk: Desk) -> None:
    await light_desk.tell(order(1, None, line(owed=0)), parcel(1, 70))
    action_id = await done(light_desk, "fulfill", {"orderIds": ["1"], "tracking": {"number": "1Z9"}})
    await light_desk.tell(parcel(1, 70, at=NOON + 1000, number="DHL-7"))
    assert (await undo(light_desk, action_id))[0] == 409


async def test_support_gives_owner_and_thread_back(desk: Desk) -> None:
    await desk.tell(order(1))
    await done(desk, "assign", {"orderIds": ["1"], "assignee": "maya"})
    action_id = await done(desk, "support", {"orderId": "1"})
    _, answer = await undo(desk, action_id)
    assert answer["updatedOrders"] == [{"id": "1", "supportThread": None}]
    seen = await desk.order(1)
    assert (seen.operator.assigned_to, seen.operator.thread, seen.alerts) == ("maya", None, frozenset())
    assert {row.state for row in await desk.outbox(1) if row.action_id == action_id} == {"undone"}


async def test_support_cannot_be_taken_back_from_whoever_took_the_order(light_desk: Desk) -> None:
    await light_desk.tell(order(1))
    action_id = await done(light_desk, "support", {"orderId": "1"})
    await done(light_desk, "assign", {"orderIds": ["1"], "assignee": "maya"})
    assert (await undo(light_desk, action_id))[0] == 409


async def test_undoing_the_assignment_of_an_escalated_order_brings_its_alert_back(desk: Desk) -> None:
    await desk.tell(order(1))
    await done(desk, "support", {"orderId": "1"})
    action_id = await done(desk, "assign", {"orderIds": ["1"], "assignee": "maya"})
    assert (await desk.order(1)).alerts == frozenset()
    await undo(desk, action_id)
    assert (await desk.order(1)).alerts == {"support_escalated"}


@pytest.mark.parametrize("action", ["approve_refund", "deny"])
async def test_a_return_goes_back_also_from_a_terminal_state(desk: Desk, action: str) -> None:
    await desk.tell(order(1), returned(1, 9), ReturnMoved(9, 1, "inspected", stamp(PLACED + 1)))
    action_id = await done(desk, "returns", {"orderId": "1", "action": action})
    assert (await desk.order(1)).return_state in ("completed", "denied")
    status, answer = await undo(desk, action_id)
    assert (status, answer["updatedOrders"]) == (200, [])
    seen = await desk.order(1)
    assert seen.return_state == "awaiting_refund"
    assert seen.alerts == {"return_update"}
    assert {row.state for row in await desk.outbox(1)} == {"undone"}


async def test_a_return_that_moved_on_stays(light_desk: Desk) -> None:
    await light_desk.tell(order(1), returned(1, 9), ReturnMoved(9, 1, "received", stamp(PLACED + 1)))
    action_id = await done(light_desk, "returns", {"orderId": "1", "action": "approve_refund"})
    await light_desk.tell(refunded(1, 9, at=NOON + 1000))
    assert (await undo(light_desk, action_id))[0] == 409
    assert (await light_desk.order(1)).return_state == "completed"


async def test_an_inventory_escalation_is_lifted(desk: Desk) -> None:
    await desk.tell(order(1), order(2))
    action_id = await done(desk, "inventory", {"sku": "TEE-M"})
    _, answer = await undo(desk, action_id)
    assert answer["updatedOrders"] == [{"id": gid(1), "issue": None}, {"id": gid(2), "issue": None}]
    for order_id in (1, 2):
        seen = await desk.order(order_id)
        assert (seen.state.holds, seen.alerts) == ((), frozenset())
        assert {row.state for row in await desk.outbox(order_id)} == {"undone"}


async def test_an_escalation_lifted_from_some_still_tells_the_erp_of_the_others(desk: Desk) -> None:
    await desk.tell(order(1), order(2))
    action_id = await done(desk, "inventory", {"sku": "TEE-M"})
    await desk.tell(order(1, None, line(owed=0), at=NOON + 1000))
    _, answer = await undo(desk, action_id)
    assert [failure["id"] for failure in answer["failures"]] == [gid(1)]
    (message,) = await desk.payloads(Kind.INVENTORY)
    assert [told["order_id"] for told in message["data"]["orders"]] == [gid(1)]
    assert "queued" in {row.state for row in await desk.outbox(1)}


async def test_the_time_to_undo_is_told_only_while_something_can_leave(light_desk: Desk) -> None:
    await light_desk.tell(order(1))
    _, first = await light_desk.act("fulfill", {"orderIds": ["1"]})
    _, again = await light_desk.act("fulfill", {"orderIds": ["1"], "tracking": {"number": "1"}})
    assert first["undoUntil"] is not None
    assert again["undoUntil"] is None


async def test_what_a_later_release_did_is_left_to_it(desk: Desk) -> None:
    await desk.tell(order(1))
    _, done = await desk.act("assign", {"orderIds": ["1"], "assignee": "maya"})
    await desk.db.write(lambda tx: tx.conn.execute(update(actions).values(kind="of_a_later_release")) and None)
    undo = {"actionId": done["actionId"]}
    async with desk.client.post("/sync/orders/undo", json=undo, headers={"Idempotency-Key": "k"}) as response:
        answer = await response.json()
    assert (response.status, answer["code"], response.headers["Retry-After"]) == (503, "unavailable", "2")
    await desk.db.write(lambda tx: tx.conn.execute(update(actions).values(kind="assign")) and None)
    assert (await desk.act("undo", undo, key="k"))[0] == 200, "nothing was recorded under the key"


async def test_an_undo_is_nothing_to_undo(light_desk: Desk) -> None:
    await light_desk.tell(order(1))
    action_id = await done(light_desk, "assign", {"orderIds": ["1"], "assignee": "maya"})
    _, answer = await undo(light_desk, action_id)
    assert "actionId" not in answer
    assert (await undo(light_desk, "no such action"))[0] == 404


async def test_a_version_may_be_expected_of_an_undo_too(light_desk: Desk) -> None:
    await light_desk.tell(order(1))
    action_id = await done(light_desk, "assign", {"orderIds": ["1"], "assignee": "maya"})
    status, answer = await light_desk.act("undo", {"actionId": action_id, "expectedVersions": {"1": 1}})
    assert (status, answer["code"]) == (409, "version_conflict")
