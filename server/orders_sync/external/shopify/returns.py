"""What a GraphQL read says of one return: its milestones, each at the time that the shop keeps for it. Pure.

The shop has no `updatedAt` for returns and no time for a decline or a cancellation; those two are as of the order's last
update. A re-opened return cannot be told from one that never closed: that comes by webhook alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Any

from pydantic import AliasPath, Field

from orders_sync.evidence.changes import OrderChange, ReturnSeen, ReverseDeliverySeen, Stamp
from orders_sync.evidence.entities import MoneyPart
from orders_sync.external.shopify.nodes import Node, Page, Ref
from orders_sync.external.shopify.scalars import Id, Instant, Money, Whole, Word
from orders_sync.instants import Ms


class Disposition(Node):
    type: Word
    quantity: Whole
    created_at: Instant


class ReverseLine(Node):
    total_quantity: Whole
    dispositions: list[Disposition] = []


class Label(Node):
    public_file_url: str | None = None
    created_at: Instant


class ReverseTracking(Node):
    number: str | None = None
    carrier_name: str | None = None
    url: str | None = None


class Deliverable(Node):
    label: Label | None = None
    tracking: ReverseTracking | None = None


class ReverseDelivery(Node):
    id: Id
    deliverable: Deliverable | None = None


class ReverseFulfillmentOrder(Node):
    id: Id
    status: Word
    line_items: Page[ReverseLine] | None = None
    reverse_deliveries: Page[ReverseDelivery] | None = None


class ReturnLine(Node):
    id: Id
    quantity: Whole
    refundable_quantity: Whole = 0
    refunded_quantity: Whole = 0
    return_reason_note: str | None = None
    customer_note: str | None = None
    reason: Annotated[str | None, Field(validation_alias=AliasPath("returnReasonDefinition", "handle"))] = None
    with_code_discounted_total_price_set: Money | None = None


class ExchangeLine(Node):
    """`line_items`: the order's lines that were made of it."""

    line_items: list[Ref] | None = None


class Return(Node):
    id: Id
    name: str | None = None
    status: Word
    created_at: Instant
    closed_at: Instant | None = None
    request_approved_at: Instant | None = None
    order: Ref
    decline_note: Annotated[str | None, Field(validation_alias=AliasPath("decline", "note"))] = None
    return_line_items: Page[ReturnLine] | None = None
    exchange_line_items: Page[ExchangeLine] | None = None
    reverse_fulfillment_orders: Page[ReverseFulfillmentOrder] | None = None


_ENDED_UNTIMED = frozenset({"declined", "canceled"})
_TO_PROCESS = "processing_required"

_SOURCES: Mapping[str, frozenset[str]] = {
    "name": frozenset({"name"}),
    "reason": frozenset({"returnLineItems", "returnReasonDefinition"}),
    "note": frozenset({"returnLineItems", "customerNote", "returnReasonNote"}),
    "decline_note": frozenset({"decline"}),
}
"""The shop's names of what tells each text of a return: where one of them is hidden, null says nothing."""


def return_changes(detail: Return, order_updated_at: Ms, as_of: Ms) -> Iterator[OrderChange]:
    """The return, its milestones, and its ways back."""
    yield _described(detail, as_of)
    for status, at in _milestones(detail, order_updated_at):
        yield _step(detail, at, as_of, status=status)
    lines = [line for rfo in _reverse_orders(detail) for line in (rfo.line_items.nodes if rfo.line_items else ())]
    dispositions = [disposition for line in lines for disposition in line.dispositions]
    waiting = [d.created_at for d in dispositions if d.type == _TO_PROCESS]
    if waiting:
        yield _step(detail, min(waiting), as_of, dispositions=_TO_PROCESS)
    known = all(rfo.line_items is not None for rfo in _reverse_orders(detail))
    if known and dispositions and all(_disposed(line.dispositions) >= line.total_quantity for line in lines):
        yield _step(detail, max(d.created_at for d in dispositions), as_of, dispositions="disposed")
    yield from _ways_back(detail, as_of)


def _described(detail: Return, as_of: Ms) -> ReturnSeen:
    lines = detail.return_line_items.nodes if detail.return_line_items else []
    swapped = detail.exchange_line_items.nodes if detail.exchange_line_items else []
    told: dict[str, Any] = {
        "name": detail.name,
        "reason": next((line.reason.replace("-", "_") for line in lines if line.reason), None),
        "note": _note(lines),
        "decline_note": detail.decline_note,
    }
    hidden = _hidden(detail, lines)
    return ReturnSeen(
        return_id=detail.id,
        order_id=detail.order.id,
        stamp=Stamp(as_of, as_of),
        created_at=detail.created_at,
        refundable=_refundable(lines),
        exchange_lines=tuple(line.id for item in swapped for line in item.line_items or ()),
        cleared=tuple(name for name, text in told.items() if text is None and not _SOURCES[name] & hidden),
        **told,
    )


def _hidden(detail: Return, lines: Iterable[ReturnLine]) -> set[str]:
    """What is not told of a return and its lines."""
    hidden = {*detail.hidden, *(name for line in lines for name in line.hidden)}
    return hidden if detail.return_line_items is not None else {*hidden, "returnLineItems"}


def _note(lines: Iterable[ReturnLine]) -> str | None:
    notes = (note for line in lines for note in (line.customer_note, line.return_reason_note))
    return next((note for note in notes if note), None)


def _refundable(lines: Iterable[ReturnLine]) -> MoneyPart | None:
    """The price of what comes back, after discounts; null where a line has none."""
    prices = [line.with_code_discounted_total_price_set for line in lines]
    known = [price for price in prices if price is not None]
    if not known or len(known) < len(prices):
        return None
    return MoneyPart(hundredths=sum(price.hundredths for price in known), currency=known[0].currency)


def _milestones(detail: Return, order_updated_at: Ms) -> Iterator[tuple[str, Ms]]:
    """A return that staff made was open from the start; one that a buyer asked for opened when it was approved."""
    approved = detail.request_approved_at
    if approved is not None or detail.status in ("requested", "declined"):
        yield "requested", detail.created_at
    if detail.status in ("open", "closed"):
        yield "open", approved or detail.created_at
    elif approved is not None:
        yield "open", approved
    if detail.closed_at is not None:
        yield "closed", detail.closed_at
    elif detail.status == "closed":
        yield "closed", max(order_updated_at, approved or detail.created_at)
    if detail.status in _ENDED_UNTIMED:
        yield detail.status, max(order_updated_at, approved or detail.created_at)


def _step(
    detail: Return, at: Ms, as_of: Ms, *, status: str | None = None, dispositions: str | None = None
) -> ReturnSeen:
    return ReturnSeen(
        return_id=detail.id, order_id=detail.order.id, stamp=Stamp(at, as_of), status=status, dispositions=dispositions
    )


def _reverse_orders(detail: Return) -> list[ReverseFulfillmentOrder]:
    return detail.reverse_fulfillment_orders.nodes if detail.reverse_fulfillment_orders else []


def _disposed(dispositions: Iterable[Disposition]) -> int:
    return sum(disposition.quantity for disposition in dispositions if disposition.type != _TO_PROCESS)


def _ways_back(detail: Return, as_of: Ms) -> Iterator[ReverseDeliverySeen]:
    """Labels and tracking numbers. A number has no time of its own: it is as of the approval, the earliest it can be."""
    earliest = detail.request_approved_at or detail.created_at
    for reverse_order in _reverse_orders(detail):
        for delivery in reverse_order.reverse_deliveries.nodes if reverse_order.reverse_deliveries else ():
            label = delivery.deliverable.label if delivery.deliverable else None
            yield ReverseDeliverySeen(
                return_id=detail.id,
                order_id=detail.order.id,
                delivery_id=delivery.id,
                stamp=Stamp(as_of, as_of),
                labelled_at=label.created_at if label else earliest,
                **_way_back(delivery.deliverable),
            )


def _way_back(deliverable: Deliverable | None) -> dict[str, Any]:
    """Number, carrier and label, and which of them are told as null."""
    if deliverable is None:
        return {}
    tracking, label = deliverable.tracking, deliverable.label
    told = {
        "number": (tracking and tracking.number, "tracking", "number"),
        "carrier": (tracking and tracking.carrier_name, "tracking", "carrierName"),
        "label_url": (label and label.public_file_url, "label", "publicFileUrl"),
    }
    parts = (deliverable, tracking, label)
    hidden = {name for part in parts if part is not None for name in part.hidden}
    cleared = tuple(field for field, (text, *names) in told.items() if text is None and not hidden & {*names})
    return {**{field: text for field, (text, *_) in told.items()}, "cleared": cleared}
