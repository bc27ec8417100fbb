"""Fulfil: acknowledges that an order is on its way, and clears its shipment alerts (contract §3, Fulfil)."""

from __future__ import annotations

from orders_sync.actions import tracking as numbering
from orders_sync.actions.acting import Acting
from orders_sync.actions.decision import Decision, Refusal, Shown
from orders_sync.actions.view import View, with_entry
from orders_sync.db.outbox import Payload
from orders_sync.outbox.kinds import Kind
from orders_sync.outbox.queue import Write
from orders_sync.rules.causes import delayed
from orders_sync.rules.operator_state import Acknowledgement, Entry, OperatorState
from orders_sync.rules.parcels import OURS, Parcel, fulfillment_ids
from orders_sync.rules.timeline import acknowledgement_key, key
from orders_wire.actions import FulfillBody, GivenTracking
from orders_wire.vocabulary import ErrorCode


def decide(view: View, body: FulfillBody, acting: Acting) -> Decision | Refusal:
    """A parcel of ours for all that is owed; where nothing is, the number goes to the oldest parcel that lacks one."""
    picture = view.picture
    if picture.over:
        return Refusal(ErrorCode.ORDER_CLOSED, f"{view.name} is {picture.status}")
    if picture.holds:
        return Refusal(ErrorCode.ON_HOLD, f"{view.name} is on hold")
    cleared = _clear_alerts(view, acting)
    if picture.owed:
        return _acknowledge(view, cleared, body, acting)
    return _already(view, cleared, body, acting)


def _acknowledge(view: View, operator: OperatorState, body: FulfillBody, acting: Acting) -> Decision:
    tracking = body.tracking
    known = fulfillment_ids(view.facts)
    parcel = Acknowledgement(
        action_id=acting.action_id,
        at=acting.now,
        known=known,
        number=tracking.number if tracking else None,
        carrier=tracking.carrier if tracking else None,
    )
    numbers = tuple(parcel_id for parcel_id in operator.cleared_numbers if parcel_id != OURS)
    failed = {row: write for row, write in operator.failed.items() if write.kind != Kind.FULFILLMENT}
    entries = _without_replaced(operator)
    kept = {"acknowledgement": parcel, "cleared_numbers": numbers, "failed": failed, "entries": entries}
    operator = operator.model_copy(update=kept)
    details = f"by {acting.actor.name}{_with_number(tracking)}"
    entry = Entry(ts=acting.second, event="fulfillment_submitted", details=details)
    operator = with_entry(operator, acknowledgement_key(acting.action_id), entry)
    write = Write(Kind.FULFILLMENT, view.order_id, _payload(tracking, known, notify=acting.mails(body.notify)))
    return Decision(operator, _shown(tracking), details, (write,))


def _without_replaced(operator: OperatorState) -> dict[str, Entry]:
    """The entries without that of an earlier acknowledgement, whose place a fulfilment of Shopify's has taken."""
    earlier = operator.acknowledgement
    replaced = None if earlier is None else acknowledgement_key(earlier.action_id)
    return {name: entry for name, entry in operator.entries.items() if name != replaced}


def _already(view: View, operator: OperatorState, body: FulfillBody, acting: Acting) -> Decision:
    tracking = body.tracking
    chosen = None if tracking is None else _lacking(view, operator, tracking, acting)
    if tracking is None or chosen is None:
        known = any(parcel.number == tracking.number for parcel in view.picture.parcels) if tracking else False
        return Decision(operator, _shown(tracking if known else None), "already fulfilled")
    details = f"{_with_number(tracking).strip(', ')}, by {acting.actor.name}"
    note = Entry(ts=acting.second, event="note", details=details)
    failed = {row: write for row, write in operator.failed.items() if write.kind != Kind.TRACKING}
    operator = with_entry(operator, key("note", acting.action_id), note, failed=failed)
    given = numbering.give(
        view, operator, chosen, numbering.Given(tracking.number, tracking.carrier, body.notify), acting
    )
    return Decision(given.operator, _shown(tracking), details, given.writes, given.altered)


def _lacking(view: View, operator: OperatorState, tracking: GivenTracking, acting: Acting) -> Parcel | None:
    """The oldest parcel without a number; a placeholder that an operator gave is none, once there is a real one."""
    invented = acting.placeholders.match
    for parcel in view.picture.parcels:
        ours = operator.acknowledgement if parcel.ours else operator.numbers.get(parcel.id)
        given = None if ours is None else ours.number
        placeholder = given == parcel.number and given is not None and invented(given) and not invented(tracking.number)
        if parcel.alive and (parcel.unnumbered or placeholder):
            return parcel
    return None


def _clear_alerts(view: View, acting: Acting) -> OperatorState:
    """Acknowledges the delays and missing numbers that are due at this moment; later ones raise their own alerts."""
    picture, now = view.picture, acting.now
    delays = dict(view.operator.cleared_delays)
    numbers = set(view.operator.cleared_numbers)
    for parcel in picture.shipments:
        if delayed(picture, parcel, now):
            delays[parcel.id] = parcel.updated_at
        if parcel.live and parcel.unnumbered and parcel.created_at + acting.thresholds.tracking_pending <= now:
            numbers.add(parcel.id)
    return view.operator.model_copy(update={"cleared_delays": delays, "cleared_numbers": tuple(sorted(numbers))})


def _payload(tracking: GivenTracking | None, known: tuple[int, ...], *, notify: bool) -> Payload:
    """`known`: fulfilments that were there before, so that the one that this write makes can be told from them.

    `notify` is there where the customer is mailed.
    """
    told: Payload = {"tracking": None if tracking is None else _told(tracking), "known": list(known)}
    return told | {"notify": True} if notify else told


def _told(tracking: GivenTracking) -> dict[str, str | None]:
    return {"number": tracking.number, "carrier": tracking.carrier}


def _shown(tracking: GivenTracking | None) -> Shown:
    shown: Shown = {"fulfillmentStatus": "fulfilled"}
    if tracking is not None:
        shown["tracking"] = {name: value for name, value in _told(tracking).items() if value is not None}
    return shown


def _with_number(tracking: GivenTracking | None) -> str:
    if tracking is None:
        return ""
    return f", tracking number {tracking.number}" + (f" ({tracking.carrier})" if tracking.carrier else "")
