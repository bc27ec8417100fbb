"""Orders as CSV or JSON files: UTF-8 with BOM for CSV, formula cells neutralised, files readable by their owner only."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from orders_wire.orders import Order


def csv_text(orders: Iterable[Order]) -> str:
    """A header and a row per order, without the BOM."""
    raise NotImplementedError


def json_text(orders: Iterable[Order]) -> str:
    """A JSON list of ORDERs as the wire has them."""
    raise NotImplementedError


def write(orders: Iterable[Order], path: Path) -> Path:
    """Writes by the path's suffix (`.csv`, `.json`), mode 0600, never over an existing file; the path written.

    Raises UsageError for another suffix, an existing file, or a folder that cannot be written.
    """
    raise NotImplementedError
