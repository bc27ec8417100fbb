"""All orders that match a query, collected by walking its pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from orders_wire.orders import Order


@dataclass(frozen=True, slots=True)
class Matching:
    """`complete` is false when the list kept changing while it was walked, so that some may be missing."""

    orders: tuple[Order, ...]
    complete: bool
