"""Blank text is null wherever it stands, and other text is trimmed (contract §1): every text of every kind of body in turn."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import pytest
from tests.support import shop_bodies as shop

from orders_sync.evidence.changes import Change, OrderChange
from orders_sync.evidence.facts import OrderFacts
from orders_sync.evidence.from_changes import evidence, merge
from orders_sync.evidence.json_fields import Node, Unreadable
from orders_sync.external.shopify.scalars import decoded
from orders_sync.ingest import attribution
from orders_sync.ingest.normalise import erp, topics
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
WAY_BACK = {
    "tracking": {"tracking_number": "RET-1", "carrier_name": "DHL"},
    "label": {"public_file_url": "https://l"},
}
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
    "returns/decline": shop.shop_return(status="declined", decline={"reason": "other", "note": "worn"}),
    "reverse_deliveries/attach_deliverable": {**shop.reverse_delivery(91), "shipping_deliverable": WAY_BACK},
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


MARK = "zz9mark"
WORN = Ms(1_000), Ms(2_000)
"""When a text was told, and when that it is blank."""


def facts(*changes: Change) -> OrderFacts:
    return merge(OrderFacts(), [change for change in changes if isinstance(change, OrderChange)])


def marked(known: OrderFacts) -> list[str]:
    """The entities in which the mark stands now."""
    return [f"{kind} {key}" for kind in known.reported for key, fields in known.entities(kind) if MARK in str(fields)]


def told_and_blanked(topic: str, path: tuple[Any, ...], blank: object) -> tuple[tuple[Change, ...], ...]:
    """The mark in place of a text, and later a blank; nothing where no mark can be read there."""
    body = BODIES[topic]
    try:
        earlier = topics.read(topic, Node(with_value(body, path, MARK), "body"), WORN[0])
        return earlier, topics.read(topic, Node(with_value(body, path, blank), "body"), WORN[1])
    except Unreadable:
        return (), ()


ALWAYS = {
    ("fulfillments/update", ("status",)),
    ("orders/updated", ("fulfillments", 0, "status")),
    ("orders/updated", ("fulfillment_orders", 0, "status")),
    ("fulfillment_orders/placed_on_hold", ("fulfillment_order", "status")),
}
"""What a thing always has: none that is told leaves it as it was."""


@pytest.mark.parametrize("blank", ["", " \u200b", None])
def test_a_blank_that_is_told_later_removes_the_text(blank: object) -> None:
    pairs = {case: told_and_blanked(*case, blank) for case in CASES}
    kept = {case for case, (earlier, later) in pairs.items() if marked(facts(*earlier, *later))}
    assert kept == ALWAYS
    assert {case for case, (earlier, later) in pairs.items() if marked(facts(*later, *earlier))} == ALWAYS
    there = {(topic, path[-1]) for (topic, path), (earlier, _) in pairs.items() if marked(facts(*earlier))}
    assert there >= {
        ("returns/request", "name"),
        ("returns/request", "return_reason"),
        ("returns/decline", "note"),
        ("reverse_deliveries/attach_deliverable", "tracking_number"),
        ("reverse_deliveries/attach_deliverable", "carrier_name"),
        ("reverse_deliveries/attach_deliverable", "public_file_url"),
        ("fulfillment_orders/placed_on_hold", "method_type"),
        ("fulfillment_holds/added", "handle"),
    }


@pytest.mark.parametrize("gone", ["tracking", "label"])
def test_a_part_that_is_gone_takes_its_texts_with_it(gone: str) -> None:
    body = BODIES["reverse_deliveries/attach_deliverable"]
    earlier = topics.read("reverse_deliveries/attach_deliverable", Node(body, "body"), WORN[0])
    without = with_value(body, ("shipping_deliverable", gone), None)
    later = topics.read("reverse_deliveries/attach_deliverable", Node(without, "body"), WORN[1])
    (fields,) = (told for _, told in facts(*earlier, *later).entities("reverse_delivery"))
    left = {"label_url"} if gone == "tracking" else {"number", "carrier"}
    assert {name for name, text in fields.items() if text is not None} == left


def without(body: Any, path: tuple[Any, ...]) -> Any:
    made = with_value(body, path, None)
    del at(made, path[:-1])[path[-1]]
    return made


@pytest.mark.parametrize(
    ("topic", "path"),
    [
        ("returns/request", ("name",)),
        ("returns/decline", ("decline",)),
        ("reverse_deliveries/attach_deliverable", ("shipping_deliverable", "tracking")),
        ("reverse_deliveries/attach_deliverable", ("shipping_deliverable", "tracking", "tracking_number")),
        ("reverse_deliveries/attach_deliverable", ("shipping_deliverable", "label")),
        ("fulfillment_orders/placed_on_hold", ("fulfillment_order", "delivery_method")),
    ],
)
def test_what_is_not_told_later_stays(topic: str, path: tuple[Any, ...]) -> None:
    body = BODIES[topic]
    earlier = topics.read(topic, Node(body, "body"), WORN[0])
    known = facts(*earlier, *topics.read(topic, Node(without(body, path), "body"), WORN[1]))
    alone = facts(*earlier)
    assert {kind: dict(known.entities(kind)) for kind in known.reported} == {
        kind: dict(alone.entities(kind)) for kind in alone.reported
    }


def test_what_waits_for_its_order_says_the_same_afterwards() -> None:
    for topic, path in CASES:
        for change in (change for told in told_and_blanked(topic, path, "") for change in told):
            if isinstance(change, attribution.Waiting):
                assert evidence(attribution.load(attribution.dump(change))) == evidence(change), (topic, path)


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
