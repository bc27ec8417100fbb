"""The executable schema: the SDL beside this file, with a resolver on every field.

A field without a reader of its own is the attribute of the same name in snake case; of a plain dict it is the key.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from operator import attrgetter
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    build_schema,
    get_named_type,
)

from orders_demo.admin.access import guarded
from orders_demo.admin.changes import (
    cancels,
    edits,
    fulfillments,
    holds,
    metafields,
    order_update,
    orders,
    refunds,
    return_requests,
    returns,
    routing,
)
from orders_demo.admin.connections import Page
from orders_demo.admin.fields import edits as edit_fields
from orders_demo.admin.fields import orders as order_fields
from orders_demo.admin.fields import parcels, payments, people, roots, shop, stock
from orders_demo.admin.fields import returns as return_fields
from orders_demo.admin.fields.reading import Fields, Resolver
from orders_demo.webhooks.topics import topic_of
from orders_demo.world.goods import Item, Level, Location
from orders_demo.world.money import short
from orders_demo.world.orders import Dispute, Order, Refund
from orders_demo.world.parcels import FulfillmentOrder, Parcel
from orders_demo.world.returns import ExchangeLine, Return, ReturnLine, Reverse, ReverseDelivery
from orders_demo.world.shop import Shop

_MONEY: Fields = {
    "MoneyBag": {
        "shopMoney": lambda cash, _info: (cash[0], cash[1].shop),
        "presentmentMoney": lambda cash, _info: (cash[1].present(cash[0]), cash[1].presentment),
    },
    "MoneyV2": {"amount": lambda pair, _info: short(pair[0]), "currencyCode": lambda pair, _info: pair[1]},
}
_MUTATIONS: Fields = {
    "Mutation": {
        "fulfillmentCancel": fulfillments.cancel,
        "fulfillmentCreate": fulfillments.create,
        "fulfillmentCreateV2": fulfillments.create,
        "fulfillmentOrderCancel": routing.cancel,
        "fulfillmentOrderClose": routing.close,
        "fulfillmentOrderHold": holds.hold,
        "fulfillmentOrderMerge": routing.merge,
        "fulfillmentOrderMove": routing.move,
        "fulfillmentOrderOpen": routing.open_,
        "fulfillmentOrderReleaseHold": holds.release,
        "fulfillmentOrderReportProgress": routing.report_progress,
        "fulfillmentOrderReschedule": routing.reschedule,
        "fulfillmentOrderSplit": routing.split,
        "fulfillmentTrackingInfoUpdate": fulfillments.update_tracking,
        "fulfillmentTrackingInfoUpdateV2": fulfillments.update_tracking,
        "metafieldsSet": metafields.metafields_set,
        "orderCancel": cancels.cancel,
        "orderEditAddVariant": edits.add_variant,
        "orderEditBegin": edits.begin,
        "orderEditCommit": edits.commit,
        "orderEditSetQuantity": edits.set_quantity,
        "orderUpdate": order_update.update,
        "refundCreate": refunds.create,
        "returnApproveRequest": returns.approve,
        "returnCancel": returns.cancel,
        "returnClose": returns.close,
        "returnCreate": return_requests.create,
        "returnDeclineRequest": returns.decline,
        "returnProcess": returns.process,
        "returnReopen": returns.reopen,
        "returnRequest": return_requests.request,
        "tagsAdd": orders.tags_add,
        "tagsRemove": orders.tags_remove,
        "webhookSubscriptionCreate": orders.subscribe,
        "webhookSubscriptionDelete": orders.unsubscribe,
        "webhookSubscriptionUpdate": orders.resubscribe,
    }
}
_TYPES: dict[type, str] = {
    Order: "Order",
    FulfillmentOrder: "FulfillmentOrder",
    Parcel: "Fulfillment",
    Return: "Return",
    ReturnLine: "ReturnLineItem",
    ExchangeLine: "ExchangeLineItem",
    Refund: "Refund",
    Reverse: "ReverseFulfillmentOrder",
    ReverseDelivery: "ReverseDelivery",
    Dispute: "ShopifyPaymentsDispute",
    Item: "InventoryItem",
    Level: "InventoryLevel",
    Location: "Location",
    Shop: "Shop",
}


def source() -> str:
    """The SDL, all files of it."""
    folder = files("orders_demo.admin") / "schema"
    texts = [entry.read_text("utf-8") for entry in folder.iterdir() if entry.name.endswith(".graphql")]
    return "\n".join(sorted(texts))


@cache
def executable() -> GraphQLSchema:
    """The schema with its resolvers; built once."""
    schema = build_schema(source())
    tables: Fields = {}
    for table in (order_fields, edit_fields, people, payments, parcels, return_fields, stock, shop, roots):
        tables |= table.FIELDS
    tables |= _MONEY | _MUTATIONS
    for kind in schema.type_map.values():
        if isinstance(kind, GraphQLObjectType) and not kind.name.startswith("__"):
            _resolve_fields(kind, tables.get(kind.name, {}))
        elif isinstance(kind, GraphQLInterfaceType | GraphQLUnionType):
            kind.resolve_type = _type_of
    return schema


def every_topic() -> list[str]:
    """All webhook topics that the API knows, as headers name them."""
    topics = executable().type_map["WebhookSubscriptionTopic"]
    assert isinstance(topics, GraphQLEnumType)
    return [topic_of(name) for name in topics.values]


def _resolve_fields(kind: GraphQLObjectType, readers: Mapping[str, Resolver]) -> None:
    for name, field in kind.fields.items():
        reader = readers.get(name) or _default(kind, name)
        if write := _SCALARS.get(get_named_type(field.type).name):
            reader = _written(reader, write)
        field.resolve = guarded(kind.name, name, reader)


def _default(kind: GraphQLObjectType, name: str) -> Resolver:
    if kind.name.endswith("Connection"):
        return _CONNECTION[name]
    attribute = attrgetter(re.sub(r"([A-Z])", lambda found: f"_{found.group(1).lower()}", name))

    def read(source: Any, _info: Any, **_args: Any) -> Any:
        return source[name] if isinstance(source, dict) else attribute(source)

    return read


def _page_info(found: Page[Any], _info: Any) -> dict[str, Any]:
    return {
        "endCursor": found.cursor(found.keys[-1]) if found.keys else None,
        "hasNextPage": found.has_next,
        "hasPreviousPage": found.has_previous,
        "startCursor": found.cursor(found.keys[0]) if found.keys else None,
    }


def _edges(found: Page[Any], _info: Any) -> list[dict[str, Any]]:
    return [{"cursor": found.cursor(key), "node": node} for key, node in zip(found.keys, found.nodes, strict=True)]


_CONNECTION: dict[str, Callable[..., Any]] = {
    "nodes": lambda found, _info: found.nodes,
    "edges": _edges,
    "pageInfo": _page_info,
}


def _type_of(value: Any, _info: Any, _kind: Any) -> str:
    name: str = value["__typename"] if isinstance(value, dict) else _TYPES[type(value)]
    return name


def _written(reader: Resolver, write: Callable[[Any], str]) -> Resolver:
    """The reader, with its value as the scalar is written. Done here because graphql-core's own hook was renamed in 3.3."""

    def resolve(source: Any, info: Any, **args: Any) -> str | None:
        value = reader(source, info, **args)
        return None if value is None else write(value)

    return resolve


def _instant(value: Any) -> str:
    assert isinstance(value, datetime)
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


_SCALARS: dict[str, Callable[[Any], str]] = {"DateTime": _instant, "UnsignedInt64": str}
