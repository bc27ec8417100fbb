"""What a GraphQL read says of one order, as the same changes that webhooks give. Pure.

Stamps: an entity with a time of its own (`updatedAt`) is as of that; what has none is as of a milestone that the shop keeps,
so that reading it again says nothing new. `seen` is the shop's clock at the reading.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic.alias_generators import to_camel

from orders_sync.evidence.changes import (
    CarrierScan,
    DisputeSeen,
    FulfillmentOrderSeen,
    FulfillmentSeen,
    OrderChange,
    OrderSeen,
    RefundSeen,
    Stamp,
    TransactionSeen,
)
from orders_sync.evidence.entities import (
    AddressPart,
    CustomerPart,
    FulfillmentPart,
    HoldPart,
    LinePart,
    OrderFields,
    RefundPart,
    TransactionPart,
)
from orders_sync.external.shopify import nodes
from orders_sync.external.shopify.returns import Return, return_changes
from orders_sync.instants import Ms

_RISKS = ("none", "pending", "low", "medium", "high")

_NO_JOURNEY = frozenset({"submitted", "label_voided", "marked_as_fulfilled", "fulfilled", "canceled"})
"""Display statuses of a fulfilment for which REST's `shipment_status` is null: no carrier has said anything."""

_SOURCES: Mapping[str, str] = {
    "total": "totalPriceSet",
    "currency": "totalPriceSet",
    "financial_status": "displayFinancialStatus",
    "fulfillment_status": "displayFulfillmentStatus",
    "lines": "lineItems",
    "shipment_status": "displayStatus",
    "number": "trackingInfo",
    "more_numbers": "trackingInfo",
    "carrier": "trackingInfo",
    "url": "trackingInfo",
    "amount": "amountSet",
    "return_id": "return",
    "method": "deliveryMethod",
}
"""The shop's name of what a field is told by, where it is another."""

_PARTS = ("customer", "shipping_address", "billing_address")
"""What is told in part where a part of it is hidden."""

_FULFILLED_WORDS: Mapping[str, str] = {
    "fulfilled": "fulfilled",
    "partially_fulfilled": "partial",
    "restocked": "restocked",
}
"""`displayFulfillmentStatus` as REST's `fulfillment_status`; whatever else it says (holds, schedules) is null there."""


@dataclass(frozen=True, slots=True)
class OrderRead:
    """One order, whole. `held_skus`: what each held fulfilment order waits for. `routed`: the order's lines in each that may have
    come of an exchange. `unread`: its own fields that a missing scope hides."""

    order: nodes.Order
    as_of: Ms
    returns: tuple[Return, ...] = ()
    held_skus: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    routed: Mapping[int, tuple[int, ...]] = field(default_factory=dict)
    disputes: Mapping[int, nodes.DisputeDetail] = field(default_factory=dict)
    unread: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class ParcelsRead:
    """The parcels of one order."""

    order: nodes.Parcels
    as_of: Ms


def parcel_changes(read: ParcelsRead | OrderRead) -> tuple[OrderChange, ...]:
    """What the read says of the order's parcels."""
    order = read.order
    return tuple(change for parcel in order.fulfillments or () for change in _parcel(order.id, parcel, read.as_of))


def changes(read: OrderRead) -> tuple[OrderChange, ...]:
    """Everything that the read says, as changes of that order."""
    order = read.order
    stamp = Stamp(order.updated_at, read.as_of)
    told = _fields(order, read.unread)
    in_part = {name: told.pop(name) for name in _PARTS if _has_hidden(getattr(order, name))}
    partly = OrderFields(**in_part) if in_part else None
    seen: list[OrderChange] = [OrderSeen(order.id, OrderFields(**told), stamp, partly)]
    seen += parcel_changes(read)
    seen += (
        _fulfillment_order(read, part) for part in (order.fulfillment_orders.nodes if order.fulfillment_orders else ())
    )
    seen += (_transaction(order.id, part, read.as_of) for part in order.transactions or ())
    seen += (_refund(order, part, read.as_of) for part in order.refunds or () if "createdAt" not in part.hidden)
    seen += (change for part in read.returns for change in return_changes(part, order.updated_at, read.as_of))
    seen += (_dispute(read, part) for part in order.disputes or ())
    return tuple(seen)


def _has_hidden(node: nodes.Node | None) -> bool:
    return node is not None and bool(node.hidden)


def _shown(node: nodes.Node, told: dict[str, Any]) -> dict[str, Any]:
    """Those of the fields that nothing hidden would have told."""
    return {name: value for name, value in told.items() if _SOURCES.get(name, to_camel(name)) not in node.hidden}


def _fields(order: nodes.Order, unread: frozenset[str]) -> dict[str, Any]:
    told: dict[str, Any] = {
        "name": order.name,
        "created_at": order.created_at,
        "processed_at": order.processed_at,
        "updated_at": order.updated_at,
        "cancelled_at": order.cancelled_at,
        "closed_at": order.closed_at,
        "total": order.total_price_set,
        "currency": order.total_price_set.currency if order.total_price_set else None,
        "financial_status": order.display_financial_status,
        "source_name": order.source_name,
        "tags": tuple(order.tags),
        "email": order.email,
        "note": order.note,
        "customer": _customer(order.customer),
        "shipping_address": _address(order.shipping_address),
        "billing_address": _address(order.billing_address),
    }
    if order.shipping_lines is not None:
        told["shipping_lines"] = tuple(line.title for line in order.shipping_lines.nodes if line.title)
    if order.line_items is not None:
        told["lines"] = tuple(_line(line) for line in order.line_items.nodes)
    if order.risk is not None:
        told["risk"] = _risk(order.risk)
    fulfilled = _fulfillment_status(order)
    if fulfilled is not None or not order.hidden & {"fulfillments", "fulfillments[]"}:
        told["fulfillment_status"] = fulfilled
    return {name: value for name, value in _shown(order, told).items() if name not in unread}


def _fulfillment_status(order: nodes.Order) -> str | None:
    """A held or scheduled order that has sent something is `partial`, as REST has it."""
    told = _FULFILLED_WORDS.get(order.display_fulfillment_status or "")
    if told is None and any(parcel.status == "success" for parcel in order.fulfillments or ()):
        return "partial"
    return told


def _customer(customer: nodes.Customer | None) -> CustomerPart | None:
    if customer is None:
        return None
    name = " ".join(part for part in (customer.first_name, customer.last_name) if part)
    return CustomerPart(
        id=customer.id, name=name or None, email=customer.email, phone=customer.phone, tags=tuple(customer.tags)
    )


def _address(address: nodes.Address | None) -> AddressPart | None:
    return None if address is None else AddressPart(**address.model_dump(exclude={"hidden"}))


def _line(line: nodes.Line) -> LinePart:
    """`unfulfilledQuantity` and not `fulfillableQuantity`, which a hold takes away from: held goods are still owed."""
    return LinePart(
        id=line.id,
        sku=line.sku,
        title=line.title or "",
        quantity=line.quantity,
        current_quantity=line.current_quantity,
        fulfillable_quantity=min(line.unfulfilled_quantity, line.current_quantity),
        requires_shipping=line.requires_shipping,
        price=line.original_unit_price_set,
        variant_id=line.variant.id if line.variant else None,
    )


def _risk(risk: nodes.Risk | None) -> str | None:
    levels = [a.risk_level for a in risk.assessments if a.risk_level in _RISKS] if risk else []
    return max(levels, key=_RISKS.index, default=None)


def _parcel(order_id: int, parcel: nodes.Fulfillment, as_of: Ms) -> Iterator[OrderChange]:
    numbered = [info for info in parcel.tracking_info if info.number] or parcel.tracking_info
    tracking = numbered[0] if numbered else nodes.TrackingInfo()
    told = {
        "id": parcel.id,
        "name": parcel.name,
        "status": parcel.status,
        "shipment_status": None if parcel.display_status in _NO_JOURNEY else parcel.display_status,
        "number": tracking.number,
        "more_numbers": tuple(info.number for info in numbered[1:] if info.number),
        "carrier": tracking.company,
        "url": tracking.url,
        "created_at": parcel.created_at,
        "updated_at": parcel.updated_at,
        "in_transit_at": parcel.in_transit_at,
        "delivered_at": parcel.delivered_at,
        "requires_shipping": parcel.requires_shipping,
    }
    part = FulfillmentPart(**_shown(parcel, told))
    yield FulfillmentSeen(order_id, part, Stamp(parcel.updated_at, as_of))
    for scan in parcel.events.nodes if parcel.events else ():
        stamp = Stamp(scan.created_at, as_of)
        yield CarrierScan(order_id, parcel.id, scan.id, scan.status, scan.happened_at, stamp)


def _fulfillment_order(read: OrderRead, part: nodes.FulfillmentOrder) -> FulfillmentOrderSeen:
    holds = part.fulfillment_holds
    told = {"fulfill_by": part.fulfill_by, "method": part.method}
    return FulfillmentOrderSeen(
        fulfillment_order_id=part.id,
        order_id=read.order.id,
        stamp=Stamp(part.updated_at, read.as_of),
        status=part.status,
        fulfill_by=part.fulfill_by,
        method=part.method,
        holds=None
        if holds is None
        else tuple(HoldPart(id=str(h.id), reason=h.reason, note=h.reason_notes, handle=h.handle) for h in holds),
        held_skus=read.held_skus.get(part.id, ()),
        created_at=part.created_at,
        lines=read.routed.get(part.id, ()),
        cleared=tuple(_shown(part, {name: None for name, value in told.items() if value is None})),
    )


def _transaction(order_id: int, part: nodes.Transaction, as_of: Ms) -> TransactionSeen:
    told = {
        "id": part.id,
        "kind": part.kind,
        "status": part.status,
        "amount": part.amount_set,
        "gateway": part.gateway,
        "created_at": part.created_at,
    }
    transaction = TransactionPart(**_shown(part, told))
    return TransactionSeen(order_id, transaction, Stamp(part.created_at, as_of))


def _refund(order: nodes.Order, part: nodes.Refund, as_of: Ms) -> RefundSeen:
    created_at = part.created_at or order.updated_at
    told: dict[str, Any] = {
        "id": part.id,
        "created_at": created_at,
        "return_id": part.return_.id if part.return_ else None,
        "note": part.note,
    }
    if "totalRefundedSet" not in part.hidden:
        told["total"] = part.total_refunded_set
    refund = RefundPart(**_shown(part, told))
    return RefundSeen(order.id, refund, Stamp(created_at, as_of))


def _dispute(read: OrderRead, part: nodes.Dispute) -> DisputeSeen:
    detail = read.disputes.get(part.id)
    return DisputeSeen(
        dispute_id=part.id,
        order_id=read.order.id,
        status=part.status,
        stamp=Stamp(read.as_of, read.as_of),
        dispute_type=part.initiated_as,
        amount=detail.amount if detail else None,
        initiated_at=detail.initiated_at if detail else None,
        evidence_due_by=detail.evidence_due_by if detail else None,
    )


def held(order: nodes.Order) -> Iterable[int]:
    """The fulfilment orders whose lines tell what is waited for."""
    parts = order.fulfillment_orders.nodes if order.fulfillment_orders else []
    return (part.id for part in parts if part.fulfillment_holds or part.status == "on_hold")


def late(order: nodes.Order) -> Iterable[int]:
    """The fulfilment orders that may have come of an exchange: made after something was sent of an order that has returns."""
    parts = order.fulfillment_orders.nodes if order.fulfillment_orders else []
    returned = order.returns is not None and bool(order.returns.nodes)
    sent_at = min((parcel.created_at for parcel in order.fulfillments or ()), default=0)
    return (part.id for part in parts if returned and part.created_at is not None and part.created_at >= sent_at)
