"""Orders for tests that need a desk with something on it: told as a shop would tell them, merged and settled for real."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from orders_sync.db import order_documents
from orders_sync.db.engine import Database
from orders_sync.db.tx import Tx
from orders_sync.evidence.changes import (
    FulfillmentSeen,
    HoldAdded,
    OrderChange,
    OrderSeen,
    RefundSeen,
    ReturnSeen,
    ReverseDeliverySeen,
    Stamp,
)
from orders_sync.evidence.entities import (
    AddressPart,
    FulfillmentPart,
    HoldPart,
    LinePart,
    MoneyPart,
    OrderFields,
    RefundPart,
)
from orders_sync.evidence.from_changes import merge
from orders_sync.instants import HOUR, Ms, parse_instant
from orders_sync.rules.thresholds import Thresholds
from orders_sync.settle.order import settle_all
from orders_sync.settle.order_update import OrderUpdate

PLACED = parse_instant("2026-03-10T08:00:00Z")
"""When orders are placed, four hours before a test's clock begins."""


def gid(order_id: int) -> str:
    return f"gid://shopify/Order/{order_id}"


def stamp(at: int = PLACED) -> Stamp:
    return Stamp(Ms(at), Ms(at))


def line(line_id: int = 1, sku: str = "TEE-M", quantity: int = 1, owed: int | None = None) -> LinePart:
    """A line that ships; `owed`: what is left to fulfil, all of it by default."""
    return LinePart(
        id=line_id,
        sku=sku,
        title=sku.title(),
        quantity=quantity,
        current_quantity=quantity,
        fulfillable_quantity=quantity if owed is None else owed,
        requires_shipping=True,
    )


def order(order_id: int, name: str | None = None, *lines: LinePart, at: int = PLACED, **fields: Any) -> OrderSeen:
    """An order that was placed and paid at `at`; `fields` of `OrderFields` on top."""
    told = {
        "name": name or f"#{order_id}",
        "created_at": PLACED,
        "processed_at": PLACED,
        "updated_at": at,
        "total": MoneyPart(hundredths=2500, currency="USD"),
        "financial_status": "paid",
        "source_name": "web",
        "shipping_address": AddressPart(city="Berlin"),
        "shipping_lines": ("Standard",),
        "lines": lines or (line(),),
        **fields,
    }
    return OrderSeen(order_id, OrderFields(**told), stamp(at))


def parcel(order_id: int, fulfillment_id: int, *, at: int = PLACED + HOUR, **fields: Any) -> FulfillmentSeen:
    """A parcel that Shopify made at `at`, without a number unless `fields` give one."""
    part = FulfillmentPart(id=fulfillment_id, created_at=Ms(at), updated_at=Ms(at), **fields)
    return FulfillmentSeen(order_id, part, stamp(at))


def held(order_id: int, reason: str = "incorrect_address", *, at: int = PLACED) -> HoldAdded:
    return HoldAdded(order_id * 10, order_id, HoldPart(id=f"hold-{order_id}", reason=reason), stamp(at))


def returned(order_id: int, return_id: int, *, status: str = "open", at: int = PLACED, **fields: Any) -> ReturnSeen:
    return ReturnSeen(return_id, order_id, stamp(at), status=status, created_at=Ms(at), **fields)


def labelled(order_id: int, return_id: int, *, at: int = PLACED) -> ReverseDeliverySeen:
    return ReverseDeliverySeen(return_id, order_id, return_id * 10, stamp(at), number="RET-1")


def refunded(order_id: int, return_id: int | None, *, at: int = PLACED) -> RefundSeen:
    part = RefundPart(
        id=order_id * 100, created_at=Ms(at), return_id=return_id, total=MoneyPart(hundredths=500, currency="USD")
    )
    return RefundSeen(order_id, part, stamp(at))


def tell(tx: Tx, *changes: OrderChange) -> None:
    """The shop tells these changes, all of which name their order."""
    by_order: dict[int, list[OrderChange]] = {}
    for change in changes:
        assert change.order_id is not None
        by_order.setdefault(change.order_id, []).append(change)
    known = order_documents.lock(tx, by_order, create=True)
    settle_all(
        tx,
        [OrderUpdate(each, merge(each.facts, by_order[n]), each.operator) for n, each in known.items()],
        Thresholds(),
    )


async def told(db: Database, changes: Sequence[OrderChange]) -> None:
    """The same in a transaction of its own."""
    await db.write(lambda tx: tell(tx, *changes))
