"""Webhook bodies as Shopify writes them: REST's shape, the smallest that a topic promises, with everything overridable."""

from __future__ import annotations

from typing import Any

import orjson

from orders_sync.evidence.changes import Change, Delivery
from orders_sync.evidence.json_fields import Node
from orders_sync.ingest import webhook
from orders_sync.ingest.normalise import topics
from orders_sync.instants import Ms, parse_instant

Body = dict[str, Any]

DAY = "2026-03-10"
ARRIVED = parse_instant(f"{DAY}T12:00:00Z")


def clock(hhmm: str, day: str = DAY) -> str:
    """A time of a day in the text of a shop two hours ahead of UTC; `hhmm` is UTC."""
    hours, minutes = hhmm.split(":")
    return f"{day}T{(int(hours) + 2) % 24:02}:{minutes}:00+02:00"


def at(hhmm: str, day: str = DAY) -> Ms:
    """The same as an instant."""
    return parse_instant(f"{day}T{hhmm}:00Z")


def line(line_id: int = 11, **fields: Any) -> Body:
    return {
        "id": line_id,
        "sku": f"SKU-{line_id}",
        "title": f"Thing {line_id}",
        "quantity": 1,
        "current_quantity": 1,
        "fulfillable_quantity": 1,
        "requires_shipping": True,
        "price": "12.50",
        **fields,
    }


def order(order_id: int = 1, time: str = "08:00", **fields: Any) -> Body:
    """An order placed at 08:00, as of `time`."""
    return {
        "id": order_id,
        "name": f"#{1000 + order_id}",
        "created_at": clock("08:00"),
        "processed_at": clock("08:00"),
        "updated_at": clock(time),
        "cancelled_at": None,
        "closed_at": None,
        "currency": "EUR",
        "total_price": "25.00",
        "financial_status": "authorized",
        "fulfillment_status": None,
        "source_name": "web",
        "tags": "",
        "email": "ada@example.com",
        "note": None,
        "customer": {
            "id": 77,
            "first_name": "Ada",
            "last_name": "Lovelace",
            "email": "ada@example.com",
            "phone": None,
            "tags": "",
        },
        "shipping_address": {"name": "Ada Lovelace", "address1": "1 Engine Way", "city": "London", "country": "GB"},
        "billing_address": None,
        "shipping_lines": [{"title": "Standard"}],
        "line_items": [line()],
        "fulfillments": [],
        "refunds": [],
        **fields,
    }


def fulfillment(fulfillment_id: int = 21, order_id: int = 1, time: str = "09:00", **fields: Any) -> Body:
    """A parcel made at 09:00, as of `time`, without a number."""
    return {
        "id": fulfillment_id,
        "order_id": order_id,
        "name": f"#{1000 + order_id}.{fulfillment_id}",
        "status": "success",
        "shipment_status": None,
        "created_at": clock("09:00"),
        "updated_at": clock(time),
        "tracking_company": None,
        "tracking_number": None,
        "tracking_numbers": [],
        "tracking_url": None,
        **fields,
    }


def scan(event_id: int, status: str, time: str, fulfillment_id: int = 21, order_id: int = 1) -> Body:
    return {
        "id": event_id,
        "fulfillment_id": fulfillment_id,
        "order_id": order_id,
        "status": status,
        "happened_at": clock(time),
        "created_at": clock(time),
        "updated_at": clock(time),
    }


def transaction(transaction_id: int, kind: str, time: str, order_id: int = 1, **fields: Any) -> Body:
    return {
        "id": transaction_id,
        "order_id": order_id,
        "kind": kind,
        "status": "success",
        "amount": "25.00",
        "currency": "EUR",
        "gateway": "bogus",
        "created_at": clock(time),
        **fields,
    }


def refund(
    refund_id: int, time: str, amount: str = "5.00", order_id: int = 1, *, of: int | None = None, **fields: Any
) -> Body:
    """A refund that was paid back at once; `of`: the return that it was for."""
    return {
        "id": refund_id,
        "order_id": order_id,
        "created_at": clock(time),
        "note": None,
        "return": None if of is None else {"id": of},
        "transactions": [transaction(refund_id * 10, "refund", time, order_id, amount=amount)],
        **fields,
    }


def shop_return(return_id: int = 31, order_id: int = 1, **fields: Any) -> Body:
    return {
        "id": return_id,
        "order": {"id": order_id},
        "name": f"#{1000 + order_id}-R1",
        "return_line_items": [],
        **fields,
    }


def reverse_delivery(delivery_id: int, return_id: int = 31, number: str | None = "RET-1") -> Body:
    return {
        "id": delivery_id,
        "return": {"id": return_id},
        "shipping_deliverable": {"tracking": {"tracking_number": number, "carrier_name": "DHL"}, "label": None},
    }


def gid(kind: str, number: int) -> str:
    return f"gid://shopify/{kind}/{number}"


def fulfillment_order(fulfillment_order_id: int = 41, status: str = "open", **fields: Any) -> Body:
    return {"id": gid("FulfillmentOrder", fulfillment_order_id), "status": status, **fields}


def hold(hold_id: int = 51, reason: str = "inventory_out_of_stock", **fields: Any) -> Body:
    return {"id": gid("FulfillmentHold", hold_id), "reason": reason, "reason_notes": "see mail", **fields}


def dispute(dispute_id: int = 61, status: str = "needs_response", order_id: int | None = 1, **fields: Any) -> Body:
    return {
        "id": dispute_id,
        "order_id": order_id,
        "type": "chargeback",
        "amount": "25.00",
        "currency": "EUR",
        "status": status,
        "initiated_at": clock("10:00"),
        **fields,
    }


def read(topic: str, body: Body, time: str = "08:30") -> tuple[Change, ...]:
    """What a webhook triggered at `time` says."""
    return topics.read(topic, Node(orjson.loads(orjson.dumps(body)), "body"), at(time))


def delivery(topic: str, body: Body, time: str = "08:30", webhook_id: str | None = None) -> Delivery:
    """The same as it comes in, told apart from others by its id: by default one of what it says and when."""
    raw = orjson.dumps(body)
    headers = {
        webhook.TOPIC: topic,
        webhook.TRIGGERED_AT: f"{DAY}T{time}:00Z",
        webhook.WEBHOOK_ID: webhook_id or f"{topic} {time} {hash(raw)}",
    }
    received = webhook.receive(raw, headers, ARRIVED, ours=True)
    assert received.problem is None, received.problem
    return received.delivery
