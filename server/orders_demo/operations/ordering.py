"""Orders come, are edited, tagged, put away, cancelled."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypedDict

from orders_demo.operations import parcels, payments, stock
from orders_demo.world.goods import Location, Variant
from orders_demo.world.money import Tender
from orders_demo.world.orders import Line, Metafield, Order, Shipping
from orders_demo.world.people import Address, Customer
from orders_demo.world.shop import Shop


@dataclass(slots=True)
class Basket:
    """What a customer is about to buy: (variant, quantity, discount in minor units).

    `carry_out`: nothing is sent; `digital`: this one thing instead of the entries; `sources`: where the lines are sent from;
    `properties`: what was chosen or typed for a line, as (name, value), by SKU.
    """

    customer: Customer | None
    entries: Sequence[tuple[Variant, int, int]]
    shipping_address: Address | None
    billing_address: Address | None
    email: str | None = None
    phone: str | None = None
    tender: Tender = field(default_factory=Tender)
    source_name: str = "web"
    gateway: str = "shopify_payments"
    delivery: tuple[str, int] | None = ("Standard", 590)
    tax_rate: float = 0.0825
    tags: Sequence[str] = ()
    note: str | None = None
    discount_code: str | None = None
    po_number: str | None = None
    location: Location | None = None
    fulfill_by: datetime | None = None
    fulfill_at: datetime | None = None
    risk: str = "LOW"
    sources: Sequence[Location] = ()
    carry_out: bool = False
    digital: Variant | None = None
    properties: Mapping[str, Sequence[tuple[str, str]]] = field(default_factory=dict)


class Change(TypedDict, total=False):
    """What may be different from the usual basket; fields as in `Basket`."""

    customer: Customer | None
    shipping_address: Address | None
    billing_address: Address | None
    email: str | None
    phone: str | None
    tender: Tender
    source_name: str
    gateway: str
    delivery: tuple[str, int] | None
    tags: Sequence[str]
    location: Location | None
    fulfill_by: datetime | None
    fulfill_at: datetime | None
    risk: str
    sources: Sequence[Location]
    carry_out: bool
    digital: Variant | None


@dataclass(frozen=True, slots=True)
class Edit:
    """An order edit: lines added and units removed, as (line, how many)."""

    id: int
    order: Order
    created_at: datetime
    added: list[tuple[Line, int]]
    removed: list[tuple[Line, int]]
    staff_note: str


def place(shop: Shop, basket: Basket, at: datetime) -> Order:
    """A new order, its fulfilment orders, and the stock it takes."""
    entries = [(basket.digital, 1, 0)] if basket.digital else basket.entries
    order = Order(
        id=shop.ids.next("Order"),
        number=shop.next_number,
        created_at=at,
        processed_at=at,
        updated_at=at,
        customer=basket.customer,
        email=basket.email,
        phone=basket.phone,
        shipping_address=basket.shipping_address,
        billing_address=basket.billing_address,
        tender=basket.tender,
        source_name=basket.source_name,
        gateway=basket.gateway,
        lines=[],
        shipping=[],
        tax_rate=basket.tax_rate,
        tags=ordered(basket.tags),
        note=basket.note,
        discount_code=basket.discount_code,
        po_number=basket.po_number,
        location=basket.location,
        risk=basket.risk,
    )
    order.lines.extend(_line(shop, order, *entry, sent=not basket.carry_out) for entry in entries)
    for line in order.lines:
        line.properties = basket.properties.get(line.sku or "", ())
    if basket.delivery:
        title, price = basket.delivery
        order.shipping.append(Shipping(shop.ids.next("ShippingLine"), order, title, title, price))
    shop.next_number += 1
    shop.orders[order.id] = order
    if order.customer:
        order.customer.orders += 1
        order.customer.spent += order.total
    shop.tell("orders/create", order)
    sources = basket.sources or shop.locations[:1]
    parcels.route(shop, order, sources, at, fulfill_at=basket.fulfill_at, fulfill_by=basket.fulfill_by)
    for line in order.lines:
        stock.promise(shop, line, line.quantity, at)
    shop.touch(order, at)
    return order


def edit(
    shop: Shop,
    order: Order,
    added: Sequence[tuple[Variant, int]],
    removed: Sequence[tuple[Line, int]],
    at: datetime,
    *,
    staff_note: str = "",
) -> Edit:
    """Add lines to an order, and take unsent units off."""
    lines = [_line(shop, order, variant, quantity, 0) for variant, quantity in added]
    order.lines.extend(lines)
    if lines:
        parcels.route(shop, order, [order.tasks[0].location] if order.tasks else shop.locations[:1], at, lines=lines)
    for line, units in removed:
        line.current -= units
        parcels.withdraw(line, units, order, at)
    order.edited = True
    change = Edit(
        shop.ids.next("OrderEdit"), order, at, [(line, line.quantity) for line in lines], list(removed), staff_note
    )
    shop.tell("orders/edited", change)
    shop.touch(order, at)
    return change


def ordered(tags: Iterable[str]) -> list[str]:
    """Tags as Shopify keeps them: by their letters, whatever their case, the first of two that differ in case only."""
    known: dict[str, str] = {}
    for entry in tags:
        known.setdefault(entry.casefold(), entry)
    return [known[key] for key in sorted(known)]


def tag(shop: Shop, order: Order, tags: Iterable[str], at: datetime) -> None:
    """Add tags; one with a comma is two. Nothing new, but for its case, changes nothing."""
    wanted = ordered([*order.tags, *_parts(tags)])
    if wanted != order.tags:
        order.tags = wanted
        shop.touch(order, at)


def untag(shop: Shop, order: Order, tags: Iterable[str], at: datetime) -> None:
    """Take tags off, each as it is written; none of them there changes nothing."""
    unwanted = set(_parts(tags))
    if unwanted & set(order.tags):
        order.tags = [entry for entry in order.tags if entry not in unwanted]
        shop.touch(order, at)


def _parts(tags: Iterable[str]) -> list[str]:
    return [part.strip() for entry in tags for part in entry.split(",") if part.strip()]


def archive(shop: Shop, order: Order, at: datetime) -> None:
    """Close an order: put away, nothing else."""
    order.closed_at = at
    shop.touch(order, at)


def cancel(
    shop: Shop,
    order: Order,
    reason: str,
    at: datetime,
    *,
    refund: bool = True,
    restock: bool = True,
    note: str | None = None,
) -> None:
    """Cancel an order that was not sent: its tasks are closed; its stock comes back and what was paid goes back, if asked.

    It closes unless money is left that nobody gave back.
    """
    order.cancelled_at = at
    order.cancel_reason = reason
    order.staff_note = note
    for task in order.tasks:
        parcels.abandon(shop, task, at)
    for line in order.lines if restock else ():
        stock.promise(shop, line, -line.unfulfilled, at)
    if refund and order.received > order.refunded:
        lines = [(line, line.unfulfilled) for line in order.lines]
        back = payments.refund(shop, order, lines, at, carriage=True, note="Order cancelled")
        back.shipping = min(order.carriage, back.total)
    elif order.paid("AUTHORIZATION") and not order.received:
        payments.void(shop, order, at)
    if order.received <= order.refunded:
        order.closed_at = at
        for line in order.lines:
            line.current = line.unfulfilled = 0
    shop.tell("orders/cancelled", order)
    shop.touch(order, at)


def amend(shop: Shop, order: Order, at: datetime, given: Mapping[str, Any], address: Address | None) -> None:
    """Another note, contact, tags or address: what is given, by its name in the API."""
    order.note = given.get("note", order.note)
    order.email = given.get("email", order.email)
    order.phone = given.get("phone", order.phone)
    order.po_number = given.get("poNumber", order.po_number)
    if given.get("tags") is not None:
        order.tags = ordered(given["tags"])
    order.shipping_address = address or order.shipping_address
    shop.touch(order, at)


def set_metafield(
    shop: Shop, order: Order, at: datetime, *, namespace: str, key: str, kind: str, value: str
) -> Metafield:
    """Write one value; the order changes with it, as in Shopify, even when the value is the same."""
    found = next((field for field in order.metafields if (field.namespace, field.key) == (namespace, key)), None)
    if found is None:
        found = Metafield(shop.ids.next("Metafield"), namespace, key, kind, value, at, at)
        order.metafields.append(found)
    else:
        found.type, found.value, found.updated_at = kind, value, at
    shop.touch(order, at)
    return found


def add(shop: Shop, order: Order, variant: Variant, quantity: int, at: datetime) -> Line:
    """One more line, which is to be sent."""
    line = _line(shop, order, variant, quantity, 0)
    order.lines.append(line)
    parcels.route(shop, order, [order.tasks[0].location] if order.tasks else shop.locations[:1], at, lines=[line])
    return line


def _line(shop: Shop, order: Order, variant: Variant, quantity: int, discount: int, *, sent: bool = True) -> Line:
    product = variant.product
    return Line(
        id=shop.ids.next("LineItem"),
        order=order,
        variant=variant,
        title=product.title,
        variant_title=None if variant.title == "Default Title" else variant.title,
        sku=variant.sku,
        vendor=product.vendor,
        price=variant.price,
        discount=discount,
        quantity=quantity,
        current=quantity,
        unfulfilled=quantity,
        requires_shipping=variant.requires_shipping and sent,
        gift_card=product.is_gift_card,
        grams=variant.grams,
    )
