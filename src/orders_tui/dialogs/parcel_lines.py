"""Tracking numbers for several orders, as pasted: one line each. Pure.

A line is `order number carrier`, separated by tab, comma, semicolon or blanks; the carrier may be left out. Where no line names
an order, the lines go to the orders from the top.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orders_tui.carriers import normalise
from orders_tui.drafts import Parcel

if TYPE_CHECKING:
    from orders_wire.orders import Order

_SEPARATOR = re.compile(r"\s*[\t,;]\s*|\s+")
_HEADER = re.compile(r"order\b.*\btracking", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ParcelLines:
    """Parcels by order id, and what could not be read, as sentences."""

    parcels: Mapping[str, Parcel]
    faults: tuple[str, ...] = ()


def read(text: str, orders: Sequence[Order]) -> ParcelLines:
    """Reads pasted lines for these orders."""
    lines = [line.strip() for line in text.splitlines() if line.strip() and not _HEADER.search(line)]
    by_number = {name: order for order in orders for name in (order.order_number, order.order_number.lstrip("#"))}
    named = any(_SEPARATOR.split(line)[0] in by_number for line in lines)
    return _named(lines, by_number) if named else _in_order(lines, orders)


def _named(lines: Sequence[str], by_number: Mapping[str, Order]) -> ParcelLines:
    parcels: dict[str, Parcel] = {}
    faults: list[str] = []
    for line in lines:
        first, *rest = _SEPARATOR.split(line)
        order = by_number.get(first)
        if order is None:
            faults.append(f"{first} is not one of these orders")
        elif not rest:
            faults.append(f"{first} has no tracking number")
        elif order.id in parcels:
            faults.append(f"{first} stands there twice")
        else:
            parcels[order.id] = _parcel(rest)
    return _checked(parcels, faults)


def _in_order(lines: Sequence[str], orders: Sequence[Order]) -> ParcelLines:
    faults = [f"{len(lines)} numbers for {len(orders)} orders"] if len(lines) > len(orders) else []
    pairs = zip(orders, lines, strict=False)
    return _checked({order.id: _parcel(_SEPARATOR.split(line)) for order, line in pairs}, faults)


def _parcel(parts: Sequence[str]) -> Parcel:
    return Parcel(normalise(parts[0]), " ".join(parts[1:]) or None)


def _checked(parcels: dict[str, Parcel], faults: list[str]) -> ParcelLines:
    numbers = [parcel.number for parcel in parcels.values()]
    twice = sorted({number for number in numbers if numbers.count(number) > 1})
    return ParcelLines(parcels, (*faults, *(f"{number} is given twice" for number in twice)))
