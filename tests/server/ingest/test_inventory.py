"""Stock that came in: per SKU over all locations, and what it does to the orders that owe it (contract §1, §3)."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select
from tests.support import shop_bodies as shop
from tests.support.shop_bodies import Body, at, clock, delivery

from orders_sync.db.engine import Database
from orders_sync.db.stock import levels
from orders_sync.db.tables import order_docs, orders, stock
from orders_sync.evidence.changes import Delivery, Stamp, StockExpected
from orders_sync.ingest.apply import apply
from orders_sync.instants import Ms
from orders_sync.rules.operator_state import InventoryHold, OperatorState
from orders_sync.rules.thresholds import Thresholds
from orders_sync.settle.order import load, settle


async def take(db: Database, topic: str, body: Body, time: str) -> None:
    await db.write(lambda tx: apply(tx, delivery(topic, body, time), Thresholds()))


async def item(db: Database, item_id: int, sku: str | None, time: str = "07:00") -> None:
    await take(db, "inventory_items/update", {"id": item_id, "sku": sku, "updated_at": clock(time)}, time)


async def level(db: Database, available: int | None, time: str, *, item_id: int = 91, location_id: int = 1) -> None:
    body = {"inventory_item_id": item_id, "location_id": location_id, "available": available, "updated_at": clock(time)}
    await take(db, "inventory_levels/update", body, time)


async def available(db: Database, sku: str = "SKU-11") -> int | None:
    found = await db.read(lambda conn: levels(conn, db.shop_id, [sku]))
    return found[sku].available if sku in found else None


async def issue(db: Database, order_id: int = 1) -> str | None:
    query = select(orders.c.static_issue).where(orders.c.id == order_id)
    found: str | None = await db.read(lambda conn: conn.execute(query).scalar_one())
    return found


async def test_locations_add_up(db: Database) -> None:
    await item(db, 91, "SKU-11")
    await level(db, 5, "08:00")
    await level(db, -7, "08:00", location_id=2)
    await level(db, None, "08:00", location_id=3)
    assert await available(db) == -2


async def test_items_of_one_sku_add_up(db: Database) -> None:
    for item_id in (91, 92):
        await item(db, item_id, "SKU-11")
        await level(db, 3, "08:00", item_id=item_id)
    assert await available(db) == 6


async def test_an_older_update_changes_nothing(db: Database) -> None:
    await item(db, 91, "SKU-11")
    await level(db, 5, "09:00")
    await level(db, -1, "08:00")
    assert await available(db) == 5


async def test_a_level_waits_for_its_items_sku(db: Database) -> None:
    await level(db, 5, "08:00")
    assert await available(db) is None
    await item(db, 91, "SKU-11")
    assert await available(db) == 5


async def test_an_item_that_gets_another_sku_takes_its_stock_along(db: Database) -> None:
    await item(db, 91, "SKU-11")
    await level(db, 5, "08:00")
    await item(db, 91, "SKU-12", "09:00")
    assert (await available(db), await available(db, "SKU-12")) == (None, 5)


async def test_a_disconnected_location_no_longer_counts(db: Database) -> None:
    await item(db, 91, "SKU-11")
    await level(db, 5, "08:00")
    await level(db, 2, "08:00", location_id=2)
    await take(db, "inventory_levels/disconnect", {"inventory_item_id": 91, "location_id": 1}, "09:00")
    assert await available(db) == 2


async def test_a_sku_that_runs_short_becomes_the_issue_of_the_orders_that_owe_it(db: Database) -> None:
    await take(db, "orders/create", shop.order(1), "08:00")
    await take(db, "orders/create", shop.order(2, line_items=[shop.line(12)]), "08:00")
    await item(db, 91, "SKU-11")
    before = db.version
    await level(db, -1, "08:30")
    assert (await issue(db, 1), await issue(db, 2)) == ("inventory", None)
    assert db.version > before
    await level(db, 0, "08:40")
    assert await issue(db, 1) is None


async def test_stock_that_says_nothing_new_tells_nobody(db: Database) -> None:
    await item(db, 91, "SKU-11")
    await level(db, 5, "08:00")
    before = db.version
    await level(db, 9, "07:30")
    assert db.version == before


async def _escalate(db: Database) -> None:
    def hold(tx: Any) -> None:
        known = load(tx, 1)
        assert known is not None
        held = {"SKU-11": InventoryHold(action_id="a1", at=at("09:00"), by="ada")}
        settle(tx, 1, known.facts, OperatorState(holds=held), Thresholds())

    await take(db, "orders/create", shop.order(1), "08:00")
    await item(db, 91, "SKU-11")
    await db.write(hold)


async def _holds(db: Database) -> dict[str, InventoryHold]:
    return (await _operator(db)).holds


async def _operator(db: Database) -> OperatorState:
    stored = await db.read(lambda conn: conn.execute(select(order_docs.c.operator)).scalar_one())
    return OperatorState.model_validate_json(stored) if stored else OperatorState()


@pytest.mark.parametrize(
    ("available_then", "time", "ended"), [(0, "10:00", True), (-2, "10:00", False), (5, "08:50", False)]
)
async def test_an_escalation_ends_with_a_newer_update_at_zero_or_more(
    db: Database, available_then: int, time: str, *, ended: bool
) -> None:
    await _escalate(db)
    await level(db, available_then, time)
    assert (await _holds(db) == {}) is ended
    assert (await issue(db) is None) is ended


async def test_what_ended_stays_ended_when_stock_runs_short_again(db: Database) -> None:
    await _escalate(db)
    await level(db, 3, "10:00")
    await level(db, -3, "10:10")
    assert await _holds(db) == {}
    assert [entry.event for entry in (await _operator(db)).entries.values()] == ["inventory_release"]


async def test_an_escalation_ends_with_the_order(db: Database) -> None:
    await _escalate(db)
    await take(db, "orders/cancelled", shop.order(1, "10:00", cancelled_at=clock("10:00")), "10:00")
    assert await _holds(db) == {}


async def test_the_erp_says_when_stock_is_expected(db: Database) -> None:
    def expect(eta: Ms | None, time: str) -> Delivery:
        change = StockExpected("SKU-11", eta, Stamp(at(time), at(time)))
        return Delivery("erp", f"m{time}", "inventory.expected", at(time), (change,))

    await db.write(lambda tx: apply(tx, expect(at("12:00"), "09:00"), Thresholds()))
    await db.write(lambda tx: apply(tx, expect(None, "08:00"), Thresholds()))
    assert await db.read(lambda conn: conn.execute(select(stock.c.eta)).scalar_one()) == at("12:00")
