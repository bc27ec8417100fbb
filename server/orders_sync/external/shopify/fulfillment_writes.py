"""Fulfilling, holding and releasing an order: always by its fulfilment orders as they are now.

What is read first makes each of these repeatable: a fulfilment order that is closed is done, a hold that is there is placed, one
that is gone is released. So an unknown outcome is settled by doing it again.

All of them raise PreconditionFailed, UserErrors, OutcomeLost and ShopifyError.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from orders_sync.external.shopify import write_documents as documents
from orders_sync.external.shopify.client import ShopifyClient
from orders_sync.external.shopify.mutations import (
    PreconditionFailed,
    UserErrors,
    WholePage,
    mutate,
    read_connection,
    read_object,
)
from orders_sync.external.shopify.nodes import HeldLine, Node
from orders_sync.external.shopify.pagination import read_to_end
from orders_sync.external.shopify.scalars import Id, Instant, Word, gid

_CLOSED = "unfulfillable status= closed"
"""What the shop says of a fulfilment order that is done already; it has no code for it."""

_ENDED = frozenset({"closed", "cancelled"})


class Action(Node):
    action: str


class Hold(Node):
    id: str
    handle: str | None = None


class FulfillmentOrder(Node):
    id: Id
    status: Word
    supported_actions: list[Action]
    fulfillment_holds: list[Hold]

    @property
    def gid(self) -> str:
        return gid("FulfillmentOrder", self.id)

    def allows(self, action: str) -> bool:
        return any(supported.action == action for supported in self.supported_actions)

    def holds_named(self, handle: str) -> list[str]:
        """The ids of its holds of this name."""
        return [hold.id for hold in self.fulfillment_holds if hold.handle == handle]


class FulfillableOrder(Node):
    id: Id
    cancelled_at: Instant | None
    fulfillment_orders: WholePage[FulfillmentOrder]


@dataclass(frozen=True, slots=True)
class Parcel:
    """What a fulfilment is made with. `notify`: the customer is mailed."""

    number: str | None = None
    carrier: str | None = None
    notify: bool = False


async def fulfill(client: ShopifyClient, order_id: int, parcel: Parcel) -> None:
    """Fulfils all that is left, one fulfilment per fulfilment order. Nothing left: it is done already.

    A fulfilment order that was fulfilled is closed, so that no repetition makes, or mails, a fulfilment twice.
    """
    cancelled, parts = await _read(client, order_id)
    if cancelled:
        raise PreconditionFailed("the order is cancelled in Shopify")
    if not parts:
        raise PreconditionFailed("Shopify shows this app no fulfilment order of it: the app may lack a scope for them")
    ready = [part for part in parts if part.allows("CREATE_FULFILLMENT")]
    left = [part for part in parts if part.status not in _ENDED]
    if left and not ready:
        held = any(part.fulfillment_holds for part in left)
        raise PreconditionFailed(
            "the order is on hold in Shopify" if held else "Shopify does not let this app fulfil the order"
        )
    for part in ready:
        await _create(client, part, parcel)


async def hold(client: ShopifyClient, order_id: int, sku: str, handle: str, note: str | None) -> None:
    """Holds every fulfilment order that still owes the SKU."""
    reason = {"reason": "INVENTORY_OUT_OF_STOCK", "reasonNotes": note or sku, "handle": handle, "notifyMerchant": False}
    for part in (await _read(client, order_id))[1]:
        if part.holds_named(handle) or not part.allows("HOLD") or not await _owes(client, part, sku):
            continue
        try:
            await mutate(client, documents.HOLD, {"id": part.gid, "hold": reason}, "fulfillmentHold")
        except UserErrors as errors:
            if not errors.have("DUPLICATE_FULFILLMENT_HOLD_HANDLE"):
                raise


async def release(client: ShopifyClient, order_id: int, handle: str) -> None:
    """Releases our hold of this name wherever it is."""
    for part in (await _read(client, order_id))[1]:
        if ours := part.holds_named(handle):
            await mutate(client, documents.RELEASE_HOLD, {"id": part.gid, "holdIds": ours}, "fulfillmentOrder")


async def _read(client: ShopifyClient, order_id: int) -> tuple[bool, list[FulfillmentOrder]]:
    """Whether the order is cancelled, by its last page, and its fulfilment orders to their end."""
    cancelled = False

    async def page(cursor: str | None) -> WholePage[FulfillmentOrder]:
        nonlocal cancelled
        order = await read_object(
            client, documents.FULFILLABLE, gid("Order", order_id), FulfillableOrder, "order", after=cursor
        )
        cancelled = order.cancelled_at is not None
        return order.fulfillment_orders

    parts = await read_to_end("fulfillment orders", page)
    return cancelled, parts


async def _owes(client: ShopifyClient, part: FulfillmentOrder, sku: str) -> bool:
    """True when it has to send this SKU."""
    lines = await read_connection(client, documents.FULFILLABLE_LINES, part.gid, "lineItems", HeldLine)
    return any(line.sku == sku and line.remaining_quantity > 0 for line in lines)


async def _create(client: ShopifyClient, part: FulfillmentOrder, parcel: Parcel) -> None:
    fulfillment: dict[str, Any] = {"lineItemsByFulfillmentOrder": [{"fulfillmentOrderId": part.gid}]}
    if parcel.number is not None:
        company = {"company": parcel.carrier} if parcel.carrier else {}
        fulfillment["trackingInfo"] = {"number": parcel.number, **company}
    if parcel.notify:
        fulfillment["notifyCustomer"] = True
    try:
        await mutate(client, documents.CREATE_FULFILLMENT, {"fulfillment": fulfillment}, "fulfillment")
    except UserErrors as errors:
        if not all(_CLOSED in error.message for error in errors.errors):
            raise
