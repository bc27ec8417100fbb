"""Lists that say they go on and do not: the poll notices, stops, and says so, and nothing that was not read counts as read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from tests.server.conftest import SettableClock
from tests.server.shopify.world import LATER, World, level, open_gaps, reached, stored, told
from tests.support.shopify import ScriptedShop, line, page

from orders_sync.db import alerts
from orders_sync.db.engine import Database
from orders_sync.external.shopify.errors import (
    BadRequest,
    Denied,
    HttpRefusal,
    NoAnswer,
    NoProgress,
    NotJson,
    ShopifyError,
)
from orders_sync.external.shopify.shop import subscriptions
from orders_sync.external.shopify.stock import StockReader
from orders_sync.instants import MINUTE, parse_instant

Json = dict[str, Any]
Listing = Callable[[Mapping[str, Any]], Json]


def going_on(nodes: Callable[[int], list[Json]], cursor: Callable[[int], str | None]) -> Callable[[], Json]:
    """A list whose n-th page, whatever was asked, holds `nodes(n)`, says that more follow, and leads to `cursor(n)`."""
    count = iter(range(10_000))

    def reply() -> Json:
        number = next(count)
        return {"nodes": nodes(number), "pageInfo": {"hasNextPage": True, "endCursor": cursor(number)}}

    return reply


CURSORS: dict[str, Callable[[int], str | None]] = {
    "the same again": lambda _: "c",
    "in a circle": lambda number: "abc"[number % 3],
    "none": lambda _: None,
    "an empty one": lambda _: "",
    "ever new": lambda number: f"c{number}",
}
FEW = 8
"""Requests within which it has to be noticed."""


@pytest.mark.parametrize("cursor", CURSORS.values(), ids=CURSORS)
async def test_a_tick_stops_and_its_mark_stays_at_what_was_read(
    cursor: Callable[[int], str | None], db: Database, world: World, clock: SettableClock
) -> None:
    poller = world.poller(db)
    await poller.tick()
    clock.advance(LATER)
    changed = told(5, updatedAt=world.now(MINUTE), note="changed")
    reply = going_on(lambda _: [changed], cursor)
    world.shop.say("OrdersPage", lambda _: {"orders": reply()})
    world.shop.calls.clear()
    assert isinstance((await poller.tick()).error, NoProgress)
    assert len(world.pages()) <= FEW
    assert await open_gaps(db) == {"poller_failed"}
    known = await reached(db)
    assert known.error is not None
    assert known.orders_until is not None
    assert known.orders_until <= parse_instant(changed["updatedAt"])


@pytest.mark.parametrize("cursor", CURSORS.values(), ids=CURSORS)
async def test_a_back_fill_stops_goes_on_later_and_loses_nothing(
    cursor: Callable[[int], str | None], db: Database, world: World, clock: SettableClock
) -> None:
    whole: Listing = world.page
    reply = going_on(lambda _: [], cursor)
    world.shop.say("OrdersPage", lambda asked: whole(asked) if asked["after"] is None else {"orders": reply()})
    poller = world.poller(db)
    for _ in range(2):
        assert isinstance((await poller.tick()).error, NoProgress)
        clock.advance(LATER)
    assert len(world.pages()) <= 2 * FEW
    known = await reached(db)
    assert known.backfill is not None
    assert known.backfill.ended_at is None
    assert await open_gaps(db) == {"poller_failed"}
    world.shop.say("OrdersPage", whole)
    await poller.tick()  # the shop no longer takes the cursor that it gave
    clock.advance(LATER)
    assert (await poller.tick()).error is None
    assert await stored(db) == [1, 2, 3, 4, 5]
    assert await open_gaps(db) == set()


async def test_stock_that_leads_nowhere_stops_after_the_orders_and_keeps_its_mark(
    db: Database, world: World, clock: SettableClock
) -> None:
    poller = world.poller(db)
    await poller.tick()
    before = (await reached(db)).stock_until
    clock.advance(LATER)
    world.put(told(6, updatedAt=world.now(MINUTE)))
    reply = going_on(lambda _: [level(1, "SKU-1", 3, world.now())], lambda _: "c")
    world.shop.say("StockPage", lambda _: {"location": {"inventoryLevels": reply()}})
    world.shop.calls.clear()
    assert isinstance((await poller.tick()).error, NoProgress)
    assert len(world.shop.asked("StockPage")) <= FEW
    assert 6 in await stored(db)
    assert (await reached(db)).stock_until == before


async def test_subscriptions_that_lead_nowhere_are_told_and_orders_are_read(
    db: Database, world: World, clock: SettableClock
) -> None:
    poller = world.poller(db)
    await poller.tick()
    clock.advance(LATER)
    world.put(told(6, updatedAt=world.now(MINUTE)))
    reply = going_on(lambda _: [{"topic": "ORDERS_CREATE", "uri": "https://x.example"}], lambda _: "c")
    world.shop.say("WebhookSubscriptions", lambda _: {"webhookSubscriptions": reply()})
    assert isinstance((await poller.tick()).error, NoProgress)
    assert 6 in await stored(db)
    assert await open_gaps(db) == {"poller_failed"}
    assert (await reached(db)).unsubscribed is not None


@pytest.mark.parametrize("cursor", CURSORS.values(), ids=CURSORS)
async def test_a_list_in_an_order_that_leads_nowhere_concerns_that_order_and_is_told(
    cursor: Callable[[int], str | None], db: Database, world: World, clock: SettableClock
) -> None:
    world.put(told(3, lineItems=page([line(1)], cursor="more")))
    reply = going_on(lambda _: [line(2)], cursor)
    world.shop.say("OrderLines", lambda _: {"order": {"lineItems": reply()}})
    poller = world.poller(db)
    assert isinstance((await poller.tick()).error, NoProgress)
    assert len(world.shop.asked("OrderLines")) <= 2 * FEW
    assert await stored(db) == [1, 2, 4, 5]
    assert await open_gaps(db) == {"dead_letter", "poller_failed"}
    assert (await reached(db)).complete
    world.shop.say("OrderLines", {"order": {"lineItems": page([line(2)])}})
    clock.advance(LATER)
    assert (await poller.tick()).error is None
    assert await stored(db) == [1, 2, 3, 4, 5]
    assert await open_gaps(db) == set()


@pytest.mark.parametrize("cursor", CURSORS.values(), ids=CURSORS)
async def test_locations_and_subscriptions_stop_by_themselves(cursor: Callable[[int], str | None]) -> None:
    places = going_on(lambda _: [{"id": "gid://shopify/Location/1"}], cursor)
    topics = going_on(lambda _: [{"topic": "A", "uri": "https://x.example"}], cursor)
    shop = ScriptedShop(
        Locations=lambda _: {"locations": places()}, WebhookSubscriptions=lambda _: {"webhookSubscriptions": topics()}
    )
    with pytest.raises(NoProgress, match="locations"):
        await StockReader(shop).locations()
    with pytest.raises(NoProgress, match="webhook subscriptions"):
        await subscriptions(shop)
    assert len(shop.calls) <= 2 * FEW


REFUSALS = {
    HttpRefusal("x", 301): "moved",
    HttpRefusal("x", 401): "token",
    HttpRefusal("x", 402): "payment",
    HttpRefusal("x", 403): "forbids",
    HttpRefusal("x", 404): "no such shop",
    HttpRefusal("x", 423): "locked",
    HttpRefusal("x", 430): "security",
    NotJson("x"): "JSON",
    NoProgress("x"): "leads nowhere",
    NoAnswer("x"): "does not answer",
    Denied("x"): "scopes",
    BadRequest("x"): "shape",
}


async def test_each_failure_has_words_of_its_own(db: Database, world: World, clock: SettableClock) -> None:
    poller = world.poller(db)
    await poller.tick()
    seen: dict[str, ShopifyError] = {}
    for error, word in REFUSALS.items():
        clock.advance(LATER)
        world.failing = error
        assert (await poller.tick()).error is error
        (gap,) = await db.read(lambda conn: alerts.open_gaps(conn, db.shop_id))
        assert word in gap.message
        assert seen.setdefault(gap.message, error) is error
