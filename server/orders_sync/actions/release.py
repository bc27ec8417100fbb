"""Release: ends holds of ours, or those that are named; no other goes with them (contract §3a, `release`).

A hold that was not sent yet is withdrawn. One that is on its way is released after it, since rows of one order leave in their
order. Another app's hold is asked for, and shown again when Shopify refuses.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from orders_sync.actions.context import ActionContext
from orders_sync.actions.decision import Decision, Refusal, Shown
from orders_sync.actions.definition import ActionDefinition, on_each_order
from orders_sync.actions.locked_order import LockedOrder, with_entry
from orders_sync.db.outbox import OutboxRow, Payload
from orders_sync.outbox.holds import may_be_there
from orders_sync.outbox.kinds import Kind
from orders_sync.outbox.queue import Write
from orders_sync.rules import hold_ends
from orders_sync.rules.holds import Hold
from orders_sync.rules.operator_state import Entry, OperatorState, OwnHold, Release
from orders_sync.rules.order_state import OrderState
from orders_sync.rules.row_json import hold_json
from orders_sync.rules.timeline import brief, key
from orders_wire.actions import ReleaseBody
from orders_wire.vocabulary import ErrorCode, HoldReason, Issue, OutboundState

_OF_A_LEAD = frozenset({HoldReason.PAYMENT, HoldReason.FRAUD})
_WAITING = (OutboundState.QUEUED, OutboundState.NEEDS_REVIEW)


@dataclass(frozen=True)
class _Released:
    """Decisions without some holds, and what has to leave, or is not to leave any more."""

    operator: OperatorState
    writes: tuple[Write, ...] = ()
    withdrawn: tuple[OutboxRow, ...] = ()


def _decide(order: LockedOrder, body: ReleaseBody, context: ActionContext) -> Decision | Refusal:
    state = order.state
    if state.over:
        return Refusal(ErrorCode.ORDER_CLOSED, f"{order.name} is {state.status}")
    chosen = _chosen(state, body)
    if isinstance(chosen, Refusal):
        return chosen
    of_a_lead = [hold for hold in chosen if hold.word in _OF_A_LEAD]
    if of_a_lead and not context.actor.lead:
        others = "" if len(of_a_lead) == len(chosen) else "; name the others in holdIds"
        message = f"{order.name}: only a lead may release a hold for {of_a_lead[0].word}{others}"
        return Refusal(ErrorCode.FORBIDDEN, message)
    failed = order.operator.failed_but(Kind.RELEASE_HOLD)
    found = _Released(order.operator.model_copy(update={"failed": failed}))
    rows = order.outbound(Kind.HOLD)
    for hold in chosen:
        found = _release(order, found, hold, rows, context)
    what = ", ".join(dict.fromkeys(hold.word.value for hold in chosen))
    details = f"Released: {what}, by {context.actor.name}" + (f": {body.note}" if body.note else "")
    operator = _noted(found.operator, chosen, details, context)
    shown: Shown = {"hold": hold_json(order.state_under(operator))}
    return Decision(operator, shown, details, found.writes, withdrawn=found.withdrawn)


def _chosen(state: OrderState, body: ReleaseBody) -> Sequence[Hold] | Refusal:
    """The holds that are meant. An id is that of the detail, or Shopify's number, which also names its side of one of ours."""
    if body.hold_ids is None:
        ours = [hold for hold in state.holds if hold.asked_by is not None]
        others = "; a hold of others is released by its id" if state.holds else ""
        return ours or Refusal(ErrorCode.NOT_FOUND, f"{state.name} has no hold of this desk{others}")
    names = {each.number: each.name for each in state.standing_in_shop if each.number}
    named = {name: hold for hold in state.holds for name in (hold.id, hold.name)}
    found: dict[str, Hold] = {}
    unknown = []
    for spelling in body.hold_ids:
        number = spelling.removeprefix("gid://shopify/FulfillmentHold/")
        hold = named.get(spelling) or named.get(names.get(number, number))
        if hold is None or not (hold.number or hold.asked_by):
            unknown.append(spelling)
        else:
            found[hold.key] = hold
    if not found or (unknown and len(body.order_ids) == 1):
        return Refusal(ErrorCode.NOT_FOUND, f"{state.name} has no such hold: {', '.join(unknown)}")
    return list(found.values())


def _release(
    order: LockedOrder, found: _Released, hold: Hold, rows: Sequence[OutboxRow], context: ActionContext
) -> _Released:
    operator, of = found.operator, hold.asked_by
    mine = [row for row in rows if of is not None and row.action_id == of and row.state is not OutboundState.UNDONE]
    unsent = tuple(row for row in mine if not row.claimed_before and row.state in _WAITING)
    own = _own(operator, of)
    released = Release(action_id=context.action_id, at=context.now) if own is None else _kept(own, context)
    update = {
        "holds": {sku: each for sku, each in operator.holds.items() if each.action_id != of},
        "desk_holds": {name: each for name, each in operator.desk_holds.items() if name != of},
        "released": {**operator.released, hold.name: released},
    }
    found = replace(found, operator=operator.model_copy(update=update), withdrawn=(*found.withdrawn, *unsent))
    if not may_be_there(mine):
        return found
    number = [] if of is not None or hold.number is None else [int(hold.number)]
    asked: Payload = {"handle": hold.handle if of is not None else None, "hold_ids": number}
    return replace(found, writes=(*found.writes, Write(Kind.RELEASE_HOLD, order.order_id, asked, of=hold.name)))


def _own(operator: OperatorState, action_id: str | None) -> tuple[OwnHold, str | None] | None:
    """What stands here of a hold of ours, an escalation with its SKU."""
    if action_id in operator.desk_holds:
        return operator.desk_holds[action_id], None
    return next(((hold, sku) for sku, hold in operator.holds.items() if hold.action_id == action_id), None)


def _kept(own: tuple[OwnHold, str | None], context: ActionContext) -> Release:
    hold, sku = own
    return hold_ends.release(hold, sku, context.now, context.action_id)


def _noted(operator: OperatorState, holds: Sequence[Hold], details: str, context: ActionContext) -> OperatorState:
    """An entry for each hold, where the shop's word of its release will meet it."""
    for hold in holds:
        released = operator.released[hold.name]
        own = released.hold or released.escalation
        if own is not None:
            name, event = hold_ends.release_entry(own, released.sku)
        elif hold.meaning is Issue.INVENTORY:
            name, event = key("inventory_release", hold.key), "inventory_release"
        else:
            name, event = key("note", f"{hold.key}/released"), "note"
        operator = with_entry(operator, name, Entry(ts=context.second, event=event, details=brief(details)))
    return operator


def _gone(state: OrderState, name: str, _: object) -> bool:
    """Shopify has released it itself."""
    told = [hold for hold in state.shop_holds if hold.name == name]
    return bool(told) and all(hold.ended_at is not None for hold in told)


RELEASE = ActionDefinition(
    "Release holds",
    ReleaseBody,
    run=on_each_order(lambda body: body.order_ids, _decide),
    order_ids=lambda body: body.order_ids,
    message=lambda _, execution: f"Released {execution.orders}",
    restored=lambda state, _: {"hold": hold_json(state)},
    overtaken={"released": _gone},
    refusals=(ErrorCode.FORBIDDEN, ErrorCode.ORDER_CLOSED),
)
