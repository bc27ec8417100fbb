"""Orders with all that Shopify's REST bodies hold of one, some 10 kB each, and the same orders as they go on.

`shop_bodies` has the smallest that a topic promises.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from tests.support import shop_bodies
from tests.support.shop_bodies import Body

CURRENCY = "EUR"
_STREETS = (
    "Engine Way",
    "Canal Street",
    "Orchard Lane",
    "Mill Road",
    "Harbour Walk",
    "Station Approach",
    "Cedar Avenue",
)
_PEOPLE = ("Ada Lovelace", "Grace Hopper", "Emmy Noether", "Mary Somerville", "Sofia Kovalevskaya", "Hedy Lamarr")
_THINGS = ("Linen shirt", "Enamel mug", "Wool socks", "Canvas bag", "Field notebook", "Oak tray", "Beeswax candle")


def order(n: int, at: datetime, **fields: Any) -> Body:
    """Order number `n`, placed and paid for at `at`: of one to four lines, to a customer who may come again."""
    lines = [_line(n * 10 + k, n + k) for k in range(1 + n % 4)]
    person, place = _PEOPLE[n % len(_PEOPLE)], _address(n)
    subtotal = sum(float(line["price"]) * line["quantity"] for line in lines)
    sums = {
        "subtotal_price": subtotal,
        "total_price": subtotal + 4.9,
        "total_tax": subtotal * 0.19,
        "total_discounts": 1.0,
    }
    sums |= {f"current_{name}": amount for name, amount in sums.items()} | {"total_line_items_price": subtotal + 1}
    body = shop_bodies.order(
        n,
        name=f"#{n}",
        created_at=_text(at),
        processed_at=_text(at),
        updated_at=_text(at),
        email=f"customer{n % 997}@example.com",
        customer=_customer(n % 997 + 1, person, place),
        shipping_address=place,
        billing_address=place,
        shipping_lines=[_shipping_line(n)],
        line_items=lines,
        tax_lines=[_tax(subtotal * 0.19)],
    )
    return {**body, **_around(n), **_amounts(sums), "total_shipping_price_set": _set(4.9), **fields}


def addressed(body: Body, at: datetime, mark: str) -> Body:
    """It goes to another place."""
    place = {**body["shipping_address"], "address1": f"{mark} New Road", "zip": "EC1A 1BB", "city": "London"}
    return {**body, "shipping_address": place, "updated_at": _text(at)}


def noted(body: Body, at: datetime, mark: str) -> Body:
    """The customer wants something."""
    return {**body, "note": f"Please leave it with the neighbours ({mark})", "updated_at": _text(at)}


def paid(body: Body, at: datetime, mark: str) -> Body:
    """What was authorised is captured; a tag says by whom."""
    return {**body, "financial_status": "paid", "tags": f"captured, {mark}", "updated_at": _text(at)}


def fulfilled(body: Body, at: datetime, mark: str) -> Body:
    """All of it is on its way, in one parcel."""
    lines = [{**line, "fulfillable_quantity": 0, "fulfillment_status": "fulfilled"} for line in body["line_items"]]
    parcel = shop_bodies.fulfillment(
        body["id"] * 10 + 9,
        body["id"],
        created_at=_text(at),
        updated_at=_text(at),
        tracking_company="DHL",
        tracking_number=mark,
        tracking_numbers=[mark],
        tracking_url=f"https://carrier.example/track/{mark}",
        location_id=655441491,
        line_items=lines,
    )
    told = {"fulfillment_status": "fulfilled", "fulfillments": [parcel], "line_items": lines}
    return {**body, **told, "updated_at": _text(at)}


UPDATES: tuple[Callable[[Body, datetime, str], Body], ...] = (addressed, noted, paid, fulfilled)
"""Each makes of an order a later one, in which `mark` is told."""


def _text(at: datetime) -> str:
    return at.isoformat(timespec="seconds")


def _set(amount: float) -> Body:
    money = {"amount": f"{amount:.2f}", "currency_code": CURRENCY}
    return {"shop_money": money, "presentment_money": money}


def _amounts(sums: dict[str, float]) -> Body:
    """Each sum as REST tells it: as text, and as a set of two currencies."""
    return {name: f"{amount:.2f}" for name, amount in sums.items()} | {
        f"{name}_set": _set(amount) for name, amount in sums.items()
    }


def _tax(amount: float) -> Body:
    return {"title": "VAT", "rate": 0.19, **_amounts({"price": amount}), "channel_liable": False}


def _line(line_id: int, kind: int) -> Body:
    title, price = _THINGS[kind % len(_THINGS)], 9.5 + kind % 40
    quantities = dict.fromkeys(("quantity", "current_quantity", "fulfillable_quantity"), 1 + kind % 3)
    return shop_bodies.line(
        line_id,
        **quantities,
        admin_graphql_api_id=shop_bodies.gid("LineItem", line_id),
        sku=f"SKU-{kind % 200}",
        title=title,
        name=f"{title} - Natural",
        variant_title="Natural",
        variant_id=49_148_000 + kind % 200,
        product_id=632_910_000 + kind % 50,
        product_exists=True,
        vendor="Thornfield & Daughters",
        grams=240,
        taxable=True,
        gift_card=False,
        fulfillment_service="manual",
        fulfillment_status=None,
        variant_inventory_management="shopify",
        properties=[{"name": "Engraving", "value": "With love"}] if kind % 5 == 0 else [],
        **_amounts({"price": price, "total_discount": 0.0}),
        discount_allocations=[{"amount": "1.00", "discount_application_index": 0, "amount_set": _set(1)}],
        duties=[],
        attributed_staffs=[],
        tax_lines=[_tax(price * 0.19)],
    )


def _address(n: int) -> Body:
    first, last = _PEOPLE[n % len(_PEOPLE)].split()
    return {
        "first_name": first,
        "last_name": last,
        "name": f"{first} {last}",
        "company": None,
        "address1": f"{1 + n % 300} {_STREETS[n % len(_STREETS)]}",
        "address2": None,
        "city": "Manchester",
        "province": "England",
        "province_code": "ENG",
        "zip": f"M{1 + n % 60} 4AB",
        "country": "United Kingdom",
        "country_code": "GB",
        "phone": "+44 20 7946 0958",
        "latitude": 53.4794892,
        "longitude": -2.2451148,
    }


def _customer(customer_id: int, person: str, place: Body) -> Body:
    first, last = person.split()
    return {
        "id": customer_id,
        "admin_graphql_api_id": shop_bodies.gid("Customer", customer_id),
        "email": f"customer{customer_id}@example.com",
        "created_at": "2025-02-03T10:11:12+00:00",
        "updated_at": "2026-02-03T10:11:12+00:00",
        "first_name": first,
        "last_name": last,
        **dict.fromkeys(("note", "phone", "multipass_identifier", "sms_marketing_consent")),
        "state": "enabled",
        "verified_email": True,
        "tax_exempt": False,
        "tax_exemptions": [],
        "tags": "",
        "currency": CURRENCY,
        "email_marketing_consent": {"state": "subscribed", "opt_in_level": "single_opt_in", "consent_updated_at": None},
        "default_address": {**place, "id": 7_154_000 + customer_id, "customer_id": customer_id, "default": True},
    }


def _shipping_line(n: int) -> Body:
    return {
        "id": 271_878_000 + n,
        "title": "Standard",
        "code": "standard",
        "source": "shopify",
        **_amounts({"price": 4.9, "discounted_price": 4.9}),
        **dict.fromkeys(("carrier_identifier", "requested_fulfillment_service_id", "phone")),
        "is_removed": False,
        "discount_allocations": [],
        "tax_lines": [_tax(0.78)],
    }


_NULL = (
    *(
        "cancel_reason",
        "device_id",
        "landing_site_ref",
        "location_id",
        "merchant_of_record_app_id",
        "payment_terms",
        "phone",
    ),
    *("po_number", "reference", "source_identifier", "source_url", "user_id", "original_total_duties_set"),
)
_FALSE = ("buyer_accepts_marketing", "duties_included", "estimated_taxes", "tax_exempt", "test")
_DISCOUNT = {
    "target_type": "line_item",
    "type": "discount_code",
    "value": "1.0",
    "value_type": "fixed_amount",
    "allocation_method": "each",
    "target_selection": "all",
    "code": "WELCOME",
}
_CLIENT = {
    "accept_language": "en-GB",
    "browser_height": None,
    "browser_ip": "203.0.113.7",
    "browser_width": None,
    "session_hash": None,
    "user_agent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/137.0 Safari/537.36",
}


def _around(n: int) -> Body:
    """What stands in an order beside what the desk reads of it."""
    token = f"{n:032x}"
    return {
        **dict.fromkeys(_NULL),
        **dict.fromkeys(_FALSE, False),
        "admin_graphql_api_id": shop_bodies.gid("Order", n),
        "app_id": 580_111,
        "browser_ip": _CLIENT["browser_ip"],
        "cart_token": token,
        "checkout_id": 25_597_000 + n,
        "checkout_token": token,
        "client_details": _CLIENT,
        "confirmation_number": f"T{n:08d}",
        "confirmed": True,
        "contact_email": f"customer{n % 997}@example.com",
        "customer_locale": "en-GB",
        "discount_applications": [_DISCOUNT],
        "discount_codes": [{"code": "WELCOME", "amount": "1.00", "type": "fixed_amount"}],
        "landing_site": "/collections/new?utm_source=newsletter&utm_medium=email&utm_campaign=spring",
        "note_attributes": [{"name": "gift_wrap", "value": "no"}, {"name": "delivery_window", "value": "any"}],
        "number": n,
        "order_number": n,
        "order_status_url": f"https://shop.example/548380009/orders/{token}/authenticate?key={token}",
        "payment_gateway_names": ["shopify_payments"],
        "presentment_currency": CURRENCY,
        "referring_site": "https://news.example/letters/spring",
        "taxes_included": True,
        "token": token,
        "total_outstanding": "0.00",
        "total_tip_received": "0.00",
        "total_weight": 480,
    }
