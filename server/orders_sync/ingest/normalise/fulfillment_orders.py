"""fulfillment_orders/* and fulfillment_holds/*: what is to be sent from where, and what holds it up.

The bodies differ by topic, name several fulfilment orders at once, and mostly no order: whatever stands under a key that ends
in `fulfillment_order` is one, and all of one body belong to one order.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from typing import Any

from orders_sync.evidence.changes import Change, FulfillmentOrderSeen, HoldAdded, HoldReleased, Stamp
from orders_sync.evidence.entities import HoldPart
from orders_sync.evidence.json_fields import Node
from orders_sync.evidence.shopify_words import CREATE_FULFILLMENT
from orders_sync.instants import Ms

_SUFFIX = "fulfillment_order"


def read(verb: str, body: Node, seen: Ms) -> tuple[Change, ...]:
    """Every fulfilment order in the body; of a release that leaves nothing held, the release."""
    found = list(_fulfillment_orders(body))
    ids = [node.need_id("id", "admin_graphql_api_id") for node in found]
    ids += [intent.need_id("fulfillment_order_id") for intent in body.nodes("merge_intents")]
    order_id = next((order_id for node in found if (order_id := node.id("order_id")) is not None), None)
    changes: list[Change] = [_seen(node, order_id, ids, seen) for node in found]
    if verb == "placed_on_hold":
        changes += _placed(body, order_id, seen)
    if verb == "hold_released":
        changes += _released(found[:1], order_id, seen)
    return tuple(changes)


def of_order(order: Node, order_id: int, seen: Ms) -> Iterator[FulfillmentOrderSeen]:
    """The fulfilment orders inside an order's body."""
    found = order.nodes("fulfillment_orders")
    ids = [node.need_id("id", "admin_graphql_api_id") for node in found]
    yield from (_seen(node, order_id, ids, seen) for node in found)


def read_holds(verb: str, body: Node, seen: Ms) -> tuple[Change, ...]:
    """One hold added to or released from a fulfilment order."""
    owner, hold = body.node("fulfillment_order"), body.node("fulfillment_hold")
    if owner is None or hold is None:
        return ()
    fulfillment_order_id, stamp = owner.need_id("id"), Stamp(seen, seen)
    part = _hold(hold)
    if verb == "released":
        return (HoldReleased(fulfillment_order_id, owner.id("order_id"), part.id, stamp, part),)
    return (HoldAdded(fulfillment_order_id, owner.id("order_id"), part, stamp),) if verb == "added" else ()


def _fulfillment_orders(body: Node) -> Iterator[Node]:
    named = [name for name in body.fields if name.endswith(_SUFFIX)]
    yield from (node for name in named if (node := body.node(name)) is not None)
    for name in ("fulfillment_order_merges", "fulfillment_orders"):
        if isinstance(body.fields.get(name), list):
            yield from (inner for item in body.nodes(name) for inner in item.unwrap(_SUFFIX))
        elif (outer := body.node(name)) is not None:
            yield from (node for inner in outer.fields if (node := outer.node(inner)) is not None)
    if not named and body.has("id") and body.has("status"):
        yield body


def _seen(node: Node, order_id: int | None, ids: Iterable[int], seen: Ms) -> FulfillmentOrderSeen:
    own = node.need_id("id", "admin_graphql_api_id")
    held = node.has("fulfillment_holds")
    delivery = node.node("delivery_method")
    method = delivery.word("method_type") if delivery is not None else None
    cleared = ["fulfill_by"] if node.cleared("fulfill_by") else []
    if method is None and node.has("delivery_method"):
        cleared.append("method")
    status, actions = node.word("status"), node.words("supported_actions")
    fulfillable = CREATE_FULFILLMENT in actions if node.has("supported_actions") else None
    kept = status in ("on_hold", "scheduled") or fulfillable is False
    return FulfillmentOrderSeen(
        fulfillment_order_id=own,
        order_id=order_id,
        stamp=Stamp(node.instant("updated_at") or seen, seen),
        status=status,
        fulfillable=fulfillable,
        fulfill_by=node.instant("fulfill_by"),
        method=method,
        holds=tuple(_hold(hold) for hold in node.nodes("fulfillment_holds")) if held else None,
        held_lines=tuple(_held_lines(node)) if kept else (),
        related=tuple(sorted({other for other in ids if other != own})),
        cleared=tuple(cleared),
    )


def _held_lines(node: Node) -> Iterator[tuple[int, int]]:
    """What it has to send, in the bodies that name the order's own lines; most name none of them."""
    for item in node.nodes("line_items"):
        line, left = item.id("line_item_id"), item.number("fulfillable_quantity")
        if line is not None and left:
            yield line, left


def _placed(body: Node, order_id: int | None, seen: Ms) -> Iterable[HoldAdded]:
    owner, hold = body.node("fulfillment_order"), body.node("created_fulfillment_hold")
    if owner is not None and hold is not None:
        yield HoldAdded(owner.need_id("id"), order_id, _hold(hold), Stamp(seen, seen))


def _released(found: Iterable[Node], order_id: int | None, seen: Ms) -> Iterable[HoldReleased]:
    """All holds are gone unless the fulfilment order still says otherwise."""
    for node in found:
        if node.word("status") != "on_hold" and not node.nodes("fulfillment_holds"):
            yield HoldReleased(node.need_id("id"), order_id, None, Stamp(seen, seen))


def _hold(node: Node) -> HoldPart:
    reason, note = node.word("reason") or "other", node.text("reason_notes")
    shop_id = node.id("id", "admin_graphql_api_id")
    own_id = hashlib.blake2b(f"{reason}\x00{note or ''}".encode(), digest_size=6).hexdigest()
    fields: dict[str, Any] = {"id": f"content-{own_id}" if shop_id is None else str(shop_id), "reason": reason}
    if node.has("reason_notes"):
        fields["note"] = note
    if node.has("handle"):
        fields["handle"] = node.text("handle", most=120)
    return HoldPart(**fields)
