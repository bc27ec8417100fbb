"""inventory_levels/* and inventory_items/*: how much there is of an item at a location, and which SKU it is."""

from __future__ import annotations

from orders_sync.evidence.changes import Change, InventoryItemSeen, InventoryLevelSeen, Stamp
from orders_sync.evidence.json_fields import Node
from orders_sync.instants import Ms


def read_levels(verb: str, body: Node, seen: Ms) -> tuple[Change, ...]:
    """What is available; nothing where a location no longer stocks the item."""
    return tuple(
        InventoryLevelSeen(
            item_id=level.need_id("inventory_item_id"),
            location_id=level.need_id("location_id"),
            available=None if verb == "disconnect" else level.number("available"),
            stamp=Stamp(level.instant("updated_at") or seen, seen),
        )
        for level in body.unwrap("inventory_level", "inventory_levels")
    )


def read_items(verb: str, body: Node, seen: Ms) -> tuple[Change, ...]:
    """Which SKU an item is; none once it was deleted, or while its stock is not tracked: its levels say nothing then."""
    return tuple(
        InventoryItemSeen(
            item_id=item.need_id("id", "admin_graphql_api_id"),
            sku=None if verb == "delete" or item.flag("tracked") is False else item.text("sku", most=512),
            stamp=Stamp(item.instant("updated_at") or seen, seen),
        )
        for item in body.unwrap("inventory_item", "inventory_items")
    )
