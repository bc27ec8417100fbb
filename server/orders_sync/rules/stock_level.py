"""What is available of a SKU over all locations, and whether that is less than nothing."""

from __future__ import annotations

from dataclasses import dataclass

from orders_sync.instants import Ms


@dataclass(frozen=True, slots=True)
class StockLevel:
    """`available` and the newest inventory update that counts towards it; None when no location reports it."""

    available: int | None
    updated_at: Ms | None

    @property
    def short(self) -> bool:
        """Less than nothing is available: an inventory block (contract §1)."""
        return self.available is not None and self.available < 0
