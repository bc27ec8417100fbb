"""Inventory as webhooks show it."""

from __future__ import annotations

from orders_demo.rest.scalars import Json, stamp
from orders_demo.world.goods import Item, Level
from orders_demo.world.ids import gid
from orders_demo.world.shop import Shop


def level(shop: Shop, entry: Level) -> Json:
    """`inventory_levels/update`: names the item by number and no SKU."""
    return {
        "inventory_item_id": entry.item.id,
        "location_id": entry.location.id,
        "available": entry.available,
        "updated_at": stamp(shop, entry.updated_at),
        "admin_graphql_api_id": f"{gid('InventoryLevel', entry.location.id)}?inventory_item_id={entry.item.id}",
    }


def item_body(shop: Shop, item: Item) -> Json:
    """`inventory_items/update`: tells the SKU."""
    return {
        "id": item.id,
        "sku": item.sku,
        "created_at": stamp(shop, item.created_at),
        "updated_at": stamp(shop, item.updated_at),
        "requires_shipping": item.requires_shipping,
        "cost": None,
        "country_code_of_origin": None,
        "province_code_of_origin": None,
        "harmonized_system_code": None,
        "tracked": item.requires_shipping,
        "country_harmonized_system_codes": [],
        "weight_value": 0.0,
        "weight_unit": "lb",
        "admin_graphql_api_id": gid("InventoryItem", item.id),
    }
