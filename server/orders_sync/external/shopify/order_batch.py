"""The orders of one answer: each completed and parsed by itself, with the details that few orders have.

An order that cannot be read is set aside with what is wrong with it, and keeps none of the others from being read.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

import orjson

from orders_sync.evidence.entities import FulfilledLine
from orders_sync.external.shopify import nodes, read_documents
from orders_sync.external.shopify.answers import Answer
from orders_sync.external.shopify.client import ShopifyClient
from orders_sync.external.shopify.denied_fields import denied_objects
from orders_sync.external.shopify.documents import Document
from orders_sync.external.shopify.errors import ORDER_FAULTS, NoProgress, ObjectDenied, OrderFault, PartFailed
from orders_sync.external.shopify.nodes import parsing
from orders_sync.external.shopify.order_changes import OrderRead, fulfilled_lines, held, late, packed_apart
from orders_sync.external.shopify.pagination import PageSize, complete, read_batches
from orders_sync.external.shopify.returns import Return
from orders_sync.external.shopify.scalars import gid, number

R = TypeVar("R")
N = TypeVar("N", bound=nodes.Parcels)


@dataclass(frozen=True, slots=True)
class UnreadableOrder:
    """An order that cannot be read, or not to its end. `order_id`: `None` where not even that can be read; `updated_at`: as the
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
    unreadable: tuple[UnreadableOrder, ...] = ()


def _unreadable(node: object, fault: OrderFault) -> UnreadableOrder:
    fields = node if isinstance(node, Mapping) else {}
    return UnreadableOrder(
        order_id=_order_id(fields.get("id")),
        updated_at=str(fields.get("updatedAt") or ""),
        body=orjson.dumps(node),
        reason=str(fault),
        stuck=isinstance(fault, NoProgress),
        withheld=isinstance(fault, ObjectDenied),
    )


def _order_id(value: object) -> int | None:
    try:
        return number(value) if isinstance(value, str) else None
    except ValueError:
        return None


@dataclass(slots=True)
class Details:
    """What hangs on a page's orders, by its own id. `failed`: why it cannot be read, by the order that it hangs on."""

    returns: dict[int, Return] = field(default_factory=dict)
    held_skus: dict[int, tuple[str, ...]] = field(default_factory=dict)
    held_lines: dict[int, tuple[tuple[int, int], ...]] = field(default_factory=dict)
    routed: dict[int, tuple[int, ...]] = field(default_factory=dict)
    packed: dict[int, tuple[FulfilledLine, ...]] = field(default_factory=dict)
    disputes: dict[int, nodes.DisputeDetail] = field(default_factory=dict)
    failed: dict[int, OrderFault] = field(default_factory=dict)

    def add(self, node: Mapping[str, Any]) -> None:
        """One node of an answer; a type that is not asked for says nothing."""
        kind = node["__typename"]
        if kind == "Return":
            detail = Return.model_validate(node)
            self.returns[detail.id] = detail
        elif kind == "FulfillmentOrder":
            part = nodes.RoutedLines.model_validate(node)
            lines = nodes.items(part.line_items)
            waiting = (line.sku for line in lines if line.sku and line.remaining_quantity > 0)
            self.held_skus[part.id] = tuple(dict.fromkeys(waiting))
            self.held_lines[part.id] = tuple(
                (line.line_item.id, line.remaining_quantity)
                for line in lines
                if line.line_item and line.remaining_quantity > 0
            )
            self.routed[part.id] = tuple(line.line_item.id for line in lines if line.line_item)
        elif kind == "Fulfillment":
            parcel = nodes.PackedLines.model_validate(node)
            if parcel.fulfillment_line_items is not None:
                self.packed[parcel.id] = fulfilled_lines(parcel.fulfillment_line_items.nodes)
        elif kind == "ShopifyPaymentsDispute":
            dispute = nodes.DisputeDetail.model_validate(node)
            self.disputes[dispute.id] = dispute


def failures(answer: Answer, at: tuple[str, ...], found: Sequence[object]) -> dict[int, PartFailed]:
    """What failed or is denied of the objects that the answer has in the document's list `at`, by place."""
    failed = {place: PartFailed(why) for place, why in answer.broken.items()}
    return failed | {place: ObjectDenied(why) for place, why in denied_objects(answer, at, found).items()}


async def parse_orders(
    client: ShopifyClient,
    document: Document,
    kind: type[N],
    found: Mapping[int, object],
    failed: Mapping[int, PartFailed],
) -> tuple[dict[int, N], list[UnreadableOrder]]:
    """Each of these nodes, by its place in the answer, to the end of its lists: those that could be read, and those set aside.

    Raises ShopifyError.
    """
    orders: dict[int, N] = {}
    unreadable: list[UnreadableOrder] = []
    for place, node in found.items():
        try:
            if place in failed:
                raise failed[place]
            if isinstance(node, dict):
                await complete(client, document, node)
            with parsing():
                orders[place] = kind.model_validate(node)
        except ORDER_FAULTS as fault:
            unreadable.append(_unreadable(node, fault))
    return orders, unreadable


async def whole_orders(
    client: ShopifyClient,
    details_size: PageSize,
    answer: Answer,
    found: Mapping[int, object],
    failed: Mapping[int, PartFailed],
) -> Batch[OrderRead]:
    """These orders, by their place in the answer, with what it cut short and left out. Raises ShopifyError."""
    orders, unreadable = await parse_orders(client, read_documents.ORDERS, nodes.Order, found, failed)
    details = await _details(client, details_size, orders.values())
    reads = [_whole(order, details, answer) for order in orders.values() if order.id not in details.failed]
    unreadable += (
        _unreadable(found[place], details.failed[order.id])
        for place, order in orders.items()
        if order.id in details.failed
    )
    return Batch(tuple(reads), tuple(unreadable))


def _whole(order: nodes.Order, details: Details, answer: Answer) -> OrderRead:
    return OrderRead(
        order=order,
        as_of=answer.as_of,
        returns=tuple(details.returns[ref.id] for ref in nodes.items(order.returns) if ref.id in details.returns),
        held_skus={part: details.held_skus[part] for part in held(order) if part in details.held_skus},
        held_lines={part: details.held_lines[part] for part in held(order) if part in details.held_lines},
        routed={part: details.routed[part] for part in late(order) if part in details.routed},
        packed={part: details.packed[part] for part in packed_apart(order) if part in details.packed},
        disputes=details.disputes,
    )


async def _details(client: ShopifyClient, size: PageSize, orders: Iterable[nodes.Order]) -> Details:
    """The returns, lines of fulfilment orders and of fulfilments, and disputes of these orders. Raises ShopifyError."""
    details = Details()
    owners = dict(_wanted(orders))
    async for gids, answer in read_batches(client, read_documents.DETAILS, size, owners):
        with parsing():
            found = list(zip(gids, answer.data["nodes"], strict=True))
        for place, (detail, node) in enumerate(found):
            try:
                if place in answer.broken:
                    raise PartFailed(f"{detail}: {answer.broken[place]}")
                if node:
                    await complete(client, read_documents.DETAILS, node)
                    with parsing(detail):
                        details.add(node)
            except ORDER_FAULTS as fault:
                details.failed[owners[detail]] = fault
    return details


def _wanted(orders: Iterable[nodes.Order]) -> Iterable[tuple[str, int]]:
    """The GraphQL id of each detail, with the order that it hangs on."""
    for order in orders:
        yield from ((gid("Return", ref.id), order.id) for ref in nodes.items(order.returns))
        yield from ((gid("FulfillmentOrder", part), order.id) for part in (*held(order), *late(order)))
        yield from ((gid("Fulfillment", parcel), order.id) for parcel in packed_apart(order))
        yield from ((gid("ShopifyPaymentsDispute", dispute.id), order.id) for dispute in order.disputes or ())
