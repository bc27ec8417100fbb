"""The poller: it reads everything once, then what changed; it loses nothing, and tells what is wrong: contract §2, §4."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
import pytest
from sqlalchemy import select, update
from tests.server.conftest import SettableClock
from tests.server.shopify.world import DOMAIN, LATER, World, level, open_gaps, reached
from tests.support.shopify import fulfillment_order, line, order, page, parcel, returned, scan

from orders_sync.alerts import app_installation
from orders_sync.db import due, events, leases, tables
from orders_sync.db.engine import Database
from orders_sync.db.tables import orders, parcels, returns, stock
from orders_sync.db.tx import Tx
from orders_sync.evidence.changes import Delivery, FulfillmentSeen, HoldAdded, OrderSeen, Stamp
from orders_sync.evidence.entities import FulfillmentPart, HoldPart, OrderFields
from orders_sync.external.shopify.errors import BadRequest, Denied, NoAnswer, ShopifyError
from orders_sync.external.shopify.scalars import gid
from orders_sync.ingest.apply import apply
from orders_sync.instants import HOUR, MINUTE, Ms, parse_instant
from orders_sync.poller import catch_up, progress
from orders_sync.poller.poller import switched_off
from orders_sync.rules.thresholds import Thresholds


@pytest.fixture
def world(clock: SettableClock) -> World:
    """Five orders of the last days, each updated when it was placed."""
    told = World(clock)
    for number in range(1, 6):
        at = f"2026-03-0{number}T10:00:00Z"
        told.put(order(number, createdAt=at, processedAt=at, updatedAt=at, fulfillmentOrders=page()))
    return told


async def stored(db: Database) -> list[str]:
    found = await db.read(lambda conn: list(conn.scalars(select(orders.c.name).order_by(orders.c.id))))
    return [str(name) for name in found]


async def told_since(db: Database, after: int) -> list[dict[str, Any]]:
    batch = await db.read(lambda conn: events.after(conn, db.shop_id, after, 500))
    return [orjson.loads(event.body) for event in batch.events]


async def webhook(db: Database, *changes: Any, name: str = "w1") -> None:
    delivery = Delivery("webhook", name, "orders/updated", db.clock(), changes)
    await db.write(lambda tx: apply(tx, delivery, Thresholds()))


async def settled(db: Database, world: World) -> Any:
    """A poller after its back-fill."""
    poller = world.poller(db)
    assert (await poller.tick()).error is None
    world.shop.calls.clear()
    return poller


async def test_the_first_tick_reads_everything_newest_first(db: Database, world: World) -> None:
    ticked = await world.poller(db).tick()
    assert ticked.error is None
    assert await stored(db) == ["#1001", "#1002", "#1003", "#1004", "#1005"]
    first, *_, last = world.pages()
    assert (first["sortKey"], first["reverse"], first["query"]) == ("CREATED_AT", True, None)
    assert (last["sortKey"], last["reverse"]) == ("UPDATED_AT", False)
    known = await reached(db)
    assert known.backfill is not None
    assert (known.backfill.done, known.backfill.total, known.complete) == (5, 5, True)


async def test_the_back_fill_announces_no_alert_singly_and_ends_with_a_reset(db: Database, world: World) -> None:
    await world.poller(db).tick()
    told = await told_since(db, 0)
    assert "order_overdue" not in {event["type"] for event in told}
    assert [event["type"] for event in told if event.get("reset")] == ["refresh"]


async def test_a_back_fill_that_was_cut_off_goes_on_where_it_was(db: Database, world: World) -> None:
    def fail_on_the_third(variables: Mapping[str, Any]) -> None:
        if variables["after"] == "4":
            raise NoAnswer("cut off")

    world.before_page = fail_on_the_third
    assert isinstance((await world.poller(db).tick()).error, NoAnswer)
    known = await reached(db)
    assert known.backfill is not None
    assert (known.backfill.cursor, known.backfill.done, known.error) == ("4", 4, "cut off")
    world.before_page = lambda _variables: None
    world.shop.calls.clear()
    assert (await world.poller(db, "after a restart").tick()).error is None
    assert world.pages()[0]["after"] == "4"
    assert len(await stored(db)) == 5


async def test_a_cursor_that_the_shop_no_longer_takes_begins_that_part_again(db: Database, world: World) -> None:
    def refuse_cursors(variables: Mapping[str, Any]) -> None:
        if variables["after"] is not None:
            raise BadRequest("invalid cursor")

    world.before_page = refuse_cursors
    poller = world.poller(db)
    assert isinstance((await poller.tick()).error, BadRequest)
    world.before_page = lambda _variables: None
    world.shop.calls.clear()
    assert (await poller.tick()).error is None
    assert world.pages()[0]["after"] is None
    assert len(await stored(db)) == 5


async def test_a_tick_asks_for_what_changed_since_the_last_with_overlap(
    db: Database, world: World, clock: SettableClock
) -> None:
    poller = await settled(db, world)
    clock.advance(LATER)
    world.put(order(6, updatedAt=world.now(MINUTE)))
    ticked = await poller.tick()
    assert (ticked.read, ticked.changed) == (1, 1)
    assert world.pages()[0]["query"] == "updated_at:>='2026-03-10T11:55:00Z'"
    assert "#1006" in await stored(db)
    assert (await reached(db)).orders_until == clock()


async def test_what_changed_during_the_back_fill_is_read_right_after_it(
    db: Database, world: World, clock: SettableClock
) -> None:
    def meanwhile(variables: Mapping[str, Any]) -> None:
        clock.advance(HOUR)
        if variables["after"] == "4":
            world.put(order(5, updatedAt=world.now(), name="#renamed", fulfillmentOrders=page()))

    world.before_page = meanwhile
    await world.poller(db).tick()
    assert (await stored(db))[-1] == "#renamed"


async def test_every_tick_pings_also_one_that_changed_nothing(db: Database, world: World, clock: SettableClock) -> None:
    poller = await settled(db, world)
    clock.advance(LATER)
    before = db.version
    ticked = await poller.tick()
    assert (ticked.read, ticked.changed) == (0, 0)
    assert [event["type"] for event in await told_since(db, before)] == ["refresh"]
    world.failing = NoAnswer("cut off")
    before = db.version
    await poller.tick()
    assert "refresh" in [event["type"] for event in await told_since(db, before)]


async def test_a_parcel_on_its_way_is_read_again_though_its_order_did_not_change(
    db: Database, world: World, clock: SettableClock
) -> None:
    sent = order(7, updatedAt="2026-03-09T10:00:00Z", fulfillments=[parcel(3)], fulfillmentOrders=page())
    world.put(sent)
    poller = await settled(db, world)
    arrived = page([scan(1), scan(2, "DELIVERED", "2026-03-10T11:00:00Z")])
    told = {"displayStatus": "DELIVERED", "deliveredAt": "2026-03-10T11:00:00Z", "updatedAt": "2026-03-10T11:00:00Z"}
    world.put(sent | {"fulfillments": [parcel(3, events=arrived, **told)]})
    clock.advance(LATER)
    await poller.tick()
    assert [asked["ids"] for asked in world.shop.asked("ParcelsRead")] == [["gid://shopify/Order/7"]]
    delivered = await db.read(lambda conn: conn.scalar(select(parcels.c.delivered_at)))
    assert delivered == parse_instant("2026-03-10T11:00:00Z")
    world.shop.calls.clear()
    await poller.tick()
    assert world.shop.asked("ParcelsRead") == []


async def test_an_open_return_is_read_again_though_its_order_did_not_change(
    db: Database, world: World, clock: SettableClock
) -> None:
    world.put(order(8, updatedAt="2026-03-09T10:00:00Z", returns=page([{"id": "gid://shopify/Return/2"}])))
    world.details["r"] = returned(2, 8)
    poller = await settled(db, world)
    world.details["r"] = returned(2, 8, status="CLOSED", closedAt="2026-03-10T11:30:00Z")
    clock.advance(LATER)
    await poller.tick()
    assert await db.read(lambda conn: conn.scalar(select(returns.c.state))) == "completed"


async def test_an_open_return_is_read_again_also_beside_a_parcel_on_its_way(
    db: Database, world: World, clock: SettableClock
) -> None:
    told = order(8, updatedAt="2026-03-09T10:00:00Z", returns=page([{"id": "gid://shopify/Return/2"}]))
    world.put(told | {"fulfillments": [parcel(3)], "fulfillmentOrders": page()})
    world.details["r"] = returned(2, 8)
    poller = await settled(db, world)
    world.details["r"] = returned(2, 8, status="CLOSED", closedAt="2026-03-10T11:30:00Z")
    clock.advance(LATER)
    await poller.tick()
    assert await db.read(lambda conn: conn.scalar(select(returns.c.state))) == "completed"


async def test_stock_is_read_whole_and_then_by_change(db: Database, world: World, clock: SettableClock) -> None:
    world.levels = [level(1, "SKU-1", -3, "2026-03-01T00:00:00Z"), level(2, "SKU-2", 4, "2026-03-01T00:00:00Z")]
    poller = await settled(db, world)
    clock.advance(LATER)
    world.levels = [level(1, "SKU-1", 9, world.now())]
    await poller.tick()
    (asked,) = world.shop.asked("StockPage")
    assert asked["query"] == "updated_at:>='2026-03-10T11:55:00Z'"
    rows = await db.read(lambda conn: {row.sku: row.available for row in conn.execute(select(stock))})
    assert rows == {"SKU-1": 9, "SKU-2": 4}


async def changed_before(world: World, ago_ms: int) -> None:
    world.put(order(1, updatedAt=world.now(ago_ms), note="changed", fulfillmentOrders=page()))


async def test_a_change_that_no_webhook_told_is_a_gap_until_webhooks_come_again(
    db: Database, world: World, clock: SettableClock
) -> None:
    poller = await settled(db, world)
    clock.advance(LATER)
    await changed_before(world, 6 * MINUTE)
    await poller.tick()
    assert "webhooks_silent" in await open_gaps(db)
    clock.advance(LATER)
    await poller.tick()
    assert "webhooks_silent" in await open_gaps(db)
    await webhook(db)
    clock.advance(LATER)
    await poller.tick()
    assert "webhooks_silent" not in await open_gaps(db)


async def test_a_change_that_a_webhook_told_is_no_gap(db: Database, world: World, clock: SettableClock) -> None:
    poller = await settled(db, world)
    clock.advance(LATER)
    await changed_before(world, 6 * MINUTE)
    at = Ms(clock() - 6 * MINUTE)
    await webhook(db, OrderSeen(1, OrderFields(updated_at=at), Stamp(at, at)))
    await poller.tick()
    assert await open_gaps(db) == set()


async def test_a_change_that_is_still_fresh_is_no_gap(db: Database, world: World, clock: SettableClock) -> None:
    poller = await settled(db, world)
    clock.advance(LATER)
    await changed_before(world, 4 * MINUTE)
    await poller.tick()
    assert await open_gaps(db) == set()


async def test_what_happened_before_this_process_began_may_still_be_told(
    db: Database, world: World, clock: SettableClock
) -> None:
    await settled(db, world)
    clock.advance(LATER)
    await changed_before(world, 6 * MINUTE)
    await world.poller(db, "after a restart").tick()
    assert await open_gaps(db) == set()


@pytest.mark.parametrize("error", [NoAnswer("x"), Denied("no scope"), BadRequest("?")])
async def test_a_tick_that_failed_is_a_gap_until_one_goes_well(
    error: ShopifyError, db: Database, world: World, clock: SettableClock
) -> None:
    poller = await settled(db, world)
    world.failing = error
    clock.advance(LATER)
    assert (await poller.tick()).error is error
    assert await open_gaps(db) == {"poller_failed"}
    assert (await reached(db)).error == str(error)
    world.failing = None
    assert (await poller.tick()).error is None
    assert await open_gaps(db) == set()


async def test_an_uninstalled_app_is_a_gap_until_a_tick_goes_well(
    db: Database, world: World, clock: SettableClock
) -> None:
    poller = await settled(db, world)
    clock.advance(LATER)
    await db.write(lambda tx: app_installation.uninstalled(tx, tx.now))
    assert await open_gaps(db) == {"app_uninstalled"}
    clock.advance(LATER)
    await poller.tick()
    assert await open_gaps(db) == set()


async def test_a_server_that_no_longer_polls_has_no_gap_of_polling(
    db: Database, world: World, clock: SettableClock
) -> None:
    world.scopes = ["read_orders"]
    poller = await settled(db, world)
    world.failing = NoAnswer("cut off")
    clock.advance(LATER)
    await poller.tick()
    assert await open_gaps(db) == {"history_limited", "poller_failed"}
    await switched_off(db)
    assert await open_gaps(db) == set()
    assert (await reached(db)).error is None


async def test_a_token_of_another_shop_reads_nothing(db: Database, world: World) -> None:
    world.domain = "other.myshopify.com"
    ticked = await world.poller(db).tick()
    assert isinstance(ticked.error, Denied)
    assert DOMAIN in str(ticked.error)
    assert await stored(db) == []


async def test_a_history_of_sixty_days_is_a_gap_until_the_scope_is_given(db: Database, world: World) -> None:
    world.scopes = ["read_orders"]
    poller = world.poller(db)
    await poller.tick()
    assert await open_gaps(db) == {"history_limited"}
    world.scopes = ["read_orders", "read_all_orders"]
    world.put(order(9, createdAt="2024-01-01T10:00:00Z", updatedAt="2024-01-01T10:00:00Z", fulfillmentOrders=page()))
    await poller.tick()
    assert await open_gaps(db) == set()
    assert "#1009" in await stored(db)


async def test_topics_without_a_subscription_are_found_at_start_and_with_every_tick(
    db: Database, world: World, clock: SettableClock
) -> None:
    world.topics.remove("REFUNDS_CREATE")
    poller = world.poller(db)
    await poller.tick()
    assert (await reached(db)).unsubscribed == ("REFUNDS_CREATE",)
    world.topics.append("REFUNDS_CREATE")
    clock.advance(LATER)
    await poller.tick()
    assert (await reached(db)).unsubscribed == ()


async def test_orders_are_read_also_where_subscriptions_cannot_be(db: Database, world: World) -> None:
    world.subscriptions_fail = Denied("no scope")
    assert (await world.poller(db).tick()).error is None
    assert (await reached(db)).unsubscribed is None


async def test_only_one_process_polls(db: Database, world: World) -> None:
    await db.write(lambda tx: leases.take(tx, progress.NAME, "another", 60_000))
    assert (await world.poller(db).tick()).busy
    assert world.pages() == []


async def test_an_overtaken_process_keeps_nothing_of_what_it_writes(
    db: Database, world: World, clock: SettableClock
) -> None:
    poller = await settled(db, world)
    clock.advance(LATER)
    world.put(order(6, updatedAt=world.now()))

    async def taken() -> None:
        await db.write(lambda tx: leases.take(tx, progress.NAME, "another", 60_000))

    original = world.shop.execute

    async def while_asking(document: Any, variables: Any = None) -> Any:
        if document.name == "OrdersPage":
            clock.advance(HOUR)
            await taken()
        return await original(document, variables)

    world.shop.execute = while_asking  # type: ignore[method-assign]
    assert (await poller.tick()).busy
    assert "#1006" not in await stored(db)


async def test_an_order_known_in_part_is_read_by_its_id(db: Database, world: World, clock: SettableClock) -> None:
    poller = await settled(db, world)
    at = clock()
    part = FulfillmentPart(id=99, created_at=at, updated_at=at)
    await webhook(db, FulfillmentSeen(40, part, Stamp(at, at)))
    assert await open_gaps(db) == {"order_partial"}
    world.put(order(40))
    assert await poller.repairs.run() == 1
    assert "#1040" in await stored(db)
    assert await open_gaps(db) == set()


async def test_what_the_shop_cannot_tell_is_asked_again_with_the_next_tick_only(
    db: Database, world: World, clock: SettableClock
) -> None:
    poller = await settled(db, world)
    at = clock()
    part = FulfillmentPart(id=99, created_at=at, updated_at=at)
    await webhook(db, FulfillmentSeen(40, part, Stamp(at, at)))
    assert [await poller.repairs.run(), await poller.repairs.run()] == [0, 0]
    assert len(world.shop.asked("OrdersRead")) == 1
    clock.advance(LATER)
    await poller.tick()
    assert len(world.shop.asked("OrdersRead")) == 2


async def test_a_part_of_an_order_that_the_shop_does_not_know_is_no_gap_for_ever(
    db: Database, world: World, clock: SettableClock
) -> None:
    poller = await settled(db, world)
    at = clock()
    await webhook(db, FulfillmentSeen(40, FulfillmentPart(id=99, created_at=at, updated_at=at), Stamp(at, at)))
    await poller.repairs.run()
    assert await open_gaps(db) == {"order_partial"}
    clock.advance(LATER)
    await poller.tick()
    assert await open_gaps(db) == set()
    world.put(order(40, updatedAt=world.now()))
    clock.advance(LATER)
    await poller.tick()
    assert "#1040" in await stored(db)


async def test_a_hold_that_names_no_order_is_given_to_its_own(db: Database, world: World, clock: SettableClock) -> None:
    poller = await settled(db, world)
    at = clock()
    hold = HoldPart(id="8", reason="inventory_out_of_stock")
    await webhook(db, HoldAdded(77, None, hold, Stamp(at, at)))
    told = fulfillment_order(77, status="ON_HOLD", updatedAt=world.now())
    world.put(order(3, updatedAt="2026-03-03T10:00:00Z", fulfillmentOrders=page([told])))
    world.owners = [{"id": "gid://shopify/FulfillmentOrder/77", "orderId": "gid://shopify/Order/3"}]
    await poller.repairs.run()
    assert await db.read(lambda conn: due.unsettled(conn, db.shop_id)) == [3]


async def test_what_an_earlier_release_did_not_ask_for_is_read_once_of_what_is_still_to_be_sent(
    db: Database, world: World, clock: SettableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catch_up, "ANEW_AT_ONCE", 2)
    done = [line(1, unfulfilledQuantity=0)]
    world.put(world.orders[gid("Order", 3)] | {"lineItems": page(done), "displayFulfillmentStatus": "FULFILLED"})
    await settled(db, world)
    await as_landed(db)
    asked: list[list[str]] = []
    for _ in range(4):
        clock.advance(LATER)
        world.shop.calls.clear()
        assert (await world.poller(db).tick()).error is None
        asked.append([each for call in world.shop.asked("OrdersRead") for each in call["ids"]])
    assert asked == [[gid("Order", n) for n in ids] for ids in ((1, 2), (4, 5), (), ())]
    assert (await reached(db)).reading == progress.READING


async def as_landed(db: Database) -> None:
    """The poller's progress as a release before wrote it."""
    stored = await db.read(lambda conn: leases.load(conn, db.shop_id, progress.NAME))
    assert stored is not None
    body = orjson.loads(stored)
    older = orjson.dumps({name: value for name, value in body.items() if name not in ("reading", "read_anew_to")})

    def store(tx: Tx) -> None:
        tx.conn.execute(update(tables.progress).values(body=older.decode()))

    await db.write(store)


async def test_a_desk_of_this_release_reads_nothing_anew(db: Database, world: World, clock: SettableClock) -> None:
    poller = await settled(db, world)
    clock.advance(LATER)
    assert (await poller.tick()).error is None
    assert world.shop.asked("OrdersRead") == []
