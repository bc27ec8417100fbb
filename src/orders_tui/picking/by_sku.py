"""The pick list: how many of each thing are fetched, and for which orders. Lines of one SKU that differ stand apart."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from orders_tui.picking.pick import Item, Pick

_DIGITS = re.compile(r"(\d+)", re.ASCII)
_LONGEST_NUMBER = 18
"""Digits that are still compared as a number."""


@dataclass(frozen=True, slots=True)
class Entry:
    """`item` with the quantity of all orders; `orders`: their numbers, each with its part of it."""

    item: Item
    orders: tuple[tuple[str, int], ...]

    @property
    def told(self) -> str:
        """`#1001 (2), #1005`: how many for whom, where it is more than one."""
        return ", ".join(number if units == 1 else f"{number} ({units})" for number, units in self.orders)


def by_sku(pick: Pick) -> list[Entry]:
    """Sorted as shelves are numbered: by SKU, numbers in it as numbers, what has no SKU last. Sums to what the orders sum to."""
    found: dict[tuple[object, ...], tuple[Item, dict[str, int]]] = {}
    for order in pick.orders:
        for item in order.items:
            _, units = found.setdefault(item.kind, (item, {}))
            units[order.number] = units.get(order.number, 0) + item.quantity
    entries = (Entry(replace(item, quantity=sum(of.values())), tuple(of.items())) for item, of in found.values())
    return sorted(entries, key=lambda entry: _place(entry.item))


def _place(item: Item) -> tuple[object, ...]:
    return not item.sku, _natural(item.name), _natural(item.variant), item.properties


def _natural(name: str) -> list[tuple[int, str]]:
    """`A2` before `A10`."""
    parts = _DIGITS.split(name.casefold())
    return [(int(part), "") if part.isdecimal() and len(part) <= _LONGEST_NUMBER else (-1, part) for part in parts]
