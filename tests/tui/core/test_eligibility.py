"""The preview of what an action could work on."""

from __future__ import annotations

import pytest
from tests.tui.core.samples import NOON, gid, order

from orders_tui.actions.assign import AssignDraft
from orders_tui.actions.fulfill import FulfillDraft
from orders_tui.actions.returns import ReturnsDraft
from orders_wire.operations import ACTIONS
from orders_wire.orders import Hold, Order, ReturnSummary, Tracking
from orders_wire.return_machine import after, allowed_actions
from orders_wire.vocabulary import ActionName, Issue, ReturnAction, ReturnState, Role, Status


def returned(state: ReturnState) -> Order:
    summary = ReturnSummary(id="r", state=state, allowed_actions=allowed_actions(state))
    return order(1).model_copy(update={"return_": summary})


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (order(1), None),
        (order(1, status=Status.CANCELLED), "cancelled"),
        (order(1, status=Status.REFUNDED), "refunded"),
        (order(1, hold=Hold(reason=Issue.MANUAL_CHECK, since=NOON)), "on hold (manual check)"),
        (order(1, status=Status.IN_TRANSIT, tracking=[Tracking(number="1")]), "fulfilled already"),
        (order(1, status=Status.AWAITING_TRACKING, tracking=[Tracking()]), None),
    ],
)
def test_fulfilling(row: Order, why: str | None) -> None:
    assert FulfillDraft((row.id,)).obstacle(row) == why


@pytest.mark.parametrize("state", ReturnState)
@pytest.mark.parametrize("action", ReturnAction)
def test_returns_as_the_table_of_moves_says(state: ReturnState, action: ReturnAction) -> None:
    assert (ReturnsDraft((gid(1),), action).obstacle(returned(state)) is None) == (after(state, action) is not None)


def test_the_table_of_moves() -> None:
    assert {(s, a): n for s in ReturnState for a in ReturnAction if (n := after(s, a))} == {
        (ReturnState.LABEL_GENERATED, ReturnAction.REQUEST_INSPECTION): ReturnState.INSPECTION,
        (ReturnState.IN_TRANSIT, ReturnAction.REQUEST_INSPECTION): ReturnState.INSPECTION,
        (ReturnState.INSPECTION, ReturnAction.APPROVE_REFUND): ReturnState.AWAITING_REFUND,
        (ReturnState.AWAITING_REFUND, ReturnAction.APPROVE_REFUND): ReturnState.COMPLETED,
        (ReturnState.AWAITING_LABEL, ReturnAction.DENY): ReturnState.DENIED,
        (ReturnState.LABEL_GENERATED, ReturnAction.DENY): ReturnState.DENIED,
        (ReturnState.IN_TRANSIT, ReturnAction.DENY): ReturnState.DENIED,
        (ReturnState.INSPECTION, ReturnAction.DENY): ReturnState.DENIED,
        (ReturnState.AWAITING_REFUND, ReturnAction.DENY): ReturnState.DENIED,
    }


def test_an_order_without_a_return() -> None:
    assert ReturnsDraft((gid(1),), ReturnAction.DENY).obstacle(order(1)) == "no return"


def test_a_preview_sends_what_it_does_not_know_and_groups_what_it_skips() -> None:
    draft = FulfillDraft((gid(1), gid(2), gid(3), gid(4)))
    closed = [order(n, status=Status.CANCELLED) for n in (2, 3)]
    seen = draft.eligibility({gid(1): order(1), gid(2): closed[0], gid(3): closed[1]}.get)
    assert seen.sendable == (gid(1), gid(4))
    assert seen.skipped == {"cancelled": (gid(2), gid(3))}


def test_anything_can_be_assigned() -> None:
    assert AssignDraft((gid(1),), "ana").eligibility({gid(1): order(1, status=Status.CANCELLED)}.get).sendable == (
        gid(1),
    )


def test_only_leads_move_returns_and_cancel() -> None:
    assert {verb for verb in ActionName if ACTIONS[verb].role is Role.LEAD} == {ActionName.RETURNS, ActionName.CANCEL}
