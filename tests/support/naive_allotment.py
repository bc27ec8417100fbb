"""The allotment as the contract tells it (§3a, Covered): all that is there is dealt out, unit by unit, to all who owe."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from orders_sync.rules.projection import OwedUnits, Projection
from orders_wire.vocabulary import Ready

Available = Mapping[str, int | None]


def without(orders: Iterable[Projection], available: Available) -> dict[int, dict[str, tuple[int, int]]]:
    """What each order goes without, by SKU: units, and those of them that could have been sent. Others are missing."""
    owed: dict[str, list[tuple[int, OwedUnits]]] = {}
    for order in orders:
        for each in order.owed_units:
            owed.setdefault(each.sku, []).append((order.order_id, each))
    found: dict[int, dict[str, tuple[int, int]]] = {}
    for sku, turns in owed.items():
        for order_id, gone, lost in _dealt(turns, available.get(sku)):
            before = found.setdefault(order_id, {}).get(sku, (0, 0))
            found[order_id][sku] = before[0] + gone, before[1] + lost
    return found


def _dealt(turns: list[tuple[int, OwedUnits]], available: int | None) -> Iterable[tuple[int, int, int]]:
    wanted = sum(each.units for _, each in turns)
    there = wanted if available is None else max(0, wanted + available)
    for order_id, each in sorted(turns, key=lambda turn: (turn[1].turn, turn[1].due, turn[0])):
        given = min(there, each.units)
        there -= given
        if given < each.units:
            yield order_id, each.units - given, max(0, each.units - given - each.stuck)


def readiness(order: Projection, goes_without: Mapping[str, tuple[int, int]]) -> tuple[str | None, list[str]]:
    """`ready` and `blockers` of an order that goes without that."""
    if order.ready is None:
        return None, []
    blockers = [*order.blockers, *(f"stock:{sku}" for sku in sorted(goes_without))]
    left = order.sendable - sum(lost for _, lost in goes_without.values())
    if left <= 0:
        return Ready.NO.value, blockers
    return (Ready.PART if blockers else Ready.YES).value, blockers
