"""`orders.page_info`: the cursors around a page (contract §1, Cursors). Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from orders_wire.cursors import ShopifyCursor, encode_offset


@dataclass(frozen=True, slots=True)
class Window:
    """Where a page lies: `position` of its first row, how many rows it has, and how many there are in all."""

    position: int
    rows: int
    total: int
    page_size: int


def page_info(window: Window, first: ShopifyCursor | None) -> dict[str, Any]:
    """`page_info` of a page; `first` is the key of its first row, null for an empty page."""
    w = window
    after = w.position + w.rows
    more = after < w.total
    previous = _previous(w)
    return {
        "cursor": encode_offset(w.position),
        "startCursor": encode_offset(w.position) if w.rows else None,
        "endCursor": encode_offset(after - 1) if w.rows else None,
        "nextCursor": encode_offset(after) if more else None,
        "previousCursor": None if previous is None else encode_offset(previous),
        "hasNextPage": more,
        "hasPreviousPage": previous is not None,
        "page": w.position // w.page_size + 1,
        "pageSize": w.page_size,
        "totalPages": max(1, -(-w.total // w.page_size)),
        "shopifyCursor": first.encode() if first is not None else None,
    }


def _previous(w: Window) -> int | None:
    """Position − pageSize, at least 0; past the end, where the last page starts; null at 0 and where there are no rows."""
    if w.position == 0 or w.total == 0:
        return None
    if w.position >= w.total:
        return (w.total - 1) // w.page_size * w.page_size
    return max(0, w.position - w.page_size)
