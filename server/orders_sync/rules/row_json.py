"""ORDER as JSON, without what only a read knows (age, alerts, outbound counts, version): contract §1."""

from __future__ import annotations

from typing import Any

import orjson

from orders_sync.evidence.money import written
from orders_sync.instants import to_text
from orders_sync.rules import priority_and_issue, return_history, usd
from orders_sync.rules.order_state import Picture
from orders_sync.rules.parcels import Parcel
from orders_sync.rules.timeline import NEWEST, timeline
from orders_wire.returns import allowed_actions
from orders_wire.vocabulary import UNASSIGNED


def card(picture: Picture) -> bytes:
    """The fields of ORDER under their wire names."""
    order = picture.order
    value = usd.usd_cents(order.total, picture.thresholds.usd_rates)
    return orjson.dumps(
        {
            "id": f"gid://shopify/Order/{picture.order_id}",
            "order_number": picture.name,
            "placed_at": to_text(picture.placed_at),
            "ship_by": None if picture.ship_by is None else to_text(picture.ship_by),
            "status": picture.status.value,
            "priority": priority_and_issue.priority(picture).value,
            "value_usd": None if value is None else value / 100,
            "assigned_to": picture.operator.assigned_to or UNASSIGNED,
            "support_thread": picture.operator.thread,
            "timeline": timeline(picture)[-NEWEST:],
            "channel": picture.channel.value,
            "delivery": picture.delivery.value,
            "tags": list(order.tags),
            "customer_name": order.customer.name if order.customer is not None else None,
            "total": _total(picture),
            "tracking": [_tracking(parcel) for parcel in picture.parcels if parcel.alive],
            "hold": _hold(picture),
            "return": _return(picture),
        }
    )


def _total(picture: Picture) -> dict[str, str] | None:
    total = picture.order.total
    if total is None:
        return None
    return {"amount": written(total), "currency": total.currency}


def _tracking(parcel: Parcel) -> dict[str, str | None]:
    return {
        "number": parcel.number,
        "carrier": parcel.carrier,
        "url": parcel.url,
        "shipment_status": parcel.state,
        "updated_at": to_text(parcel.updated_at),
    }


def _hold(picture: Picture) -> dict[str, str | None] | None:
    """The reason that decides, its note, and since when the oldest hold stands."""
    deciding = priority_and_issue.deciding(picture.holds)
    if deciding is None:
        return None
    return {"reason": deciding.meaning.value, "note": deciding.note, "since": to_text(picture.holds[0].since)}


def _return(picture: Picture) -> dict[str, Any] | None:
    view = return_history.on_show(picture.returns)
    if view is None:
        return None
    return {
        "id": view.gid,
        "state": view.state.value,
        "reason": view.reason,
        "allowed_actions": [action.value for action in allowed_actions(view.state)],
        "refund_amount": None if view.refund is None else view.refund.hundredths / 100,
        "currency": None if view.refund is None else view.refund.currency,
        "since": to_text(view.since),
    }
