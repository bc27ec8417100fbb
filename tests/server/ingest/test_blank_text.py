"""Blank text is null wherever it stands, and other text is trimmed (contract §1): every text of every kind of body in turn."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import pytest
from tests.support import shop_bodies as shop

from orders_sync.external.shopify.decoding import decoded
from orders_sync.ingest.normalise import erp, topics
from orders_sync.ingest.reading import Node, Unreadable
from orders_sync.instants import Ms

BLANKS = ["", " \t\n", "\u00a0", "\u2003\u3000", "\u200b\u200c\u200d", "\u2060\ufeff"]
PERSON = {
    "id": 7,
    "first_name": "Ada",
    "last_name": "Lovelace",
    "email": "ada@example.com",
    "phone": "1",
    "tags": "vip",
}
PLACE = {"name": "Ada L", "company": "C", "address1": "1", "address2": "2", "city": "B", "zip": "1", "country": "DE"}
PARCEL: dict[str, Any] = {
    "tracking_number": "A1",
    "tracking_numbers": ["A1", "A2"],
    "tracking_company": "UPS",
    "tracking_url": "https://u",
}
HOLD = {**shop.hold(), "reason_notes": "why", "handle": "ours"}
TASK = {**shop.fulfillment_order(), "delivery_method": {"method_type": "pick_up"}, "fulfillment_holds": [HOLD]}

BODIES: dict[str, dict[str, Any]] = {
    "orders/updated": {
        **shop.order(),
        "note": "n",
        "email": "a@b.c",
        "customer": PERSON,
        "shipping_address": PLACE,
        "billing_address": PLACE,
        "fulfillments": [shop.fulfillment(**PARCEL)],
        "transactions": [shop.transaction(71, "sale", "08:00", gateway="g")],
        "refunds": [shop.refund(81, "08:00")],
        "returns": [shop.shop_return(name="R1")],
        "fulfillment_orders": [TASK],
    },
    "fulfillments/update": shop.fulfillment(**PARCEL),
    "fulfillment_events/create": shop.scan(1, "in_transit", "09:00"),
    "order_transactions/create": shop.transaction(71, "sale", "08:00"),
    "refunds/create": shop.refund(81, "08:00"),
    "returns/request": shop.shop_return(name="R1", return_line_items=[{"return_reason": "other"}]),
    "reverse_deliveries/attach_deliverable": shop.reverse_delivery(91),
    "fulfillment_orders/placed_on_hold": {"fulfillment_order": TASK, "created_fulfillment_hold": HOLD},
    "fulfillment_holds/added": {"fulfillment_order": TASK, "fulfillment_hold": HOLD},
    "inventory_items/update": {"id": 1, "sku": "S", "updated_at": "2026-03-10T08:00:00Z"},
    "disputes/create": shop.dispute(),
    "customers/redact": {"customer": {"id": 7, "email": "a@b.c"}, "orders_to_redact": [1]},
    "orders/edited": {"order_edit": {"id": 1, "order_id": 1, "staff_note": "n", "created_at": "2026-03-10T08:00:00Z"}},
}


def texts(body: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where the texts are that stand in objects."""
    for key, value in body.items() if isinstance(body, dict) else enumerate(body):
        if isinstance(value, dict | list):
            yield from texts(value, (*path, key))
        elif isinstance(value, str) and isinstance(body, dict):
            yield (*path, key)


def with_value(body: Any, path: tuple[Any, ...], value: object) -> Any:
    made = copy.deepcopy(body)
    inner = made
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    return made


def at(body: Any, path: tuple[Any, ...]) -> Any:
    for key in path:
        body = body[key]
    return body


def read(topic: str, body: dict[str, Any]) -> object:
    """The changes, or that there are none because it cannot be read."""
    try:
        return topics.read(topic, Node(body, "body"), Ms(0))
    except Unreadable as error:
        return str(error)


CASES = [(topic, path) for topic, body in BODIES.items() for path in texts(body)]


@pytest.mark.parametrize(("topic", "path"), CASES, ids=[f"{topic} {'.'.join(map(str, path))}" for topic, path in CASES])
def test_blank_text_is_read_as_null(topic: str, path: tuple[Any, ...]) -> None:
    body = BODIES[topic]
    null = read(topic, with_value(body, path, None))
    assert [blank for blank in BLANKS if read(topic, with_value(body, path, blank)) != null] == []
    around = [f"{blank}{at(body, path)}{blank}" for blank in BLANKS]
    assert [text for text in around if read(topic, with_value(body, path, text)) != read(topic, body)] == []


@pytest.mark.parametrize("blank", BLANKS)
def test_the_erps_too(blank: str) -> None:
    told = {"data": {"sku": f"{blank}S1{blank}", "eta": blank}}
    (change,) = erp.read("inventory.expected", Node(told, "message"), Ms(0))
    assert (getattr(change, "sku"), getattr(change, "eta")) == ("S1", None)  # noqa: B009
    with pytest.raises(Unreadable, match="sku"):
        erp.read("inventory.expected", Node({"data": {"sku": blank}}, "message"), Ms(0))


@pytest.mark.parametrize("blank", [*BLANKS, "\\u00a0\\ufeff"])
def test_and_a_polls(blank: str) -> None:
    raw = f'{{"a": "{blank}", "b": ["{blank}", "{blank}x{blank}", null, {{"c": "{blank}"}}], "d": "{blank}y z{blank}"}}'
    told = decoded(raw.replace("\t", "\\t").replace("\n", "\\n").encode())
    assert told == {"a": None, "b": ["x", None, {"c": None}], "d": "y z"}
