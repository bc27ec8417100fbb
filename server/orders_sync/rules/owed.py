"""What is owed of each line item: contract §1, Owed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from orders_sync.evidence.entities import LinePart, OrderFields
from orders_sync.rules.parcels import Parcel


@dataclass(frozen=True, slots=True)
class OwedLine:
    """A line item with the quantity that is still to ship."""

    part: LinePart
    owed: int


def owed_lines(order: OrderFields, lines_at: int, parcels: Sequence[Parcel], *, owing: bool) -> tuple[OwedLine, ...]:
    """Every line with what is owed of it. `lines_at`: when the order's lines were so; `owing` false: nothing is owed."""
    newer = [parcel for parcel in parcels if parcel.lines and parcel.lines_at >= lines_at]
    return tuple(
        OwedLine(part, _left(part, lines_at, newer) if owing and part.requires_shipping else 0) for part in order.lines
    )


def _left(part: LinePart, lines_at: int, newer: Iterable[Parcel]) -> int:
    """What is left to fulfil: as the order said, or as parcels that it could not know of yet say. Of what is said of one second,
    as when two parcels leave at once, the least is left."""
    left, at = part.fulfillable_quantity, lines_at
    for parcel in sorted(newer, key=lambda parcel: parcel.lines_at):
        for line in parcel.lines:
            if line.id != part.id:
                continue
            if line.left is not None:
                left, at = line.left if parcel.lines_at > at else min(left, line.left), parcel.lines_at
            elif parcel.alive and parcel.created_at > at:
                left -= line.quantity
    return max(0, left)
