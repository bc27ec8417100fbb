"""The orders of one answer, told apart: one that cannot be read is set aside with what is wrong with it, and keeps none of
the others from being read."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Generic, TypeVar

import orjson

from orders_sync.external.shopify import nodes
from orders_sync.external.shopify.errors import ONE_ALONE, NoProgress, OneAlone, Withheld
from orders_sync.external.shopify.scalars import number

R = TypeVar("R")
N = TypeVar("N", bound=nodes.Parcels)


@dataclass(frozen=True, slots=True)
class UnreadOrder:
    """An order that cannot be read, or not to its end. `order_id`: null where not even that can be read; `updated_at`: as the
    shop wrote it; `body`: its JSON as it came; `reason`: the field, and what is wrong with it; `stuck`: a list in it leads
    nowhere; `withheld`: the token may not know it."""

    order_id: int | None
    updated_at: str
    body: bytes
    reason: str
    stuck: bool = False
    withheld: bool = False

    @property
    def digest(self) -> str:
        """Tells one body from another."""
        return hashlib.sha256(self.body).hexdigest()


@dataclass(frozen=True, slots=True)
class Batch(Generic[R]):
    """What one answer came to."""

    reads: tuple[R, ...]
    unread: tuple[UnreadOrder, ...] = ()


@dataclass(slots=True)
class Sifting(Generic[N]):
    """The orders that an answer told, by their place in it: those that could be read so far, and those set aside."""

    told: Mapping[int, object]
    orders: dict[int, N] = field(default_factory=dict)
    _aside: dict[int, UnreadOrder] = field(default_factory=dict)

    @property
    def unread(self) -> tuple[UnreadOrder, ...]:
        return tuple(self._aside.values())

    @contextmanager
    def reading(self, place: int) -> Iterator[None]:
        """Around what is asked and read for one order: when that goes wrong, the order is set aside."""
        try:
            yield
        except ONE_ALONE as error:
            self.set_aside(place, error)

    def set_aside(self, place: int, error: OneAlone) -> None:
        """This order cannot be read."""
        self.orders.pop(place, None)
        self._aside[place] = _unread(self.told[place], error)


def _unread(node: object, error: OneAlone) -> UnreadOrder:
    told = node if isinstance(node, Mapping) else {}
    stuck = isinstance(error, NoProgress)
    return UnreadOrder(
        order_id=_identity(told.get("id")),
        updated_at=str(told.get("updatedAt") or ""),
        body=orjson.dumps(node),
        reason=str(error),
        stuck=stuck,
        withheld=isinstance(error, Withheld),
    )


def _identity(gid: object) -> int | None:
    try:
        return number(gid) if isinstance(gid, str) else None
    except ValueError:
        return None
