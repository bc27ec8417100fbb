"""Fulfil: acknowledges that an order, or a part of it, is on its way (contract §3, Fulfil; §3a).

What is held stays. Only when nothing stays owed are the order's shipment alerts cleared.
"""

from __future__ import annotations

from collections.abc import Mapping

from orders_sync.actions import given_lines
from orders_sync.actions.closed_orders import closed
from orders_sync.actions.context import ActionContext
from orders_sync.actions.decision import Decision, Refusal, Shown
from orders_sync.actions.definition import ActionDefinition
from orders_sync.actions.execute import Execution
from orders_sync.actions.locked_order import LockedOrder, with_entry
from orders_sync.actions.parcel_numbers import Numbers, echoed, in_words, plain
from orders_sync.db.outbox import Payload
from orders_sync.outbox.kinds import Kind
from orders_sync.outbox.queue import Write
from orders_sync.rules.delayed import is_delayed
from orders_sync.rules.operator_state import (
    Acknowledgement,
    Entry,
    FailedWrite,
    GivenNumber,
    OperatorState,
    Tracking,
    UnitsOfLine,
)
from orders_sync.rules.order_state import OrderState
from orders_sync.rules.parcels import fulfillment_ids, stands
from orders_sync.rules.timeline import acknowledgement_key, brief, key
from orders_wire.actions import FulfillBody
from orders_wire.vocabulary import ErrorCode

FULFILLED, PARTIAL, UNFULFILLED = "fulfilled", "partial", "unfulfilled"
"""Words of `fulfillmentStatus`."""


def _decide(order: LockedOrder, body: FulfillBody, context: ActionContext) -> Decision | Refusal:
    """A parcel of ours for what is asked for; where nothing is owed, the number goes to the oldest parcel that lacks one."""
    state, given = order.state, body.tracking
    shut = closed(order)
    if shut is not None:
        return shut
    tracking = None if given is None else Tracking(number=given.number, carrier=given.carrier)
    if body.lines is None and not state.owed:
        return _fulfilled_already(order, tracking, body, context)
    units = _units(order, body)
    return units if isinstance(units, Refusal) else _acknowledge(order, units, tracking, body, context)


def _units(order: LockedOrder, body: FulfillBody) -> Mapping[int, int] | Refusal:
    """What is to be sent, by line: what is asked for, else all that no hold keeps back."""
    held = order.state.held
    if body.lines is None:
        free = {line.part.id: line.owed - held.get(line.part.id, 0) for line in order.state.lines}
        units = {line: quantity for line, quantity in free.items() if quantity > 0}
        return units or Refusal(ErrorCode.ON_HOLD, f"{order.name} is on hold")
    asked = given_lines.units(order, body.lines)
    if isinstance(asked, Refusal):
        return asked
    for line in (line for line in order.state.lines if line.part.id in asked):
        free_of_line = line.owed - held.get(line.part.id, 0)
        if free_of_line <= 0:
            return Refusal(ErrorCode.ON_HOLD, f"{given_lines.called(line)} of {order.name} is on hold")
        if asked[line.part.id] > free_of_line:
            what = f"lines: {asked[line.part.id]} of {given_lines.called(line)} asked for"
            message = f"{what}, {free_of_line} open of {order.name}: {line.owed - free_of_line} on hold"
            return Refusal(ErrorCode.INVALID_REQUEST, message)
    return asked


def _acknowledge(
    order: LockedOrder, units: Mapping[int, int], tracking: Tracking | None, body: FulfillBody, context: ActionContext
) -> Decision:
    """What leaves names the fulfilments that are known, so that the one that it makes can be distinguished from them."""
    whole = all(line.owed == units.get(line.part.id, 0) for line in order.state.lines)
    lines = tuple(UnitsOfLine(id=line, quantity=quantity) for line, quantity in units.items())
    own = Acknowledgement(
        action_id=context.action_id,
        at=context.now,
        known=fulfillment_ids(order.facts),
        lines=lines,
        whole=whole,
        **({} if tracking is None else plain(tracking)),
    )
    details = ", ".join(
        [f"by {context.actor.name}", *_counted(body), *_of_part(order, units, whole=whole), *_with(tracking)]
    )
    entry = Entry(ts=context.second, event="fulfillment_submitted", details=brief(details))
    operator = (_clear_alerts(order, context) if whole else order.operator).with_acknowledgement(own)
    failed = _without_failed(operator, units)
    operator = with_entry(operator, acknowledgement_key(context.action_id), entry, failed=failed)
    shown = {"fulfillmentStatus": FULFILLED if whole else PARTIAL} | _echoed(tracking)
    return Decision(operator, shown, details, (Write(Kind.FULFILLMENT, order.order_id, _payload(own, body, context)),))


def _payload(own: Acknowledgement, body: FulfillBody, context: ActionContext) -> Payload:
    numbered = own.number is not None and not context.settings.placeholders.match(own.number)
    payload: Payload = {
        "tracking": plain(own) if numbered else None,
        "known": list(own.known),
        "lines": [[line.id, line.quantity] for line in own.lines or ()],
    }
    return payload | ({"notify": True} if context.mails(body.notify) else {})


def _of_part(order: LockedOrder, units: Mapping[int, int], *, whole: bool) -> list[str]:
    """What is in it, where that is not all."""
    if whole:
        return []
    return [
        f"{units[line.part.id]} × {given_lines.called(line)}" for line in order.state.lines if line.part.id in units
    ]


def _counted(body: FulfillBody) -> list[str]:
    """How units were counted at the bench; of several orders those of all of them."""
    if body.packed is None:
        return []
    how = "packed" if len(body.order_ids) == 1 else "packed together"
    return [f"{how}: {body.packed.scanned} scanned, {body.packed.by_hand} by hand"]


def _with(tracking: Tracking | None) -> list[str]:
    return [] if tracking is None else [in_words(tracking)]


def _without_failed(operator: OperatorState, units: Mapping[int, int]) -> dict[int, FailedWrite]:
    """The failures without those of fulfilments for what is sent now."""
    return {
        row: write
        for row, write in operator.failed.items()
        if write.kind != Kind.FULFILLMENT
        or (write.lines is not None and not any(line.id in units for line in write.lines))
    }


def _fulfilled_already(
    order: LockedOrder, tracking: Tracking | None, body: FulfillBody, context: ActionContext
) -> Decision:
    cleared = _clear_alerts(order, context)
    shown: Shown = {"fulfillmentStatus": FULFILLED}
    already = ", ".join(["already fulfilled", *_counted(body)])
    if tracking is None or tracking.number is None:
        return Decision(cleared, shown, already)
    numbers = Numbers(order, context, cleared, body.notify)
    lacking = (each for each in order.state.parcels if each.alive and numbers.lacks(each, str(tracking.number)))
    parcel = next(lacking, None)
    if parcel is None:
        known = any(each.number == tracking.number for each in order.state.parcels)
        return Decision(cleared, shown | _echoed(tracking if known else None), already)
    numbers = numbers.given(parcel, tracking)
    details = ", ".join([in_words(tracking), f"by {context.actor.name}", *_counted(body)])
    note = Entry(ts=context.second, event="note", details=details)
    operator = with_entry(numbers.operator, key("note", context.action_id), note)
    return Decision(operator, shown | _echoed(tracking), details, numbers.writes, numbers.altered)


def _clear_alerts(order: LockedOrder, context: ActionContext) -> OperatorState:
    """Acknowledges the delays and missing numbers that are due at this moment; later ones raise their own alerts."""
    state, now, pending = order.state, context.now, context.settings.thresholds.tracking_pending
    delays, numbers = dict(order.operator.cleared_delays), set(order.operator.cleared_numbers)
    for parcel in state.shipments:
        if is_delayed(state, parcel, now):
            delays[parcel.id] = parcel.updated_at
        if parcel.live and parcel.unnumbered and parcel.created_at + pending <= now:
            numbers.add(parcel.id)
    return order.operator.model_copy(update={"cleared_delays": delays, "cleared_numbers": tuple(sorted(numbers))})


def _echoed(tracking: Tracking | None) -> Shown:
    return {} if tracking is None else {"tracking": echoed(tracking)}


def _message(body: FulfillBody, execution: Execution) -> str:
    """Says so where something stays owed."""
    parts = sum(item.get("fulfillmentStatus") == PARTIAL for done in execution.done for item in done.decision.items)
    told = f"Marked {execution.orders} as fulfilled"
    if not parts:
        already = sum(not done.changed for done in execution.done)
        return (
            f"{told}{f', {already} of them' if already < len(execution.done) else ''} (so already)" if already else told
        )
    told += " in part" if parts == len(execution.done) else f", {parts} of them in part"
    return f"{told}: what is on hold stays owed" if body.lines is None else f"{told}: the rest stays owed"


def _restored(state: OrderState, _: ActionContext) -> Shown:
    if not state.owed:
        return {"fulfillmentStatus": FULFILLED}
    return {"fulfillmentStatus": PARTIAL if any(parcel.alive for parcel in state.parcels) else UNFULFILLED}


def parcel_replaced(state: OrderState, action_id: str, _: object) -> bool:
    """Whether Shopify has gone beyond an acknowledgement: all of it, or a part, is a fulfilment there."""
    own = next((each for each in state.settled if each.acknowledgement.action_id == action_id), None)
    return state.cancelled or own is None or bool(own.heirs)


def number_replaced(state: OrderState, parcel_id: str, number: object) -> bool:
    """Whether Shopify has given the parcel another number than an operator did."""
    parcel = next((each for each in state.parcels if str(each.id) == parcel_id), None)
    given = GivenNumber.model_validate(number)
    return parcel is None or (parcel.in_shop is None and not stands(parcel.tracking, given))


FULFILL = ActionDefinition(
    "Acknowledge fulfilment and queue it",
    FulfillBody,
    run=given_lines.on_each_order(_decide),
    order_ids=lambda body: body.order_ids,
    message=_message,
    restored=_restored,
    overtaken={"acknowledgements": parcel_replaced, "numbers": number_replaced},
    refusals=(ErrorCode.ON_HOLD, ErrorCode.ORDER_CLOSED),
)
