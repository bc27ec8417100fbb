"""How many units of each line are held: contract §3a. Never more than is owed, and none is counted twice.

What a fulfilment order of the shop's that is held has to send is held, by however many holds. A hold of ours adds what the shop
does not show of it yet.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from orders_sync.rules.holds import Hold
from orders_sync.rules.owed import OwedLine

Units = dict[int, int]


def held(lines: Sequence[OwedLine], own: Sequence[Hold], shop: Sequence[Hold], ended: Sequence[Hold]) -> Units:
    """Units by line, of lines that are held. `own`: holds of ours that stand; `shop`: the shop's that stand, its side of ours
    among them; `ended`: those that it released."""
    owed = {line.part.id: line.owed for line in lines if line.owed}
    if not own and not shop:
        return {}
    handles = {hold.handle for hold in own}
    parts: dict[str, Units] = {}
    for hold in shop:
        units = named(hold, lines)
        if units is not None:
            parts[hold.fulfillment_order] = units
        elif hold.handle not in handles:
            return owed
    found = _sum(parts.values())
    for hold in own:
        shown = {each.fulfillment_order: each for each in (*ended, *shop) if each.handle == hold.handle}
        there = _sum(named(each, lines) or {} for each in shown.values())
        asked = _asked(hold, lines, owed)
        found = _sum((found, {line: max(0, count - there.get(line, 0)) for line, count in asked.items()}))
    return {line: min(count, owed[line]) for line, count in found.items() if owed.get(line) and count}


def named(hold: Hold, lines: Sequence[OwedLine]) -> Units | None:
    """The units that a hold names, by its lines or its SKUs; None: all that is owed, or, of the shop's, it was not told."""
    if hold.lines is None and hold.skus is None:
        return None
    return dict(hold.lines) if hold.lines is not None else _of_skus(hold, lines)


def _asked(hold: Hold, lines: Sequence[OwedLine], owed: Mapping[int, int]) -> Mapping[int, int]:
    """What a hold of ours is for."""
    if hold.lines is not None:
        return hold.lines
    return owed if hold.skus is None else _of_skus(hold, lines)


def _of_skus(hold: Hold, lines: Sequence[OwedLine]) -> Units:
    return {line.part.id: line.owed for line in lines if hold.skus is not None and line.part.sku in hold.skus}


def _sum(several: Iterable[Mapping[int, int]]) -> Units:
    found: Units = {}
    for units in several:
        for line, count in units.items():
            found[line] = found.get(line, 0) + count
    return found
