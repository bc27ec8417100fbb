"""`&`: the loaded rows that contain a text. Pure, local, and labelled as such wherever it shows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from orders_tui.session.view import RowView
from orders_wire.texts import folded, words

if TYPE_CHECKING:
    from orders_wire.orders import Order


def narrowed(rows: Sequence[RowView], text: str) -> list[RowView]:
    """The rows in which every word of the text occurs, folded as the server's search folds (contract §1, `q`)."""
    wanted = words(text)
    return [row for row in rows if all(word in _text(row.order) for word in wanted)]


def _text(order: Order) -> str:
    numbers = " ".join(parcel.number or "" for parcel in order.tracking)
    parts = (order.order_number, order.customer_name or "", order.assigned_to, order.status, order.issue or "", numbers)
    return folded(" ".join((*parts, *order.tags)))
