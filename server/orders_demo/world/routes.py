"""What became of fulfilment orders that were split, merged or moved."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from orders_demo.world.goods import Location
    from orders_demo.world.parcels import FulfillmentOrder


class Split(NamedTuple):
    """Units that went into a fulfilment order of their own."""

    task: FulfillmentOrder
    other: FulfillmentOrder


class Merge(NamedTuple):
    """Fulfilment orders that became one, each with its lines as (id, units) before."""

    merged: FulfillmentOrder
    parts: Sequence[tuple[FulfillmentOrder, Sequence[tuple[int, int]]]]


class Move(NamedTuple):
    """What is sent from another location now."""

    task: FulfillmentOrder
    moved: FulfillmentOrder
    source: Location
