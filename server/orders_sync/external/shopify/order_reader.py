"""Whole orders from the shop: pages of them, and any by id, each with all that hangs on it.

An `OrderRead` lacks nothing but what the token may not see; an order that cannot be read is told beside the others.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from pydantic.alias_generators import to_snake

from orders_sync.external.shopify import denied_fields, nodes, order_batch, read_documents
from orders_sync.external.shopify.answers import Answer
from orders_sync.external.shopify.client import ShopifyClient
from orders_sync.external.shopify.documents import Document
from orders_sync.external.shopify.errors import Denied, ObjectDenied, PartFailed
from orders_sync.external.shopify.nodes import Node, parsing, read_page
from orders_sync.external.shopify.order_batch import Batch, Sifting, UnreadableOrder
from orders_sync.external.shopify.order_changes import OrderRead, ParcelsRead, held, late
from orders_sync.external.shopify.pagination import PageSize, Pagination, batches, page
from orders_sync.external.shopify.scalars import Id, gid, number
from orders_sync.instants import Ms

MOST_AT_ONCE = 100
N = TypeVar("N", bound=nodes.Parcels)


class OrderRef(Node):
    """An order by name alone; `updated_at` as the shop wrote it."""

    id: Id
    updated_at: str = ""


@dataclass(frozen=True, slots=True)
class OrdersPage:
    """`next_cursor`: where the page after this one starts; null on the last. `as_of`: the shop's clock when it was asked for."""

    orders: tuple[OrderRead, ...]
    next_cursor: str | None
    as_of: Ms
    unread: tuple[UnreadableOrder, ...] = ()


class OrderReader:
    """Reads orders with one client; remembers between calls how many the shop lets it ask for."""

    def __init__(self, client: ShopifyClient) -> None:
        self._client = client
        self._page_size = PageSize(first=10, most=MOST_AT_ONCE)
        self._batch_size = PageSize(first=8, most=MOST_AT_ONCE)
        self._details_size = PageSize(first=4, most=MOST_AT_ONCE)
        self._parcels_size = PageSize(first=25, most=MOST_AT_ONCE)
        self._whose_size = PageSize(first=MOST_AT_ONCE, most=MOST_AT_ONCE)

    async def page(
        self,
        query: str | None,
        after: str | None,
        *,
        sort_key: str,
        reverse: bool = False,
        walk: Pagination | None = None,
    ) -> OrdersPage:
        """One page of the orders that `query` matches; `walk`: the one that its cursor is of. Raises ShopifyError."""
        variables = {"query": query, "after": after, "sortKey": sort_key, "reverse": reverse}
        try:
            answer = await page(self._client, read_documents.ORDERS_PAGE, self._page_size, variables)
        except PartFailed as error:
            if not error.places:
                raise
            return await self._one_by_one(variables, walk)
        with parsing():
            found = read_page(object, answer.data["orders"])
        lost = {**answer.broken, **denied_fields.objects(answer, read_documents.ORDERS_PAGE.at, found.nodes)}
        if any(not _names_itself(found.nodes, place) for place in lost):
            return await self._one_by_one(variables, walk)
        following = (walk or Pagination("orders", after)).step(found)
        broken = {place: PartFailed(why) for place, why in answer.broken.items()}
        batch = await self._whole(dict(enumerate(found.nodes)), answer, broken)
        return OrdersPage(batch.reads, following, answer.as_of, batch.unread)

    async def _one_by_one(self, variables: Mapping[str, Any], walk: Pagination | None) -> OrdersPage:
        """The page in which one order takes others, or its own name, with it: which orders it has, and then each by its id."""
        as_many = PageSize(first=self._page_size.size, most=self._page_size.size)
        answer = await page(self._client, read_documents.ORDER_IDS_PAGE, as_many, variables)
        with parsing():
            found = read_page(OrderRef, answer.data["orders"])
        following = (walk or Pagination("orders", variables["after"])).step(found)
        batches = [batch async for batch in self.by_id(ref.id for ref in found.nodes)]
        if len(found.nodes) > 1 and sum(one.withheld for batch in batches for one in batch.unread) == len(found.nodes):
            raise Denied(batches[0].unread[0].reason)
        updated = {ref.id: ref.updated_at for ref in found.nodes}
        unread = [
            one if one.updated_at else replace(one, updated_at=updated.get(one.order_id or 0, ""))
            for batch in batches
            for one in batch.unread
        ]
        return OrdersPage(
            tuple(one for batch in batches for one in batch.reads), following, answer.as_of, tuple(unread)
        )

    async def by_id(self, order_ids: Iterable[int]) -> AsyncGenerator[Batch[OrderRead], None]:
        """These orders, a batch at a time; one that is missing is deleted, or older than the token may see.

        Raises ShopifyError.
        """
        ids = (gid("Order", order_id) for order_id in order_ids)
        async for asked, answer in batches(self._client, read_documents.ORDERS, self._batch_size, ids):
            yield await self._whole(*_told(asked, answer))

    async def parcels(self, order_ids: Iterable[int]) -> AsyncGenerator[Batch[ParcelsRead], None]:
        """The parcels of these orders alone, a batch at a time: at a fraction of the cost of the orders. Raises ShopifyError."""
        ids = (gid("Order", order_id) for order_id in order_ids)
        async for asked, answer in batches(self._client, read_documents.PARCELS, self._parcels_size, ids):
            told, _, broken = _told(asked, answer)
            sifting = await self._sift(nodes.Parcels, read_documents.PARCELS, told, broken)
            yield Batch(tuple(ParcelsRead(order, answer.as_of) for order in sifting.orders.values()), sifting.unread)

    async def count(self, query: str | None = None) -> int:
        """How many orders the shop says match; a lower bound where it does not count them all. Raises ShopifyError."""
        answer = await self._client.read(read_documents.ORDERS_COUNT, {"query": query})
        with parsing("ordersCount"):
            return int((answer.data.get("ordersCount") or {}).get("count") or 0)

    async def order_ids_of(self, kind: str, ids: Iterable[int]) -> dict[int, int]:
        """The order that each of these belongs to (`kind`: its type in the shop's schema); unknown ones are missing."""
        owners: dict[int, int] = {}
        gids = (gid(kind, entity) for entity in ids)
        async for _, answer in batches(self._client, read_documents.ORDER_IDS_OF, self._whose_size, gids):
            with parsing():
                for node in answer.data["nodes"]:
                    owner = _owner(node) if node else None
                    if owner is not None:
                        owners[number(node["id"])] = number(owner)
        return owners

    async def _whole(
        self, told: Mapping[int, object], answer: Answer, broken: Mapping[int, PartFailed]
    ) -> Batch[OrderRead]:
        """These orders, by their place in the answer, with what it cut short and left out."""
        sifting = await self._sift(nodes.Order, read_documents.ORDERS, told, broken)
        details = await order_batch.details(self._client, self._details_size, sifting.orders.values())
        for place, order in list(sifting.orders.items()):
            if order.id in details.failed:
                sifting.set_aside(place, details.failed[order.id])
        return Batch(tuple(_read(order, details, answer) for order in sifting.orders.values()), sifting.unread)

    async def _sift(
        self, kind: type[N], document: Document, told: Mapping[int, object], broken: Mapping[int, PartFailed]
    ) -> Sifting[N]:
        """Each of these by itself, to the end of its lists."""
        sifting: Sifting[N] = Sifting(told)
        for place, node in told.items():
            with sifting.reading(place):
                if place in broken:
                    raise broken[place]
                if isinstance(node, dict):
                    await order_batch.rest(self._client, document, node)
                with parsing():
                    sifting.orders[place] = kind.model_validate(node)
        return sifting


def _names_itself(nodes: Sequence[object], place: int) -> bool:
    node = nodes[place] if place < len(nodes) else None
    return isinstance(node, dict) and bool(node.get("id"))


def _told(asked: Sequence[str], answer: Answer) -> tuple[dict[int, object], Answer, Mapping[int, PartFailed]]:
    """What `nodes(ids:)` found, by place, and what failed or is denied of it: those are told by the id they were asked by."""
    with parsing():
        found = list(answer.data["nodes"])
    broken: dict[int, PartFailed] = {place: PartFailed(why) for place, why in answer.broken.items()}
    broken |= {
        place: ObjectDenied(why)
        for place, why in denied_fields.objects(answer, read_documents.ORDERS.at, found).items()
    }
    told = {
        place: node or {"id": gid_asked}
        for place, (gid_asked, node) in enumerate(zip(asked, found, strict=False))
        if node or place in broken
    }
    return told, answer, broken


def _read(order: nodes.Order, details: order_batch.Details, answer: Answer) -> OrderRead:
    returns = order.returns.nodes if order.returns else []
    return OrderRead(
        order=order,
        as_of=answer.as_of,
        returns=tuple(details.returns[ref.id] for ref in returns if ref.id in details.returns),
        held_skus={part: details.held_skus[part] for part in held(order) if part in details.held_skus},
        routed={part: details.routed[part] for part in late(order) if part in details.routed},
        disputes=details.disputes,
        unread=frozenset(to_snake(name) for name in order.hidden),
    )


def _owner(node: Mapping[str, Any]) -> str | None:
    """The order's id in an answer to `ORDER_IDS_OF`."""
    if node.get("orderId"):
        return str(node["orderId"])
    reverse = node.get("reverseFulfillmentOrder") or node
    order = node.get("returned") or reverse.get("reversed")
    return str(order["id"]) if order else None
