"""What a customer puts in the basket, how it is paid and delivered: the mix that a shop of this kind sees."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from random import Random

from orders_demo.operations.ordering import Basket
from orders_demo.sample_data import catalogue
from orders_demo.sample_data.names import ENGRAVINGS, GIFT_MESSAGES, NOTES
from orders_demo.sample_data.people import customer as new_customer
from orders_demo.world.goods import Variant
from orders_demo.world.money import Tender
from orders_demo.world.people import Customer
from orders_demo.world.shop import Shop

REGULARS = 0.3
DELIVERIES: tuple[tuple[int, tuple[str, int]], ...] = (
    (60, ("Standard", 590)),
    (14, ("Economy", 390)),
    (12, ("Free shipping", 0)),
    (8, ("Express", 1490)),
    (4, ("Rush (next day)", 2490)),
    (2, ("DHL Express Worldwide", 2890)),
)
PICKUP = ("Store pickup", 0)
LOCAL = ("Local delivery", 490)
ENGRAVED = frozenset({"TAMP-53", "TAMP-58", "CLOCK-WAL", "CLOCK-ASH"})
_EURO = frozenset({"DE", "FR", "ES", "IE"})
_TAGS: tuple[tuple[float, str], ...] = (
    (0.03, "vip"),
    (0.02, "rush"),
    (0.015, "express"),
    (0.03, "gift"),
    (0.03, "wholesale"),
    (0.01, "Noël [2025] 🎄"),
)


def draw(shop: Shop, rng: Random, at: datetime, goods: Sequence[Variant] | None = None) -> Basket:
    """A basket of one to four lines, for a regular or a new customer. `goods`: what must be in it."""
    buyer = _buyer(shop, rng, at)
    code = buyer.address.country_code
    express = rng.random() < 0.05
    basket = Basket(
        customer=buyer,
        entries=_entries(shop, rng, goods),
        shipping_address=buyer.address,
        billing_address=buyer.address if rng.random() < 0.9 else None,
        email=buyer.email,
        phone=buyer.phone,
        tender=_tender(rng, code),
        source_name="shopify_draft_order" if rng.random() < 0.04 else "web",
        gateway=rng.choices(("shopify_payments", "paypal", "klarna"), (80, 14, 6))[0],
        delivery=rng.choices([d for _, d in DELIVERIES], [w for w, _ in DELIVERIES])[0],
        tax_rate=0.0825 if code == "US" else 0.19 if code in _EURO else 0.2 if code == "GB" else 0.0,
        tags=[*(tag for share, tag in _TAGS if rng.random() < share), *(["express"] if express else [])],
        note=rng.choice(NOTES) if rng.random() < 0.05 else None,
        discount_code=rng.choice(("WELCOME10", "ÉTÉ15")) if rng.random() < 0.1 else None,
        po_number=f"PO-{rng.randint(1000, 9999)}" if rng.random() < 0.03 else None,
    )
    basket.properties = _properties(basket, shop.next_number)
    return basket


def _properties(basket: Basket, number: int) -> dict[str, list[tuple[str, str]]]:
    """What is engraved, and what is written on a gift's card; which words depends on the order's number alone."""
    chosen: dict[str, list[tuple[str, str]]] = {}
    for variant, _, _ in basket.entries:
        if variant.sku in ENGRAVED and number % 4:
            chosen[variant.sku] = [("Engraving", ENGRAVINGS[number % len(ENGRAVINGS)])]
    if "gift" in basket.tags:
        card = [("Gift message", GIFT_MESSAGES[number % len(GIFT_MESSAGES)]), ("_wrap", "kraft-2")]
        chosen.setdefault(basket.entries[0][0].sku, []).extend(card)
    return chosen


def _buyer(shop: Shop, rng: Random, at: datetime) -> Customer:
    if shop.customers and rng.random() < REGULARS:
        return rng.choice(shop.customers)
    return new_customer(shop, rng, at)


def _entries(shop: Shop, rng: Random, goods: Sequence[Variant] | None) -> list[tuple[Variant, int, int]]:
    count = rng.choices((1, 2, 3, 4), (55, 28, 12, 5))[0]
    chosen = list(goods or ())
    chosen += rng.sample(catalogue.shippable(shop), max(0, count - len(chosen)))
    entries = []
    for variant in chosen:
        quantity = rng.choices((1, 2, 3), (82, 14, 4))[0]
        off = variant.price * quantity // 10 if rng.random() < 0.1 else 0
        entries.append((variant, quantity, off))
    return entries


def _tender(rng: Random, code: str) -> Tender:
    roll = rng.random()
    if code in _EURO and roll < 0.6:
        return Tender("EUR", "EUR")
    if code == "GB" and roll < 0.4:
        return Tender("GBP", "GBP")
    if code == "CA":
        return Tender("USD", "CAD", 1_362_500)
    return Tender("USD", "EUR", 921_400) if code in _EURO else Tender()
