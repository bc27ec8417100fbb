"""A small shop with a past, behind a scripted client: it pages, filters by time, and can be made to fail."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from tests.server.conftest import SettableClock
from tests.support.shopify import ScriptedShop, by_type, failure, hollow, order, page

from orders_sync.db import alerts
from orders_sync.db.engine import Database
from orders_sync.db.tables import orders
from orders_sync.external.shopify.errors import BadRequest
from orders_sync.external.shopify.shop import TOPICS
from orders_sync.instants import MINUTE, parse_instant, to_text
from orders_sync.poller import progress
from orders_sync.poller.poller import Poller
from orders_sync.poller.progress import PollerState
from orders_sync.poller.shop_reader import ShopReader
from orders_sync.rules.thresholds import Thresholds

Json = dict[str, Any]

DOMAIN = "desk-test.myshopify.com"
INTERVAL_S = 900
_BOUND = re.compile(r"updated_at:>='([^']+)'")
_SORT = {"CREATED_AT": "createdAt", "UPDATED_AT": "updatedAt"}


def told(number: int, **more: Any) -> Json:
    """An order of the last days, updated when it was placed."""
    at = f"2026-03-0{number}T10:00:00Z"
    return order(number, **{"createdAt": at, "processedAt": at, "updatedAt": at, "fulfillmentOrders": page(), **more})


async def stored(db: Database) -> list[int]:
    """The ids of the orders in the database."""
    return await db.read(lambda conn: list(conn.scalars(select(orders.c.id).order_by(orders.c.id))))


@dataclass(frozen=True)
class Ill:
    """What fails, or is denied, inside an order. `takes`: how many objects above it the null takes with it; one more than there
    are, and a page tells nothing."""

    path: tuple[str | int, ...] = ("risk",)
    code: str = "INTERNAL_SERVER_ERROR"
    takes: int = 0


class World:
    """Orders, details and stock by GraphQL id; pages hold two, so that there are several."""

    def __init__(self, clock: SettableClock) -> None:
        self.clock = clock
        self.orders: dict[str, Json] = {}
        self.details: dict[str, Json] = {}
        self.levels: list[Json] = []
        self.owners: list[Json] = []
        self.scopes = ["read_all_orders"]
        self.topics = list(TOPICS)
        self.domain = DOMAIN
        self.failing: Exception | None = None
        self.subscriptions_fail: Exception | None = None
        self.ill: dict[str, Ill] = {}
        self.before_page: Callable[[Mapping[str, Any]], None] = lambda _variables: None
        self.shop = ScriptedShop(
            ShopRead=self._shop,
            OrdersCount=lambda _: {"ordersCount": {"count": len(self.orders), "precision": "EXACT"}},
            OrdersPage=self.page,
            OrderIdsPage=self._ids,
            OrdersRead=self._nodes(self.orders),
            ParcelsRead=self._nodes(self.orders),
            Details=self._nodes(self.details),
            Whose=self._whose,
            Locations={"locations": page([{"id": "gid://shopify/Location/1"}])},
            StockPage=self._stock,
            WebhookSubscriptions=self._subscriptions,
        )

    def put(self, *orders: Json) -> None:
        for told in orders:
            self.orders[told["id"]] = told

    def now(self, minus_ms: int = 0) -> str:
        """The shop's time as it writes it."""
        return to_text((self.clock() - minus_ms) // 1000 * 1000)

    def pages(self) -> list[Json]:
        """What was asked of the list of orders."""
        return self.shop.asked("OrdersPage")

    def poller(self, db: Database, owner: str = "one") -> Poller:
        """A process that polls this shop."""
        side = ShopReader.of(self.shop, DOMAIN)
        return Poller(db, side, Thresholds(), self.clock, owner=owner, interval_s=INTERVAL_S)

    def _nodes(self, known: dict[str, Json]) -> Callable[[Mapping[str, Any]], Json]:
        def answer(variables: Mapping[str, Any]) -> Json:
            self._tick()
            return self._told(by_type(list(known.values()))(variables), "nodes")

        return answer

    def _whose(self, variables: Mapping[str, Any]) -> Json:
        return by_type(self.owners)(variables)

    def _tick(self) -> None:
        self.shop.as_of = self.clock()
        if self.failing is not None:
            raise self.failing

    def _shop(self, _variables: Mapping[str, Any]) -> Json:
        self._tick()
        shop = {"name": "Desk", "myshopifyDomain": self.domain, "currencyCode": "EUR", "ianaTimezone": "UTC"}
        return {"shop": shop, "currentAppInstallation": {"accessScopes": [{"handle": scope} for scope in self.scopes]}}

    def _subscriptions(self, _variables: Mapping[str, Any]) -> Json:
        if self.subscriptions_fail is not None:
            raise self.subscriptions_fail
        there = [{"topic": topic, "uri": "https://desk.example.org/shopify/webhook"} for topic in self.topics]
        return {"webhookSubscriptions": page(there)}

    def page(self, variables: Mapping[str, Any]) -> Json:
        self._tick()
        self.before_page(variables)
        bound = _BOUND.fullmatch(variables["query"] or "")
        since = parse_instant(bound[1]) if bound else 0
        field = _SORT[variables["sortKey"]]
        found = [told for told in self.orders.values() if parse_instant(told["updatedAt"]) >= since]
        found.sort(key=lambda told: (told[field], told["id"]), reverse=variables["reverse"])
        if not (variables["after"] or "0").isdigit():
            raise BadRequest("invalid cursor")
        start = int(variables["after"] or 0)
        following = start + 2
        told = page(found[start:following], str(following) if following < len(found) else None)
        return self._told({"orders": told}, "orders", "nodes")

    def _ids(self, variables: Mapping[str, Any]) -> Json:
        ill, self.ill = self.ill, {}
        told: Json = self.page(variables)["data"]["orders"]
        self.ill = ill
        ids = [{"id": node["id"], "updatedAt": node["updatedAt"]} for node in told["nodes"]]
        return {"orders": told | {"nodes": ids}}

    def _told(self, data: Json, *at: str) -> Json:
        """With the errors of those that are ill, and what each takes with it."""
        told: Json = {"data": copy.deepcopy(data), "errors": []}
        nodes = told["data"][at[0]]["nodes"] if at[1:] else told["data"]["nodes"]
        for place, node in enumerate(list(nodes)):
            ill = self.ill.get(node["id"]) if node else None
            if ill is None:
                continue
            told["errors"].append(failure(ill.code, *at, place, *ill.path))
            nodes[place] = hollow(node, ill.path[: len(ill.path) - ill.takes])
        if any(ill.takes > len(ill.path) for ill in self.ill.values()) and at[1:] and told["errors"]:
            told["data"] = None
        return told

    def _stock(self, variables: Mapping[str, Any]) -> Json:
        self._tick()
        bound = _BOUND.fullmatch(variables["query"] or "")
        since = parse_instant(bound[1]) if bound else 0
        found = [level for level in self.levels if parse_instant(level["updatedAt"]) >= since]
        return {"location": {"inventoryLevels": page(found)}}


def level(item: int, sku: str, available: int, at: str) -> Json:
    """What is available of an item at the only location."""
    return {
        "id": f"gid://shopify/InventoryLevel/9{item}?inventory_item_id={item}",
        "updatedAt": at,
        "quantities": [{"name": "available", "quantity": available}],
        "item": {"id": f"gid://shopify/InventoryItem/{item}", "sku": sku, "tracked": True, "updatedAt": at},
    }


async def reached(db: Database) -> PollerState:
    """Where the poller has got to."""
    return await db.read(lambda conn: progress.load(conn, db.shop_id))


async def open_gaps(db: Database) -> set[str]:
    """The open data gaps, by name."""
    rows = await db.read(lambda conn: alerts.open_gaps(conn, db.shop_id))
    return {row.cause.partition(" ")[0] for row in rows}


LATER = 15 * MINUTE
"""From one tick to the next."""
