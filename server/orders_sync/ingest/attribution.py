"""Whose a change is: by the order that it names, else by a reference that an order brought, else it waits for one.

What waits is parked as JSON, under each reference by which it will be found.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated

from pydantic import Field, TypeAdapter

from orders_sync.db import references
from orders_sync.db.references import Parked
from orders_sync.db.tx import Tx
from orders_sync.evidence.changes import (
    FulfillmentOrderSeen,
    HoldAdded,
    HoldReleased,
    OrderChange,
    ReturnMoved,
    ReturnSeen,
    ReverseDeliverySeen,
)
from orders_sync.evidence.facts import OrderFacts
from orders_sync.evidence.from_changes import merge
from orders_sync.rules import derive

ByOrder = dict[int, list[OrderChange]]

Reference = tuple[str, int]
"""("fulfillment_order", id) or ("return", id)."""

Waiting = FulfillmentOrderSeen | HoldAdded | HoldReleased | ReturnSeen | ReverseDeliverySeen | ReturnMoved
"""The changes that may name no order."""

_adapter: TypeAdapter[Waiting] = TypeAdapter(Annotated[Waiting, Field(discriminator="kind")])


def attribute(tx: Tx, changes: Sequence[OrderChange]) -> tuple[ByOrder, int]:
    """The changes by order, and how many were left waiting. A dispute that names no order concerns none."""
    mine: ByOrder = {}
    nameless: list[Waiting] = []
    for change in changes:
        if change.order_id is not None:
            mine.setdefault(change.order_id, []).append(change)
        elif isinstance(change, Waiting):
            nameless.append(change)
    known = references.find(tx, {ref for change in nameless for ref in references_of(change)}) if nameless else {}
    waiting: list[Waiting] = []
    for change in nameless:
        order_id = next((known[ref] for ref in references_of(change) if ref in known), None)
        if order_id is None:
            waiting.append(change)
        else:
            mine.setdefault(order_id, []).append(change)
    references.park(tx, [Parked(ref, dump(change)) for change in waiting for ref in references_of(change)])
    return mine, len(waiting)


def gather(tx: Tx, merged: Mapping[int, OrderFacts]) -> dict[int, OrderFacts]:
    """The same facts with everything that waited for them, and for what that in turn refers to."""
    found = dict(merged)
    if not references.any_parked(tx):
        return found
    asked: set[Reference] = set()
    while owners := {ref: order_id for ref, order_id in _owners(found) if ref not in asked}:
        asked |= owners.keys()
        arrived: ByOrder = {}
        for item in references.unpark(tx, owners):
            arrived.setdefault(owners[item.reference], []).append(load(item.change))
        for order_id, changes in arrived.items():
            found[order_id] = merge(found[order_id], changes)
    return found


def _owners(facts: Mapping[int, OrderFacts]) -> Iterable[tuple[Reference, int]]:
    return ((ref, order_id) for order_id, known in facts.items() for ref in derive.references(known))


def references_of(change: OrderChange) -> tuple[Reference, ...]:
    """What a change names instead of its order, the closest first; empty when it can only name an order."""
    if isinstance(change, FulfillmentOrderSeen):
        return tuple(("fulfillment_order", ref) for ref in (change.fulfillment_order_id, *change.related))
    if isinstance(change, HoldAdded | HoldReleased):
        return (("fulfillment_order", change.fulfillment_order_id),)
    if isinstance(change, ReturnSeen | ReverseDeliverySeen | ReturnMoved):
        return (("return", change.return_id),)
    return ()


def dump(change: Waiting) -> bytes:
    """A waiting change as JSON; what was not reported of it is not in there."""
    return _adapter.dump_json(change, exclude_unset=True)


def load(stored: bytes) -> Waiting:
    """The change that `dump` wrote."""
    return _adapter.validate_json(stored)
