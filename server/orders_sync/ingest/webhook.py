"""A Shopify webhook as a delivery: what its headers and body say. Pure (contract §4); `webhook_hmac` says whether it is genuine.

Headers other than the signature may be missing; what they would have said is taken from the body, else from the arrival.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from orders_sync.evidence.changes import Change, Delivery
from orders_sync.evidence.json_fields import Node, Unreadable, clean, read_json
from orders_sync.ingest.normalise import topics
from orders_sync.instants import Ms

TOPIC = "X-Shopify-Topic"
SHOP = "X-Shopify-Shop-Domain"
WEBHOOK_ID = "X-Shopify-Webhook-Id"
EVENT_ID = "X-Shopify-Event-Id"
TRIGGERED_AT = "X-Shopify-Triggered-At"
API_VERSION = "X-Shopify-API-Version"
_KEPT = (TOPIC, SHOP, WEBHOOK_ID, EVENT_ID, TRIGGERED_AT, API_VERSION)
_UNKNOWN = "unknown"
MAX_ID = 255
"""Characters of an id that is kept as it came."""


@dataclass(frozen=True, slots=True)
class Webhook:
    """`delivery` as it is recorded; `seen`: when it was triggered; `problem`: why its body cannot be read, if it cannot."""

    delivery: Delivery
    event_id: str
    seen: Ms
    problem: str | None = None


def receive(body: bytes, headers: Mapping[str, str], arrived: Ms, *, ours: bool) -> Webhook:
    """The delivery that a genuine webhook is. `headers`: those of `kept_headers`.

    `ours` false: it is another shop's, which is recorded and says nothing here.
    """
    node, problem = None, None
    try:
        node = read_json(body)
    except Unreadable as error:
        problem = str(error)
    topic = headers.get(TOPIC) or (node.text("topic", most=200) if node is not None else None) or _UNKNOWN
    triggered = Node({"updated_at": headers.get(TRIGGERED_AT)}, TRIGGERED_AT)
    seen = _updated(triggered) or _updated(node) or arrived
    changes: tuple[Change, ...] = ()
    if node is not None and ours:
        try:
            changes = topics.read(topic, node, seen)
        except Unreadable as error:
            problem = str(error)
    webhook_id = _short(headers.get(WEBHOOK_ID)) or hashlib.sha256(topic.encode() + b"\x00" + body).hexdigest()
    delivery = Delivery("webhook", webhook_id, topic, arrived, changes)
    matters = ours and (topics.known(topic) or topic == _UNKNOWN)
    return Webhook(delivery, headers.get(EVENT_ID) or webhook_id, seen, problem if matters else None)


def _short(identity: str | None) -> str | None:
    """An id that an index can hold: of a longer one, its hash."""
    if identity is None or len(identity) <= MAX_ID:
        return identity
    return hashlib.sha256(identity.encode()).hexdigest()


def kept_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """What its headers say, as text that a database can hold; kept of one that cannot be read. Never the signature."""
    return {name: clean(value) for name in _KEPT if (value := headers.get(name))}


def _updated(node: Node | None) -> Ms | None:
    try:
        return node.instant("updated_at") if node is not None else None
    except Unreadable:
        return None
