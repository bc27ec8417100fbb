"""Global ids, and the record each names."""

from __future__ import annotations

import re
from collections.abc import Mapping

from orders_demo.admin.problems import bad_id, resource_not_found
from orders_demo.world.goods import Item, Level, Location
from orders_demo.world.orders import Dispute, Order, Refund
from orders_demo.world.parcels import FulfillmentOrder, Parcel
from orders_demo.world.returns import Return, Reverse, ReverseDelivery
from orders_demo.world.shop import Shop

Record = (
    Order | FulfillmentOrder | Parcel | Return | Refund | Reverse | ReverseDelivery | Dispute | Item | Level | Location
)

_GID = re.compile(r"gid://shopify/(\w+)/(\d+)(?:\?inventory_item_id=(\d+))?\Z")


def split(text: str, *, named: bool = False) -> tuple[str, int]:
    """(kind, number) of a gid; a bare number has the kind "". Raises GraphQLError for text that names nothing."""
    if text.isascii() and text.isdigit():
        return "", _positive(text, int(text), named=named)
    found = _GID.match(text)
    if not found:
        raise bad_id(text)
    return found.group(1), _positive(text, int(found.group(2)), named=named)


def number(text: str, kind: str, *, named: bool = False) -> int | None:
    """The number in a gid of this kind, null for one of another kind. `named`: the refusal of an id names it."""
    found, value = split(text, named=named)
    return value if found in (kind, "") else None


def find(shop: Shop, text: str) -> Record | None:
    """What any gid names, null when there is no such thing."""
    kind, value = split(text)
    if kind == "Location":
        return next((entry for entry in shop.locations if entry.id == value), None)
    if kind == "InventoryLevel":
        return _level(shop, text)
    return _shelf(shop, kind).get(value)


def _shelf(shop: Shop, kind: str) -> Mapping[int, Record]:
    shelves: dict[str, Mapping[int, Record]] = {
        "Order": shop.orders,
        "FulfillmentOrder": shop.tasks,
        "Fulfillment": shop.parcels,
        "Return": shop.returns,
        "Refund": shop.refunds,
        "ReverseFulfillmentOrder": shop.reverses,
        "ReverseDelivery": shop.deliveries,
        "ShopifyPaymentsDispute": shop.disputes,
        "InventoryItem": shop.items,
    }
    return shelves.get(kind, {})


def _level(shop: Shop, text: str) -> Level | None:
    found = _GID.match(text)
    item = shop.items.get(int(found.group(3))) if found and found.group(3) else None
    return item.levels.get(int(found.group(2))) if item and found else None


def _positive(text: str, value: int, *, named: bool) -> int:
    if value <= 0:
        raise resource_not_found(text if named else None)
    return value
