"""The fields of QueryRoot."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from orders_demo.admin import gids, order_search
from orders_demo.admin.call import Call, Info, call
from orders_demo.admin.connections import LARGEST, Page, Style, by_id, page
from orders_demo.admin.fields.reading import Fields, Resolver, window
from orders_demo.admin.fields.shop import VERSIONS, api_version, installation
from orders_demo.admin.problems import too_many
from orders_demo.admin.search import Filter, Query, instant, parse
from orders_demo.webhooks.subscriptions import Subscription
from orders_demo.world.goods import Item
from orders_demo.world.orders import Dispute, Order
from orders_demo.world.parcels import FulfillmentOrder

_ITEMS: dict[str, Filter[Item]] = {
    "id": Filter(lambda item: item.id, int, ordered=True),
    "sku": Filter(lambda item: item.sku.casefold()),
    "updated_at": Filter(lambda item: item.updated_at, instant, ordered=True),
    "created_at": Filter(lambda item: item.created_at, instant, ordered=True),
}
_TASKS: dict[str, Filter[FulfillmentOrder]] = {
    "id": Filter(lambda task: task.id, int, ordered=True),
    "status": Filter(lambda task: task.status.casefold()),
    "updated_at": Filter(lambda task: task.updated_at, instant, ordered=True),
}
_DISPUTES: dict[str, Filter[Dispute]] = {
    "id": Filter(lambda dispute: dispute.id, int, ordered=True),
    "status": Filter(lambda dispute: dispute.status.casefold()),
    "initiated_at": Filter(lambda dispute: dispute.initiated_at, instant, ordered=True),
}


def _searched(info: Info, text: str | None, query: Query[Any]) -> Callable[[Any], bool]:
    if query.warnings:
        call(info).search.append({"path": info.path.as_list(), "query": text, "warnings": query.warnings})
    return query.test


def _visible(context: Call) -> Callable[[Order], bool]:
    now, everything = context.stage.now(), "read_all_orders" in context.scopes
    return lambda order: order_search.visible(order, now, all_orders=everything)


def _orders(_root: Any, info: Info, query: str | None = None, **args: Any) -> Page[Order]:
    test = _searched(info, query, order_search.query(query))
    seen = _visible(call(info))
    sort = args.get("sortKey", "PROCESSED_AT")
    rows, keys = call(info).shelf.by(sort)
    style: Style = "instant" if sort == "PROCESSED_AT" else "number"
    return page(rows, keys, **window(args), style=style, wanted=lambda order: test(order) and seen(order))


def _count(_root: Any, info: Info, query: str | None = None, limit: int | None = 10_000, **_: Any) -> dict[str, Any]:
    test = _searched(info, query, order_search.query(query))
    seen = _visible(call(info))
    found = sum(test(order) and seen(order) for order in call(info).stage.shop.orders.values())
    if limit is not None and found > limit:
        return {"count": limit, "precision": "AT_LEAST"}
    return {"count": found, "precision": "EXACT"}


def _node(_root: Any, info: Info, id: str) -> gids.Record | None:  # noqa: A002
    found = gids.find(call(info).stage.shop, id)
    return None if isinstance(found, Order) and not _visible(call(info))(found) else found


def _one(kind: str) -> Resolver:
    """A root field that finds a record of one kind by its id."""

    def resolve(root: Any, info: Info, id: str | None = None) -> gids.Record | None:  # noqa: A002
        if id is None:
            return call(info).stage.shop.locations[0]
        return _node(root, info, id) if gids.split(id)[0] == kind else None

    return resolve


def _nodes(root: Any, info: Info, ids: list[str]) -> list[gids.Record | None]:
    if len(ids) > LARGEST:
        raise too_many(len(ids), LARGEST)
    return [_node(root, info, text) for text in ids]


def _searchable(
    rows: Callable[[Call], list[Any]], filters: Mapping[str, Filter[Any]], word: Callable[[Any, str], bool]
) -> Resolver:
    """A root connection over records sorted by id, with a query."""

    def resolve(_root: Any, info: Info, query: str | None = None, **args: Any) -> Page[Any]:
        items = sorted(rows(call(info)), key=lambda item: int(item.id))
        test = _searched(info, query, parse(query, filters, word))
        return page(items, by_id(items), **window(args), wanted=test)

    return resolve


def _tasks(
    _root: Any, info: Info, includeClosed: bool = False, query: str | None = None, **args: Any
) -> Page[FulfillmentOrder]:
    closed = ("CLOSED", "CANCELLED")
    rows = [task for task in call(info).stage.shop.tasks.values() if includeClosed or task.status not in closed]
    key = (
        (lambda task: (int(task.updated_at.timestamp() * 1000), task.id))
        if args.get("sortKey") == "UPDATED_AT"
        else None
    )
    rows.sort(key=key or (lambda task: (0, task.id)))
    keys = [key(task) for task in rows] if key else by_id(rows)
    test = _searched(info, query, parse(query, _TASKS, lambda task, word: word in task.order.name))
    return page(rows, keys, **window(args), style="number" if key else "text", wanted=test)


def _subscriptions(_root: Any, info: Info, **args: Any) -> Page[Subscription]:
    uri, topics = args.get("uri") or args.get("callbackUrl"), args.get("topics")
    rows = [
        entry
        for entry in call(info).subscriptions.entries
        if (not uri or entry.uri == uri) and (not topics or entry.enum in topics)
    ]
    return page(rows, by_id(rows), **window(args))


def _subscription(_root: Any, info: Info, id: str) -> Subscription | None:  # noqa: A002
    wanted = gids.number(id, "WebhookSubscription")
    return next((entry for entry in call(info).subscriptions.entries if entry.id == wanted), None)


def _job(_root: Any, info: Info, id: str) -> dict[str, Any]:  # noqa: A002
    """A job that the shop knows nothing of has ended, as the recordings of a live shop show it."""
    known = call(info).stage.jobs.known.get(id)
    done = known is None or known.done
    return {"id": id, "done": done, "query": {} if done else None}


FIELDS: Fields = {
    "QueryRoot": {
        "currentAppInstallation": installation,
        "dispute": _one("ShopifyPaymentsDispute"),
        "disputes": _searchable(lambda c: list(c.stage.shop.disputes.values()), _DISPUTES, lambda _d, _w: False),
        "fulfillment": _one("Fulfillment"),
        "fulfillmentOrder": _one("FulfillmentOrder"),
        "fulfillmentOrders": _tasks,
        "inventoryItem": _one("InventoryItem"),
        "inventoryItems": _searchable(
            lambda c: list(c.stage.shop.items.values()),
            _ITEMS,
            lambda item, word: word.casefold() in item.sku.casefold(),
        ),
        "inventoryLevel": _one("InventoryLevel"),
        "job": _job,
        "location": _one("Location"),
        "locations": _searchable(
            lambda c: c.stage.shop.locations, {}, lambda place, word: word.casefold() in place.name.casefold()
        ),
        "node": _node,
        "nodes": _nodes,
        "order": _one("Order"),
        "orders": _orders,
        "ordersCount": _count,
        "publicApiVersions": lambda _root, _info: [api_version(handle) for handle in VERSIONS],
        "refund": _one("Refund"),
        "return": _one("Return"),
        "reverseDelivery": _one("ReverseDelivery"),
        "reverseFulfillmentOrder": _one("ReverseFulfillmentOrder"),
        "shop": lambda _root, info: call(info).stage.shop,
        "webhookSubscription": _subscription,
        "webhookSubscriptions": _subscriptions,
    },
}
