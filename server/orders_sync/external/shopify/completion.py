"""What an order's page cuts short or leaves out: the rest of long connections, and the details that few orders have."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from orders_sync.external.shopify import documents, nodes
from orders_sync.external.shopify.batches import PageSize, batches, told, understood
from orders_sync.external.shopify.client import ShopifyClient
from orders_sync.external.shopify.documents import Document
from orders_sync.external.shopify.errors import ONE_ALONE, Broken, OneAlone
from orders_sync.external.shopify.order_changes import held, late
from orders_sync.external.shopify.pagination import complete
from orders_sync.external.shopify.scalars import gid


@dataclass(slots=True)
class Details:
    """What hangs on a page's orders, by its own id. `failed`: why it cannot be read, by the order that it hangs on."""

    returns: dict[int, nodes.ReturnDetail] = field(default_factory=dict)
    held_skus: dict[int, tuple[str, ...]] = field(default_factory=dict)
    routed: dict[int, tuple[int, ...]] = field(default_factory=dict)
    disputes: dict[int, nodes.DisputeDetail] = field(default_factory=dict)
    failed: dict[int, OneAlone] = field(default_factory=dict)

    def take(self, node: Mapping[str, Any]) -> None:
        """One node of an answer; a type that is not asked for says nothing."""
        kind = node["__typename"]
        if kind == "Return":
            detail = nodes.ReturnDetail.model_validate(node)
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
    async for asked, answer in batches(client, documents.DETAILS, size, owners):
        with understood():
            read = list(zip(asked, answer.data["nodes"], strict=True))
        for place, (detail, node) in enumerate(read):
            try:
                if place in answer.broken:
                    raise Broken(f"{detail}: {answer.broken[place]}")
                if node:
                    await rest(client, documents.DETAILS, node)
                    with understood(detail):
                        found.take(node)
            except ONE_ALONE as error:
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
