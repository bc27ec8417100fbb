"""A number for a parcel: shown at once, and queued for the fulfilment in the shop (contract §3a, "A number at Shopify").

A parcel of ours that still waits takes the number into its own row. One whose row has left gets it by a row of its own, which
finds the fulfilment that was made of it.
"""

from __future__ import annotations

from dataclasses import dataclass

from orders_sync.actions.acting import Acting
from orders_sync.actions.view import View
from orders_sync.db.outbox import OutboxRow, Payload
from orders_sync.outbox.kinds import Kind
from orders_sync.outbox.queue import Write, unclaimed
from orders_sync.rules.operator_state import GivenNumber, OperatorState
from orders_sync.rules.parcels import Parcel
from orders_wire.vocabulary import OutboundState


@dataclass(frozen=True, slots=True)
class Given:
    """What was given. `notify`: null where the request does not say."""

    number: str
    carrier: str | None
    notify: bool | None


@dataclass(frozen=True, slots=True)
class Numbered:
    """The decisions with the number, and what leaves for it, as in a `Decision`."""

    operator: OperatorState
    writes: tuple[Write, ...] = ()
    altered: tuple[tuple[int, Payload, Payload], ...] = ()


def give(view: View, operator: OperatorState, parcel: Parcel, given: Given, acting: Acting) -> Numbered:
    """Gives the parcel the number. A placeholder is only shown."""
    if parcel.ours:
        return _give_ours(view, operator, given, acting)
    number = GivenNumber(action_id=acting.action_id, number=given.number, carrier=given.carrier)
    kept = operator.model_copy(update={"numbers": {**operator.numbers, parcel.id: number}})
    before = None if parcel.id in operator.numbers else parcel.number
    return Numbered(kept, _writes(view, {"fulfillment_id": parcel.id, "before": before}, given, acting))


def _give_ours(view: View, operator: OperatorState, given: Given, acting: Acting) -> Numbered:
    ours = operator.acknowledgement
    assert ours is not None, "a parcel of ours is an acknowledgement"
    numbered = ours.model_copy(update={"number": given.number, "carrier": given.carrier})
    kept = operator.model_copy(update={"acknowledgement": numbered})
    waiting = _waiting(view, ours.action_id)
    if not waiting:
        made: Payload = {"fulfillment_id": None, "known": list(ours.known), "before": None}
        return Numbered(kept, _writes(view, made, given, acting))
    told: Payload = {"tracking": {"number": given.number, "carrier": given.carrier}}
    if given.notify is not None:
        told["notify"] = given.notify
    altered = tuple((row.id, row.payload, row.payload | told) for row in waiting)
    return Numbered(kept, altered=altered)


def _waiting(view: View, action_id: str) -> list[OutboxRow]:
    """The queued fulfilment of the acknowledgement, while it can still be changed."""
    rows = [row for row in view.outbound(Kind.FULFILLMENT) if row.action_id == action_id and unclaimed([row])]
    return [row for row in rows if row.state in (OutboundState.QUEUED, OutboundState.NEEDS_REVIEW)]


def _writes(view: View, where: Payload, given: Given, acting: Acting) -> tuple[Write, ...]:
    if acting.placeholders.match(given.number):
        return ()
    payload: Payload = {**where, "number": given.number, "carrier": given.carrier}
    if acting.mails(given.notify):
        payload["notify"] = True
    return (Write(Kind.TRACKING, view.order_id, payload),)
