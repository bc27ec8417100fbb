"""A delivery taken in: told apart from repeats, attributed, merged, settled in one transaction (contract §1 version, §2, §4)."""

from __future__ import annotations

import asyncio
from typing import Any

import orjson
import pytest
from sqlalchemy import select
from tests.server.conftest import SHOP, SettableClock
from tests.support import shop_bodies as shop
from tests.support.shop_bodies import Body, clock, delivery

from orders_sync.db import order_documents, references
from orders_sync.db.engine import Database
from orders_sync.db.tables import alerts, deliveries, events, orders
from orders_sync.db.tables import references as order_references
from orders_sync.ingest.apply import Applied, apply
from orders_sync.instants import DAY, HOUR
from orders_sync.rules.operator_state import OperatorState
from orders_sync.rules.thresholds import Thresholds
from orders_sync.settle.order import load, resettle, settle


async def take(db: Database, topic: str, body: Body, time: str = "08:30", webhook_id: str | None = None) -> Applied:
    return await db.write(lambda tx: apply(tx, delivery(topic, body, time, webhook_id), Thresholds()))


async def row(db: Database, order_id: int = 1) -> dict[str, Any] | None:
    found = await db.read(
        lambda conn: conn.execute(select(orders).where(orders.c.id == order_id)).mappings().one_or_none()
    )
    return None if found is None else dict(found)


async def version(db: Database, order_id: int = 1) -> int:
    found = await row(db, order_id)
    return 0 if found is None else int(found["version"])


async def open_alerts(db: Database) -> set[tuple[str, str]]:
    query = select(alerts.c.type, alerts.c.message).where(alerts.c.state == "open")
    return {(row.type, row.message) for row in await db.read(lambda conn: conn.execute(query).all())}


async def refreshed(db: Database, since: int) -> list[list[str] | None]:
    """The orders that each refresh ping after `since` names."""
    query = select(events.c.body).where(events.c.type == "refresh", events.c.n > since).order_by(events.c.n)
    bodies = await db.read(lambda conn: conn.execute(query).scalars().all())
    return [orjson.loads(body).get("order_ids") for body in bodies]


async def test_an_order_is_there_once_its_webhook_is_taken(db: Database) -> None:
    applied = await take(db, "orders/create", shop.order(1))
    assert applied.changed == {1}
    found = await row(db)
    assert found is not None
    assert (found["name"], found["version"], found["total_minor"]) == ("#1001", 1, 2500)


async def test_a_repeated_delivery_does_nothing_but_answer(db: Database) -> None:
    await take(db, "orders/create", shop.order(1), webhook_id="w1")
    newest = db.version
    applied = await take(db, "orders/create", shop.order(1), webhook_id="w1")
    assert applied.repeated
    assert (await version(db), db.version) == (1, newest)


async def test_sibling_topics_of_one_event_are_all_taken(db: Database) -> None:
    await take(db, "orders/create", shop.order(1), webhook_id="w1")
    applied = await take(db, "orders/paid", shop.order(1, "08:10", financial_status="paid"), webhook_id="w2")
    assert applied.changed == {1}


async def test_an_update_of_updated_at_alone_changes_no_version_and_tells_nobody(db: Database) -> None:
    await take(db, "orders/create", shop.order(1, "08:00"))
    newest = db.version
    applied = await take(db, "orders/updated", shop.order(1, "09:00"), "09:00")
    assert applied.changed == frozenset()
    assert (await version(db), db.version) == (1, newest)
    seen = await db.read(lambda conn: conn.execute(select(deliveries.c.topic)).scalars().all())
    assert sorted(seen) == ["orders/create", "orders/updated"]


async def test_every_fact_that_changes_grows_the_version_and_is_announced(db: Database) -> None:
    await take(db, "orders/create", shop.order(1))
    newest = db.version
    await take(db, "orders/updated", shop.order(1, "09:00", note="ring twice"), "09:00")
    assert await version(db) == 2
    assert await refreshed(db, newest) == [[shop.gid("Order", 1)]]


async def test_a_late_delivery_that_changes_no_state_adds_its_entry_and_grows_the_version(db: Database) -> None:
    await take(db, "orders/create", shop.order(1))
    await take(db, "fulfillments/update", shop.fulfillment(21, time="11:00", shipment_status="delivered"), "11:00")
    before = await version(db)
    await take(db, "fulfillment_events/create", shop.scan(1, "in_transit", "09:30"), "11:30")
    found = await row(db)
    assert found is not None
    assert found["version"] == before + 1
    assert "fulfillment_in_transit" in found["card"].decode()


async def test_an_unknown_topic_is_recorded_and_changes_nothing(db: Database) -> None:
    newest = db.version
    applied = await take(db, "themes/publish", {"id": 1}, webhook_id="w9")
    assert applied == Applied()
    assert (await take(db, "themes/publish", {"id": 1}, webhook_id="w9")).repeated
    assert db.version == newest


async def test_a_fulfilment_before_its_order_is_a_stub_and_a_gap_until_the_body_comes(db: Database) -> None:
    await take(db, "fulfillments/create", shop.fulfillment(21, tracking_number="A1"), "09:00")
    assert await row(db) is None
    assert await db.read(lambda conn: order_documents.stubs(conn, db.shop_id)) == [1]
    assert [kind for kind, _ in await open_alerts(db)] == ["data_gap"]
    await take(db, "orders/create", shop.order(1), "09:30")
    found = await row(db)
    assert found is not None
    assert "fulfillment_submitted" in found["card"].decode()
    assert await db.read(lambda conn: order_documents.stubs(conn, db.shop_id)) == []
    assert await open_alerts(db) == set()


async def test_an_order_whose_lines_were_not_told_is_shown_and_asked_for(db: Database) -> None:
    body = {"id": 1, "name": "#1001", "created_at": clock("08:00"), "total_price": "598.94"}
    await take(db, "orders/updated", body)
    found = await row(db)
    assert found is not None
    assert found["name"] == "#1001"
    assert await db.read(lambda conn: order_documents.stubs(conn, db.shop_id)) == [1]
    assert await open_alerts(db) == set()


async def test_a_deleted_order_is_gone_and_stays_gone(db: Database) -> None:
    await take(db, "orders/create", shop.order(1))
    await take(db, "orders/delete", {"id": 1}, "09:00")
    assert await row(db) is None
    applied = await take(db, "orders/updated", shop.order(1, "08:50", note="late"), "09:10")
    assert applied.changed == frozenset()
    assert await row(db) is None
    assert await db.read(lambda conn: order_documents.stubs(conn, db.shop_id)) == []


async def test_a_deletion_before_the_order_leaves_a_tombstone(db: Database) -> None:
    await take(db, "orders/delete", {"id": 1}, "09:00")
    await take(db, "orders/create", shop.order(1), "09:10")
    assert await row(db) is None


def _hold_on(fulfillment_order_id: int) -> Body:
    return {"fulfillment_order": shop.fulfillment_order(fulfillment_order_id), "fulfillment_hold": shop.hold(51)}


async def test_a_hold_that_names_no_order_waits_for_the_fulfilment_order(db: Database) -> None:
    await take(db, "orders/create", shop.order(1))
    assert (await take(db, "fulfillment_holds/added", _hold_on(41), "08:40")).parked == 1
    assert await db.read(lambda conn: references.parked_references(conn, db.shop_id)) == [("fulfillment_order", 41)]
    told = {"id": 41, "order_id": 1, "status": "on_hold", "updated_at": clock("08:35")}
    await take(db, "fulfillment_orders/resource", told, "08:50")
    found = await row(db)
    assert found is not None
    assert found["static_issue"] == "inventory"
    assert await db.read(lambda conn: references.parked_references(conn, db.shop_id)) == []


async def test_a_known_fulfilment_order_names_the_order(db: Database) -> None:
    await take(db, "orders/create", shop.order(1))
    await take(db, "fulfillment_orders/resource", {"id": 41, "order_id": 1, "status": "open"}, "08:31")
    assert (await take(db, "fulfillment_holds/added", _hold_on(41), "08:40")).changed == {1}


async def test_fulfilment_orders_that_follow_one_another_are_of_one_order(db: Database) -> None:
    await take(db, "orders/create", shop.order(1))
    await take(db, "fulfillment_holds/added", _hold_on(43), "08:40")
    for old, new in ((42, 43), (41, 42)):
        moved = {
            "original_fulfillment_order": shop.fulfillment_order(old, "closed"),
            "moved_fulfillment_order": shop.fulfillment_order(new, "on_hold"),
        }
        await take(db, "fulfillment_orders/moved", moved, "08:45")
    applied = await take(db, "fulfillment_orders/resource", {"id": 41, "order_id": 1, "status": "closed"}, "08:50")
    assert applied.changed == {1}
    found = await row(db)
    assert found is not None
    assert found["held_at"] is not None


async def test_a_stub_names_its_references_too(db: Database) -> None:
    await take(db, "fulfillment_orders/resource", {"id": 41, "order_id": 1, "status": "open"}, "08:31")
    assert (await take(db, "fulfillment_holds/added", _hold_on(41), "08:40")).parked == 0
    await take(db, "orders/create", shop.order(1))
    found = await row(db)
    assert found is not None
    assert found["static_issue"] == "inventory"


async def test_a_stub_that_is_deleted_leaves_no_reference(db: Database) -> None:
    await take(db, "fulfillment_orders/resource", {"id": 41, "order_id": 1, "status": "open"}, "08:31")
    await take(db, "orders/delete", {"id": 1}, "09:00")
    assert await db.read(lambda conn: conn.execute(select(order_references)).all()) == []


async def test_two_orders_that_claim_one_return_do_not_disturb_each_other(db: Database) -> None:
    for order_id in (1, 2):
        await take(db, "orders/create", shop.order(order_id))
        await take(db, "returns/request", shop.shop_return(31, order_id, status="requested"), "09:00")
    assert (await version(db, 1), await version(db, 2)) == (2, 2)


async def test_a_dispute_without_an_order_concerns_none(db: Database) -> None:
    assert await take(db, "disputes/create", shop.dispute(order_id=None)) == Applied()


async def test_alerts_follow_in_the_same_transaction(db: Database, clock: SettableClock) -> None:
    await take(db, "orders/create", shop.order(1))
    clock.advance(DAY)
    await db.write(lambda tx: resettle(tx, [1], Thresholds()))
    assert await open_alerts(db) == {("order_overdue", "#1001 is overdue: it was due 2026-03-11 08:00")}
    found = await row(db)
    assert found is not None
    assert found["alert_types"] == "order_overdue"
    sent = shop.order(1, "09:00", line_items=[shop.line(fulfillable_quantity=0)])
    await take(db, "orders/fulfilled", sent, "09:00")
    assert await open_alerts(db) == set()


async def test_time_alone_grows_no_version(db: Database, clock: SettableClock) -> None:
    await take(db, "orders/create", shop.order(1))
    clock.advance(2 * DAY + HOUR)
    await db.write(lambda tx: resettle(tx, [1, 999], Thresholds()))
    assert await version(db) == 1


async def test_other_figures_give_another_row(db: Database) -> None:
    await take(db, "orders/create", shop.order(1))
    await db.write(lambda tx: resettle(tx, [1], Thresholds(ship_within=2 * HOUR)))
    found = await row(db)
    assert found is not None
    assert found["due_at"] == found["placed_at"] + 2 * HOUR


async def test_what_operators_decide_is_kept_beside_the_evidence(db: Database) -> None:
    await take(db, "orders/create", shop.order(1))

    def assign(tx: Any) -> int:
        known = load(tx, 1)
        assert known is not None
        return settle(tx, 1, known.facts, OperatorState(assigned_to="ada"), Thresholds()).version

    assert await db.write(assign) == 2
    assert await db.write(assign) == 2
    await take(db, "orders/updated", shop.order(1, "09:00", tags="x"), "09:00")
    found = await row(db)
    assert found is not None
    assert (found["assigned_to"], found["version"]) == ("ada", 3)


async def test_nothing_is_kept_of_a_delivery_that_says_nothing(db: Database) -> None:
    await take(db, "fulfillment_events/delete", shop.scan(1, "", "09:00", order_id=77))
    assert await db.read(lambda conn: list(order_documents.ids(conn, db.shop_id))) in ([], [[77]])


async def test_two_processes_that_change_one_order_each_grow_its_version(postgres_url: str) -> None:
    clock = SettableClock()
    first, second = [await Database.open(postgres_url, SHOP, clock) for _ in range(2)]
    await take(first, "orders/create", shop.order(1))

    async def tag(db: Database, n: int) -> Applied:
        return await take(db, "orders/updated", shop.order(1, f"09:{n:02}", tags=f"t{n}"), f"09:{n:02}")

    told = await asyncio.gather(*(tag((first, second)[n % 2], n) for n in range(1, 21)))
    found = await row(second)
    assert found is not None
    assert found["version"] == 1 + sum(1 for applied in told if applied.changed)
    assert '"t20"' in found["card"].decode()
    for db in (first, second):
        await db.close()


async def test_what_an_orders_own_body_holds_of_others_is_told(db: Database) -> None:
    """Payments, a parcel, a refund and a return inside an order are what webhooks of their own would say."""
    payment = shop.transaction(71, "sale", "08:05", amount="79.60")
    body = shop.order(1, "09:00", transactions=[payment], returns=[shop.shop_return(31, 1, status="open")])
    await take(db, "orders/create", body)
    found = await row(db)
    assert found is not None
    card = orjson.loads(found["card"])
    captured = [entry for entry in card["timeline"] if entry["event"] == "payment_captured"]
    assert [(entry["ts"][11:16], "79.60" in entry["details"]) for entry in captured] == [("08:05", True)]
    assert card["return"]["state"] == "awaiting_label"
    before = await version(db)
    await take(db, "order_transactions/create", payment, "09:10")
    assert await version(db) == before


@pytest.mark.parametrize("kind", ["authorization", "capture", "sale", "refund", "void"])
@pytest.mark.parametrize("status", ["success", "failure", "error", "pending"])
async def test_a_payment_inside_an_order_says_what_its_own_webhook_says(kind: str, status: str) -> None:
    payment = shop.transaction(71, kind, "08:05", status=status)
    (alone,) = shop.read("order_transactions/create", payment, "09:00")
    inside = shop.read("orders/create", shop.order(1, "09:00", transactions=[payment]), "09:00")
    assert alone in inside


async def test_blank_tags_remove_the_tags(db: Database) -> None:
    await take(db, "orders/create", shop.order(1, tags="vip, gift"))
    await take(db, "orders/updated", shop.order(1, "09:00", tags="\u00a0"))
    found = await row(db)
    assert found is not None
    assert orjson.loads(found["card"])["tags"] == []


async def test_a_blank_number_removes_the_number(db: Database) -> None:
    await take(db, "fulfillments/create", shop.fulfillment(21, 1, "09:00", tracking_number="A1"))
    await take(db, "orders/create", shop.order(1))
    await take(
        db, "fulfillments/update", shop.fulfillment(21, 1, "10:00", tracking_number="\u00a0", tracking_numbers=[])
    )
    found = await row(db)
    assert found is not None
    assert [parcel["number"] for parcel in orjson.loads(found["card"])["tracking"]] == [None]
