"""`fulfill` from the bench: one parcel, unit by unit, with how its units were counted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from orders_tui.actions.fulfill import FulfillDraft

if TYPE_CHECKING:
    from orders_wire.actions import FulfillBody

DOING = "packing"
"""What is said of somebody who has a parcel open."""


@dataclass(frozen=True, slots=True)
class PackDraft(FulfillDraft):
    """`scanned` and `by_hand`: the units that were counted so. What was counted is kept by the bench, not as a draft."""

    in_book = False
    doing = DOING
    scanned: int = 0
    by_hand: int = 0

    @property
    def done(self) -> str:
        return "packed in part" if any(part.left for part in self.parts.values()) else "packed"

    def body(self, expected: dict[str, int] | None) -> FulfillBody:
        from orders_wire.actions import Packed

        packed = Packed(scanned=self.scanned, by_hand=self.by_hand)
        return FulfillDraft.body(self, expected).model_copy(update={"packed": packed})
