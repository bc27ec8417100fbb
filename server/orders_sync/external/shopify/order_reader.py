"""Whole orders from the shop: pages of them, and any by id, each with all that hangs on it.

An `OrderRead` lacks nothing but what the token may not see; an order that cannot be read comes beside the others.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from orders_sync.external.shopify import nodes
from orders_sync.external.shopify import read_documents as documents
from orders_sync.external.shopify.answers import Answer
from orders_sync.external.shopify.client import ShopifyClient
from orders_sync.external.shopify.errors import Denied, PartFailed
from orders_sync.external.shopify.nodes import Node, parse_page, parsing
from orders_sync.external.shopify.order_batch import Batch, UnreadableOrder, failures, parse_orders, whole_orders
from orders_sync.external.shopify.order_changes import OrderRead, ParcelsRead
from orders_sync.external.shopify.pagination import PageSize, Pagination, read_batches, read_page
from orders_sync.external.shopify.scalars import Id, gid, number
from orders_sync.instants import Ms

MOST_AT_ONCE = 100


class OrderRef(Node):
    """An order by name alone; `updated_at` as the shop wrote it."""

    id: Id
    updated_at: str = ""


@dataclass(frozen=True, slots=True)
class OrdersPage:
    """`next_cursor`: where the page after this one starts; `None` on the last. `as_of`: the shop's clock at the request."""

    orders: tuple[OrderRead, ...]
    next_cursor: str | None
    as_of: Ms
    unreadable: tuple[UnreadableOrder, ...] = ()


class OrderReader:
    """Reads orders with one client; remembers between calls how many the shop lets it ask for.

    Everything raises ShopifyError.
    """

    def __init__(self, client: ShopifyClient) -> None:
        self._client = client
        self._page_size = PageSize(first=10, most=MOST_AT_ONCE)
        self._batch_size = PageSize(first=8, most=MOST_AT_ONCE)
        self._details_size = PageSize(first=4, most=MOST_AT_ONCE)
        self._parcels_size = PageSize(first=25, most=MOST_AT_ONCE)
        self._owners_size = PageSize(first=MOST_AT_ONCE, most=MOST_AT_ONCE)

    async def page(
        self,
        query: str | None,
        after: str | None,
        *,
        sort_key: str,
        reverse: bool = False,
        pagination: Pagination | None = None,
    ) -> OrdersPage:
        """One page of the orders that `query` matches; `pagination`: the one that its cursor is of."""
        pagination = pagination or Pagination("orders", after)
        variables = {"query": query, "after": after, "sortKey": sort_key, "reverse": reverse}
        try:
            answer = await read_page(self._client, documents.ORDERS_PAGE, self._page_size, variables)
        except PartFailed as error:
            if not error.places:
                raise
            return await self._one_by_one(variables, pagination)
        with parsing():
            found = parse_page(object, answer.data["orders"])
        failed = failures(answer, documents.ORDERS_PAGE.at, found.nodes)
        if not all(_has_id(found.nodes, place) for place in failed):
            return await self._one_by_one(variables, pagination)
        next_cursor = pagination.next_cursor(found)
        batch = await whole_orders(self._client, self._details_size, answer, dict(enumerate(found.nodes)), failed)
        return OrdersPage(batch.reads, next_cursor, answer.as_of, batch.unreadable)

    async def _one_by_one(self, variables: Mapping[str, Any], pagination: Pagination) -> OrdersPage:
        """The page in which one order takes others, or its own name, with it: which orders it has, and then each by its id."""
        as_many = PageSize(first=self._page_size.size, most=self._page_size.size)
        answer = await read_page(self._client, documents.ORDER_IDS_PAGE, as_many, variables)
        with parsing():
            found = parse_page(OrderRef, answer.data["orders"])
        next_cursor = pagination.next_cursor(found)
        batches = [batch async for batch in self.by_id(ref.id for ref in found.nodes)]
        unreadable = [one for batch in batches for one in batch.unreadable]
        if len(found.nodes) > 1 and sum(one.withheld for one in unreadable) == len(found.nodes):
            raise Denied(unreadable[0].reason)
        updated = {ref.id: ref.updated_at for ref in found.nodes}
        return OrdersPage(
            tuple(one for batch in batches for one in batch.reads),
            next_cursor,
            answer.as_of,
            tuple(replace(one, updated_at=one.updated_at or updated.get(one.order_id or 0, "")) for one in unreadable),
        )

    async def by_id(self, order_ids: Iterable[int]) -> AsyncGenerator[Batch[OrderRead], None]:
        """These orders, a batch at a time; one that is missing is deleted, or older than the token may see."""
        gids = (gid("Order", order_id) for order_id in order_ids)
        async for batch, answer in read_batches(self._client, documents.ORDERS, self._batch_size, gids):
            found, failed = _nodes(batch, answer)
            yield await whole_orders(self._client, self._details_size, answer, found, failed)

    async def parcels(self, order_ids: Iterable[int]) -> AsyncGenerator[Batch[ParcelsRead], None]:
        """The parcels of these orders alone, a batch at a time: at a fraction of the cost of the orders."""
        gids = (gid("Order", order_id) for order_id in order_ids)
        async for batch, answer in read_batches(self._client, documents.PARCELS, self._parcels_size, gids):
            found, failed = _nodes(batch, answer)
            orders, unreadable = await parse_orders(self._client, documents.PARCELS, nodes.Parcels, found, failed)
            yield Batch(tuple(ParcelsRead(order, answer.as_of) for order in orders.values()), tuple(unreadable))

    async def count(self, query: str | None = None) -> int:
        """How many orders the shop says match; a lower bound where it does not count them all."""
        answer = await self._client.read(documents.ORDERS_COUNT, {"query": query})
        with parsing("ordersCount"):
            return int((answer.data.get("ordersCount") or {}).get("count") or 0)

    async def order_ids_of(self, kind: str, ids: Iterable[int]) -> dict[int, int]:
        """The order that each of these belongs to (`kind`: its type in the shop's schema); unknown ones are missing."""
        owners: dict[int, int] = {}
        gids = (gid(kind, entity) for entity in ids)
        async for _, answer in read_batches(self._client, documents.ORDER_IDS_OF, self._owners_size, gids):
            with parsing():
                for node in answer.data["nodes"]:
                    owner = _owner(node) if node else None
                    if owner is not None:
                        owners[number(node["id"])] = number(owner)
        return owners


def _has_id(found: Sequence[object], place: int) -> bool:
    node = found[place] if place < len(found) else None
    return isinstance(node, dict) and bool(node.get("id"))


def _nodes(gids: Sequence[str], answer: Answer) -> tuple[dict[int, object], dict[int, PartFailed]]:
    """What `nodes(ids:)` found, by place, and what failed or is denied of it: those are named by the id they were asked by."""
    with parsing():
        found = list(answer.data["nodes"])
    failed = failures(answer, documents.ORDERS.at, found)
    named = enumerate(zip(gids, found, strict=False))
    return {place: node or {"id": name} for place, (name, node) in named if node or place in failed}, failed


def _owner(node: Mapping[str, Any]) -> str | None:
    """The order's id in an answer to `ORDER_IDS_OF`."""
    if node.get("orderId"):
        return str(node["orderId"])
    reverse = node.get("reverseFulfillmentOrder") or node
    order = node.get("returned") or reverse.get("reversed")
    return str(order["id"]) if order else None
