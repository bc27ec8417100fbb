"""Requests as bytes, one for each number of a seed: every endpoint that the application has, each part of it possibly hostile."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any

from aiohttp import web
from standardwebhooks.webhooks import Webhook
from tests.fuzz import hostile
from tests.support import shop_bodies as shop

from orders_sync.instants import system_clock, to_datetime
from orders_sync.openapi.document import document

SHOP = "desk-test.myshopify.com"
SECRET = "hush"
ERP_SECRET = "whsec_aHVzaCwgaHVzaCwgaHVzaA=="

_PAID = [shop.transaction(5, "sale", "08:00")]
_ADDED = {"additions": [{"id": 9, "delta": 1}]}
TOLD: tuple[tuple[str, Any], ...] = (
    (
        "orders/create",
        shop.order(1, line_items=[shop.line(11), shop.line(12)], transactions=_PAID),
    ),
    (
        "orders/updated",
        shop.order(2, "09:00", fulfillments=[shop.fulfillment(22, 2, tracking_number="1Z999AA10123456784")]),
    ),
    (
        "orders/updated",
        shop.order(
            3, "10:00", refunds=[shop.refund(43, "10:00", order_id=3)], tags="vip, b2b", note="n", cancelled_at=None
        ),
    ),
    (
        "orders/edited",
        {
            "order_edit": {
                "id": 1,
                "order_id": 1,
                "created_at": shop.clock("09:00"),
                "line_items": {"additions": [{"id": 9, "delta": 1}]},
            }
        },
    ),
    ("orders/delete", {"id": 4}),
    ("order_transactions/create", shop.transaction(6, "capture", "09:00")),
    (
        "fulfillments/create",
        shop.fulfillment(21, 1, tracking_numbers=["1Z999AA10123456784"], line_items=[shop.line(11)]),
    ),
    ("fulfillments/update", shop.fulfillment(21, 1, "10:00", shipment_status="in_transit")),
    ("fulfillment_events/create", shop.scan(61, "in_transit", "10:00")),
    ("fulfillment_orders/order_routing_complete", {"fulfillment_order": shop.fulfillment_order()}),
    (
        "fulfillment_orders/placed_on_hold",
        {"fulfillment_order": shop.fulfillment_order(), "fulfillment_hold": shop.hold()},
    ),
    ("fulfillment_holds/added", {"fulfillment_order": shop.fulfillment_order(), "fulfillment_hold": shop.hold()}),
    ("refunds/create", shop.refund(44, "10:00", order_id=1, of=31)),
    (
        "returns/request",
        shop.shop_return(31, 1, return_line_items=[{"id": 1, "quantity": 1, "return_reason": "other"}]),
    ),
    ("returns/approve", shop.shop_return(31, 1)),
    ("reverse_deliveries/attach_deliverable", shop.reverse_delivery(71)),
    (
        "inventory_levels/update",
        {"inventory_item_id": 9, "location_id": 1, "available": 3, "updated_at": shop.clock("09:00")},
    ),
    ("inventory_items/update", {"id": 9, "sku": "TEE-M", "updated_at": shop.clock("08:00")}),
    ("disputes/create", shop.dispute()),
    ("customers/data_request", {"customer": {"id": 77}, "orders_requested": [1]}),
    ("customers/redact", {"customer": {"id": 78, "email": "x@example.com", "phone": "1"}, "orders_to_redact": [4]}),
    ("unknown/topic", {"a": 1}),
)
ERP_TOLD: tuple[Any, ...] = (
    *(
        {"type": f"return.{step}", "timestamp": shop.clock("11:00"), "data": {"return_id": 31, "order_id": 1}}
        for step in ("in_transit", "received", "inspected", "refunded")
    ),
    {
        "type": "inventory.expected",
        "timestamp": shop.clock("11:00"),
        "data": {"sku": "TEE-M", "eta": shop.clock("11:00")},
    },
)
WORDS: dict[str, Any] = {
    "orderIds": ["#1001", "2"], "orderId": "#1001", "assignee": "bo",
    "tracking": {"number": "1Z999AA10123456784", "carrier": "UPS"},
    "note": "late", "conversationId": "c-1", "action": "approve_refund", "returnId": "31", "sku": "TEE-M", "actionId": "a",
    "notify": True, "delaySeconds": 5, "expectedVersions": {"#1001": 1}, "shop_domain": SHOP,
    "lines": [{"lineId": "gid://shopify/LineItem/11", "quantity": 1}], "reason": "customer",
    "items": [{"orderId": "#1002", "fulfillmentId": "22", "number": "1Z5", "carrier": "UPS", "url": "https://x.example/1Z5"}],
    "until": "2099-03-10T12:00:00Z", "then": "release", "holdIds": ["51"], "add": ["gift", "VIP"], "remove": ["b2b"],
    "release": True, "shippingAddress": {
        "first_name": "Ada", "last_name": "Lovelace", "company": None, "address1": "2 Engine Way", "address2": "",
        "city": "London", "province_code": None, "zip": "EC1", "country_code": "GB", "phone": "+44 20 7946 0000",
    },
}  # fmt: skip
"""A value for each field of a body, by its name; others get one by their type."""

METHODS = (
    b"HEAD",
    b"OPTIONS",
    b"PUT",
    b"DELETE",
    b"PATCH",
    b"TRACE",
    b"CONNECT",
    b"post",
    b"\xff",
    b"GET GET",
    b"X" * 300,
)
TARGETS: tuple[bytes, ...] = (
    *(b"*", b"/", b"//", b"http://localhost/sync/me", b"http://[::1/", b"", b"/%", b"/sync/orders/", b"/\xff", b"sync"),
    b"/" + b"a" * 8200,
)
GENERAL = (
    "Accept", "Accept-Encoding", "Authorization", "Connection", "Content-Encoding", "Content-Type", "Cookie", "Expect",
    "Host", "If-None-Match", "If-Modified-Since", "Idempotency-Key", "Last-Event-ID", "Origin", "Range", "Referer",
    "Upgrade", "User-Agent", "X-Forwarded-For", "X-Operator", "X-Request-Id", "X-Shop-Domain", "X-HTTP-Method-Override",
)  # fmt: skip
SHOPIFY = ("Topic", "Hmac-Sha256", "Webhook-Id", "Event-Id", "Triggered-At", "Shop-Domain", "API-Version")
STANDARD = ("webhook-id", "webhook-timestamp", "webhook-signature")


@dataclass(slots=True)
class Wanted:
    """One request: its bytes. `whole`: it is framed as it says, so that there has to be an answer."""

    method: str
    path: str
    raw: bytes = b""
    whole: bool = True


@dataclass(slots=True)
class Endpoint:
    method: str
    path: str
    parameters: list[dict[str, Any]] = field(default_factory=list)
    body: Any = None


def endpoints(app: web.Application) -> list[Endpoint]:
    """Every route of the application, with what the OpenAPI document knows of it."""
    described = document()
    found = []
    for route in app.router.routes():
        path = "" if route.resource is None else route.resource.canonical
        known = described["paths"].get(path, {}).get(route.method.lower(), {})
        schema = known.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
        body = None if schema is None else _sample(schema, described, "")
        found.append(Endpoint(route.method, path, known.get("parameters", []), body))
    return found


def _sample(schema: Any, described: Any, name: str) -> Any:
    """A value that fits a schema, from `WORDS` where its name is known."""
    if "$ref" in schema:
        schema = described["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    if name in WORDS:
        return WORDS[name]
    if "properties" in schema:
        return {part: _sample(inside, described, part) for part, inside in schema["properties"].items()}
    for choice in schema.get("anyOf", ()):
        return _sample(choice, described, name)
    if "enum" in schema:
        return schema["enum"][0]
    return {"array": ["a"], "integer": 1, "number": 1.5, "boolean": True, "object": {}, "null": None}.get(
        schema.get("type", ""), "a"
    )


class Requests:
    """The requests of a seed. The same number is the same request, but for the ERP's signatures, which hold the time."""

    def __init__(self, endpoints: list[Endpoint], seed: int, tokens: tuple[str, ...] = ()) -> None:
        self._endpoints = endpoints
        self._seed = seed
        self._tokens = tokens

    def request(self, number: int) -> Wanted:
        random = Random(f"{self._seed}:{number}")
        endpoint = random.choice(self._endpoints)
        wanted = Wanted(endpoint.method, endpoint.path)
        body = self._body(endpoint, random)
        headers = list(self._headers(endpoint, body, random))
        method = endpoint.method.encode() if random.random() < 0.95 else random.choice(METHODS)
        target, version = self._target(endpoint, random), b"HTTP/1.1"
        if random.random() < 0.02:
            version = random.choice((b"HTTP/1.0", b"HTTP/0.9", b"HTTP/9.9", b"HTTP/1.\xff", b"", b"ICY"))
            wanted.whole = False
        framing, sent, fits = _framed(body, random)
        wanted.whole = wanted.whole and fits
        lines = [
            b" ".join((method, target, version)),
            *(name.encode() + b": " + value for name, value in headers),
            *framing,
        ]
        wanted.raw = b"\r\n".join(lines) + b"\r\n\r\n" + sent
        wanted.whole = wanted.whole and b"\xff" not in method and not _breaks_off(headers)
        return wanted

    def _target(self, endpoint: Endpoint, random: Random) -> bytes:
        if random.random() < 0.02:
            return random.choice(
                (
                    b"*",
                    b"/",
                    b"//",
                    b"http://localhost/sync/me",
                    b"http://[::1/",
                    b"",
                    b"/%",
                    b"/sync/orders/",
                    b"/\xff",
                    b"sync",
                    b"/" + b"a" * 8200,
                )
            )
        path = endpoint.path.encode()
        while b"{" in path:
            head, _, rest = path.partition(b"{")
            path = head + random.choice((b"1", b"%231001", random.choice(hostile.TEXTS))) + rest.partition(b"}")[2]
        pairs = [
            self._pair(parameter, random)
            for parameter in endpoint.parameters
            if parameter["in"] == "query" and random.random() < 0.3
        ]
        if random.random() < 0.1:
            pairs.append(random.choice(hostile.TEXTS) + b"=" + random.choice(hostile.TEXTS))
        return path + (b"?" + b"&".join(pairs) if pairs else b"")

    def _pair(self, parameter: dict[str, Any], random: Random) -> bytes:
        name: bytes = parameter["name"].encode()
        allowed = parameter["schema"].get("enum", ["1"])
        if name == b"cursor" and random.random() < 0.7:
            sort = random.choice(("placed_at", "-value_usd", "customer_name"))
            return b"tab=all&sort=%b&cursor=%b" % (sort.encode(), hostile.cursor(random, sort))
        if name == b"minVersion" and random.random() < 0.9:  # a version that is far away is waited for
            return name + b"=0"
        if random.random() < 0.4:
            return name + b"=" + str(random.choice(allowed)).encode()
        return name + b"=" + random.choice(hostile.TEXTS)

    def _body(self, endpoint: Endpoint, random: Random) -> bytes:
        if endpoint.method != "POST" and random.random() < 0.9:
            return b""
        if random.random() < 0.05:
            return random.choice(hostile.JSON)
        told = (
            random.choice(TOLD)[1]
            if "shopify" in endpoint.path
            else random.choice(ERP_TOLD)
            if "erp" in endpoint.path
            else endpoint.body
        )
        return hostile.spoiled(told, random) if told is not None else b""

    def _headers(self, endpoint: Endpoint, body: bytes, random: Random) -> Iterator[tuple[str, bytes]]:
        given = {"Host": b"localhost", "Content-Type": b"application/json"}
        if self._tokens:
            given["Authorization"] = b"Bearer " + random.choice(self._tokens).encode()
        names: tuple[str, ...] = GENERAL
        if "shopify" in endpoint.path:
            topic, _ = random.choice(TOLD)
            given |= {"X-Shopify-Topic": topic.encode(), "X-Shopify-Hmac-Sha256": shopify_signature(body)}
            names = tuple(f"X-Shopify-{name}" for name in SHOPIFY)
        elif "erp" in endpoint.path:
            given |= _erp_signature(body, random)
            names = STANDARD
        names += tuple(one["name"] for one in endpoint.parameters if one["in"] == "header")
        for name in names if random.random() < 0.6 else ():
            if random.random() < 1.2 / len(names):
                given[name] = random.choice(hostile.HEADERS)
        yield from given.items()
        if random.random() < 0.02:
            yield random.choice(list(given)), random.choice(hostile.HEADERS)
        if random.random() < 0.02:
            yield from ((f"X-{n}", b"y" * 50) for n in range(random.choice((50, 300))))


def shopify_signature(body: bytes) -> bytes:
    return base64.b64encode(hmac.digest(SECRET.encode(), body, hashlib.sha256))


def _erp_signature(body: bytes, random: Random) -> dict[str, bytes]:
    message_id, now = f"msg_{random.getrandbits(64)}", to_datetime(system_clock())
    try:
        signature = Webhook(ERP_SECRET).sign(message_id, now, body.decode())
    except UnicodeDecodeError:  # the library signs text alone
        key = base64.b64decode(ERP_SECRET.removeprefix("whsec_"))
        signed = b"%b.%d.%b" % (message_id.encode(), int(now.timestamp()), body)
        signature = "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
    return {
        "webhook-id": message_id.encode(),
        "webhook-timestamp": str(int(now.timestamp())).encode(),
        "webhook-signature": signature.encode(),
    }


def _framed(body: bytes, random: Random) -> tuple[list[bytes], bytes, bool]:
    """How a body's end is told, what is sent, and whether both fit."""
    length = b"Content-Length: %d" % len(body)
    chunked = b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body) if body else b"0\r\n\r\n"
    draw = random.random()
    if draw < 0.9:
        return [length], body, True
    if draw < 0.94:
        return [b"Transfer-Encoding: chunked"], chunked, True
    return random.choice((
        ([b"Transfer-Encoding: chunked", length], chunked, False),
        ([b"Transfer-Encoding: chunked", b"Transfer-Encoding: chunked"], chunked, False),
        ([b"Transfer-Encoding: chunked, identity"], chunked, False),
        ([b"Transfer-Encoding: xchunked"], chunked, False),
        ([b"Transfer-Encoding:\x0bchunked"], chunked, False),
        ([b"Transfer-Encoding: chunked"], b"zz\r\n" + body, False),
        ([b"Transfer-Encoding: chunked"], b"-1\r\n" + body, False),
        ([b"Transfer-Encoding: chunked"], b"ffffffffffffffffff\r\n" + body, False),
        ([b"Transfer-Encoding: chunked"], b"2;\xff=\x00\r\n{}\r\n0\r\nX: \xff\r\n\r\n", False),
        ([b"Transfer-Encoding: chunked"], b"5\r\n{}", False),
        ([length, length], body, False),
        ([length, b"Content-Length: 1"], body, False),
        ([b"Content-Length: -1"], body, False),
        ([b"Content-Length: +5"], body, False),
        ([b"Content-Length: \xb2"], body, False),
        ([b"Content-Length: 99999999999999999999"], body, False),
        ([b"Content-Length: 9000000"], body, False),
        ([b"Content-Length: %d" % (len(body) + 5)], body, False),
        ([], body, False),
        ([length], body + b"GET / HTTP/1.1\r\n\r\n", True),
        ([length, b": hide_server_version"], body, False),
        ([length, b" folded"], body, False),
        ([length, b"na me: x"], body, False),
        ([length, b"X\x00: x"], body, False),
    ))  # fmt: skip


def _breaks_off(headers: list[tuple[str, bytes]]) -> bool:
    """Whether the answer to these may be no answer: a connection that is to become another, or a body that is waited for."""
    return any(name in ("Connection", "Upgrade", "Expect") for name, _ in headers)
