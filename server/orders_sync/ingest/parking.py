"""Changes that wait for their order: as JSON, under the reference by which they will be found."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, TypeAdapter

from orders_sync.ingest.changes import (
    FulfillmentOrderSeen,
    HoldAdded,
    HoldReleased,
    OrderChange,
    ReturnMoved,
    ReturnSeen,
    ReverseDeliverySeen,
)

Reference = tuple[str, int]
"""("fulfillment_order", id) or ("return", id)."""

Waiting = FulfillmentOrderSeen | HoldAdded | HoldReleased | ReturnSeen | ReverseDeliverySeen | ReturnMoved
"""The changes that may name no order."""

_adapter: TypeAdapter[Waiting] = TypeAdapter(Annotated[Waiting, Field(discriminator="kind")])


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
    """A waiting change as JSON; what was not told of it is not in there."""
    return _adapter.dump_json(change, exclude_unset=True)


def load(stored: bytes) -> Waiting:
    """The change that `dump` wrote."""
    return _adapter.validate_json(stored)
