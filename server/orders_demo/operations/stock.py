"""Stock is promised, comes in, is found to be less than thought."""

from __future__ import annotations

from datetime import datetime

from orders_demo.world.goods import Item, Level, Location
from orders_demo.world.orders import Line
from orders_demo.world.shop import Shop


def promise(shop: Shop, line: Line, units: int, at: datetime) -> None:
    """Take (or, negative, give back) units for a line, at the location that has most. It may go below zero."""
    if line.variant is None or not line.requires_shipping or not units:
        return
    item = line.variant.item
    if not item.levels:
        return
    level = max(item.levels.values(), key=lambda entry: (entry.available, entry.location.id))
    level.available -= units
    level.committed = max(0, level.committed + units)
    _changed(shop, level, at)


def adjust(shop: Shop, item: Item, location: Location, change: int, at: datetime) -> Level:
    """Count again: `change` units more or fewer at one location."""
    level = item.levels[location.id]
    level.available += change
    _changed(shop, level, at)
    return level


def _changed(shop: Shop, level: Level, at: datetime) -> None:
    level.updated_at = at
    shop.tell("inventory_levels/update", level)
