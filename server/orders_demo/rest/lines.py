"""Line items, shipping lines and taxes as webhooks show them."""

from __future__ import annotations

from orders_demo.rest.scalars import Json, money_set
from orders_demo.world.ids import gid
from orders_demo.world.money import text
from orders_demo.world.orders import Line, Order, Shipping


def line(entry: Line, quantity: int | None = None) -> Json:
    """A line inside an order; of a parcel's line `quantity` is how many of it are in there."""
    return {"attributed_staffs": [], "current_quantity": entry.current, **brief_line(entry, quantity)}


def brief_line(entry: Line, quantity: int | None = None) -> Json:
    """A line outside an order's body: it does not say how many are left."""
    variant, order = entry.variant, entry.order
    return {
        "id": entry.id,
        "admin_graphql_api_id": gid("LineItem", entry.id),
        "fulfillable_quantity": entry.unfulfilled,
        "fulfillment_service": "gift_card" if entry.gift_card else "manual",
        "fulfillment_status": _status(entry),
        "gift_card": entry.gift_card,
        "grams": entry.grams,
        "name": entry.name,
        "price": text(entry.price),
        "price_set": money_set(order.tender, entry.price),
        "product_exists": variant is not None,
        "product_id": variant.product.id if variant else None,
        "properties": [{"name": name, "value": value} for name, value in entry.properties],
        "quantity": entry.quantity if quantity is None else quantity,
        "requires_shipping": entry.requires_shipping,
        "sku": entry.sku,
        "taxable": not entry.gift_card,
        "title": entry.title,
        "total_discount": text(0),
        "total_discount_set": money_set(order.tender, 0),
        "variant_id": variant.id if variant else None,
        "variant_inventory_management": "shopify" if variant else None,
        "variant_title": entry.variant_title,
        "vendor": entry.vendor,
        "tax_lines": taxes(order, order.tax_on(entry.total)),
        "duties": [],
        "discount_allocations": _discounts(entry),
    }


def taxes(order: Order, amount: int) -> list[Json]:
    """The one tax of the customer's country, if it has one."""
    if not order.tax_rate:
        return []
    title = {0.0825: "State Tax", 0.19: "MwSt", 0.2: "VAT"}.get(order.tax_rate, "Tax")
    return [
        {
            "price": text(amount),
            "rate": order.tax_rate,
            "title": title,
            "price_set": money_set(order.tender, amount),
            "channel_liable": False,
        }
    ]


def shipping(entry: Shipping) -> Json:
    """A shipping line."""
    order = entry.order
    return {
        "id": entry.id,
        "carrier_identifier": None,
        "code": entry.code,
        "discounted_price": text(entry.price),
        "discounted_price_set": money_set(order.tender, entry.price),
        "is_removed": False,
        "phone": entry.phone,
        "price": text(entry.price),
        "price_set": money_set(order.tender, entry.price),
        "requested_fulfillment_service_id": None,
        "source": "shopify",
        "title": entry.title,
        "tax_lines": [],
        "discount_allocations": [],
    }


def _status(entry: Line) -> str | None:
    if entry.unfulfilled == 0 and entry.current:
        return "fulfilled"
    return "partial" if 0 < entry.unfulfilled < entry.current else None


def _discounts(entry: Line) -> list[Json]:
    if not entry.discount:
        return []
    return [
        {
            "amount": text(entry.discount),
            "amount_set": money_set(entry.order.tender, entry.discount),
            "discount_application_index": 0,
        }
    ]
