"""Tracking numbers for several orders, as pasted: one line each. Pure.

A line is `order number carrier parcel`, separated by tab, comma, semicolon or, without the parcel, by blanks; carrier and parcel
may be left out. Where no line names an order, the lines go to the orders from the top. A number is for what the order owes; where
it owes nothing, or a parcel is named (by name, id or place), it is for a parcel that was sent.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from orders_tui.actions.fulfill import Parcel
from orders_tui.actions.tracking import ParcelNumber, no_such_parcel, parcel_named
from orders_tui.carriers import guesses, normalise
from orders_tui.sanitise import trimmed
from orders_wire.actions import LONGEST_CARRIER, LONGEST_NUMBER
from orders_wire.vocabulary import Status

if TYPE_CHECKING:
    from orders_wire.detail import Fulfillment
    from orders_wire.orders import Order

_MARKS = re.compile(r"[^\S\t]*[\t,;][^\S\t]*")
_SEPARATOR = re.compile(r"\s*[\t,;]\s*|\s+")
_BETWEEN_NUMBERS = re.compile(r"[\t,;\n]+")
_SHORTEST = 8
"""Groups of digits in a number that is written with blanks are shorter."""
_HEADER = re.compile(r"order\b.*\b(tracking|number)", re.IGNORECASE)
_OWING = {Status.AWAITING_FULFILLMENT, Status.CANCELLED, Status.REFUNDED}
"""Of these no number goes to a parcel by itself."""


@dataclass(frozen=True, slots=True)
class ParcelLines:
    """`parcels`: numbers by order id for what is sent now; `numbers`: for parcels that were sent before; `unknown`: orders whose
    parcels have to be known first, since a line names one; `faults`: what could not be read, as sentences.
    """

    parcels: Mapping[str, Parcel] = field(default_factory=dict)
    numbers: tuple[ParcelNumber, ...] = ()
    faults: tuple[str, ...] = ()
    unknown: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class _Line:
    """What a line says of an order; `parcel` as it is written."""

    order: Order
    number: str
    carrier: str | None
    parcel: str


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


def read(text: str, orders: Sequence[Order], known: Mapping[str, Sequence[Fulfillment]] | None = None) -> ParcelLines:
    """Reads pasted lines for these orders; `known`: the parcels of those of which they are."""
    texts = [trimmed(line) for line in text.splitlines() if trimmed(line) and not _HEADER.match(line)]
    by_number = {name: order for order in orders for name in (order.order_number, order.order_number.lstrip("#"))}
    faults: list[str] = []
    if any(_cells(line, before_carrier=2)[0] in by_number for line in texts):
        lines = list(_named([_cells(line, before_carrier=2) for line in texts], by_number, faults))
    else:
        lines = list(_in_order([_cells(line, before_carrier=1) for line in texts], orders, faults))
    return _placed(lines, known or {}, faults)


def _cells(line: str, *, before_carrier: int) -> list[str]:
    """A line's cells. Between marks may stand blanks; where only blanks part them, the carrier is all that is left."""
    marked = _MARKS.split(line)
    if len(marked) > 1 and " " not in marked[0]:
        return marked
    words = _SEPARATOR.split(line)
    return [*words[:before_carrier], " ".join(words[before_carrier:])]


def _named(lines: Sequence[Sequence[str]], by_number: Mapping[str, Order], faults: list[str]) -> Iterator[_Line]:
    for first, *rest in lines:
        order = by_number.get(first)
        if order is None:
            faults.append(f"{first} is not one of these orders")
        elif not rest or not trimmed(rest[0]):
            faults.append(f"{first} has no tracking number")
        else:
            yield _line(order, rest)


def _in_order(lines: Sequence[Sequence[str]], orders: Sequence[Order], faults: list[str]) -> Iterator[_Line]:
    if len(lines) > len(orders):
        faults.append(f"{len(lines)} numbers for {len(orders)} orders")
    for order, cells in zip(orders, lines, strict=False):
        if trimmed(cells[0]):
            yield _line(order, cells)
        else:
            faults.append(f"{order.order_number} has no tracking number")


def _line(order: Order, cells: Sequence[str]) -> _Line:
    number, carrier, parcel = (*map(trimmed, cells), "", "")[:3]
    return _Line(order, written(number), carrier or None, parcel)


def _placed(lines: Sequence[_Line], known: Mapping[str, Sequence[Fulfillment]], faults: list[str]) -> ParcelLines:
    """Each number where it belongs: with what is sent of the order now, or to a parcel of it."""
    parcels: dict[str, Parcel] = {}
    numbers: dict[tuple[str, str | None], ParcelNumber] = {}
    unknown = set()
    for line in lines:
        order_id, name = line.order.id, line.order.order_number
        if line.parcel and order_id not in known:
            unknown.add(order_id)
            continue
        parcel = parcel_named(line.parcel, known[order_id]) if line.parcel else None
        owing = line.order.status in _OWING and not line.parcel
        key = order_id, parcel.id if parcel is not None else None
        if line.parcel and parcel is None:
            faults.append(no_such_parcel(name, line.parcel, known[order_id]))
        elif order_id in parcels if owing else key in numbers:
            faults.append(f"{line.parcel or name} stands there twice")
        elif owing:
            parcels[order_id] = Parcel(line.number, line.carrier)
        else:
            before = parcel.number if parcel is not None else None
            numbers[key] = ParcelNumber(order_id, line.number, line.carrier, parcel=key[1], before=before)
    faults += _wrong(lines)
    return ParcelLines(parcels, tuple(numbers.values()), tuple(faults), frozenset(unknown))


def _wrong(lines: Sequence[_Line]) -> Iterator[str]:
    """What is wrong with numbers and carriers, whosever they are."""
    given = [line.number for line in lines]
    yield from (f"{number} is given twice" for number in sorted({n for n in given if given.count(n) > 1}))
    for line in lines:
        if len(line.number) > LONGEST_NUMBER:
            most = f"{LONGEST_NUMBER} are the most"
            yield f"{line.number[:12]}... is a number of {len(line.number)} characters; {most}"
        if line.carrier and len(line.carrier) > LONGEST_CARRIER:
            most = f"{LONGEST_CARRIER} are the most"
            yield f"{line.carrier[:12]}... is a carrier of {len(line.carrier)} characters; {most}"
