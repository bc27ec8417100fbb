"""Hold: an order, or some units of its lines, is not sent until the hold is released or its time comes (contract §3a, `hold`)."""

from __future__ import annotations

from orders_sync.actions import given_lines
from orders_sync.actions.closed_orders import closed
from orders_sync.actions.context import ActionContext
from orders_sync.actions.decision import Decision, Refusal
from orders_sync.actions.definition import ActionDefinition
from orders_sync.actions.locked_order import LockedOrder, with_entry
from orders_sync.db.outbox import Payload
from orders_sync.evidence.shopify_words import REASON_IN_SHOPIFY
from orders_sync.instants import Ms, from_datetime
from orders_sync.outbox.kinds import Kind
from orders_sync.outbox.queue import Write
from orders_sync.rules import held_lines
from orders_sync.rules.hold_ends import hold_entry
from orders_sync.rules.holds import own_handle
from orders_sync.rules.operator_state import DeskHold, Entry, OperatorState, UnitsOfLine
from orders_sync.rules.order_state import OrderState
from orders_sync.rules.row_json import hold_json
from orders_sync.rules.timeline import brief
from orders_wire.actions import HoldBody
from orders_wire.vocabulary import ErrorCode, HoldReason, HoldThen

Units = dict[int, int]


def _decide(order: LockedOrder, body: HoldBody, context: ActionContext) -> Decision | Refusal:
    """Holds what is not held yet. What we hold for that reason already gets the new time and note, of which nothing is sent."""
    state, until = order.state, _until(body)
    if until is not None and until <= context.now:
        return Refusal(ErrorCode.INVALID_REQUEST, "until: it lies in the past")
    shut = closed(order)
    if shut is not None:
        return shut
    if not state.owed:
        return Refusal(ErrorCode.ORDER_CLOSED, f"{order.name} owes nothing that could be held")
    units = None if body.lines is None else given_lines.units(order, body.lines)
    if isinstance(units, Refusal):
        return units
    before = order.operator
    operator = _put_off(state, body, units)
    held_already = _held_for(state, body.reason, units)
    new = None if held_already else _free(state, units)
    if isinstance(new, Refusal):
        return new
    if held_already:
        details = f"held for {body.reason} already" + (f"; {_terms(state, body)}" if operator != before else "")
        return Decision(operator, {"hold": hold_json(order.state_under(operator))}, details)
    return _place(order, operator, body, new or None, context)


def _held_for(state: OrderState, reason: HoldReason, units: Units | None) -> bool:
    """We hold just these units for that reason; without units: all that is owed, and some of it for that reason."""
    ours = [hold for hold in state.own_holds if hold.word is reason]
    if units is not None:
        return any(held_lines.named(hold, state.lines) == units for hold in ours)
    return bool(ours) and not _open_units(state)


def _free(state: OrderState, units: Units | None) -> Units | Refusal | None:
    """What a new hold holds, None: the whole order. It is laid over other holds only where there is nothing else to hold."""
    left = _open_units(state)
    if units is None:
        return None if not state.held or not left else left
    for line, count in units.items():
        if count > left.get(line, 0):
            name = next(given_lines.called(each) for each in state.lines if each.part.id == line)
            return Refusal(ErrorCode.ON_HOLD, f"{state.name}: of {name} only {left.get(line, 0)} are not held yet")
    return units


def _open_units(state: OrderState) -> Units:
    left = {line.part.id: line.owed - state.held.get(line.part.id, 0) for line in state.lines}
    return {line: count for line, count in left.items() if count > 0}


def _put_off(state: OrderState, body: HoldBody, units: Units | None) -> OperatorState:
    """The decisions with what the request says of holds of ours for its reason; what it leaves out stays as it is."""
    terms: dict[str, object] = {}
    given = body.model_fields_set
    if "until" in given:
        terms["until"] = _until(body)
    if "then" in given:
        terms["then"] = body.then
    if "note" in given:
        terms["note"] = body.note
    reason = [hold for hold in state.own_holds if hold.word is body.reason]
    ours = {hold.key for hold in reason if units in (None, held_lines.named(hold, state.lines))}
    operator = state.operator
    desk = {
        of: hold.model_copy(update=terms) if f"desk {of}" in ours else hold for of, hold in operator.desk_holds.items()
    }
    escalated = {
        sku: hold.model_copy(update=terms) if f"escalation {sku} {hold.action_id}" in ours else hold
        for sku, hold in operator.holds.items()
    }
    return operator.model_copy(update={"desk_holds": desk, "holds": escalated})


def _place(
    order: LockedOrder, operator: OperatorState, body: HoldBody, units: Units | None, context: ActionContext
) -> Decision:
    lines = None if units is None else tuple(UnitsOfLine(id=line, quantity=count) for line, count in units.items())
    hold = DeskHold(
        action_id=context.action_id,
        at=context.now,
        by=context.actor.name,
        note=body.note,
        until=_until(body),
        then=body.then,
        reason=body.reason,
        lines=lines,
    )
    what = f"Held: {body.reason}, by {hold.by}" if units is None else f"Held in part: {body.reason}, by {hold.by}"
    details = "; ".join(text for text in (what, _terms(order.state, body)) if text)
    name, event = hold_entry(hold)
    entry = Entry(ts=context.second, event=event, details=brief(details))
    desk_holds = {**operator.desk_holds, hold.action_id: hold}
    operator = with_entry(operator, name, entry, desk_holds=desk_holds, failed=operator.failed_but(Kind.HOLD))
    write = Write(Kind.HOLD, order.order_id, payload(hold))
    return Decision(operator, {"hold": hold_json(order.state_under(operator))}, details, (write,))


def payload(hold: DeskHold) -> Payload:
    """What leaves for a hold."""
    return {
        "handle": own_handle(hold.action_id),
        "reason": REASON_IN_SHOPIFY[hold.reason],
        "note": hold.note,
        "lines": None if hold.lines is None else [[line.id, line.quantity] for line in hold.lines],
    }


def _terms(state: OrderState, body: HoldBody) -> str:
    until = _until(body)
    then = "released then" if body.then is HoldThen.RELEASE else "reminded then"
    time = None if until is None else f"until {state.local_time(until)}, {then}"
    return "; ".join(text for text in (time, body.note) if text)


def _until(body: HoldBody) -> Ms | None:
    return None if body.until is None else from_datetime(body.until)


def ended(state: OrderState, key: str, _: object) -> bool:
    """The hold that an action placed ended by itself: there is nothing to take back."""
    return key not in state.desk_holds


def escalation_ended(state: OrderState, sku: str, _: object) -> bool:
    return sku not in state.escalations


HOLD = ActionDefinition(
    "Hold orders, or some units of one",
    HoldBody,
    run=given_lines.on_each_order(_decide),
    order_ids=lambda body: body.order_ids,
    message=lambda _, execution: f"Held {execution.orders}",
    restored=lambda state, _: {"hold": hold_json(state)},
    overtaken={"desk_holds": ended, "holds": escalation_ended},
    refusals=(ErrorCode.ON_HOLD, ErrorCode.ORDER_CLOSED),
)
