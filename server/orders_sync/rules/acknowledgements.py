"""What became of operators' acknowledgements: which fulfilments of Shopify's replaced or cut them, and what is left (§3a).

The same whatever came first: fulfilments count in the order in which Shopify made them, cancelled ones too, and each settles at
most one acknowledgement.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from orders_sync.evidence.entities import FulfilledLine, OrderFields
from orders_sync.rules.operator_state import Acknowledgement, UnitsOfLine
from orders_sync.rules.owed import OwedLine
from orders_sync.rules.parcels import Parcel, with_number

Units = dict[int, int]
"""Quantities by line item, none of them 0."""


@dataclass(frozen=True, slots=True)
class Settled:
    """An acknowledgement and the fulfilments that replaced or cut it, oldest first (`heirs`). `left`: what is still ours of it;
    None, of a stored one without lines: all that the shop owes."""

    acknowledgement: Acknowledgement
    left: Units | None
    heirs: tuple[int, ...] = ()

    @property
    def over(self) -> bool:
        """Fulfilments have its place, in parcels and timeline."""
        return self.left == {} and bool(self.heirs)

    @property
    def waits(self) -> bool:
        """Its own write has not answered, and something is left of it."""
        return not self.acknowledgement.answered and self.left != {}

    @property
    def numbered(self) -> int | None:
        """The fulfilment that its number went to; None while it is still ours."""
        answered = self.acknowledgement.answered
        if answered:
            return answered[0] if answered[0] in self.heirs else None
        return self.heirs[-1] if self.over else None

    def replaced_by(self, fulfillment: int) -> Settled:
        """The same, when all of it has become this fulfilment."""
        return replace(self, left={}, heirs=(*self.heirs, fulfillment))

    def cut_by(self, fulfillment: int, units: Units) -> Settled:
        """The same without these units, which have become this fulfilment."""
        left = self.left
        if left is not None:
            less = {line: quantity - units.get(line, 0) for line, quantity in left.items()}
            left = {line: quantity for line, quantity in less.items() if quantity > 0}
        return replace(self, left=left, heirs=(*self.heirs, fulfillment))

    def answered_by(self, fulfillment: int, units: Units) -> Settled:
        """The same, when its own write made this fulfilment: one of several, or the last of them."""
        seen = {*self.heirs, fulfillment}
        whole = seen.issuperset(self.acknowledgement.answered)
        return self.replaced_by(fulfillment) if whole else self.cut_by(fulfillment, units)


def settle(
    acknowledgements: Iterable[Acknowledgement], parcels: Iterable[Parcel], order: OrderFields
) -> tuple[Settled, ...]:
    """What became of each acknowledgement, given Shopify's parcels."""
    found = [Settled(each, None if each.lines is None else _units(each.lines)) for each in acknowledgements]
    if not found:
        return ()
    unshipped = {line.id for line in order.lines if not line.requires_shipping}
    made = [parcel for parcel in parcels if parcel.real and not parcel.ours]
    for parcel in sorted(made, key=lambda parcel: (parcel.created_at, parcel.id)):
        units = _units(line for line in parcel.lines if line.id not in unshipped)
        open_to = [n for n, each in enumerate(found) if parcel.id not in each.acknowledgement.known]
        taken = _take(parcel.id, units, [found[n] for n in open_to])
        if taken is not None:
            found[open_to[taken[0]]] = taken[1]
    return tuple(found)


def _take(fulfillment: int, units: Units, found: Sequence[Settled]) -> tuple[int, Settled] | None:
    """Which of these the fulfilment settles, and what that comes to. `units` empty: they are not reported."""
    own = next((n for n, each in enumerate(found) if fulfillment in each.acknowledgement.answered), None)
    if own is not None:
        return own, found[own].answered_by(fulfillment, units)
    waiting = [n for n, each in enumerate(found) if each.waits]
    same = (n for n in waiting if units and found[n].left == units)
    whole = (n for n in waiting if found[n].acknowledgement.whole)
    replaced = next(same, next(whole, None))
    if replaced is not None:
        return replaced, found[replaced].replaced_by(fulfillment)
    cut = next((n for n in waiting if units.keys() & (found[n].left or {}).keys()), None)
    return None if cut is None else (cut, found[cut].cut_by(fulfillment, units))


def with_numbers(parcels: Sequence[Parcel], settled: Iterable[Settled]) -> tuple[Parcel, ...]:
    """Shopify's parcels with the numbers of the acknowledgements that they replaced, where the shop has none for them."""
    numbers = {each.numbered: each.acknowledgement for each in settled if each.numbered is not None}
    if not numbers:
        return tuple(parcels)
    return tuple(with_number(each, numbers.get(each.id)) if each.in_shop is None else each for each in parcels)


def standing(settled: Iterable[Settled], in_shop: Sequence[OwedLine], *, carried: bool = True) -> tuple[Parcel, ...]:
    """The parcels of ours: what is left of each, as far as the shop owes it; of what it does not owe there is none."""
    left = {line.part.id: line.owed for line in in_shop if line.owed}
    found: list[Parcel] = []
    for each in settled:
        wanted = left if each.left is None else each.left
        units = {line: min(quantity, left.get(line, 0)) for line, quantity in wanted.items()}
        left = {line: quantity - units.get(line, 0) for line, quantity in left.items()}
        if any(units.values()):
            found.append(_ours(each, units, carried=carried))
    return tuple(found)


def beside(of_shop: Sequence[Parcel], ours: Sequence[Parcel]) -> tuple[Parcel, ...]:
    """All parcels, oldest first; last those that were only scanned."""
    if not ours:
        return tuple(of_shop)
    return tuple(sorted([*of_shop, *ours], key=lambda parcel: (not parcel.real, parcel.created_at, parcel.ours)))


def less(in_shop: Sequence[OwedLine], ours: Sequence[Parcel]) -> tuple[OwedLine, ...]:
    """What is owed beside these parcels of ours."""
    if not ours:
        return tuple(in_shop)
    taken = _units(line for parcel in ours for line in parcel.lines)
    return tuple(replace(line, owed=line.owed - taken.get(line.part.id, 0)) for line in in_shop)


def _ours(settled: Settled, units: Units, *, carried: bool) -> Parcel:
    of = settled.acknowledgement
    parcel = Parcel(
        id=of.parcel_id,
        of_action=of.action_id,
        created_at=of.at,
        updated_at=of.at,
        carrier=of.carrier,
        lines=tuple(FulfilledLine(id=line, quantity=quantity) for line, quantity in units.items() if quantity),
        carried=carried,
    )
    return parcel if settled.numbered is not None else replace(with_number(parcel, of), in_shop=None)


def _units(lines: Iterable[UnitsOfLine | FulfilledLine]) -> Units:
    units: Units = {}
    for line in lines:
        units[line.id] = units.get(line.id, 0) + line.quantity
    return {line: quantity for line, quantity in units.items() if quantity > 0}
