"""What a GraphQL read says of one order, as the same changes that webhooks give. Pure.

Stamps: an entity with a time of its own (`updatedAt`) is as of that; what has none is as of a milestone that the shop keeps,
so that reading it again says nothing new. `seen` is the shop's clock at the reading.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel

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
    FulfilledLine,
    FulfillmentPart,
    HoldPart,
    LinePart,
    OrderFields,
    RefundPart,
    TransactionPart,
)
from orders_sync.evidence.line_properties import bounded, properties
from orders_sync.evidence.money import summed
from orders_sync.external.shopify import nodes
from orders_sync.external.shopify.returns import Return, return_changes
from orders_sync.instants import Ms

_RISKS = ("none", "pending", "low", "medium", "high")

_NO_JOURNEY = frozenset({"submitted", "label_voided", "marked_as_fulfilled", "fulfilled", "canceled"})
"""Display statuses of a fulfilment for which REST's `shipment_status` is null: no carrier has said anything."""

_PARTS = ("customer", "shipping_address", "billing_address")
"""What is known in part where a part of it is hidden."""

_FULFILLED_WORDS: Mapping[str, str] = {
    "fulfilled": "fulfilled",
    "partially_fulfilled": "partial",
    "restocked": "restocked",
}
"""`displayFulfillmentStatus` as REST's `fulfillment_status`; whatever else it says (holds, schedules) is null there."""


@dataclass(frozen=True, slots=True)
class OrderRead:
    """One order, whole. `held_skus`, `held_lines`: what each held fulfilment order waits for, the latter as units by the order's
    line. `routed`: the order's lines in each that may have come of an exchange. `packed`: what is in each fulfilment, where the
    order does not say it."""

    order: nodes.Order
    as_of: Ms
    returns: tuple[Return, ...] = ()
    held_skus: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    held_lines: Mapping[int, tuple[tuple[int, int], ...]] = field(default_factory=dict)
    routed: Mapping[int, tuple[int, ...]] = field(default_factory=dict)
    packed: Mapping[int, tuple[FulfilledLine, ...]] = field(default_factory=dict)
    disputes: Mapping[int, nodes.DisputeDetail] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ParcelsRead:
    """The parcels of one order."""

    order: nodes.Parcels
    as_of: Ms


def parcel_changes(read: ParcelsRead | OrderRead) -> tuple[OrderChange, ...]:
    """What the read says of the order's parcels."""
    order = read.order
    packed = _packed(read) if isinstance(read, OrderRead) else {}
    return tuple(
        change
        for parcel in order.fulfillments or ()
        for change in _parcel(order.id, parcel, packed.get(parcel.id), read.as_of)
    )


def changes(read: OrderRead) -> tuple[OrderChange, ...]:
    """Everything that the read says, as changes of that order."""
    order = read.order
    stamp = Stamp(order.updated_at, read.as_of)
    fields = _fields(order)
    in_part = {name: fields.pop(name) for name in _PARTS if (part := getattr(order, name)) and part.hidden}
    partly = OrderFields(**in_part) if in_part else None
    return (
        OrderSeen(order.id, OrderFields(**fields), stamp, partly),
        *parcel_changes(read),
        *(_fulfillment_order(read, part) for part in nodes.items(order.fulfillment_orders)),
        *(_transaction(order.id, part, read.as_of) for part in order.transactions or ()),
        *(_refund(order, part, read.as_of) for part in order.refunds or () if "createdAt" not in part.hidden),
        *(change for part in read.returns for change in return_changes(part, order.updated_at, read.as_of)),
        *(_dispute(read, part) for part in order.disputes or ()),
    )


def _same(node: nodes.Node, part: type[BaseModel]) -> dict[str, Any]:
    """What the node shows under names that the part has as well."""
    return {name: value for name, value in node.shown().items() if name in part.model_fields}


def _fields(order: nodes.Order) -> dict[str, Any]:
    fields = _same(order, OrderFields)
    if "total" in fields:
        fields["currency"] = order.total.currency if order.total else None
    for name, convert in _CONVERTED.items():
        if name in fields:
            fields[name] = convert(fields[name])
    if order.line_items is not None:
        fields["lines"] = bounded(map(_line, order.line_items.nodes))
        if not any("variant" in line.hidden for line in order.line_items.nodes):
            fields["barcodes"] = tuple(_barcodes(order.line_items.nodes))
    if order.shipping_lines is not None and "currency" in fields:
        prices = [line.price for line in order.shipping_lines.nodes if line.price is not None]
        if len(prices) == len(order.shipping_lines.nodes):
            fields["shipping"] = summed(prices, fields["currency"])
    for name in ("shipping_lines", "risk"):
        if getattr(order, name) is None:
            fields.pop(name, None)
    fulfilled = _fulfillment_status(order)
    sure = fulfilled is not None or not order.hidden & {"fulfillments", "fulfillments[]"}
    if sure and "displayFulfillmentStatus" not in order.hidden:
        fields["fulfillment_status"] = fulfilled
    return fields


def _fulfillment_status(order: nodes.Order) -> str | None:
    """A held or scheduled order that has sent something is `partial`, as REST has it."""
    status = _FULFILLED_WORDS.get(order.display_fulfillment_status or "")
    if status is None and any(parcel.status == "success" for parcel in order.fulfillments or ()):
        return "partial"
    return status


def _customer(customer: nodes.Customer | None) -> CustomerPart | None:
    if customer is None:
        return None
    name = " ".join(part for part in (customer.first_name, customer.last_name) if part)
    return CustomerPart(
        id=customer.id, name=name or None, email=customer.email, phone=customer.phone, tags=customer.tags
    )


def address(address: nodes.Address | None) -> AddressPart | None:
    """An address as it is kept."""
    return None if address is None else AddressPart(**address.model_dump(exclude={"hidden"}))


def _titles(lines: nodes.Page[nodes.ShippingLine] | None) -> tuple[str, ...]:
    return tuple(line.title for line in nodes.items(lines) if line.title)


def _risk(risk: nodes.Risk | None) -> str | None:
    levels = [each.risk_level for each in risk.assessments if each.risk_level in _RISKS] if risk else []
    return max(levels, key=_RISKS.index, default=None)


_CONVERTED: Mapping[str, Callable[[Any], object]] = {
    "customer": _customer,
    "shipping_address": address,
    "billing_address": address,
    "shipping_lines": _titles,
    "risk": _risk,
}


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
        price=line.price,
        variant_title=line.variant_title,
        properties=properties((each.key, each.value) for each in line.custom_attributes),
    )


def _barcodes(lines: Iterable[nodes.Line]) -> Iterator[tuple[int, str]]:
    for line in lines:
        if line.variant is not None and line.variant.barcode is not None:
            yield line.id, line.variant.barcode


def _packed(read: OrderRead) -> Mapping[int, tuple[FulfilledLine, ...]]:
    """What is in each fulfilment, as far as that is known."""
    alone = None if read.packed else _alone(read.order)
    if alone is None:
        return read.packed
    lines = nodes.items(read.order.line_items)
    return {alone: _in_order(FulfilledLine(id=line.id, quantity=line.quantity) for line in lines)}


def _in_order(lines: Iterable[FulfilledLine]) -> tuple[FulfilledLine, ...]:
    return tuple(sorted(lines, key=lambda line: line.id))


def _parcel(
    order_id: int, parcel: nodes.Fulfillment, lines: tuple[FulfilledLine, ...] | None, as_of: Ms
) -> Iterator[OrderChange]:
    fields = _same(parcel, FulfillmentPart) | ({} if lines is None else {"lines": lines})
    if parcel.shipment_status in _NO_JOURNEY and "shipment_status" in fields:
        fields["shipment_status"] = None
    if "trackingInfo" not in parcel.hidden:
        numbered = [info for info in parcel.tracking_info if info.number] or parcel.tracking_info
        first = numbered[0] if numbered else nodes.TrackingInfo()
        fields |= {"number": first.number, "carrier": first.company, "url": first.url}
        fields["more_numbers"] = tuple(info.number for info in numbered[1:] if info.number)
    yield FulfillmentSeen(order_id, FulfillmentPart(**fields), Stamp(parcel.updated_at, as_of))
    for scan in nodes.items(parcel.events):
        stamp = Stamp(scan.created_at, as_of)
        yield CarrierScan(order_id, parcel.id, scan.id, scan.status, scan.happened_at, stamp)


def _fulfillment_order(read: OrderRead, part: nodes.FulfillmentOrder) -> FulfillmentOrderSeen:
    holds, shown = part.fulfillment_holds, part.shown()
    return FulfillmentOrderSeen(
        fulfillment_order_id=part.id,
        order_id=read.order.id,
        stamp=Stamp(part.updated_at, read.as_of),
        status=part.status,
        fulfill_by=part.fulfill_by,
        method=part.method,
        fulfillable=part.fulfillable,
        holds=None
        if holds is None
        else tuple(HoldPart(id=str(h.id), reason=h.reason, note=h.reason_notes, handle=h.handle) for h in holds),
        held_skus=read.held_skus.get(part.id, ()),
        held_lines=read.held_lines.get(part.id, ()),
        created_at=part.created_at,
        lines=read.routed.get(part.id, ()),
        cleared=tuple(name for name in ("fulfill_by", "method") if shown.get(name, ...) is None),
    )


def _transaction(order_id: int, part: nodes.Transaction, as_of: Ms) -> TransactionSeen:
    return TransactionSeen(order_id, TransactionPart(**_same(part, TransactionPart)), Stamp(part.created_at, as_of))


def _refund(order: nodes.Order, part: nodes.Refund, as_of: Ms) -> RefundSeen:
    created_at = part.created_at or order.updated_at
    fields = {**_same(part, RefundPart), "created_at": created_at}
    if "return" not in part.hidden:
        fields["return_id"] = part.return_.id if part.return_ else None
    return RefundSeen(order.id, RefundPart(**fields), Stamp(created_at, as_of))


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
    """The fulfilment orders whose lines say what is waited for, and what cannot be sent."""
    return (part.id for part in nodes.items(order.fulfillment_orders) if part.kept)


def late(order: nodes.Order) -> Iterable[int]:
    """The fulfilment orders that may have come of an exchange: made after something was sent of an order that has returns."""
    sent_at = min((parcel.created_at for parcel in order.fulfillments or ()), default=0)
    parts = nodes.items(order.fulfillment_orders) if nodes.items(order.returns) else []
    return (part.id for part in parts if part.created_at is not None and part.created_at >= sent_at)


def packed_apart(order: nodes.Order) -> Iterable[int]:
    """The fulfilments of which the order itself does not say what is in them."""
    return () if _alone(order) is not None else (parcel.id for parcel in order.fulfillments or ())


def _alone(order: nodes.Order) -> int | None:
    """The order's only fulfilment, where nothing else can have been sent, taken off the order, or be left to send: what is in it
    is the whole order."""
    parcels, lines = order.fulfillments or (), nodes.items(order.line_items)
    if order.hidden & {"fulfillments", "fulfillments[]", "lineItems", "lineItems[]"} or len(parcels) != 1 or not lines:
        return None
    whole = all(line.requires_shipping and not line.unfulfilled_quantity for line in lines)
    kept = all(line.quantity == line.current_quantity and not line.hidden for line in lines)
    return parcels[0].id if whole and kept and parcels[0].status == "success" else None


def fulfilled_lines(found: Iterable[nodes.PackedLine]) -> tuple[FulfilledLine, ...]:
    """Lines of a fulfilment as they are kept; what is left of each is not told there."""
    return _in_order(FulfilledLine(id=line.line_item.id, quantity=line.quantity or 0) for line in found)
