"""customers/redact and shop/redact: nothing of the person is left, and nothing that comes later brings it back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, select
from tests.support import shop_bodies as shop
from tests.support.acting import serve
from tests.support.shop_bodies import Body, at, delivery

from orders_sync.alerts import app_installation
from orders_sync.db import alerts, dead_letters, privacy, shops
from orders_sync.db.dead_letters import Letter
from orders_sync.db.engine import Database
from orders_sync.db.tables import metadata, order_docs, orders
from orders_sync.ingest.apply import apply
from orders_sync.instants import Ms
from orders_sync.rules.operator_state import Entry, Escalation, OperatorState
from orders_sync.rules.thresholds import Thresholds
from orders_sync.settle.order import load, settle
from orders_wire.vocabulary import DeadLetterState, Gap

TRACES = ("Lovelace", "ada@example.com", "Engine Way", "ring at Ada's", "spoke to Ada", "Love, Ada")
ENGRAVED = [shop.line(properties=[{"name": "Engraving", "value": "Love, Ada"}])]
REDACT = {"customer": {"id": 77, "email": "ada@example.com", "phone": None}, "orders_to_redact": [1]}


async def take(db: Database, topic: str, body: Body, time: str = "09:00") -> None:
    await db.write(lambda tx: apply(tx, delivery(topic, body, time), Thresholds()))


def _everything(conn: Connection) -> Iterable[str]:
    for table in metadata.sorted_tables:
        for row in conn.execute(select(table)):
            for value in row:
                yield value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


async def _traces(db: Database) -> list[str]:
    """Where something of the person still stands."""
    found = await db.read(lambda conn: list(_everything(conn)))
    return [text for text in found if any(trace.casefold() in text.casefold() for trace in TRACES)]


def _escalated(tx: Any) -> None:
    known = load(tx, 1)
    assert known is not None
    entry = Entry(ts=at("09:00"), event="support_escalated", details="spoke to Ada")
    escalation = Escalation(action_id="a1", at=at("09:00"), by="bea", note="spoke to Ada")
    settle(
        tx, 1, known.facts, OperatorState(escalation=escalation, entries={"support_escalated:a1": entry}), Thresholds()
    )


async def _one_with_everything(db: Database) -> None:
    await take(db, "orders/create", shop.order(1, note="ring at Ada's", line_items=ENGRAVED), "08:00")
    await take(db, "refunds/create", shop.refund(5, "10:00", note="ring at Ada's"), "10:00")
    await db.write(_escalated)
    letter = Letter("webhook", "orders/updated", "w1", "{}", b'{"id": 1, "email": "ADA@example.com"}')
    await db.write(lambda tx: dead_letters.add(tx, letter, "no reason"))
    assert await _traces(db)


async def test_nothing_of_the_customer_is_left(db: Database) -> None:
    await _one_with_everything(db)
    await take(db, "customers/redact", REDACT, "11:00")
    assert await _traces(db) == []
    row = await db.read(lambda conn: conn.execute(select(orders.c.name, orders.c.customer_id)).one())
    assert tuple(row) == ("#1001", None)


async def test_what_operators_wrote_is_left_nowhere_and_can_still_be_undone(db: Database) -> None:
    async with serve(db) as desk:
        await take(db, "orders/create", shop.order(1), "08:00")
        await take(db, "orders/create", shop.order(2, customer=None, email=None, shipping_address=None), "08:00")
        _, told = await desk.act("support", {"orderId": "1", "note": "spoke to Ada"})
        await desk.act("inventory", {"sku": "SKU-11", "note": "spoke to Ada", "orderIds": ["1"]})
        await take(db, "customers/redact", {**REDACT, "orders_to_redact": [1]}, "11:00")
        assert await _traces(db) == []
        status, _ = await desk.act("undo", {"actionId": told["actionId"]})
        assert status == 200


async def test_what_comes_later_brings_nothing_back(db: Database) -> None:
    await _one_with_everything(db)
    await take(db, "customers/redact", REDACT, "11:00")
    told = shop.order(1, "11:30", tags="new", note="ring at Ada's", line_items=ENGRAVED)
    await take(db, "orders/updated", told, "11:30")
    assert await _traces(db) == []
    card = await db.read(lambda conn: conn.execute(select(orders.c.card)).scalar_one())
    assert b'"new"' in card


async def test_every_order_of_the_customer_is_meant(db: Database) -> None:
    await take(db, "orders/create", shop.order(2), "08:00")
    await take(db, "orders/create", shop.order(3, customer=None), "08:00")
    await take(db, "customers/redact", {**REDACT, "orders_to_redact": []}, "11:00")
    assert await _traces(db) == []


async def test_another_customer_is_not_touched(db: Database) -> None:
    other = {"id": 78, "first_name": "Grace", "email": "grace@example.com"}
    await take(db, "orders/create", shop.order(4, customer=other, email="grace@example.com"), "08:00")
    await take(db, "customers/redact", REDACT, "11:00")
    row = await db.read(
        lambda conn: conn.execute(select(orders.c.customer_folded).where(orders.c.id == 4)).scalar_one()
    )
    assert row == "grace"


async def test_an_order_that_is_not_known_yet_comes_without_the_person(db: Database) -> None:
    await take(db, "customers/redact", REDACT, "07:00")
    await take(db, "orders/create", shop.order(1), "08:00")
    assert await _traces(db) == []


async def test_a_redacted_order_has_no_address_issue(db: Database) -> None:
    await take(db, "orders/create", shop.order(1), "08:00")
    await take(db, "customers/redact", REDACT, "11:00")
    assert await db.read(lambda conn: conn.execute(select(orders.c.static_issue)).scalar_one()) is None


async def test_an_id_inside_a_longer_one_is_another(db: Database) -> None:
    letter = Letter("webhook", "orders/updated", "w1", "{}", b'{"id": 177, "order_id": 4771}')
    await db.write(lambda tx: dead_letters.add(tx, letter, "no reason"))
    await db.write(lambda tx: privacy.forget_letters(tx, {77, 7}, set()))
    (found,) = await db.read(lambda conn: dead_letters.listed(conn, db.shop_id, DeadLetterState.DEAD))
    assert found.body == letter.body


async def test_a_redacted_shop_keeps_no_order(db: Database) -> None:
    await _one_with_everything(db)
    before = db.version
    await take(db, "shop/redact", {"shop_id": 1}, "12:00")
    assert await _traces(db) == []
    assert await db.read(lambda conn: conn.execute(select(order_docs)).all()) == []
    assert db.version > before


async def test_an_uninstalled_app_is_remembered_and_told_until_shopify_answers_again(db: Database) -> None:
    await take(db, "app/uninstalled", {"id": 1}, "12:00")
    assert await db.read(lambda conn: shops.uninstalled_at(conn, db.shop_id)) == at("12:00")
    assert "shopify check" in await _gap(db)
    await db.write(lambda tx: app_installation.admitted(tx, Ms(at("12:00") - 1)))
    assert await _gap(db)
    await db.write(lambda tx: app_installation.admitted(tx, Ms(at("12:00"))))
    assert await db.read(lambda conn: shops.uninstalled_at(conn, db.shop_id)) is None
    assert not await _gap(db)


async def _gap(db: Database) -> str:
    """The message of the open gap; empty when there is none."""
    found = await db.write(lambda tx: alerts.gap(tx.conn, tx.shop_id, Gap.APP_UNINSTALLED.value))
    return found.message if found is not None and found.open else ""


async def test_a_request_for_data_is_recorded(db: Database) -> None:
    before = db.version
    await take(db, "customers/data_request", {"customer": {"id": 77}}, "12:00")
    assert db.version == before


async def test_an_address_that_a_search_takes_for_the_same_is_another_persons(db: Database) -> None:
    for order_id, email in ((1, "ada@example.com"), (2, "adá@example.com"), (3, "ADÁ@example.com")):
        person = {"id": 90 + order_id, "first_name": f"Person{order_id}", "email": email}
        await take(db, "orders/create", shop.order(order_id, customer=person, email=email), "08:00")
    redact = {"customer": {"id": 900, "email": "Adá@example.com"}, "orders_to_redact": []}
    await take(db, "customers/redact", redact, "10:00")
    names = await db.read(
        lambda conn: conn.execute(select(orders.c.customer_folded).order_by(orders.c.id)).scalars().all()
    )
    assert names == ["person1", None, None]
