"""Fulfilling an order, or some units of its lines: one fulfilment per location, as its fulfilment orders are now (contract §3a).

What the shop has made of the row already is read first, together with what it has left, and only the rest is sent. So an unknown
outcome is settled by doing it again, a race with somebody else by reading again, and no fulfilment is made, or mailed, twice. A
mail tells of one fulfilment, so that each that is made has its own where one is asked for.

Raises PreconditionFailed, UserErrors, OutcomeLost and ShopifyError.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from orders_sync.external.shopify import fulfillable, tracking_writes
from orders_sync.external.shopify import write_documents as documents
from orders_sync.external.shopify.client import ShopifyClient
from orders_sync.external.shopify.fulfillable import FulfillableOrder, Fulfillment, Units
from orders_sync.external.shopify.mutations import OutcomeLost, PreconditionFailed, UserErrors, mutate
from orders_sync.external.shopify.scalars import number
from orders_sync.external.shopify.shipment import Portion, Shipment, Short, portions
from orders_sync.external.shopify.tracking_writes import NewNumber

MOST_READS = 3
"""How often it is read again when somebody else was quicker."""

_OVERTAKEN = (
    "unfulfillable status=",
    "Invalid fulfillment order line item quantity requested",
    "Fulfillment order does not exist",
    "Fulfillment order line item does not exist",
)
"""What the shop says when what was read is not so any more; it has no code for it."""

IsPlaceholder = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Fulfilled:
    """`made`: the fulfilments that the shop has of the row, that with its number first; `note`: what people should know."""

    made: tuple[int, ...] = ()
    note: str | None = None


async def fulfill(client: ShopifyClient, order_id: int, shipment: Shipment, is_placeholder: IsPlaceholder) -> Fulfilled:
    """Sends what is not sent yet of the shipment. Nothing left of it: it is done already."""
    for _ in range(MOST_READS - 1):
        try:
            return await _send_rest(client, order_id, shipment, is_placeholder)
        except UserErrors as errors:
            if not _overtaken(errors):
                raise
            shipment = replace(shipment, repeated=True)
    return await _send_rest(client, order_id, shipment, is_placeholder)


async def _send_rest(
    client: ShopifyClient, order_id: int, shipment: Shipment, is_placeholder: IsPlaceholder
) -> Fulfilled:
    order = await fulfillable.read(client, order_id)
    there = shipment.made_of(order.fulfillments, client.clock_skew_ms or 0)
    left = shipment.left(there)
    calls = _calls(order, left) if left != {} else []
    numbered = [each.id for each in there if shipment.number in each.numbers]
    note = None if calls or numbered else await _settled(client, there, shipment, is_placeholder)
    made = await _create_all(client, calls, shipment if not numbered else replace(shipment, number=None))
    others = sorted((each for each in there if each.id not in numbered), key=lambda each: not each.alive)
    return Fulfilled((*numbered, *made, *(each.id for each in others)), note)


def _calls(order: FulfillableOrder, wanted: Units | None) -> list[list[Portion]]:
    """What is to be sent. Raises PreconditionFailed where the shop does not let that be sent."""
    parts = order.parts
    if order.cancelled_at is not None:
        raise PreconditionFailed("the order is cancelled in Shopify")
    if not parts:
        raise PreconditionFailed("Shopify shows this app no fulfilment order of it: the app may lack a scope for them")
    try:
        calls = portions(parts, wanted)
    except Short as short:
        raise PreconditionFailed(str(short)) from short
    left = [part for part in parts if not part.ended]
    if left and not any(part.fulfillable for part in left):
        held = any(part.fulfillment_holds for part in left)
        raise PreconditionFailed(
            "the order is on hold in Shopify" if held else "Shopify does not let this app fulfil the order"
        )
    return calls


async def _create_all(client: ShopifyClient, calls: Sequence[Sequence[Portion]], shipment: Shipment) -> list[int]:
    """A fulfilment for each call, of which the first carries the number; returns their ids."""
    made: list[int] = []
    for call in calls:
        try:
            made.append(await _create(client, call, shipment))
        except UserErrors as errors:
            if not made or _overtaken(errors):
                raise
            told = f"what leaves from one location was fulfilled, the rest was not: {errors}"
            raise PreconditionFailed(told) from errors
        shipment = replace(shipment, number=None)
    return made


async def _create(client: ShopifyClient, call: Sequence[Portion], shipment: Shipment) -> int:
    """One fulfilment; returns its id."""
    fulfillment: dict[str, Any] = {"lineItemsByFulfillmentOrder": [portion.given for portion in call]}
    if shipment.number is not None:
        told = {"number": shipment.number, "company": shipment.carrier, "url": shipment.url}
        fulfillment["trackingInfo"] = {name: value for name, value in told.items() if value}
    if shipment.notify:
        fulfillment["notifyCustomer"] = True
    made = await mutate(client, documents.CREATE_FULFILLMENT, {"fulfillment": fulfillment}, "fulfillment")
    try:
        return number(made["id"])
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        raise OutcomeLost("Shopify does not say which fulfilment it made") from error


async def _settled(
    client: ShopifyClient, there: Sequence[Fulfillment], shipment: Shipment, is_placeholder: IsPlaceholder
) -> str | None:
    """The shop has all of it, without our number: that goes to the first of it, unless it has another. Returns what people should
    know."""
    alive = [each for each in there if each.alive]
    if there and not alive:
        return "it was made, and cancelled in Shopify since"
    if not alive or shipment.number is None:
        return None
    new = NewNumber(shipment.number, shipment.carrier, shipment.url, notify=shipment.notify)
    try:
        await tracking_writes.set_number(client, alive[0].id, new, is_placeholder)
    except (PreconditionFailed, UserErrors) as refusal:
        return f"it was made in Shopify already, and does not take {shipment.number}: {refusal}"
    return None


def _overtaken(errors: UserErrors) -> bool:
    return all(any(told in error.message for told in _OVERTAKEN) for error in errors.errors)
