"""Which units the shop lets nobody send now: those in a fulfilment order that does not allow a fulfilment (contract §3a, `shop`).

It is scheduled for later, or another location's service has it: Shopify names what it allows in `supportedActions`, as far as
that was read; else its status tells. One that is on hold is the hold's matter (`held_lines`), where a hold of it was told.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from orders_sync.evidence.facts import Fields, OrderFacts
from orders_sync.evidence.shopify_words import ENDED_FULFILLMENT_ORDER
from orders_sync.rules.owed import OwedLine


def not_allowed(facts: OrderFacts, lines: Sequence[OwedLine]) -> Mapping[int, int]:
    """Units by line, of lines that have any. Where it was not read what is in such a fulfilment order: all that is owed."""
    going = [
        (key, fields)
        for key, fields in facts.entities("fulfillment_order")
        if fields.get("status") not in ENDED_FULFILLMENT_ORDER
    ]
    barred = [fields for key, fields in going if not _allowed(facts, key, fields)]
    if not barred:
        return {}
    owed = {line.part.id: line.owed for line in lines if line.owed}
    if len(barred) == len(going):
        return owed
    found: dict[int, int] = {}
    for units in map(_units, barred):
        if units is None:
            return owed
        for line, count in units.items():
            found[line] = found.get(line, 0) + count
    return {line: min(count, owed[line]) for line, count in found.items() if line in owed}


def _allowed(facts: OrderFacts, key: str, fields: Fields) -> bool:
    status, told = fields.get("status"), fields.get("fulfillable")
    if status == "on_hold":
        return any(hold.startswith(f"{key}/") for hold in facts.instants.get("held", {}))
    fresh = (facts.at("fulfillment_order", "fulfillable", key) or 0) >= (
        facts.at("fulfillment_order", "status", key) or 0
    )
    return bool(told) if isinstance(told, bool) and fresh else status != "scheduled"


def _units(fields: Fields) -> dict[int, int] | None:
    pairs = fields.get("held_lines")
    if not isinstance(pairs, list):
        return None
    found = (pair for pair in pairs if isinstance(pair, list) and len(pair) == 2)
    return {line: count for line, count in found if isinstance(line, int) and isinstance(count, int)}
