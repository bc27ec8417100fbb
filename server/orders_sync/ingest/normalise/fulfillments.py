"""fulfillments/* and fulfillment_events/*: parcels, and what carriers scanned of them."""

from __future__ import annotations

from typing import Any

from orders_sync.evidence.changes import CarrierScan, Change, FulfillmentSeen, Stamp
from orders_sync.evidence.entities import FulfilledLine, FulfillmentPart
from orders_sync.evidence.json_fields import Node
from orders_sync.instants import Ms

_SHORT = 512


def read(_verb: str, body: Node, seen_at: Ms) -> tuple[Change, ...]:
    """A fulfilment, as create and update report it alike."""
    found = body.unwrap("fulfillment", "fulfillments")
    return tuple(seen(node, node.need_id("order_id"), seen_at, with_lines=True) for node in found)


def read_events(verb: str, body: Node, seen_at: Ms) -> tuple[Change, ...]:
    """A carrier's scan, or its removal."""
    return tuple(
        _scan(node, seen_at, removed=verb == "delete")
        for node in body.unwrap("fulfillment_event", "fulfillment_events")
    )


def seen(node: Node, order_id: int, seen_at: Ms, *, with_lines: bool) -> FulfillmentSeen:
    """A fulfilment of an order. Without its lines inside an order's body, which has them itself."""
    updated_at = node.instant("updated_at", "created_at") or seen_at
    fields: dict[str, Any] = {"id": node.need_id("id", "admin_graphql_api_id"), "updated_at": updated_at}
    if node.instant("created_at") is not None:
        fields["created_at"] = node.instant("created_at")
    if node.has("name"):
        fields["name"] = node.text("name", most=_SHORT)
    if node.has("shipment_status"):
        fields["shipment_status"] = node.word("shipment_status")
    if (status := node.word("status")) is not None:
        fields["status"] = status
    fields |= _tracking(node) | _lines(node, with_lines=with_lines)
    return FulfillmentSeen(order_id, FulfillmentPart(**fields), Stamp(updated_at, seen_at))


def _tracking(node: Node) -> dict[str, Any]:
    """Number, carrier and link; of several numbers the first, and the others beside it."""
    fields: dict[str, Any] = {}
    if node.has("tracking_number", "tracking_numbers"):
        fields["number"] = node.text("tracking_number", most=_SHORT) or _first(node, "tracking_numbers")
    if node.has("tracking_numbers"):
        fields["more_numbers"] = tuple(
            number for number in node.words("tracking_numbers") if number != fields["number"]
        )
    if node.has("tracking_company"):
        fields["carrier"] = node.text("tracking_company", most=_SHORT)
    if node.has("tracking_url", "tracking_urls"):
        fields["url"] = node.text("tracking_url", most=2_000) or _first(node, "tracking_urls")
    return fields


def _first(node: Node, name: str) -> str | None:
    return next(iter(node.words(name)), None)


def _lines(node: Node, *, with_lines: bool) -> dict[str, Any]:
    lines = node.nodes("line_items")
    if not lines:
        return {}
    fields: dict[str, Any] = {"requires_shipping": any(line.flag("requires_shipping") is not False for line in lines)}
    if with_lines:
        found = (
            FulfilledLine(
                id=line.need_id("id", "admin_graphql_api_id"),
                quantity=line.number("quantity") or 0,
                left=line.number("fulfillable_quantity"),
            )
            for line in lines
        )
        fields["lines"] = tuple(sorted(found, key=lambda line: line.id))
    return fields


def _scan(node: Node, seen_at: Ms, *, removed: bool) -> CarrierScan:
    reported_at = node.instant("updated_at", "created_at", "happened_at") or seen_at
    return CarrierScan(
        order_id=node.need_id("order_id"),
        fulfillment_id=node.need_id("fulfillment_id"),
        event_id=node.need_id("id", "admin_graphql_api_id"),
        status=node.word("status") or "",
        happened_at=node.instant("happened_at", "created_at") or reported_at,
        stamp=Stamp(reported_at, seen_at),
        removed=removed,
    )
