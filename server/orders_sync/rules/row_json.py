"""ORDER as JSON, without what only a read knows (age, alerts, outbound counts, version): contract §1."""

from __future__ import annotations

from typing import Any

import orjson

from orders_sync.evidence.entities import MoneyPart
from orders_sync.evidence.money import NO_CURRENCY, usd_cents, written
from orders_sync.instants import to_text
from orders_sync.rules import returns
from orders_sync.rules.holds import deciding as deciding_hold
from orders_sync.rules.order_state import OrderState
from orders_sync.rules.parcels import Parcel
from orders_sync.rules.priority import priority
from orders_sync.rules.timeline import NEWEST, timeline
from orders_wire.return_machine import allowed_actions
from orders_wire.vocabulary import UNASSIGNED

NEWEST_FIELD = "cancelling"
"""Releases that do not write it are older. The one before this one does: its rows are known by what `parts` lacks."""


def row_json(state: OrderState) -> bytes:
    """The fields of ORDER under their wire names."""
    order = state.order
    value = usd_cents(order.total, state.thresholds.usd_rates)
    return orjson.dumps(
        {
            "id": f"gid://shopify/Order/{state.order_id}",
            "order_number": state.name,
            "placed_at": to_text(state.placed_at),
            "ship_by": None if state.ship_by is None else to_text(state.ship_by),
            "status": state.status.value,
            "priority": priority(state).value,
            "value_usd": None if value is None else value / 100,
            "assigned_to": state.operator.assigned_to or UNASSIGNED,
            "support_thread": state.operator.thread,
            "timeline": timeline(state)[-NEWEST:],
            "channel": state.channel.value,
            "delivery": state.delivery.value,
            "tags": list(order.tags),
            "customer_name": order.customer.name if order.customer is not None else None,
            "total": _money(order.total),
            "refunded": _refunded(state),
            "tracking": [_tracking(parcel) for parcel in state.parcels if parcel.alive],
            "hold": hold_json(state),
            "return": _return(state),
            "note_count": len(state.operator.notes),
            "last_note_at": _last_note_at(state),
            "cancelling": _cancelling(state),
        }
    )


def _last_note_at(state: OrderState) -> str | None:
    newest = max((note.at for note in state.operator.notes.values()), default=None)
    return None if newest is None else to_text(newest)


def _cancelling(state: OrderState) -> dict[str, str | None] | None:
    ordered = state.operator.cancelling
    if ordered is None:
        return None
    sends_at = None if ordered.sends_at is None else to_text(ordered.sends_at)
    return {"by": ordered.by, "at": to_text(ordered.at), "sends_at": sends_at}


def _money(part: MoneyPart | None) -> dict[str, str] | None:
    return None if part is None else {"amount": written(part), "currency": part.currency}


def _refunded(state: OrderState) -> dict[str, str] | None:
    """What was paid back in all, in the currency of the newest refund; the total, where the shop says no more than "in full"."""
    total = state.order.total
    if not state.refunds:
        return _money(total) if state.refunded else None
    own = NO_CURRENCY if total is None else total.currency
    paid = [(own if part.currency == NO_CURRENCY else part.currency, part.hundredths) for _, part in state.refunds]
    newest = paid[-1][0]
    return _money(MoneyPart(hundredths=sum(amount for currency, amount in paid if currency == newest), currency=newest))


def _tracking(parcel: Parcel) -> dict[str, str | None]:
    return {
        "number": parcel.number,
        "carrier": parcel.carrier,
        "url": parcel.url,
        "shipment_status": parcel.state,
        "updated_at": to_text(parcel.updated_at),
    }


def hold_json(state: OrderState) -> dict[str, str | None] | None:
    """The reason that decides, with its note, its time and who placed it, and since when the oldest hold stands."""
    deciding = deciding_hold(state.holds)
    if deciding is None:
        return None
    return {
        "reason": deciding.meaning.value,
        "note": deciding.note,
        "since": to_text(state.holds[0].since),
        "until": None if deciding.until is None else to_text(deciding.until),
        "by": deciding.by,
    }


def _return(state: OrderState) -> dict[str, Any] | None:
    shown = returns.on_show(state.returns)
    if shown is None:
        return None
    return {
        "id": shown.gid,
        "state": shown.state.value,
        "reason": shown.reason,
        "allowed_actions": [action.value for action in allowed_actions(shown.state, requested=shown.requested)],
        "refund_amount": None if shown.refund is None else shown.refund.hundredths / 100,
        "currency": None if shown.refund is None else shown.refund.currency,
        "since": to_text(shown.since),
        "requested": shown.requested,
    }
