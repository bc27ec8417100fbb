"""Locations, products, and how many of each lie where."""

from __future__ import annotations

from typing import Any

from orders_demo.admin.call import Info, call
from orders_demo.admin.connections import Key, Page, page
from orders_demo.admin.fields.reading import Fields, connection, fixed, identity, read, window
from orders_demo.admin.gids import number
from orders_demo.admin.search import Filter, instant, parse
from orders_demo.world.goods import Item, Level, Location
from orders_demo.world.ids import gid

_LEVEL_FILTERS: dict[str, Filter[Level]] = {
    "id": Filter(lambda level: level.item.id, int, ordered=True),
    "inventory_item_id": Filter(lambda level: level.item.id, int, ordered=True),
    "updated_at": Filter(lambda level: level.updated_at, instant, ordered=True),
    "created_at": Filter(lambda level: level.created_at, instant, ordered=True),
}


def level_gid(level: Level) -> str:
    """A level is named by its location and its item."""
    return f"{gid('InventoryLevel', level.location.id)}?inventory_item_id={level.item.id}"


def _by_item(level: Level) -> Key:
    return level.item.id, level.item.id


def _quantities(level: Level, _info: Any, names: list[str]) -> list[dict[str, Any]]:
    counts = {
        "available": level.available,
        "committed": level.committed,
        "on_hand": level.available + level.committed,
        "incoming": 0,
        "reserved": 0,
    }
    return [
        {
            "id": f"gid://shopify/InventoryQuantity/{level.location.id}?inventory_item_id={level.item.id}&name={name}",
            "name": name,
            "quantity": counts.get(name, 0),
            "updatedAt": level.updated_at,
        }
        for name in names
    ]


def _item_levels(item: Item) -> list[Level]:
    return list(item.levels.values())


def _location_levels(location: Location, info: Info, query: str | None = None, **args: Any) -> Page[Level]:
    """The levels of one location; a query that cannot be read is warned of, as everywhere."""
    found = parse(query, _LEVEL_FILTERS, lambda level, word: word.casefold() in level.item.sku.casefold())
    if found.warnings:
        call(info).search.append({"path": info.path.as_list(), "query": query, "warnings": found.warnings})
    items = call(info).stage.shop.items.values()
    levels = sorted((item.levels[location.id] for item in items if location.id in item.levels), key=_by_item)
    keys = [_by_item(level) for level in levels]
    return page(levels, keys, **window(args), wanted=found.test)


def _at(item: Item, _info: Any, locationId: str, **_: Any) -> Level | None:
    return item.levels.get(number(locationId, "Location") or 0)


def _variant(item: Item, info: Info) -> Any:
    return next(entry for entry in call(info).stage.shop.variants if entry.item is item)


def _address(location: Location) -> dict[str, Any]:
    return {
        "address1": location.address1,
        "address2": None,
        "city": location.city,
        "country": location.country,
        "countryCode": location.country_code,
        "formatted": [location.address1, f"{location.city} {location.zip}", location.country],
        "latitude": None,
        "longitude": None,
        "phone": location.phone,
        "province": location.province,
        "provinceCode": location.province_code,
        "zip": location.zip,
    }


FIELDS: Fields = {
    "InventoryItem": {
        **identity("InventoryItem"),
        "countryCodeOfOrigin": fixed(None),
        "duplicateSkuCount": fixed(0),
        "harmonizedSystemCode": fixed(None),
        "inventoryLevel": _at,
        "inventoryLevels": connection(_item_levels, lambda level: (level.location.id, level.location.id)),
        "locationsCount": read(lambda item: {"count": len(item.levels), "precision": "EXACT"}),
        "provinceCodeOfOrigin": fixed(None),
        "tracked": read(lambda item: item.requires_shipping),
        "variant": _variant,
    },
    "InventoryLevel": {
        "id": read(level_gid),
        "canDeactivate": fixed(True),
        "deactivationAlert": fixed(None),
        "isActive": fixed(True),
        "quantities": _quantities,
    },
    "Location": {
        **identity("Location"),
        "activatable": fixed(False),
        "address": read(_address),
        "deactivatedAt": fixed(None),
        "fulfillsOnlineOrders": fixed(True),
        "hasActiveInventory": fixed(True),
        "hasUnfulfilledOrders": fixed(True),
        "inventoryLevels": _location_levels,
        "isActive": fixed(True),
        "isFulfillmentService": fixed(False),
        "shipsInventory": fixed(True),
        "updatedAt": read(lambda location: location.created_at),
    },
    "Product": {
        **identity("Product"),
        "status": fixed("ACTIVE"),
        "updatedAt": read(lambda product: product.created_at),
    },
    "ProductVariant": {
        **identity("ProductVariant"),
        "createdAt": read(lambda variant: variant.product.created_at),
        "displayName": read(lambda variant: f"{variant.product.title} - {variant.title}"),
        "inventoryItem": read(lambda variant: variant.item),
        "inventoryQuantity": read(lambda variant: variant.item.available),
        "price": read(lambda variant: f"{variant.price / 100:.2f}"),
        "taxable": fixed(True),
        "updatedAt": read(lambda variant: variant.product.created_at),
    },
}
