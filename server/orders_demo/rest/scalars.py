"""How REST bodies write money and time, and how a body becomes bytes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import orjson

from orders_demo.world.money import Tender, text
from orders_demo.world.shop import Shop

Json = dict[str, Any]
"""A JSON object on its way out: the rim, where any value may stand."""

_HTML = ((b"&", b"\\u0026"), (b"<", b"\\u003c"), (b">", b"\\u003e"))


def stamp(shop: Shop, at: datetime | None) -> str | None:
    """`2025-11-20T10:00:00-05:00`: the instant with the offset of the shop on that day."""
    return at.astimezone(shop.zone).isoformat(timespec="seconds") if at else None


def money_set(tender: Tender, minor: int) -> Json:
    """One amount in the shop's and in the buyer's currency."""
    return {
        "shop_money": {"amount": text(minor), "currency_code": tender.shop},
        "presentment_money": {"amount": text(tender.present(minor)), "currency_code": tender.presentment},
    }


def dump(body: Json) -> bytes:
    """The bytes that are signed: slashes and HTML's three characters escaped as Shopify escapes them."""
    raw = orjson.dumps(body).replace(b"/", b"\\/")
    for char, escaped in _HTML:
        raw = raw.replace(char, escaped)
    return raw
