"""Cancelling an order: what stands against it, and when an ordered cancellation is over (contract §3a, Cancel). Pure."""

from __future__ import annotations

from collections.abc import Iterator

from orders_sync.instants import SECOND, Ms
from orders_sync.rules.operator_state import Entry, OperatorState
from orders_sync.rules.order_state import OrderState
from orders_sync.rules.parcels import Parcel
from orders_sync.rules.returns import OrderReturn
from orders_sync.rules.timeline import brief, key

CANCEL = "cancel"
"""The kind of its row in the outbox."""

OURS_WAITS = "a fulfilment of this desk is on its way to Shopify"


def obstacles(state: OrderState) -> list[str]:
    """What keeps the order from being cancelled, each named: a fulfilment that is neither cancelled nor failed, a
    delivered one too, one of ours that waits, a return that is not terminal."""
    return [*_parcels(state), *(_return(each) for each in state.returns if not each.state.terminal)]


def over(state: OrderState) -> bool:
    """Shopify has cancelled the order, whoever asked it to: what was ordered here, or failed, is over."""
    if not state.cancelled:
        return False
    return state.operator.cancelling is not None or any(
        write.kind == CANCEL for write in state.operator.failed.values()
    )


def without(state: OrderState, now: Ms) -> OperatorState:
    """The decisions without it. Somebody else may have cancelled the order otherwise than was ordered: where that had not left
    yet, the timeline says so."""
    operator, ordered = state.operator, state.operator.cancelling
    others = operator.failed_but(CANCEL)
    news: dict[str, object] = {"cancelling": None, "failed": others}
    waited = ordered is not None and (ordered.sends_at is None or ordered.sends_at > now)
    if ordered is not None and waited and others == operator.failed:
        text = f"Cancelled in Shopify before the cancellation that {ordered.by} ordered was sent: refund and stock as done there"
        entry = Entry(ts=Ms(now // SECOND * SECOND), event="note", details=brief(text))
        news["entries"] = {**operator.entries, key("note", f"cancel {ordered.action_id}"): entry}
    return operator.model_copy(update=news)


def _parcels(state: OrderState) -> Iterator[str]:
    alive = [parcel for parcel in state.parcels if parcel.alive]
    yield from (_parcel(parcel) for parcel in alive if not parcel.ours)
    if any(parcel.ours for parcel in alive):
        yield OURS_WAITS


def _parcel(parcel: Parcel) -> str:
    how = "delivered" if parcel.delivered_at is not None else (parcel.state or "").replace("_", " ")
    return f"fulfilment {parcel.name or parcel.gid}{f' ({how})' if how else ''} is neither cancelled nor failed"


def _return(each: OrderReturn) -> str:
    return f"return {each.name or each.gid} is {'requested' if each.requested else each.state.value.replace('_', ' ')}"
