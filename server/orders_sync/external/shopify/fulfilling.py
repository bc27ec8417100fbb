"""Fulfilling, holding and releasing an order: always by its fulfilment orders as they are now.

What is read first makes each of these repeatable: a fulfilment order that is closed is done, a hold that is there is placed, one
that is gone is released. So an unknown outcome is settled by doing it again.
"""

from __future__ import annotations

from typing import Any

from orders_sync.external.shopify import documents
from orders_sync.external.shopify.asking import understood
from orders_sync.external.shopify.client import ShopifyClient
from orders_sync.external.shopify.mutations import UserErrors, mutate
from orders_sync.external.shopify.nodes import HeldLine, Node, Page
from orders_sync.external.shopify.scalars import Id, Instant, Word, gid

_CLOSED = "unfulfillable status= closed"
"""What the shop says of a fulfilment order that is done already; it has no code for it."""

_ENDED = frozenset({"closed", "cancelled"})


class Action(Node):
    action: str


class Hold(Node):
    id: str
    handle: str | None = None
    held_by_requesting_app: bool = False


class FulfillmentOrder(Node):
    id: Id
    status: Word
    supported_actions: list[Action] = []
    fulfillment_holds: list[Hold] = []
    line_items: Page[HeldLine]

    def allows(self, action: str) -> bool:
        return any(supported.action == action for supported in self.supported_actions)

    def owes(self, sku: str) -> bool:
        """True when it has to send this SKU; also when it has more lines than were read."""
        return self.line_items.has_next_page or any(
            line.sku == sku and line.remaining_quantity > 0 for line in self.line_items.nodes
        )


class Fulfillable(Node):
    id: Id
    cancelled_at: Instant | None = None
    fulfillment_orders: Page[FulfillmentOrder]


class CannotFulfill(Exception):
    """The order as it is in the shop does not allow it; the message says why."""


async def fulfill(client: ShopifyClient, order_id: int, number: str | None, carrier: str | None) -> None:
    """Fulfils all that is left, one fulfilment per fulfilment order. Nothing left: it is done already.

    Raises CannotFulfill, UserErrors, OutcomeLost, ShopifyError.
    """
    order = await _read(client, order_id)
    parts = order.fulfillment_orders.nodes
    if order.cancelled_at is not None:
        raise CannotFulfill("the order is cancelled in Shopify")
    if not parts:
        raise CannotFulfill("Shopify shows this app no fulfilment order of it: the app may lack a scope for them")
    ready = [part for part in parts if part.allows("CREATE_FULFILLMENT")]
    left = [part for part in parts if part.status not in _ENDED]
    if left and not ready:
        held = any(part.fulfillment_holds for part in left)
        raise CannotFulfill(
            "the order is on hold in Shopify" if held else "Shopify does not let this app fulfil the order"
        )
    for part in ready:
        await _create(client, part, number, carrier)


async def hold(client: ShopifyClient, order_id: int, sku: str, handle: str, note: str | None) -> None:
    """Holds every fulfilment order that still owes the SKU. Raises UserErrors, OutcomeLost, ShopifyError, CannotFulfill."""
    order = await _read(client, order_id)
    for part in order.fulfillment_orders.nodes:
        placed = any(known.handle == handle for known in part.fulfillment_holds)
        if placed or not part.owes(sku) or not part.allows("HOLD"):
            continue
        reason = {
            "reason": "INVENTORY_OUT_OF_STOCK",
            "reasonNotes": note or sku,
            "handle": handle,
            "notifyMerchant": False,
        }
        try:
            await mutate(client, documents.HOLD, {"id": gid("FulfillmentOrder", part.id), "hold": reason})
        except UserErrors as errors:
            if not errors.have("DUPLICATE_FULFILLMENT_HOLD_HANDLE"):
                raise


async def release(client: ShopifyClient, order_id: int, handle: str) -> None:
    """Releases our hold of this name wherever it is. Raises UserErrors, OutcomeLost, ShopifyError, CannotFulfill."""
    order = await _read(client, order_id)
    for part in order.fulfillment_orders.nodes:
        ours = [known.id for known in part.fulfillment_holds if known.handle == handle]
        if ours:
            variables = {"id": gid("FulfillmentOrder", part.id), "holdIds": ours}
            await mutate(client, documents.RELEASE_HOLD, variables)


async def _create(client: ShopifyClient, part: FulfillmentOrder, number: str | None, carrier: str | None) -> None:
    fulfillment: dict[str, Any] = {
        "lineItemsByFulfillmentOrder": [{"fulfillmentOrderId": gid("FulfillmentOrder", part.id)}]
    }
    if number is not None:
        fulfillment["trackingInfo"] = {"number": number, **({"company": carrier} if carrier else {})}
    try:
        await mutate(client, documents.CREATE_FULFILLMENT, {"fulfillment": fulfillment})
    except UserErrors as errors:
        if not all(_CLOSED in error.message for error in errors.errors):
            raise


async def _read(client: ShopifyClient, order_id: int) -> Fulfillable:
    answer = await client.execute(documents.FULFILLABLE, {"id": gid("Order", order_id)})
    if answer.data["order"] is None:
        raise CannotFulfill("Shopify has no such order, or does not show it to this app")
    with understood():
        return Fulfillable.model_validate(answer.data["order"])
