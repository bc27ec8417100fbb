"""Whole orders from the shop: pages of them, and any by id, each with all that hangs on it.

An `OrderRead` lacks nothing but what the token may not see; an order that cannot be read is told beside the others.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncGenerator, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic.alias_generators import to_snake

from orders_sync.external.shopify import completion, documents, nodes
from orders_sync.external.shopify.answers import Answer
from orders_sync.external.shopify.asking import batches, page, understood
from orders_sync.external.shopify.client import ShopifyClient
from orders_sync.external.shopify.nodes import read_page
from orders_sync.external.shopify.reads import OrderRead, ParcelsRead, held
from orders_sync.external.shopify.scalars import gid, number
from orders_sync.external.shopify.sifting import Batch, Sifting, UnreadOrder
from orders_sync.external.shopify.sizes import PageSize
from orders_sync.instants import Ms

MOST_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class OrdersPage:
    """`next_cursor`: where the page after this one starts; null on the last. `as_of`: the shop's clock when it was asked for."""

    orders: tuple[OrderRead, ...]
    next_cursor: str | None
    as_of: Ms
    unread: tuple[UnreadOrder, ...] = ()


class OrderReader:
    """Reads orders with one client; remembers between calls how many the shop lets it ask for."""

    def __init__(self, client: ShopifyClient) -> None:
        self._client = client
        self._page_size = PageSize(first=10, most=MOST_AT_ONCE)
        self._batch_size = PageSize(first=8, most=MOST_AT_ONCE)
        self._details_size = PageSize(first=4, most=MOST_AT_ONCE)
        self._parcels_size = PageSize(first=25, most=MOST_AT_ONCE)
        self._whose_size = PageSize(first=MOST_AT_ONCE, most=MOST_AT_ONCE)

    async def page(self, query: str | None, after: str | None, *, sort_key: str, reverse: bool = False) -> OrdersPage:
        """One page of the orders that `query` matches. Raises ShopifyError."""
        variables = {"query": query, "after": after, "sortKey": sort_key, "reverse": reverse}
        answer = await page(self._client, documents.ORDERS_PAGE, self._page_size, variables)
        with understood():
            found = read_page(object, answer.data["orders"])
        batch = await self._whole(dict(enumerate(found.nodes)), answer, ("orders", "nodes"))
        following = found.end_cursor if found.has_next_page else None
        return OrdersPage(batch.reads, following, answer.as_of, batch.unread)

    async def by_id(self, order_ids: Iterable[int]) -> AsyncGenerator[Batch[OrderRead], None]:
        """These orders, a batch at a time; one that is missing is deleted, or older than the token may see.

        Raises ShopifyError.
        """
        ids = (gid("Order", order_id) for order_id in order_ids)
        async for _, answer in batches(self._client, documents.ORDERS, self._batch_size, ids):
            yield await self._whole(_told(answer), answer, ("nodes",))

    async def parcels(self, order_ids: Iterable[int]) -> AsyncGenerator[Batch[ParcelsRead], None]:
        """The parcels of these orders alone, a batch at a time: at a fraction of the cost of the orders. Raises ShopifyError."""
        ids = (gid("Order", order_id) for order_id in order_ids)
        async for _, answer in batches(self._client, documents.PARCELS, self._parcels_size, ids):
            sifting = Sifting.of(nodes.Parcels, _told(answer))
            for place, order in list(sifting.orders.items()):
                with sifting.reading(place):
                    sifting.orders[place] = await completion.all_scans(self._client, order)
            yield Batch(tuple(ParcelsRead(order, answer.as_of) for order in sifting.orders.values()), sifting.unread)

    async def count(self, query: str | None = None) -> int:
        """How many orders the shop says match; a lower bound where it does not count them all. Raises ShopifyError."""
        answer = await self._client.read(documents.ORDERS_COUNT, {"query": query})
        with understood("ordersCount"):
            return int((answer.data.get("ordersCount") or {}).get("count") or 0)

    async def whose(self, kind: str, ids: Iterable[int]) -> dict[int, int]:
        """The order that each of these belongs to (`kind`: its type in the shop's schema); unknown ones are missing."""
        owners: dict[int, int] = {}
        gids = (gid(kind, entity) for entity in ids)
        async for _, answer in batches(self._client, documents.WHOSE, self._whose_size, gids):
            with understood():
                for node in answer.data["nodes"]:
                    owner = _owner(node) if node else None
                    if owner is not None:
                        owners[number(node["id"])] = number(owner)
        return owners

    async def _whole(self, told: Mapping[int, object], answer: Answer, path: tuple[str, ...]) -> Batch[OrderRead]:
        """These orders, by their place in the answer, with what it cut short and left out."""
        sifting = Sifting.of(nodes.Order, told)
        for place, order in list(sifting.orders.items()):
            with sifting.reading(place):
                sifting.orders[place] = await completion.rest(self._client, order)
        details = await completion.details(self._client, self._details_size, sifting.orders.values())
        for place, order in list(sifting.orders.items()):
            if order.id in details.misshapen:
                sifting.set_aside(place, details.misshapen[order.id])
        hidden = _hidden(answer, path)
        reads = (_read(o, details, answer, hidden.get(place, frozenset())) for place, o in sifting.orders.items())
        return Batch(tuple(reads), sifting.unread)


def _told(answer: Answer) -> dict[int, object]:
    """What `nodes(ids:)` found, by place."""
    with understood():
        return {place: node for place, node in enumerate(answer.data["nodes"]) if node}


def _read(order: nodes.Order, details: completion.Details, answer: Answer, unread: frozenset[str]) -> OrderRead:
    returns = order.returns.nodes if order.returns else []
    return OrderRead(
        order=order,
        as_of=answer.as_of,
        returns=tuple(details.returns[ref.id] for ref in returns if ref.id in details.returns),
        held_skus={part: details.held_skus[part] for part in held(order) if part in details.held_skus},
        disputes=details.disputes,
        unread=unread,
    )


def _hidden(answer: Answer, path: tuple[str, ...]) -> dict[int, frozenset[str]]:
    """The orders' own fields that a missing scope left null, by the order's place in the answer."""
    hidden: dict[int, set[str]] = defaultdict(set)
    for denied in answer.denied:
        place = denied.path[len(path) : len(path) + 1]
        name = denied.path[len(path) + 1 :]
        if denied.path[: len(path)] == path and len(name) == 1 and place and isinstance(place[0], int):
            hidden[place[0]].add(to_snake(str(name[0])))
    return {place: frozenset(names) for place, names in hidden.items()}


def _owner(node: Mapping[str, Any]) -> str | None:
    """The order's id in an answer to `WHOSE`."""
    if node.get("orderId"):
        return str(node["orderId"])
    reverse = node.get("reverseFulfillmentOrder") or node
    order = node.get("returned") or reverse.get("reversed")
    return str(order["id"]) if order else None
