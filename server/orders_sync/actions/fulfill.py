"""Fulfil: acknowledges that an order is on its way, and clears its shipment alerts (contract §3, Fulfil).

A tracking number is shown at once, and queued for the fulfilment in the shop (contract §3a, "A number at Shopify"). A parcel of
ours that still waits takes the number into its own row. One whose row has left gets it by a row of its own, which finds the
fulfilment that was made of it.
"""

from __future__ import annotations

from orders_sync.actions.context import ActionContext
from orders_sync.actions.decision import Altered, Decision, Refusal, Shown
from orders_sync.actions.definition import ActionDefinition, on_each_order
from orders_sync.actions.locked_order import LockedOrder, with_entry
from orders_sync.db.outbox import Payload
from orders_sync.outbox.kinds import Kind
from orders_sync.outbox.queue import Write, unclaimed
from orders_sync.rules.delayed import is_delayed
from orders_sync.rules.operator_state import Acknowledgement, Entry, FailedWrite, GivenNumber, OperatorState
from orders_sync.rules.order_state import OrderState
from orders_sync.rules.parcels import OURS, Parcel, fulfillment_ids, replaced_by
from orders_sync.rules.timeline import acknowledgement_key, key
from orders_wire.actions import FulfillBody, GivenTracking
from orders_wire.vocabulary import ErrorCode, OutboundState


def _decide(order: LockedOrder, body: FulfillBody, context: ActionContext) -> Decision | Refusal:
    """A parcel of ours for all that is owed; where nothing is, the number goes to the oldest parcel that lacks one."""
    state = order.state
    if state.over:
        return Refusal(ErrorCode.ORDER_CLOSED, f"{order.name} is {state.status}")
    if state.holds:
        return Refusal(ErrorCode.ON_HOLD, f"{order.name} is on hold")
    cleared = _clear_alerts(order, context)
    if state.owed:
        return _acknowledge(order, cleared, body, context)
    tracking = body.tracking
    parcel = None if tracking is None else _lacking(order, cleared, tracking, context)
    if tracking is not None and parcel is not None:
        return _give_number(order, cleared, parcel, tracking, context, notify=body.notify)
    known = tracking is not None and any(parcel.number == tracking.number for parcel in state.parcels)
    return Decision(cleared, _shown(tracking if known else None), "already fulfilled")


def _acknowledge(order: LockedOrder, operator: OperatorState, body: FulfillBody, context: ActionContext) -> Decision:
    """What leaves names the fulfilments that are known, so that the one that it makes can be distinguished from them."""
    tracking, known = body.tracking, fulfillment_ids(order.facts)
    number, carrier = (tracking.number, tracking.carrier) if tracking else (None, None)
    parcel = Acknowledgement(action_id=context.action_id, at=context.now, known=known, number=number, carrier=carrier)
    kept = {
        "acknowledgement": parcel,
        "cleared_numbers": tuple(parcel_id for parcel_id in operator.cleared_numbers if parcel_id != OURS),
        "failed": _without_failed(operator, Kind.FULFILLMENT),
        "entries": _without_replaced(operator),
    }
    details = f"by {context.actor.name}" + (f", {_number(tracking)}" if tracking else "")
    entry = Entry(ts=context.second, event="fulfillment_submitted", details=details)
    operator = with_entry(operator.model_copy(update=kept), acknowledgement_key(context.action_id), entry)
    payload: Payload = {"tracking": None if tracking is None else _tracking(tracking), "known": list(known)}
    if context.mails(body.notify):
        payload["notify"] = True
    return Decision(operator, _shown(tracking), details, (Write(Kind.FULFILLMENT, order.order_id, payload),))


def _without_failed(operator: OperatorState, kind: Kind) -> dict[int, FailedWrite]:
    return {row: write for row, write in operator.failed.items() if write.kind != kind}


def _without_replaced(operator: OperatorState) -> dict[str, Entry]:
    """The entries without that of an earlier acknowledgement, whose place a fulfilment of Shopify's has taken."""
    earlier = operator.acknowledgement
    replaced = None if earlier is None else acknowledgement_key(earlier.action_id)
    return {name: entry for name, entry in operator.entries.items() if name != replaced}


def _lacking(
    order: LockedOrder, operator: OperatorState, tracking: GivenTracking, context: ActionContext
) -> Parcel | None:
    """The oldest parcel without a number; a placeholder that an operator gave is none, once there is a real one."""
    invented = context.settings.placeholders.match
    for parcel in order.state.parcels:
        ours = operator.acknowledgement if parcel.ours else operator.numbers.get(parcel.id)
        given = None if ours is None else ours.number
        placeholder = given == parcel.number and given is not None and invented(given) and not invented(tracking.number)
        if parcel.alive and (parcel.unnumbered or placeholder):
            return parcel
    return None


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


def _give_number(
    order: LockedOrder,
    operator: OperatorState,
    parcel: Parcel,
    tracking: GivenTracking,
    context: ActionContext,
    *,
    notify: bool | None,
) -> Decision:
    """Gives the parcel the number. A placeholder is only shown, and never leaves."""
    details = f"{_number(tracking)}, by {context.actor.name}"
    note = Entry(ts=context.second, event="note", details=details)
    failed = _without_failed(operator, Kind.TRACKING)
    operator = with_entry(operator, key("note", context.action_id), note, failed=failed)
    altered: Altered = ()
    if parcel.ours:
        ours = operator.acknowledgement
        assert ours is not None, "a parcel of ours is an acknowledgement"
        operator = operator.model_copy(update={"acknowledgement": ours.model_copy(update=_tracking(tracking))})
        altered = _into_waiting(order, ours.action_id, tracking, notify)
        where: Payload = {"fulfillment_id": None, "known": list(ours.known), "before": None}
    else:
        where = {"fulfillment_id": parcel.id, "before": None if parcel.id in operator.numbers else parcel.number}
        number = GivenNumber(action_id=context.action_id, **_tracking(tracking))
        operator = operator.model_copy(update={"numbers": {**operator.numbers, parcel.id: number}})
    if altered or context.settings.placeholders.match(tracking.number):
        return Decision(operator, _shown(tracking), details, altered=altered)
    payload = where | _tracking(tracking) | ({"notify": True} if context.mails(notify) else {})
    return Decision(operator, _shown(tracking), details, (Write(Kind.TRACKING, order.order_id, payload),))


def _into_waiting(order: LockedOrder, action_id: str, tracking: GivenTracking, notify: bool | None) -> Altered:
    """The number in the queued fulfilment of the acknowledgement, while that can still be changed."""
    news: Payload = {"tracking": _tracking(tracking)} | ({} if notify is None else {"notify": notify})
    rows = [row for row in order.outbound(Kind.FULFILLMENT) if row.action_id == action_id and unclaimed([row])]
    waiting = (row for row in rows if row.state in (OutboundState.QUEUED, OutboundState.NEEDS_REVIEW))
    return tuple((row.id, row.payload, row.payload | news) for row in waiting)


def _tracking(tracking: GivenTracking) -> dict[str, str | None]:
    return {"number": tracking.number, "carrier": tracking.carrier}


def _shown(tracking: GivenTracking | None) -> Shown:
    shown: Shown = {"fulfillmentStatus": "fulfilled"}
    if tracking is not None:
        shown["tracking"] = {name: value for name, value in _tracking(tracking).items() if value is not None}
    return shown


def _number(tracking: GivenTracking) -> str:
    return f"tracking number {tracking.number}" + (f" ({tracking.carrier})" if tracking.carrier else "")


def _restored(state: OrderState, _: ActionContext) -> Shown:
    if not state.owed:
        return {"fulfillmentStatus": "fulfilled"}
    return {"fulfillmentStatus": "partial" if any(parcel.alive for parcel in state.parcels) else "unfulfilled"}


def _parcel_replaced(state: OrderState, *_: object) -> bool:
    ours = state.operator.acknowledgement
    return state.cancelled or ours is None or replaced_by(ours, fulfillment_ids(state.facts)) is not None


def _number_in_shop(state: OrderState, parcel_id: str, _: object) -> bool:
    return bool((state.facts.fields("fulfillment", parcel_id) or {}).get("number"))


FULFILL = ActionDefinition(
    "Acknowledge fulfilment and queue it",
    FulfillBody,
    run=on_each_order(lambda body: body.order_ids, _decide),
    order_ids=lambda body: body.order_ids,
    message=lambda _, execution: f"Marked {execution.orders} as fulfilled",
    restored=_restored,
    overtaken={"acknowledgement": _parcel_replaced, "numbers": _number_in_shop},
    refusals=(ErrorCode.ON_HOLD, ErrorCode.ORDER_CLOSED),
)
