"""`&`: the loaded rows that contain a text. Pure, local, and labelled as such wherever it shows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from orders_tui.session.view import RowView

if TYPE_CHECKING:
    from orders_wire.orders import Order


def narrowed(rows: Sequence[RowView], text: str) -> list[RowView]:
    """The rows in which every word of the text occurs, case-blind."""
    words = text.casefold().split()
    return [row for row in rows if all(word in _text(row.order) for word in words)]


def _text(order: Order) -> str:
    numbers = " ".join(parcel.number or "" for parcel in order.tracking)
    parts = (order.order_number, order.customer_name or "", order.assigned_to, order.status, order.issue or "", numbers)
    return " ".join((*parts, *order.tags)).casefold()
