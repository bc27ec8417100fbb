"""What a recording sets up with mutations that the simulated shop's API does not have, done to the shop behind it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from orders_demo.admin.gids import number
from orders_demo.operations import parcels
from orders_demo.operations.ordering import ordered
from orders_demo.world.goods import Item, Location, Product, Variant
from orders_demo.world.ids import gid
from orders_demo.world.money import Tender, minor
from orders_demo.world.orders import Line, Order, Payment, Refund, RefundLine, Shipping
from orders_demo.world.people import Address
from orders_demo.world.shop import Shop

Json = dict[str, Any]


def order_create(shop: Shop, variables: Json, where: Location, at: datetime, name: str | None) -> str:
    """`orderCreate`: an order with its lines, payments and one fulfilment order, as the recorded input describes it."""
    given = variables["order"]
    order = Order(
        id=shop.ids.next("Order"),
        number=int(name.lstrip("#")) if name else shop.next_number,
        created_at=at,
        processed_at=at,
        updated_at=at,
        customer=None,
        email=given.get("email"),
        phone=given.get("phone"),
        shipping_address=_address(shop, given.get("shippingAddress")),
        billing_address=None,
        tender=_tender(given),
        source_name="web",
        gateway=next((entry["gateway"] for entry in given.get("transactions") or ()), "manual"),
        lines=[],
        shipping=[],
        tax_rate=_tax_rate(given),
        tags=ordered(given.get("tags") or ()),
        note=given.get("note"),
        untendered=not given.get("transactions"),
    )
    shop.next_number += 1
    order.lines.extend(_line(shop, order, entry) for entry in given["lineItems"])
    for entry in given.get("shippingLines") or ():
        price = minor(entry["priceSet"]["shopMoney"]["amount"])
        order.shipping.append(Shipping(shop.ids.next("ShippingLine"), order, entry["title"], entry["title"], price))
    for entry in given.get("transactions") or ():
        order.payments.append(_payment(shop, order, entry, at))
    shop.orders[order.id] = order
    parcels.route(shop, order, [where], at)
    shop.touch(order, at)
    return gid("Order", order.id)


def order_told(shop: Shop, told: Json, where: Location, at: datetime) -> Order:
    """An order as it was read: the same lines, payments and refunds."""
    lines = (told.get("lineItems") or {}).get("nodes") or [_only_line(told)]
    shipping = (told.get("shippingLines") or {}).get("nodes") or []
    given = {
        "lineItems": [{**line, "priceSet": line["originalUnitPriceSet"]} for line in lines],
        "shippingLines": [{"title": "Shipping", "priceSet": entry["originalPriceSet"]} for entry in shipping],
        "transactions": told.get("transactions") or [],
        "tags": told.get("tags") or [],
    }
    made = order_create(shop, {"order": given}, where, at, told.get("name"))
    order = shop.orders[number(made, "Order") or 0]
    order.email, order.note = told.get("email"), told.get("note")
    for line, entry in zip(order.lines, lines, strict=True):
        line.current = entry.get("currentQuantity", line.quantity)
    for entry in told.get("refunds") or ():
        _refunded(shop, order, entry, at)
    return order


def _refunded(shop: Shop, order: Order, told: Json, at: datetime) -> None:
    taken = [
        RefundLine(shop.ids.next("RefundLineItem"), line, line.quantity - line.current, 0, 0, "NO_RESTOCK", None)
        for line in order.lines
        if line.current < line.quantity
    ]
    paid = [payment for payment in order.payments if payment.kind == "REFUND"]
    order.refunds.append(Refund(shop.ids.next("Refund"), order, at, told.get("note"), taken, paid, None))


def _only_line(told: Json) -> Json:
    price = told.get("currentTotalPriceSet") or {"shopMoney": {"amount": "1.0", "currencyCode": "USD"}}
    return {"title": "Line", "quantity": 1, "originalUnitPriceSet": price}


def event_create(shop: Shop, variables: Json, at: datetime) -> str:
    """`fulfillmentEventCreate`."""
    given = variables["fulfillmentEvent"]
    parcel = shop.parcels[number(given["fulfillmentId"], "Fulfillment") or 0]
    place = (given.get("city"), given.get("province"), given.get("country"), given.get("zip"))
    parcels.scan(
        shop,
        parcel,
        given["status"],
        at,
        message=given.get("message"),
        seen_at=datetime.fromisoformat(given["happenedAt"]).astimezone(UTC),
        eta=datetime.fromisoformat(given["estimatedDeliveryAt"]) if given.get("estimatedDeliveryAt") else None,
        place=place,
        spot=(given.get("address1"), given.get("latitude"), given.get("longitude")),
    )
    return given["fulfillmentId"]  # type: ignore[no-any-return]


def variant(shop: Shop, told: Json) -> Variant:
    """A variant as it was read, on the shelves."""
    at = datetime(2026, 1, 1, tzinfo=UTC)
    product = Product(shop.ids.next("Product"), told["product"]["title"], "Vendor", "", "handle", at)
    item = Item(shop.ids.next("InventoryItem"), told["sku"] or "", told["inventoryItem"]["requiresShipping"], at, at)
    number = shop.ids.next("ProductVariant")
    made = Variant(number, product, told["title"], told["sku"] or "", minor(told["price"]), 0, 1, item)
    shop.variants.append(made)
    return made


def location(shop: Shop, recorded: int, name: str) -> Location:
    """A place of the recorded shop, by its own id and name."""
    known = next((entry for entry in shop.locations if entry.id == recorded), None)
    if known is None:
        at = datetime(2026, 1, 1, tzinfo=UTC)
        known = Location(recorded, name, "1 Road", "Toronto", "Ontario", "ON", "Canada", "CA", "M5H 2M9", "", at)
        shop.locations.append(known)
    return known


def _tender(given: Json) -> Tender:
    money = given["lineItems"][0]["priceSet"]
    shop = money["shopMoney"]["currencyCode"]
    buyer = money.get("presentmentMoney") or money["shopMoney"]
    rate = minor(buyer["amount"]) * 1_000_000 // (minor(money["shopMoney"]["amount"]) or 1)
    return Tender(shop, buyer["currencyCode"], rate if buyer["currencyCode"] != shop else 1_000_000)


def _tax_rate(given: Json) -> float:
    return next((float(tax["rate"]) for line in given["lineItems"] for tax in line.get("taxLines") or ()), 0.0)


def _line(shop: Shop, order: Order, given: Json) -> Line:
    quantity = given["quantity"]
    return Line(
        id=shop.ids.next("LineItem"),
        order=order,
        variant=None,
        title=given["title"],
        variant_title=None,
        sku=given.get("sku"),
        vendor=None,
        price=minor(given["priceSet"]["shopMoney"]["amount"]),
        discount=0,
        quantity=quantity,
        current=quantity,
        unfulfilled=quantity,
        requires_shipping=given.get("requiresShipping", True),
        gift_card=False,
        grams=0,
    )


def _payment(shop: Shop, order: Order, given: Json, at: datetime) -> Payment:
    amount = minor(given["amountSet"]["shopMoney"]["amount"])
    kind, status = given.get("kind", "SALE"), given.get("status", "SUCCESS")
    return Payment(shop.ids.next("OrderTransaction"), order, kind, status, given.get("gateway", "manual"), amount, at)


def _address(shop: Shop, given: Json | None) -> Address | None:
    if given is None:
        return None
    return Address(
        id=shop.ids.next("MailingAddress"),
        first_name=given.get("firstName"),
        last_name=given.get("lastName"),
        company=given.get("company"),
        address1=given.get("address1"),
        address2=given.get("address2"),
        city=given.get("city"),
        province={"ON": "Ontario"}.get(given.get("provinceCode", "")),
        province_code=given.get("provinceCode"),
        country={"CA": "Canada", "US": "United States"}.get(given.get("countryCode", ""), ""),
        country_code=given.get("countryCode", ""),
        zip=given.get("zip"),
        phone=given.get("phone"),
    )
