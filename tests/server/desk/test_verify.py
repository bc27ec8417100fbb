"""`verify` finds what is kept otherwise than it should be, and nothing else; changed thresholds derive everything again."""

from __future__ import annotations

import asyncio
from functools import partial

import orjson
import pytest
from sqlalchemy import Connection, Update, delete, insert, select, update
from tests.server.conftest import SettableClock
from tests.support.evidence import delivery, order_seen

from orders_sync.db.engine import Database
from orders_sync.db.recount import Difference
from orders_sync.db.tables import (
    day_counters,
    mentions,
    name_suffixes,
    order_docs,
    order_terms,
    orders,
    owed_units,
    stock,
)
from orders_sync.db.tx import Tx
from orders_sync.desk.page import View
from orders_sync.evidence.changes import InventoryItemSeen, InventoryLevelSeen, Stamp
from orders_sync.ingest.apply import apply
from orders_sync.instants import HOUR, Ms
from orders_sync.rules.operator_state import OperatorState
from orders_sync.rules.row_json import NEWEST_FIELD
from orders_sync.rules.thresholds import Thresholds
from orders_sync.upkeep import rederive as upkeep
from orders_sync.upkeep.rederive import fingerprint, keep_derived, rederive, rederive_overtaken
from orders_sync.upkeep.verify import verify

THRESHOLDS = Thresholds(usd_rates={"EUR": 1.1})


OF_NO_NOTE = {"shop_id": 1, "order_id": 1, "note_id": "1-a", "addressee": "ana", "named": True, "at": 0}


async def filled(db: Database, clock: SettableClock) -> None:
    for n in range(1, 6):
        told = delivery(clock.now, order_seen(n, Ms(clock.now - n * 30 * HOUR)), delivery_id=str(n))
        await db.write(partial(apply, delivery=told, thresholds=THRESHOLDS))


async def differences(db: Database, thresholds: Thresholds = THRESHOLDS) -> list[Difference]:
    return await db.read(lambda conn: verify(conn, View(db.shop_id, db.clock(), thresholds)))


async def test_a_desk_that_was_never_touched_differs_in_nothing(db: Database, clock: SettableClock) -> None:
    await filled(db, clock)
    assert await differences(db) == []
    clock.advance(40 * 24 * HOUR)
    assert await differences(db) == []


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        (update(day_counters).where(day_counters.c.kind == "placed").values(n=7), "counter ('placed'"),
        (delete(name_suffixes).where(name_suffixes.c.suffix == "oberg"), "suffixes of asa oberg: kept 7, counted 8"),
        (update(orders).where(orders.c.id == 2).values(due_at=None), "order 2.due_at: kept None"),
        (update(orders).where(orders.c.id == 2).values(outbound_waiting=3), "alerts and outbound of order 2"),
        (delete(order_terms).where(order_terms.c.order_id == 3), "order_terms 3: kept 0, counted"),
        (delete(order_docs).where(order_docs.c.order_id == 4), "order 4: kept True, counted False"),
        (delete(orders).where(orders.c.id == 5), "order 5: kept False, counted True"),
        (insert(mentions).values(**OF_NO_NOTE), "mentions of note 1-a: kept ('ana',), counted ()"),
    ],
    ids=["counter", "name", "column", "outbound", "terms", "evidence", "row", "mention"],
)
async def test_what_was_tampered_with_is_named(
    db: Database, clock: SettableClock, statement: object, expected: str
) -> None:
    await filled(db, clock)

    def tamper(tx: Tx) -> None:
        tx.conn.execute(statement)  # type: ignore[call-overload]

    await db.write(tamper)
    assert any(str(each).startswith(expected) for each in await differences(db)), await differences(db)


async def test_other_figures_derive_every_order_again_once(db: Database, clock: SettableClock) -> None:
    await filled(db, clock)
    dearer = Thresholds(usd_rates={"EUR": 1.2}, ship_within=48 * HOUR)
    assert await differences(db, dearer) != []
    await rederive(db, dearer)
    assert await differences(db, dearer) == []
    version = db.version
    await rederive(db, dearer)
    assert db.version == version

    def value(conn: Connection) -> int | None:
        minor: int | None = conn.scalar(select(orders.c.value_usd_minor).where(orders.c.id == 1))
        return minor

    assert await db.read(value) == 1500


async def test_what_a_release_before_writes_while_a_fleet_is_restarted_is_derived_again(
    db: Database, clock: SettableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upkeep, "AGAIN_S", 0)
    await filled(db, clock)
    await keep_derived(db, THRESHOLDS)
    version = db.version

    async def overtaken() -> bool:
        """Whether order 3 still is as a release writes it that knows nothing of the newest field."""
        await db.write(lambda tx: tx.conn.execute(_of_before(tx)) and None)
        await keep_derived(db, THRESHOLDS)
        return await differences(db) != []

    assert not await overtaken()
    assert db.version == version + 1
    clock.advance(25 * HOUR)
    assert await overtaken(), "long after, nobody reads every card"


async def test_what_such_a_release_leaves_behind_is_put_right(db: Database, clock: SettableClock) -> None:
    stocked = (InventoryItemSeen(5, "MUG", Stamp(clock.now, clock.now)), _level(-2, clock.now))
    await filled(db, clock)
    await db.write(partial(apply, delivery=delivery(clock.now, *stocked, delivery_id="stock"), thresholds=THRESHOLDS))
    await rederive(db, THRESHOLDS)

    def of_before(tx: Tx) -> None:
        """It deletes an order that goes without, gives one to somebody, and changes a level."""
        tx.conn.execute(delete(orders).where(orders.c.id == 5))
        of_bea = OperatorState(assigned_to="bea").model_dump_json(exclude_defaults=True).encode()
        tx.conn.execute(update(order_docs).where(order_docs.c.order_id == 4).values(operator=of_bea))
        tx.conn.execute(update(orders).where(orders.c.id == 4).values(assigned_to="bea"))
        tx.conn.execute(update(stock).values(available=-1))

    async def different() -> set[str]:
        """What differs of all that it knows nothing of."""
        told = [str(each) for each in await differences(db)]
        newest = ("short", "counter ('owed:MUG'", "counter ('ready:", "counter ('due@'", "order 4.counted")
        return {of for of in newest if any(each.startswith(of) for each in told)}

    await db.write(of_before)
    assert await different() == {"short", "counter ('ready:", "counter ('due@'", "order 4.counted"}
    await asyncio.gather(*(rederive_overtaken(db, THRESHOLDS) for _ in range(2)))
    assert await different() == set()
    assert await db.read(lambda conn: list(conn.scalars(select(owed_units.c.order_id)))) == [1, 2, 3, 4]


def _level(available: int, at: Ms) -> InventoryLevelSeen:
    return InventoryLevelSeen(5, 1, available, Stamp(at, at))


def _of_before(tx: Tx) -> Update:
    """The row of order 3, written without it."""
    card = orjson.loads(tx.conn.execute(select(orders.c.card).where(orders.c.id == 3)).scalar_one())
    del card[NEWEST_FIELD]
    return update(orders).where(orders.c.id == 3).values(card=orjson.dumps(card))


def test_equal_figures_have_one_fingerprint() -> None:
    assert fingerprint(Thresholds(usd_rates={"EUR": 1.0, "SEK": 0.1})) == fingerprint(
        Thresholds(usd_rates={"SEK": 0.1, "EUR": 1.0})
    )
    assert fingerprint(Thresholds()) != fingerprint(Thresholds(breach=HOUR))


def test_another_edition_of_the_rules_has_another(monkeypatch: pytest.MonkeyPatch) -> None:
    before = fingerprint(Thresholds())
    monkeypatch.setattr(f"{fingerprint.__module__}.EDITION", 0)
    assert fingerprint(Thresholds()) != before
