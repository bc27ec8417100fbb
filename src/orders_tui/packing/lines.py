"""What a parcel is counted in: lines of an order, and units of them, one by one. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum


class NotCounted(Exception):
    """Why something did not count, as a sentence."""


class How(StrEnum):
    """How a unit was counted; `short`: it is not in the parcel, and stays owed."""

    SCANNED = "scanned"
    BY_HAND = "by_hand"
    SHORT = "short"


@dataclass(frozen=True, slots=True)
class PackLine:
    """A line of the order. `sendable`: so many of the units `owed` may be packed; `held` of the others are held."""

    id: str
    sku: str
    barcode: str
    title: str
    owed: int
    held: int
    sendable: int
    details: str = field(default="", compare=False)
    """Its variant, and what the customer chose; not written down."""

    @property
    def name(self) -> str:
        """What it is called where there is little room."""
        return self.sku or self.title


@dataclass(frozen=True, slots=True)
class Step:
    """One unit of a line."""

    line_id: str
    how: How


def kept_back(lines: Sequence[PackLine]) -> str:
    """What of these lines may not be packed, in words."""
    return ", ".join(_kept_back(lines))


def _kept_back(lines: Sequence[PackLine]) -> Iterator[str]:
    held = sum(line.held for line in lines)
    other = sum(line.owed - line.held - line.sendable for line in lines)
    if held:
        yield f"{held} held"
    if other > 0:
        yield f"{other} not covered or not allowed yet"
