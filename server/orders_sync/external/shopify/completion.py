"""What an order's page cuts short or leaves out: the rest of long connections, and the details that few orders have."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from pydantic.alias_generators import to_camel

from orders_sync.external.shopify import documents, nodes
from orders_sync.external.shopify.asking import batches, understood
from orders_sync.external.shopify.client import ShopifyClient
from orders_sync.external.shopify.documents import Document
from orders_sync.external.shopify.errors import Misshapen
from orders_sync.external.shopify.nodes import Page, read_page
from orders_sync.external.shopify.reads import held
from orders_sync.external.shopify.scalars import gid
from orders_sync.external.shopify.sizes import PageSize

T = TypeVar("T")
P = TypeVar("P", bound=nodes.Parcels)


@dataclass(frozen=True, slots=True)
class _Where(Generic[T]):
    """A connection `name` of `root` that `document` pages through."""

    root: str
    name: str
    document: Document
    kind: type[T]


_OF_ORDER: tuple[_Where[Any], ...] = (
    _Where("order", "line_items", documents.ORDER_LINES, nodes.Line),
    _Where("order", "fulfillment_orders", documents.ORDER_FULFILLMENT_ORDERS, nodes.FulfillmentOrder),
    _Where("order", "returns", documents.ORDER_RETURNS, nodes.Ref),
)
_SCANS = _Where("fulfillment", "events", documents.FULFILLMENT_SCANS, nodes.Scan)


@dataclass(slots=True)
class Details:
    """What hangs on a page's orders, by its own id. `misshapen`: what cannot be read of it, by the order that it hangs on."""

    returns: dict[int, nodes.ReturnDetail] = field(default_factory=dict)
    held_skus: dict[int, tuple[str, ...]] = field(default_factory=dict)
    disputes: dict[int, nodes.DisputeDetail] = field(default_factory=dict)
    misshapen: dict[int, Misshapen] = field(default_factory=dict)

    def take(self, node: Mapping[str, Any]) -> None:
        """One node of an answer; a type that is not asked for says nothing."""
        kind = node["__typename"]
        if kind == "Return":
            detail = nodes.ReturnDetail.model_validate(node)
            self.returns[detail.id] = detail
        elif kind == "FulfillmentOrder":
            part = nodes.HeldLines.model_validate(node)
            waiting = (line.sku for line in part.line_items.nodes if line.sku and line.remaining_quantity > 0)
            self.held_skus[part.id] = tuple(dict.fromkeys(waiting))
        elif kind == "ShopifyPaymentsDispute":
            dispute = nodes.DisputeDetail.model_validate(node)
            self.disputes[dispute.id] = dispute


async def details(client: ShopifyClient, size: PageSize, orders: Iterable[nodes.Order]) -> Details:
    """The returns, held lines and disputes of these orders. Raises ShopifyError."""
    found = Details()
    owners = dict(_wanted(orders))
    async for asked, answer in batches(client, documents.DETAILS, size, owners):
        with understood():
            told = list(zip(asked, answer.data["nodes"], strict=True))
        for detail, node in told:
            if node:
                try:
                    with understood(detail):
                        found.take(node)
                except Misshapen as error:
                    found.misshapen[owners[detail]] = error
    return found


async def rest(client: ShopifyClient, order: nodes.Order) -> nodes.Order:
    """The order with every connection to its end. Raises ShopifyError."""
    told: dict[str, Any] = {}
    for where in _OF_ORDER:
        page: Page[Any] | None = getattr(order, where.name)
        if page is not None and page.has_next_page:
            told[where.name] = await _to_end(client, where, gid("Order", order.id), page)
    return await all_scans(client, order.model_copy(update=told) if told else order)


async def all_scans(client: ShopifyClient, order: P) -> P:
    """The order's parcels with every carrier scan. Raises ShopifyError."""
    parcels = order.fulfillments or []
    if not any(parcel.events and parcel.events.has_next_page for parcel in parcels):
        return order
    return order.model_copy(update={"fulfillments": [await _scans(client, parcel) for parcel in parcels]})


def _wanted(orders: Iterable[nodes.Order]) -> Iterable[tuple[str, int]]:
    """The GraphQL id of each detail, with the order that it hangs on."""
    for order in orders:
        yield from ((gid("Return", ref.id), order.id) for ref in (order.returns.nodes if order.returns else ()))
        yield from ((gid("FulfillmentOrder", part), order.id) for part in held(order))
        yield from ((gid("ShopifyPaymentsDispute", dispute.id), order.id) for dispute in order.disputes or ())


async def _scans(client: ShopifyClient, parcel: nodes.Fulfillment) -> nodes.Fulfillment:
    if parcel.events is None or not parcel.events.has_next_page:
        return parcel
    scans = await _to_end(client, _SCANS, gid("Fulfillment", parcel.id), parcel.events)
    return parcel.model_copy(update={"events": scans})


async def _to_end(client: ShopifyClient, where: _Where[T], entity: str, page: Page[T]) -> Page[T]:
    """`page` of a connection of `entity`, and all that follow it, as one."""
    found = list(page.nodes)
    while page.has_next_page:
        answer = await client.read(where.document, {"id": entity, "after": page.end_cursor})
        owner = answer.data[where.root]
        if owner is None:
            break
        name = to_camel(where.name)
        with understood(name):
            page = read_page(where.kind, owner[name])
        found += page.nodes
    return Page(nodes=found)
