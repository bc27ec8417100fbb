"""What became of fulfilment orders that were split, merged or moved."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from orders_demo.world.goods import Location
    from orders_demo.world.parcels import Task


class Split(NamedTuple):
    """Units that went into a fulfilment order of their own."""

    task: Task
    other: Task


class Merge(NamedTuple):
    """Fulfilment orders that became one, each with its lines as (id, units) before."""

    merged: Task
    parts: Sequence[tuple[Task, Sequence[tuple[int, int]]]]


class Move(NamedTuple):
    """What is sent from another location now."""

    task: Task
    moved: Task
    source: Location
