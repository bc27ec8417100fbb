"""What an order owes, line by line, and so many units of it as are chosen to be sent. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from orders_wire.detail import HoldEntry, LineItem, OrderDetail


@dataclass(frozen=True, slots=True)
class Part:
    """So many units of lines of one order, each as its id (on the command line also its SKU) and a quantity.

    `left`: the units that stay owed, as far as the operator saw; None: not known.
    """

    units: tuple[tuple[str, int], ...]
    left: int | None = None


@dataclass(frozen=True, slots=True)
class OwedLine:
    """A line of which something is owed. `open`: what a hold does not keep back, which is all that can be sent; `ready`: what of
    it nothing speaks against, which is chosen already; `reason`: what speaks against the rest.
    """

    id: str
    sku: str
    title: str
    owed: int
    open: int
    ready: int
    reason: str = ""


def owed_lines(detail: OrderDetail) -> list[OwedLine]:
    """The lines that are owed, in the order's own order."""
    return [_owed_line(line, detail.holds) for line in detail.line_items if line.owed > 0]


def _owed_line(line: LineItem, holds: Sequence[HoldEntry]) -> OwedLine:
    held, short = min(line.held, line.owed), line.short or 0
    free = line.owed - held
    ready = line.sendable if "sendable" in line.model_fields_set else free - short
    ready = max(0, min(ready, free))
    reason = ", ".join(_reasons(line, holds, held=held, short=min(short, free), ready=ready))
    return OwedLine(line.id, line.sku or "", line.title, line.owed, free, ready, reason)


def _reasons(line: LineItem, holds: Sequence[HoldEntry], *, held: int, short: int, ready: int) -> Iterator[str]:
    if held:
        words = {hold.reason.replace("_", " ") for hold in holds if not hold.lines or line.id in _ids(hold)}
        yield f"{held} held" + (f" ({', '.join(sorted(words))})" if words else "")
    if short:
        yield f"short by {short}"
    elif ready < line.owed - held:
        yield "the shop does not allow it yet"


def _ids(hold: HoldEntry) -> set[str]:
    return {line.id for line in hold.lines}


def chosen(lines: Sequence[OwedLine], counts: Mapping[str, int]) -> dict[str, int]:
    """How many of each line are sent: as the operator counted, else what is ready; never more than is open."""
    return {line.id: max(0, min(counts.get(line.id, line.ready), line.open)) for line in lines}


def total(lines: Sequence[OwedLine]) -> int:
    """All units that are owed."""
    return sum(line.owed for line in lines)


def part_of(lines: Sequence[OwedLine], quantities: Mapping[str, int]) -> Part | None:
    """These units as a part of the order; None where they are all that it owes."""
    units = tuple((line.id, quantities[line.id]) for line in lines if quantities.get(line.id))
    left = total(lines) - sum(quantity for _, quantity in units)
    return Part(units, left) if left else None
