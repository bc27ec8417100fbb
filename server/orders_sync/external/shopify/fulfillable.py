"""What an order has to send and from where, and what was sent of it: as the shop says now, whole, and at one moment."""

from __future__ import annotations

from collections.abc import Sequence

from orders_sync.evidence.shopify_words import DEAD_FULFILLMENT
from orders_sync.external.shopify import write_documents as documents
from orders_sync.external.shopify.client import ShopifyClient
from orders_sync.external.shopify.mutations import WholePage, read_object
from orders_sync.external.shopify.nodes import Node, Ref
from orders_sync.external.shopify.scalars import Id, Instant, Whole, Word, gid

_ENDED = frozenset({"closed", "cancelled", "incomplete"})

Units = dict[int, int]
"""Quantities by the order's line items."""


class _Action(Node):
    action: str


class _Location(Node):
    location: Ref | None


class LineItem(Node):
    id: Id
    title: str | None
    sku: str | None

    @property
    def name(self) -> str:
        """What an operator knows it by."""
        title = self.title or f"line item {self.id}"
        return f"{title} ({self.sku})" if self.sku else title


class SendableLine(Node):
    """Units of one line item in a fulfilment order; `id` is theirs there."""

    id: str
    remaining_quantity: Whole
    line_item: LineItem


class FulfillmentOrder(Node):
    id: Id
    status: Word
    created_at: Instant
    supported_actions: list[_Action]
    fulfillment_holds: list[Ref]
    assigned_location: _Location
    line_items: WholePage[SendableLine]

    @property
    def gid(self) -> str:
        return gid("FulfillmentOrder", self.id)

    @property
    def fulfillable(self) -> bool:
        """The shop lets this app fulfil it now."""
        return any(supported.action == "CREATE_FULFILLMENT" for supported in self.supported_actions)

    @property
    def ended(self) -> bool:
        return self.status in _ENDED

    @property
    def place(self) -> int:
        """The same for all that leave from one location; of one whose location is not known, its own."""
        location = self.assigned_location.location
        return -self.id if location is None else location.id

    @property
    def lines(self) -> Sequence[SendableLine]:
        return self.line_items.nodes


class _Number(Node):
    number: str | None


class _SentLine(Node):
    quantity: Whole
    line_item: Ref


class Fulfillment(Node):
    id: Id
    status: Word
    created_at: Instant
    tracking_info: list[_Number]
    fulfillment_line_items: WholePage[_SentLine]

    @property
    def alive(self) -> bool:
        """Neither cancelled nor failed."""
        return self.status not in DEAD_FULFILLMENT

    @property
    def numbers(self) -> list[str]:
        return [info.number for info in self.tracking_info if info.number]

    @property
    def units(self) -> Units:
        units: Units = {}
        for line in self.fulfillment_line_items.nodes:
            units[line.line_item.id] = units.get(line.line_item.id, 0) + line.quantity
        return units


class FulfillableOrder(Node):
    id: Id
    cancelled_at: Instant | None
    fulfillments: list[Fulfillment]
    fulfillment_orders: WholePage[FulfillmentOrder]

    @property
    def parts(self) -> list[FulfillmentOrder]:
        """Its fulfilment orders, oldest first."""
        return sorted(self.fulfillment_orders.nodes, key=lambda part: (part.created_at, part.id))


async def read(client: ShopifyClient, order_id: int) -> FulfillableOrder:
    """The order. Raises PreconditionFailed where the shop has no such order, and ShopifyError."""
    return await read_object(client, documents.FULFILLABLE, gid("Order", order_id), FulfillableOrder, "order")
