"""Returns: every state and action of contract §3 through the endpoint, and what leaves for it."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from tests.support.acting import Desk
from tests.support.desk_orders import PLACED, gid, labelled, order, refunded, returned, stamp
from tests.support.relaying import Ledger, relay_to

from orders_sync.evidence.changes import OrderChange, ReturnMoved
from orders_sync.outbox.kinds import Kind
from orders_sync.outbox.outcome import Refused
from orders_wire.return_machine import allowed_actions
from orders_wire.vocabulary import ReturnAction, ReturnState


def moved(order_id: int, step: Any, at: int = PLACED + 1) -> OrderChange:
    return ReturnMoved(order_id * 9, order_id, step, stamp(at))


def in_state(order_id: int, state: ReturnState) -> list[OrderChange]:
    """An order whose only return, nine times its own number, the shop and the ERP have brought to `state`."""
    later, return_id = PLACED + 1, order_id * 9
    told: dict[ReturnState, list[OrderChange]] = {
        ReturnState.AWAITING_LABEL: [],
        ReturnState.LABEL_GENERATED: [labelled(order_id, return_id)],
        ReturnState.IN_TRANSIT: [moved(order_id, "in_transit")],
        ReturnState.INSPECTION: [moved(order_id, "received")],
        ReturnState.AWAITING_REFUND: [moved(order_id, "inspected")],
        ReturnState.COMPLETED: [refunded(order_id, return_id, at=later)],
        ReturnState.DENIED: [returned(order_id, return_id, status="declined", at=later)],
        ReturnState.CANCELLED: [returned(order_id, return_id, status="canceled", at=later)],
    }
    return [order(order_id, f"#{1000 + order_id}"), returned(order_id, return_id), *told[state]]


LEADS_TO = {
    ("request_inspection", "label_generated"): "inspection",
    ("request_inspection", "in_transit"): "inspection",
    ("approve_refund", "inspection"): "awaiting_refund",
    ("approve_refund", "awaiting_refund"): "completed",
    ("deny", "awaiting_label"): "denied",
    ("deny", "label_generated"): "denied",
    ("deny", "in_transit"): "denied",
    ("deny", "inspection"): "denied",
    ("deny", "awaiting_refund"): "denied",
}
"""The contract's table, written out once more."""


async def with_return(desk: Desk, state: ReturnState) -> None:
    await desk.tell(*in_state(1, state))
    assert (await desk.order(1)).return_state == state


@pytest.mark.parametrize("action", list(ReturnAction))
@pytest.mark.parametrize("state", list(ReturnState))
async def test_the_table(light_desk: Desk, state: ReturnState, action: ReturnAction) -> None:
    await with_return(light_desk, state)
    before = await light_desk.order(1)
    status, answer = await light_desk.act("returns", {"orderId": "#1001", "action": action})
    reached = LEADS_TO.get((action.value, state.value))
    if reached is None:
        assert (status, answer["code"]) == (409, "illegal_transition")
        assert answer["allowed_actions"] == [a.value for a in allowed_actions(state)]
        assert await light_desk.order(1) == before
        assert await light_desk.outbox(1) == []
    else:
        assert (status, answer["updatedOrders"]) == (200, [])
        assert answer["message"].startswith("Return updated")
        seen = await light_desk.order(1)
        assert seen.return_state == reached
        assert f"return_{reached}" in seen.timeline
        assert answer["versions"] == {"#1001": seen.version}


async def test_the_table_is_the_same_on_both_databases(desk: Desk) -> None:
    pairs = dict(enumerate(itertools.product(ReturnState, ReturnAction), start=1))
    await desk.tell(*(change for n, (state, _) in pairs.items() for change in in_state(n, state)))
    for n, (state, action) in pairs.items():
        before = await desk.order(n)
        status, _ = await desk.act("returns", {"orderId": gid(n), "action": action})
        reached, after = LEADS_TO.get((action.value, state.value)), await desk.order(n)
        assert (status, after.return_state) == ((409, state) if reached is None else (200, reached))
        assert (after == before and await desk.outbox(n) == []) == (reached is None)


@pytest.mark.parametrize(
    ("state", "action", "kinds", "message"),
    [
        (ReturnState.IN_TRANSIT, "request_inspection", ["return"], "return.inspection_requested"),
        (ReturnState.INSPECTION, "approve_refund", ["return"], "return.refund_approved"),
        (ReturnState.AWAITING_REFUND, "approve_refund", ["return", "refund"], "return.refund_ordered"),
        (ReturnState.INSPECTION, "deny", ["return", "return_deny"], "return.denied"),
    ],
)
async def test_the_erp_is_always_told_and_shopify_of_refunds_and_denials(
    light_desk: Desk, state: ReturnState, action: str, kinds: list[str], message: str
) -> None:
    await with_return(light_desk, state)
    await light_desk.act("returns", {"orderId": "1", "action": action, "note": "torn"}, X_Operator="lee")
    assert [row.kind for row in await light_desk.outbox(1)] == kinds
    (told,) = await light_desk.payloads(Kind.RETURN)
    assert told["type"] == message
    assert told["data"]["return_id"] == "gid://shopify/Return/9"
    assert (told["data"]["order_id"], told["data"]["order_number"]) == (gid(1), "#1001")
    assert (told["data"]["by"], told["data"]["note"]) == ("lee", "torn")
    for payload in [*await light_desk.payloads(Kind.REFUND), *await light_desk.payloads(Kind.RETURN_DENY)]:
        assert payload == {"return_id": 9, "note": "torn"}


async def test_an_order_without_a_return_allows_nothing(light_desk: Desk) -> None:
    await light_desk.tell(order(1))
    status, answer = await light_desk.act("returns", {"orderId": "1", "action": "deny"})
    assert (status, answer["code"], answer["allowed_actions"]) == (409, "illegal_transition", [])


async def test_the_newest_return_that_is_not_terminal_is_taken(light_desk: Desk) -> None:
    await light_desk.tell(order(1), returned(1, 9), returned(1, 10, at=PLACED + 5))
    await light_desk.tell(returned(1, 11, status="declined", at=PLACED + 9))
    await light_desk.act("returns", {"orderId": "1", "action": "deny"})
    states = {view.id: view.state.value for view in (await light_desk.order(1)).state.returns}
    assert states == {9: "awaiting_label", 10: "denied", 11: "denied"}


@pytest.mark.parametrize("spelling", ["gid://shopify/Return/9", "9"])
async def test_a_return_may_be_named(light_desk: Desk, spelling: str) -> None:
    await light_desk.tell(order(1), returned(1, 9), returned(1, 10, at=PLACED + 5))
    await light_desk.act("returns", {"orderId": "1", "action": "deny", "returnId": spelling})
    states = {view.id: view.state.value for view in (await light_desk.order(1)).state.returns}
    assert states == {9: "denied", 10: "awaiting_label"}


async def test_a_named_return_that_is_terminal_allows_nothing(light_desk: Desk) -> None:
    await with_return(light_desk, ReturnState.DENIED)
    status, answer = await light_desk.act("returns", {"orderId": "1", "action": "deny", "returnId": "9"})
    assert (status, answer["code"], answer["allowed_actions"]) == (409, "illegal_transition", [])


async def test_a_return_of_another_order_is_not_found(light_desk: Desk) -> None:
    await light_desk.tell(order(1), order(2), returned(2, 9))
    status, answer = await light_desk.act("returns", {"orderId": "1", "action": "deny", "returnId": "9"})
    assert (status, answer["code"]) == (404, "not_found")


async def test_shopifys_evidence_of_the_same_state_adds_no_second_entry(light_desk: Desk) -> None:
    await with_return(light_desk, ReturnState.IN_TRANSIT)
    await light_desk.act("returns", {"orderId": "1", "action": "request_inspection"})
    await light_desk.tell(moved(1, "received", light_desk.db.clock() + 1000))
    assert (await light_desk.order(1)).timeline.count("return_inspection") == 1


async def test_nothing_that_comes_in_changes_a_return_that_was_denied(light_desk: Desk) -> None:
    await with_return(light_desk, ReturnState.INSPECTION)
    await light_desk.act("returns", {"orderId": "1", "action": "deny"})
    await light_desk.tell(refunded(1, 9, at=light_desk.db.clock() + 1000))
    assert (await light_desk.order(1)).return_state == "denied"


class TestARequest:
    """A customer asks for a return, and nobody has answered (contract §3a, `approve_request`)."""

    @staticmethod
    async def asked(desk: Desk) -> None:
        await desk.tell(order(1, "#1001"), returned(1, 9, status="requested"))

    @staticmethod
    async def shown(desk: Desk) -> tuple[bool, list[ReturnAction]]:
        (view,) = (await desk.order(1)).state.returns
        return view.requested, allowed_actions(view.state, requested=view.requested)

    async def test_it_is_accepted_once_and_stays_where_it_is(self, desk: Desk) -> None:
        await self.asked(desk)
        assert await self.shown(desk) == (True, [ReturnAction.APPROVE_REQUEST, ReturnAction.DENY])
        approve = {"orderId": "1", "action": "approve_request", "notify": True}
        status, answer = await desk.act("returns", approve)
        assert (status, answer["updatedOrders"]) == (200, [])
        assert await self.shown(desk) == (False, [ReturnAction.DENY])
        assert (await desk.order(1)).return_state == "awaiting_label"
        assert await desk.payloads(Kind.RETURN_APPROVE) == [{"return_id": 9, "notify": True}]
        assert (await desk.act("returns", approve))[1]["code"] == "illegal_transition"
        await desk.act("undo", {"actionId": answer["actionId"]})
        assert await self.shown(desk) == (True, [ReturnAction.APPROVE_REQUEST, ReturnAction.DENY])

    async def test_one_that_the_shop_answered_is_none(self, desk: Desk) -> None:
        await self.asked(desk)
        await desk.tell(returned(1, 9, status="open", at=PLACED + 5))
        assert await self.shown(desk) == (False, [ReturnAction.DENY])
        status, answer = await desk.act("returns", {"orderId": "1", "action": "approve_request"})
        assert (status, answer["code"], answer["allowed_actions"]) == (409, "illegal_transition", ["deny"])
        assert answer["message"] == "#1001: approve_request is not possible from awaiting_label, where no request waits"

    @pytest.mark.parametrize("status", ["open", "declined", "canceled", "closed"])
    async def test_it_ends_with_whatever_the_shop_says_of_it(self, light_desk: Desk, status: str) -> None:
        await self.asked(light_desk)
        await light_desk.tell(returned(1, 9, status=status, at=PLACED + 5), returned(1, 9, status="requested"))
        assert (await self.shown(light_desk))[0] is False

    async def test_denied_it_is_a_request_no_more_until_that_is_undone(self, desk: Desk) -> None:
        await self.asked(desk)
        _, answer = await desk.act("returns", {"orderId": "1", "action": "deny"})
        assert await self.shown(desk) == (False, [])
        assert [row.kind for row in await desk.outbox(1)] == ["return", "return_deny"]
        await desk.act("undo", {"actionId": answer["actionId"]})
        assert await self.shown(desk) == (True, [ReturnAction.APPROVE_REQUEST, ReturnAction.DENY])

    async def test_it_is_a_change_that_others_see(self, desk: Desk) -> None:
        await self.asked(desk)
        before = (await desk.order(1)).version
        approve = {"orderId": "1", "action": "approve_request", "note": "fine"}
        _, answer = await desk.act("returns", approve | {"expectedVersions": {"1": before + 7}})
        assert answer["code"] == "version_conflict"
        _, answer = await desk.act("returns", approve, X_Operator="lee")
        assert answer["message"] == "Return updated for #1001: request accepted, by lee", "no note in what a key keeps"
        seen = await desk.order(1)
        assert answer["versions"] == {"1": seen.version}
        assert seen.version > before
        assert seen.timeline.count("note") == 1

    async def test_once_it_is_on_its_way_it_is_not_undone(self, desk: Desk) -> None:
        await self.asked(desk)
        _, answer = await desk.act("returns", {"orderId": "1", "action": "approve_request", "delaySeconds": 0})
        await desk.claim("shopify")
        status, refused = await desk.act("undo", {"actionId": answer["actionId"]})
        assert (status, refused["code"]) == (409, "already_sent")
        assert await self.shown(desk) == (False, [ReturnAction.DENY])

    async def test_refused_by_the_shop_it_is_a_request_again(self, desk: Desk) -> None:
        await self.asked(desk)
        await self.refused(desk)
        assert await self.shown(desk) == (True, [ReturnAction.APPROVE_REQUEST, ReturnAction.DENY])
        assert (await desk.order(1)).alerts == {"return_update", "integration_failed"}
        (row,) = await desk.outbox(1)
        await desk.post(f"/sync/outbox/{row.id}/retry")
        assert await self.shown(desk) == (False, [ReturnAction.DENY])
        assert (await desk.order(1)).alerts == {"return_update"}
        await relay_to(desk.db, Ledger()).send_due()
        assert (await desk.outbox(1))[0].state == "done"

    @pytest.mark.parametrize("action", ["approve_request", "deny"])
    async def test_what_failed_is_told_until_it_is_decided_anew(self, light_desk: Desk, action: str) -> None:
        await self.asked(light_desk)
        await self.refused(light_desk)
        (row,) = await light_desk.outbox(1)
        await light_desk.post(f"/sync/outbox/{row.id}/discard")
        assert "integration_failed" in (await light_desk.order(1)).alerts
        await light_desk.act("returns", {"orderId": "1", "action": action})
        assert "integration_failed" not in (await light_desk.order(1)).alerts

    async def test_what_was_discarded_is_of_no_more_use_once_the_shop_accepted_it(self, light_desk: Desk) -> None:
        await self.asked(light_desk)
        await self.refused(light_desk)
        (row,) = await light_desk.outbox(1)
        await light_desk.post(f"/sync/outbox/{row.id}/discard")
        await light_desk.tell(returned(1, 9, status="open", at=PLACED + 5))
        assert "integration_failed" not in (await light_desk.order(1)).alerts

    @staticmethod
    async def refused(desk: Desk) -> None:
        await desk.act("returns", {"orderId": "1", "action": "approve_request", "delaySeconds": 0})
        await relay_to(desk.db, Ledger(answers=[Refused("the shop takes no returns")])).send_due()
