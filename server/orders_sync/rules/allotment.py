"""Who goes without: contract §3a, Covered. Pure.

Shopify's `available` already leaves out what open orders have committed: of a SKU there is what all open orders owe of it plus
`available`. So where that is not negative everything owed is covered, and where it is, that many are short: the last of the
allotment. Only these are walked, from the end; what it costs follows what is short, not what is owed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from orders_sync.rules.projection import Turn
from orders_sync.rules.readiness import LineUnits


@dataclass(frozen=True, slots=True)
class Taken:
    """Units of a SKU that an order takes in one turn; `stuck`: those of them that could not be sent anyway."""

    order_id: int
    turn: int
    units: int
    stuck: int


@dataclass(frozen=True, slots=True)
class Short:
    """What an order goes without of a SKU: `missing` units, of which `lost` could have been sent. `first`: it is an order that
    nothing else keeps here."""

    missing: int
    lost: int
    first: bool


def short(available: int, last_first: Iterable[Taken]) -> dict[int, Short]:
    """The orders that go without. `last_first`: the turns of all orders that owe the SKU, the last one first."""
    left = max(0, -available)
    found: dict[int, Short] = {}
    for taken in last_first:
        if not left:
            break
        gone = min(taken.units, left)
        before = found.get(taken.order_id, Short(0, 0, first=False))
        lost, first = max(0, gone - taken.stuck), taken.turn == Turn.FIRST
        found[taken.order_id] = Short(before.missing + gone, before.lost + lost, before.first or first)
        left -= gone
    return found


def by_line(lines: Mapping[int, LineUnits], missing: Mapping[str, int]) -> dict[int, int]:
    """How many of the units that each line owes are short, by line id: those that are held go without first, then those that
    could not be sent anyway, and of each kind those of the last line."""
    left = dict(missing)
    found = dict.fromkeys(lines, 0)
    for kind in ("held", "stuck", "free"):
        for line_id, line in reversed([*lines.items()]):
            gone = min(getattr(line, kind), left.get(line.sku or "", 0))
            if gone:
                found[line_id] += gone
                left[line.sku or ""] -= gone
    return found
