"""Tracking numbers for several orders, as pasted: one line each. Pure.

A line is `order number carrier`, separated by tab, comma, semicolon or blanks; the carrier may be left out. Where no line names
an order, the lines go to the orders from the top.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orders_tui.actions.fulfill import Parcel
from orders_tui.carriers import guesses, normalise
from orders_tui.sanitise import trimmed
from orders_wire.actions import LONGEST_CARRIER, LONGEST_NUMBER

if TYPE_CHECKING:
    from orders_wire.orders import Order

_SEPARATOR = re.compile(r"\s*[\t,;]\s*|\s+")
_BETWEEN_NUMBERS = re.compile(r"[\t,;\n]+")
_SHORTEST = 8
"""Groups of digits in a number that is written with blanks are shorter."""
_HEADER = re.compile(r"order\b.*\btracking", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ParcelLines:
    """Parcels by order id, and what could not be read, as sentences."""

    parcels: Mapping[str, Parcel]
    faults: tuple[str, ...] = ()


def numbers(text: str) -> list[str]:
    """The tracking numbers in a field: several where something separates them, or blanks stand between whole numbers."""
    parts = [trimmed(part) for part in _BETWEEN_NUMBERS.split(text) if trimmed(part)]
    if len(parts) == 1:
        words = parts[0].split()
        whole = len(words) > 1 and all(len(word) >= _SHORTEST and re.search(r"\d", word) for word in words)
        parts = words if whole else parts
    return parts


def written(number: str) -> str:
    """A number as it is sent: without blanks and dashes where a carrier writes it so, else just as it was typed."""
    return normalise(number) if guesses(number) else trimmed(number)


def read(text: str, orders: Sequence[Order]) -> ParcelLines:
    """Reads pasted lines for these orders."""
    lines = [trimmed(line) for line in text.splitlines() if trimmed(line) and not _HEADER.search(line)]
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
        elif not rest or not trimmed(rest[0]):
            faults.append(f"{first} has no tracking number")
        elif order.id in parcels:
            faults.append(f"{first} stands there twice")
        else:
            parcels[order.id] = _parcel(rest)
    return _checked(parcels, faults)


def _in_order(lines: Sequence[str], orders: Sequence[Order]) -> ParcelLines:
    faults = [f"{len(lines)} numbers for {len(orders)} orders"] if len(lines) > len(orders) else []
    pairs = [(order, _SEPARATOR.split(line)) for order, line in zip(orders, lines, strict=False)]
    faults += [f"{order.order_number} has no tracking number" for order, parts in pairs if not trimmed(parts[0])]
    return _checked({order.id: _parcel(parts) for order, parts in pairs}, faults)


def _parcel(parts: Sequence[str]) -> Parcel:
    return Parcel(written(parts[0]), " ".join(parts[1:]) or None)


def _checked(parcels: dict[str, Parcel], faults: list[str]) -> ParcelLines:
    given = [parcel.number for parcel in parcels.values()]
    twice = sorted({number for number in given if given.count(number) > 1})
    long = [
        f"{number[:12]}… is a number of {len(number)} characters; {LONGEST_NUMBER} are the most"
        for number in given
        if len(number) > LONGEST_NUMBER
    ]
    long += [
        f"{parcel.carrier[:12]}… is a carrier of {len(parcel.carrier)} characters; {LONGEST_CARRIER} are the most"
        for parcel in parcels.values()
        if parcel.carrier and len(parcel.carrier) > LONGEST_CARRIER
    ]
    return ParcelLines(parcels, (*faults, *(f"{number} is given twice" for number in twice), *long))
