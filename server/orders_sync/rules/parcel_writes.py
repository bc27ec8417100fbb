"""Which writes of the outbox are about a parcel, and how far it has come by them: nothing is said to be sent that is not queued
(contract §3a)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

from orders_sync.rules.order_state import OrderState
from orders_sync.rules.parcels import Parcel
from orders_sync.rules.tracking_numbers import several
from orders_wire.vocabulary import OutboundState, ParcelSent

_FULFILLMENT, _TRACKING = "fulfillment", "tracking"

_GONE = (OutboundState.UNDONE, OutboundState.DISCARDED)
_WAITING = (OutboundState.QUEUED, OutboundState.NEEDS_REVIEW, OutboundState.CLAIMED, OutboundState.UNKNOWN)
_LEFT = (OutboundState.CLAIMED, OutboundState.UNKNOWN, OutboundState.DONE)


class ParcelWrite(Protocol):
    """A row of the outbox."""

    @property
    def kind(self) -> str: ...
    @property
    def action_id(self) -> str | None: ...
    @property
    def state(self) -> OutboundState: ...
    @property
    def payload(self) -> Mapping[str, object]: ...


def own_actions(parcel: Parcel, state: OrderState) -> frozenset[str]:
    """The actions whose acknowledgement it is, or whose number came to it with the acknowledgement that it replaced."""
    if parcel.of_action is not None:
        return frozenset({parcel.of_action})
    return frozenset(each.acknowledgement.action_id for each in state.settled if each.numbered == parcel.id)


def about(row: ParcelWrite, parcel: Parcel, state: OrderState) -> bool:
    """Whether the row brings this parcel, or its number."""
    own = own_actions(parcel, state)
    if row.kind == _FULFILLMENT:
        return row.action_id in own and (parcel.ours or parcel.in_shop is not None)
    if row.kind != _TRACKING:
        return False
    of = row.payload.get("of")
    return row.payload.get("fulfillment_id") == parcel.id or (of in own if of else bool(own) and "known" in row.payload)


def has_left(rows: Iterable[ParcelWrite], parcel: Parcel, state: OrderState) -> bool:
    """Whether its number, which is an operator's, was sent or may have been, so that the shop has it or is about to."""
    made = {each.acknowledgement.action_id for each in state.settled if parcel.id in each.acknowledgement.answered}
    sent = (row for row in rows if row.state in _LEFT and about(row, parcel, state) and _number(row) == parcel.number)
    return any(row.kind == _TRACKING or parcel.ours or row.action_id in made for row in sent)


def mailed(rows: Iterable[ParcelWrite], parcel: Parcel, state: OrderState) -> bool:
    """Whether the customer was mailed of it, or may have been."""
    made = {each.acknowledgement.action_id for each in state.settled if parcel.id in each.heirs} | {parcel.of_action}
    mailing = [row for row in rows if row.state in _LEFT and row.payload.get("notify")]
    return any(row.action_id in made if row.kind == _FULFILLMENT else about(row, parcel, state) for row in mailing)


def sent(rows: Iterable[ParcelWrite], parcel: Parcel, state: OrderState) -> ParcelSent:
    """How far it is known to Shopify as it is shown. `rows`: those of the order, oldest first."""
    mine = [row for row in rows if row.state not in _GONE and about(row, parcel, state)]
    if any(row.state in _WAITING for row in mine):
        return ParcelSent.WAITING
    if mine and mine[-1].state is OutboundState.DEAD:
        return ParcelSent.FAILED
    if parcel.in_shop is None and not parcel.ours:
        return ParcelSent.SENT
    answered = any(
        each.acknowledgement.answered for each in state.settled if each.acknowledgement.action_id == parcel.of_action
    )
    if parcel.number is None:
        return ParcelSent.SENT if mine or answered else ParcelSent.LOCAL
    return ParcelSent.SENT if has_left(mine, parcel, state) else ParcelSent.LOCAL


def same_parcel(of: int | None, parcel: Parcel, state: OrderState) -> bool:
    """Whether a failed write, which was of this fulfilment or acknowledgement, was about the parcel; None: not known of which."""
    own = own_actions(parcel, state)
    return of in (
        None,
        parcel.id,
        *(each.parcel_id for each in state.operator.acknowledgements if each.action_id in own),
    )


def _number(row: ParcelWrite) -> str | None:
    tracking = row.payload.get("tracking") if row.kind == _FULFILLMENT else row.payload
    number = tracking.get("number") if isinstance(tracking, Mapping) else None
    return next(iter(several(number)), None) if isinstance(number, str) else None
