"""Returns: one table, forward only, evidence in the shop's time order, operators' decisions on top (contract §3)."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest
from tests.server.rules.order_states import card, events, order_state, placed, projected, told
from tests.support import shop_bodies as shop
from tests.support.shop_bodies import at

from orders_sync.evidence.changes import ReturnMoved, Stamp
from orders_sync.rules.operator_state import OperatorState, ReturnMove
from orders_sync.rules.returns import OrderReturn, further, on_show
from orders_wire.return_machine import PATH, after, allowed_actions
from orders_wire.vocabulary import ReturnAction, ReturnState

S = ReturnState
A = ReturnAction

ALLOWED = {
    S.AWAITING_LABEL: [A.DENY],
    S.LABEL_GENERATED: [A.REQUEST_INSPECTION, A.DENY],
    S.IN_TRANSIT: [A.REQUEST_INSPECTION, A.DENY],
    S.INSPECTION: [A.APPROVE_REFUND, A.DENY],
    S.AWAITING_REFUND: [A.APPROVE_REFUND, A.DENY],
    S.COMPLETED: [],
    S.DENIED: [],
    S.CANCELLED: [],
}


@pytest.mark.parametrize("state", list(S))
def test_what_an_operator_may_do(state: ReturnState) -> None:
    assert allowed_actions(state) == ALLOWED[state]


def test_where_an_operators_action_leads() -> None:
    assert after(S.LABEL_GENERATED, A.REQUEST_INSPECTION) is S.INSPECTION
    assert after(S.IN_TRANSIT, A.REQUEST_INSPECTION) is S.INSPECTION
    assert after(S.INSPECTION, A.APPROVE_REFUND) is S.AWAITING_REFUND
    assert after(S.AWAITING_REFUND, A.APPROVE_REFUND) is S.COMPLETED
    assert after(S.AWAITING_LABEL, A.DENY) is S.DENIED
    assert after(S.COMPLETED, A.DENY) is None


@pytest.mark.parametrize("state", list(S))
def test_terminal_states_never_change(state: ReturnState) -> None:
    for reached in S:
        if state.terminal:
            assert further(state, reached) is state
        elif not reached.terminal:
            assert PATH.index(further(state, reached)) == max(PATH.index(state), PATH.index(reached))
        else:
            assert further(state, reached) is reached


def _request(return_id: int = 31, time: str = "10:00") -> Any:
    return told("returns/request", shop.shop_return(return_id, status="requested"), time)


def _approve(return_id: int = 31, time: str = "10:10") -> Any:
    return told("returns/approve", shop.shop_return(return_id, status="open"), time)


def _flat(verb: str, status: str, time: str, return_id: int = 31) -> Any:
    return told(f"returns/{verb}", {"id": return_id, "order_id": 1, "status": status}, time)


def _label(time: str = "10:20", **how: Any) -> Any:
    body = shop.reverse_delivery(35, **how)
    body["return"]["order_id"] = 1
    return told("reverse_deliveries/attach_deliverable", body, time)


def _erp(step: Any, time: str) -> Any:
    return (ReturnMoved(31, 1, step, Stamp(at(time), at(time))),)


def _refund(time: str, return_id: int | None = 31, amount: str = "5.00") -> Any:
    return told("refunds/create", shop.refund(at(time), time, amount, of=return_id), time)


def _views(*told_by: Any, operator: OperatorState | None = None) -> tuple[OrderReturn, ...]:
    return order_state(placed(), *told_by, operator=operator or OperatorState()).returns


def _states(*told_by: Any, operator: OperatorState | None = None) -> list[ReturnState]:
    return [view.state for view in _views(*told_by, operator=operator)]


def test_a_requested_return_awaits_its_label() -> None:
    (view,) = _views(_request())
    assert (view.state, view.since, view.requested) == (S.AWAITING_LABEL, at("10:00"), True)


def test_approval_is_not_another_state() -> None:
    (view,) = _views(_request(), _approve())
    assert (view.state, view.since, view.requested) == (S.AWAITING_LABEL, at("10:00"), False)


def test_a_label_or_a_tracking_number_generates_the_label() -> None:
    assert _states(_approve(), _label()) == [S.LABEL_GENERATED]
    body = shop.reverse_delivery(35, number=None)
    body["shipping_deliverable"]["label"] = {"public_file_url": "https://labels.example/1.pdf"}
    body["return"]["order_id"] = 1
    assert _states(_approve(), told("reverse_deliveries/attach_deliverable", body, "10:20")) == [S.LABEL_GENERATED]


def test_a_deliverable_with_neither_says_nothing() -> None:
    assert _states(_approve(), _label(number=None)) == [S.AWAITING_LABEL]


@pytest.mark.parametrize(
    ("step", "state"),
    [
        ("in_transit", S.IN_TRANSIT),
        ("received", S.INSPECTION),
        ("inspected", S.AWAITING_REFUND),
        ("refunded", S.COMPLETED),
    ],
)
def test_the_erp_knows_where_it_is(step: str, state: ReturnState) -> None:
    assert _states(_approve(), _erp(step, "10:40")) == [state]


def test_evidence_may_jump_forward_never_back() -> None:
    assert _states(_approve(), _erp("inspected", "10:30"), _label("10:40")) == [S.AWAITING_REFUND]


@pytest.mark.parametrize(
    ("verb", "status", "state"),
    [("decline", "declined", S.DENIED), ("cancel", "canceled", S.CANCELLED), ("close", "closed", S.COMPLETED)],
)
def test_shopify_ends_a_return(verb: str, status: str, state: ReturnState) -> None:
    assert _states(_request(), _flat(verb, status, "10:30")) == [state]


def test_the_first_end_by_the_shops_time_stays() -> None:
    ends = (_flat("cancel", "canceled", "10:30"), _flat("close", "closed", "10:40"), _refund("10:50"))
    assert {tuple(_states(_request(), *way)) for way in permutations(ends)} == {(S.CANCELLED,)}


def test_a_refund_for_a_return_completes_it_from_any_state() -> None:
    (view,) = _views(_request(), _refund("10:30"))
    assert (view.state, view.since) == (S.COMPLETED, at("10:30"))


def test_a_refund_without_a_return_moves_none() -> None:
    assert _states(_request(), _refund("10:30", return_id=None)) == [S.AWAITING_LABEL]


def test_evidence_for_a_return_not_yet_known_waits_for_it() -> None:
    waiting = (_label(), _erp("in_transit", "10:30"), _refund("10:50"))
    assert _states(*waiting) == []
    assert _states(*waiting, _request()) == [S.COMPLETED]


def test_a_reopened_return_is_a_new_entry_in_inspection() -> None:
    first, second = _views(_approve(), _flat("close", "closed", "10:30"), _flat("reopen", "open", "10:40"))
    assert (first.state, first.id, first.gid) == (S.COMPLETED, 31, "gid://shopify/Return/31")
    assert (second.state, second.since, second.shopify_id) == (S.INSPECTION, at("10:40"), 31)
    assert second.id < 0
    assert second.gid == "gid://shopify/Return/31?reopened=1"


def test_it_goes_on_by_itself() -> None:
    cycle = (_approve(), _flat("close", "closed", "10:30"), _flat("reopen", "open", "10:40"), _refund("10:50"))
    assert _states(*cycle) == [S.COMPLETED, S.COMPLETED]
    assert _states(*cycle, _flat("close", "closed", "10:55"), _flat("reopen", "open", "11:00"))[2] is S.INSPECTION


def test_a_return_that_is_open_after_it_was_closed_was_reopened() -> None:
    found = _states(_approve(), _flat("close", "closed", "10:30"), _flat("update", "open", "10:40"))
    assert found == [S.COMPLETED, S.INSPECTION]


def test_a_return_that_is_refunded_and_still_open_was_not() -> None:
    assert _states(_approve(), _refund("10:30"), _flat("update", "open", "10:40")) == [S.COMPLETED]


def _moved(state: ReturnState, time: str) -> OperatorState:
    return OperatorState(returns={31: ReturnMove(action_id="a1", at=at(time), state=state)})


def test_an_operator_moves_it_and_evidence_may_carry_it_further() -> None:
    (view,) = _views(_approve(), _label(), operator=_moved(S.INSPECTION, "10:45"))
    assert (view.state, view.since) == (S.INSPECTION, at("10:45"))
    assert _states(_approve(), _erp("inspected", "10:50"), operator=_moved(S.INSPECTION, "10:45")) == [
        S.AWAITING_REFUND
    ]


def test_never_back_to_where_evidence_is() -> None:
    assert _states(_approve(), _erp("in_transit", "10:50"), operator=_moved(S.INSPECTION, "10:45")) == [S.INSPECTION]


def test_a_denial_stands_whatever_shopify_makes_of_it() -> None:
    echo = _flat("close", "closed", "10:50")
    assert _states(_approve(), echo, operator=_moved(S.DENIED, "10:45")) == [S.DENIED]
    told_events = events(placed(), _approve(), echo, operator=_moved(S.DENIED, "10:45"))
    assert not any(event.endswith("return_completed") for event in told_events)


def test_every_state_that_was_evidenced_is_told_once() -> None:
    found = events(
        placed(financial_status=None), _request(), _approve(), _label(), _erp("received", "10:40"), _refund("10:50")
    )
    assert [event for event in found if "return_" in event] == [
        "10:00 return_awaiting_label",
        "10:20 return_label_generated",
        "10:40 return_inspection",
        "10:50 return_completed",
    ]


def test_on_show_is_the_newest_that_is_not_over_else_the_newest() -> None:
    ended, going = _flat("cancel", "canceled", "11:00", 31), _request(32, "09:00")
    shown = on_show(_views(_request(31, "10:00"), ended, going))
    assert shown is not None
    assert shown.id == 32
    shown = on_show(_views(_request(31, "10:00"), ended, going, _flat("cancel", "canceled", "11:30", 32)))
    assert shown is not None
    assert shown.id == 31


def test_the_order_shows_state_actions_and_amount() -> None:
    body = shop.shop_return(status="open", return_line_items=[{"id": 1, "return_reason": "size_too_small"}])
    shown = card(placed(), told("returns/approve", body, "10:00"), _erp("received", "10:10"), _refund("10:30", 99))[
        "return"
    ]
    assert shown == {
        "id": "gid://shopify/Return/31",
        "state": "inspection",
        "reason": "size_too_small",
        "allowed_actions": ["approve_refund", "deny"],
        "refund_amount": None,
        "currency": None,
        "since": "2026-03-10T10:10:00Z",
        "requested": False,
    }
    paid = card(placed(), told("returns/approve", body, "10:00"), _refund("10:30"))["return"]
    assert (paid["state"], paid["refund_amount"], paid["currency"], paid["allowed_actions"]) == (
        "completed",
        5,
        "EUR",
        [],
    )


def test_the_tab_sorts_by_the_return_that_is_longest_in_its_state() -> None:
    found = projected(placed(), _request(31, "10:00"), _request(32, "09:30"))
    assert found.return_at == at("09:30")
    assert projected(placed(), _request(31), _flat("cancel", "canceled", "11:00")).return_at is None


def test_two_returns_move_apart() -> None:
    found = _views(_request(31), _request(32), _flat("decline", "declined", "10:30", 32))
    assert {view.id: view.state for view in found} == {31: S.AWAITING_LABEL, 32: S.DENIED}
