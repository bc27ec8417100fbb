"""Fulfilling, holding and releasing an order: always by its fulfilment orders as they are now.

What is read first makes each of these repeatable: a fulfilment order that is closed is done, a hold that is there is placed, one
that is gone is released. So an unknown outcome is settled by doing it again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from orders_sync.external.shopify import write_documents
from orders_sync.external.shopify.client import ShopifyClient
from orders_sync.external.shopify.mutations import (
    PreconditionFailed,
    UserErrors,
    WholePage,
    ask,
    connection,
    mutate,
    to_end,
)
from orders_sync.external.shopify.nodes import HeldLine, Node, parsing
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

    def allows(self, action: str) -> bool:
        return any(supported.action == action for supported in self.supported_actions)


class Fulfillable(Node):
    """An order, and its fulfilment orders to their end."""

    id: Id
    cancelled_at: Instant | None
    fulfillment_orders: WholePage[FulfillmentOrder]


@dataclass(frozen=True, slots=True)
class Parcel:
    """What is told of the fulfilment. `notify`: the customer is mailed."""

    number: str | None = None
    carrier: str | None = None
    notify: bool = False


async def fulfill(client: ShopifyClient, order_id: int, parcel: Parcel) -> None:
    """Fulfils all that is left, one fulfilment per fulfilment order. Nothing left: it is done already.

    A fulfilment order that was fulfilled is closed, so that no repetition makes, or mails, a fulfilment twice.
    Raises PreconditionFailed, UserErrors, OutcomeLost, ShopifyError.
    """
    order = await _read(client, order_id)
    parts = order.fulfillment_orders.nodes
    if order.cancelled_at is not None:
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
    """Holds every fulfilment order that still owes the SKU. Raises UserErrors, OutcomeLost, ShopifyError, PreconditionFailed."""
    order = await _read(client, order_id)
    for part in order.fulfillment_orders.nodes:
        placed = any(known.handle == handle for known in part.fulfillment_holds)
        if placed or not part.allows("HOLD") or not await _owes(client, part, sku):
            continue
        reason = {
            "reason": "INVENTORY_OUT_OF_STOCK",
            "reasonNotes": note or sku,
            "handle": handle,
            "notifyMerchant": False,
        }
        try:
            variables = {"id": gid("FulfillmentOrder", part.id), "hold": reason}
            await mutate(client, write_documents.HOLD, variables, "fulfillmentHold")
        except UserErrors as errors:
            if not errors.have("DUPLICATE_FULFILLMENT_HOLD_HANDLE"):
                raise


async def release(client: ShopifyClient, order_id: int, handle: str) -> None:
    """Releases our hold of this name wherever it is. Raises UserErrors, OutcomeLost, ShopifyError, PreconditionFailed."""
    order = await _read(client, order_id)
    for part in order.fulfillment_orders.nodes:
        ours = [known.id for known in part.fulfillment_holds if known.handle == handle]
        if ours:
            variables = {"id": gid("FulfillmentOrder", part.id), "holdIds": ours}
            await mutate(client, write_documents.RELEASE_HOLD, variables, "fulfillmentOrder")


async def _owes(client: ShopifyClient, part: FulfillmentOrder, sku: str) -> bool:
    """True when it has to send this SKU."""
    entity, where = gid("FulfillmentOrder", part.id), ("fulfillmentOrder", "lineItems")
    lines = await connection(client, write_documents.FULFILLABLE_LINES, entity, where, HeldLine)
    return any(line.sku == sku and line.remaining_quantity > 0 for line in lines)


async def _create(client: ShopifyClient, part: FulfillmentOrder, parcel: Parcel) -> None:
    fulfillment: dict[str, Any] = {
        "lineItemsByFulfillmentOrder": [{"fulfillmentOrderId": gid("FulfillmentOrder", part.id)}]
    }
    if parcel.number is not None:
        company = {"company": parcel.carrier} if parcel.carrier else {}
        fulfillment["trackingInfo"] = {"number": parcel.number, **company}
    if parcel.notify:
        fulfillment["notifyCustomer"] = True
    try:
        await mutate(client, write_documents.CREATE_FULFILLMENT, {"fulfillment": fulfillment}, "fulfillment")
    except UserErrors as errors:
        if not all(_CLOSED in error.message for error in errors.errors):
            raise


async def _read(client: ShopifyClient, order_id: int) -> Fulfillable:
    orders: list[Fulfillable] = []

    async def page(cursor: str | None) -> WholePage[FulfillmentOrder]:
        data = await ask(client, write_documents.FULFILLABLE, {"id": gid("Order", order_id), "after": cursor})
        with parsing():
            told = data["order"]
            orders.extend([] if told is None else [Fulfillable.model_validate(told)])
        if told is None:
            raise PreconditionFailed("Shopify has no such order, or does not show it to this app")
        return orders[-1].fulfillment_orders

    parts = await to_end("fulfillment orders", page)
    whole = orders[-1].fulfillment_orders.model_copy(update={"nodes": parts})
    return orders[-1].model_copy(update={"fulfillment_orders": whole})
