"""Reasons for alerts that hold at an instant, and the next instant at which they change: contract §2, Alerts.

A message names the order and holds no ageing figure: its exact text distinguishes it from others.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from orders_sync.instants import FOREVER, Ms
from orders_sync.rules import delayed, hold_due, integration_failed, overdue, tracking_pending
from orders_sync.rules.order_state import OrderState
from orders_sync.rules.projection import Cause
from orders_wire.vocabulary import ASSISTANT, AlertType, Issue, ReturnState, Severity

_OF_TIME = (overdue, delayed, tracking_pending)
"""The rules that the clock decides; they are about open orders alone."""

_RETURN_WORDS = {
    ReturnState.AWAITING_LABEL: "waits for its label",
    ReturnState.LABEL_GENERATED: "has its label",
    ReturnState.IN_TRANSIT: "is on its way back",
    ReturnState.INSPECTION: "is in inspection",
    ReturnState.AWAITING_REFUND: "waits for its refund",
}


def causes(state: OrderState, now: Ms) -> tuple[Cause, ...]:
    """All causes that hold at `now`."""
    timed = [cause for rule in _OF_TIME for cause in rule.causes(state, now)] if state.open_at(now) else []
    held = (*_holds(state), *hold_due.causes(state, now))
    return (*held, *_returns(state), *_escalation(state), *timed, *integration_failed.causes(state))


def wake_at(state: OrderState, now: Ms) -> Ms | None:
    """The next instant after `now` at which time alone may change the causes or close the order."""
    return min((at for at in _turning_points(state) if at > now), default=None)


def _turning_points(state: OrderState) -> Iterator[Ms]:
    if state.live_at is None:
        return
    if state.live_at != FOREVER:
        yield Ms(state.live_at + state.thresholds.quiet)
    for rule in (*_OF_TIME, hold_due):
        yield from rule.turning_points(state)


def _holds(state: OrderState) -> Iterable[Cause]:
    for hold in state.holds:
        if hold.meaning is Issue.INVENTORY:
            what = f": {', '.join(sorted(hold.skus))}" if hold.skus else ""
            message = f"{state.name} is held for inventory{what}"
            yield Cause(AlertType.INVENTORY_HOLD, hold.key, message, Severity.WARNING)


def _returns(state: OrderState) -> Iterable[Cause]:
    for each in state.returns:
        if not each.state.terminal:
            name = f" {each.name}" if each.name else ""
            message = f"{state.name}: return{name} {_RETURN_WORDS[each.state]}"
            yield Cause(AlertType.RETURN_UPDATE, f"{each.id} {each.state.value}", message, Severity.INFO)


def _escalation(state: OrderState) -> Iterable[Cause]:
    escalation = state.operator.escalation
    if escalation is not None and state.operator.assigned_to in (None, ASSISTANT):
        message = f"{state.name} was escalated to support"
        yield Cause(AlertType.SUPPORT_ESCALATED, escalation.action_id, message, Severity.CRITICAL)
