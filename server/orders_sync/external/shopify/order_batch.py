"""The orders of one answer, told apart: one that cannot be read is set aside with what is wrong with it, and keeps none of
the others from being read."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Generic, TypeVar

import orjson

from orders_sync.external.shopify import nodes, read_documents
from orders_sync.external.shopify.client import ShopifyClient
from orders_sync.external.shopify.documents import Document
from orders_sync.external.shopify.errors import ORDER_FAULTS, NoProgress, ObjectDenied, OrderFault, PartFailed
from orders_sync.external.shopify.nodes import parsing
from orders_sync.external.shopify.order_changes import held, late
from orders_sync.external.shopify.pagination import PageSize, batches, complete, told
from orders_sync.external.shopify.returns import Return
from orders_sync.external.shopify.scalars import gid, number

R = TypeVar("R")
N = TypeVar("N", bound=nodes.Parcels)


@dataclass(frozen=True, slots=True)
class UnreadableOrder:
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
    unread: tuple[UnreadableOrder, ...] = ()


@dataclass(slots=True)
class Sifting(Generic[N]):
    """The orders that an answer told, by their place in it: those that could be read so far, and those set aside."""

    told: Mapping[int, object]
    orders: dict[int, N] = field(default_factory=dict)
    _aside: dict[int, UnreadableOrder] = field(default_factory=dict)

    @property
    def unread(self) -> tuple[UnreadableOrder, ...]:
        return tuple(self._aside.values())

    @contextmanager
    def reading(self, place: int) -> Iterator[None]:
        """Around what is asked and read for one order: when that goes wrong, the order is set aside."""
        try:
            yield
        except ORDER_FAULTS as error:
            self.set_aside(place, error)

    def set_aside(self, place: int, error: OrderFault) -> None:
        """This order cannot be read."""
        self.orders.pop(place, None)
        self._aside[place] = _unread(self.told[place], error)


def _unread(node: object, error: OrderFault) -> UnreadableOrder:
    told = node if isinstance(node, Mapping) else {}
    stuck = isinstance(error, NoProgress)
    return UnreadableOrder(
        order_id=_identity(told.get("id")),
        updated_at=str(told.get("updatedAt") or ""),
        body=orjson.dumps(node),
        reason=str(error),
        stuck=stuck,
        withheld=isinstance(error, ObjectDenied),
    )


def _identity(gid: object) -> int | None:
    try:
        return number(gid) if isinstance(gid, str) else None
    except ValueError:
        return None


@dataclass(slots=True)
class Details:
    """What hangs on a page's orders, by its own id. `failed`: why it cannot be read, by the order that it hangs on."""

    returns: dict[int, Return] = field(default_factory=dict)
    held_skus: dict[int, tuple[str, ...]] = field(default_factory=dict)
    routed: dict[int, tuple[int, ...]] = field(default_factory=dict)
    disputes: dict[int, nodes.DisputeDetail] = field(default_factory=dict)
    failed: dict[int, OrderFault] = field(default_factory=dict)

    def take(self, node: Mapping[str, Any]) -> None:
        """One node of an answer; a type that is not asked for says nothing."""
        kind = node["__typename"]
        if kind == "Return":
            detail = Return.model_validate(node)
            self.returns[detail.id] = detail
        elif kind == "FulfillmentOrder":
            part = nodes.RoutedLines.model_validate(node)
            lines = part.line_items.nodes if part.line_items else []
            waiting = (line.sku for line in lines if line.sku and line.remaining_quantity > 0)
            self.held_skus[part.id] = tuple(dict.fromkeys(waiting))
            self.routed[part.id] = tuple(line.line_item.id for line in lines if line.line_item)
        elif kind == "ShopifyPaymentsDispute":
            dispute = nodes.DisputeDetail.model_validate(node)
            self.disputes[dispute.id] = dispute


async def details(client: ShopifyClient, size: PageSize, orders: Iterable[nodes.Order]) -> Details:
    """The returns, lines of fulfilment orders and disputes of these orders. Raises ShopifyError."""
    found = Details()
    owners = dict(_wanted(orders))
    async for asked, answer in batches(client, read_documents.DETAILS, size, owners):
        with parsing():
            read = list(zip(asked, answer.data["nodes"], strict=True))
        for place, (detail, node) in enumerate(read):
            try:
                if place in answer.broken:
                    raise PartFailed(f"{detail}: {answer.broken[place]}")
                if node:
                    await rest(client, read_documents.DETAILS, node)
                    with parsing(detail):
                        found.take(node)
            except ORDER_FAULTS as error:
                found.failed[owners[detail]] = error
    return found


async def rest(client: ShopifyClient, document: Document, node: dict[str, Any]) -> None:
    """Every list of one object of this document to its end, in place. Raises ShopifyError."""
    await complete(partial(told, client), document.lists, node)


def _wanted(orders: Iterable[nodes.Order]) -> Iterable[tuple[str, int]]:
    """The GraphQL id of each detail, with the order that it hangs on."""
    for order in orders:
        yield from ((gid("Return", ref.id), order.id) for ref in (order.returns.nodes if order.returns else ()))
        yield from ((gid("FulfillmentOrder", part), order.id) for part in (*held(order), *late(order)))
        yield from ((gid("ShopifyPaymentsDispute", dispute.id), order.id) for dispute in order.disputes or ())
