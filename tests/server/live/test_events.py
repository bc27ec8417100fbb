"""Events are numbered in commit order, without a gap; nothing is seen before it has its number."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import Connection, create_engine, select, text, update
from tests.server.conftest import NOON, SettableClock
from tests.server.live.raising import overdue, ping, raising

from orders_sync.db import durability, events, numbering
from orders_sync.db.engine import Database
from orders_sync.db.events import Batch
from orders_sync.db.location import parse
from orders_sync.db.tables import desk
from orders_sync.db.tables import events as table
from orders_sync.db.tx import Tx
from orders_sync.instants import SECOND, Ms
from orders_sync.poller.backfill import finish
from orders_wire.vocabulary import EventType


async def after(db: Database, n: int, limit: int = 100) -> Batch:
    return await db.read(lambda conn: events.after(conn, db.shop_id, n, limit))


async def numbers(db: Database) -> list[int | None]:
    return await db.read(lambda conn: list(conn.scalars(select(table.c.n).order_by(table.c.row_id))))


async def test_every_event_gets_the_next_number_and_the_newest_is_the_desks_version(db: Database) -> None:
    await ping(db)
    await db.write(raising(1, overdue(1), overdue(1, due=2)))
    assert db.version == 3
    assert [event.n for event in (await after(db, 0)).events] == [1, 2, 3]


async def test_what_is_taken_back_has_no_number(db: Database) -> None:
    def fails(tx: Tx) -> None:
        events.append(tx, events.refresh())
        raise RuntimeError

    results = await asyncio.gather(ping(db), db.write(fails), ping(db), return_exceptions=True)
    assert isinstance(results[1], RuntimeError)
    assert await numbers(db) == [1, 2]


async def test_jobs_that_share_a_transaction_are_numbered_in_their_order(db: Database) -> None:
    await asyncio.gather(*(ping(db, order_id) for order_id in range(1, 30)))
    assert await numbers(db) == list(range(1, 30))


async def test_a_batch_says_how_far_it_is_complete(db: Database) -> None:
    for _ in range(3):
        await ping(db)
    first = await after(db, 0, limit=2)
    assert ([event.n for event in first.events], first.position, first.more) == ([1, 2], 2, True)
    rest = await after(db, 2, limit=2)
    assert ([event.n for event in rest.events], rest.position, rest.more) == ([3], 3, False)


async def test_silent_events_are_numbered_and_not_told(db: Database) -> None:
    await db.write(raising(1, overdue(1), silent=True))
    await ping(db)
    batch = await after(db, 0)
    assert ([event.n for event in batch.events], batch.position) == ([2], 2)
    await db.write(raising(2, overdue(2), silent=True))
    assert (await after(db, 2)).position == 3


async def test_the_end_of_the_back_fill_makes_every_earlier_number_unknown(db: Database) -> None:
    await ping(db)
    await db.write(raising(1, overdue(1), silent=True))
    await db.write(finish)
    assert not (await after(db, 0)).known
    assert not (await after(db, 2)).known
    batch = await after(db, 3)
    assert batch.known
    assert not (await after(db, 4)).known
    await ping(db)
    assert [event.n for event in (await after(db, 3)).events] == [4]


async def test_the_reset_is_told_even_in_a_silent_transaction(db: Database) -> None:
    def end(tx: Tx) -> None:
        tx.silent = True
        finish(tx)

    await db.write(end)
    assert [event.reset for event in (await after(db, 0)).events] == [True]


async def test_events_since_an_instant(db: Database, clock: SettableClock) -> None:
    await ping(db)
    clock.advance(SECOND)
    await ping(db)
    for at, expected in [(NOON, [1, 2]), (NOON + 1, [2]), (NOON + SECOND, [2]), (NOON + SECOND + 1, [])]:
        since = await db.read(lambda conn, at=at: events.since(conn, db.shop_id, Ms(at), 10))  # type: ignore[misc]
        assert [event.n for event in since.events] == expected
        assert since.position == 2


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_transactions_that_overlap_are_numbered_as_they_are_committed(db: Database) -> None:
    engine = create_engine(parse(db.url.render_as_string(hide_password=False)))
    with engine.connect() as early, engine.connect() as late, engine.connect() as sequencer:
        early.begin()
        late.begin()
        _append(early, db, order_id=1)
        _append(late, db, order_id=2)
        late.commit()
        assert numbering.number(sequencer, db.shop_id).newest == 1
        sequencer.commit()
        early.commit()
        assert numbering.number(sequencer, db.shop_id).newest == 2
        sequencer.commit()
        rows = sequencer.execute(select(table.c.n, table.c.order_id).order_by(table.c.n)).all()
    engine.dispose()
    assert [(row.n, row.order_id) for row in rows] == [(1, 2), (2, 1)]


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_concurrent_numbering_gives_each_number_once(
    database_url: str, db: Database, clock: SettableClock
) -> None:
    others = [await Database.open(database_url, "desk-test.myshopify.com", clock, migrating=False) for _ in range(3)]
    await asyncio.gather(*(ping(desk, n) for n in range(20) for desk in (db, *others)))
    assert sorted(n for n in await numbers(db) if n is not None) == list(range(1, 81))
    assert (await db.read(lambda conn: events.head(conn, db.shop_id))).newest == 80
    for other in others:
        await other.close()


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_a_number_is_told_once_no_crash_of_the_database_can_take_it_back(
    database_url: str, db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await ping(db)
    await db.close()
    assured: list[Connection] = []
    monkeypatch.setattr(durability, "ensure", assured.append)
    reopened = await Database.open(database_url, "desk-test.myshopify.com", migrating=False)
    assert [event.n for event in (await after(reopened, 0)).events] == [1]
    assert assured == []
    engine = create_engine(parse(database_url))
    with engine.begin() as conn:
        _append(conn, reopened, order_id=1)
        numbering.number(conn, reopened.shop_id)
    engine.dispose()
    assert [event.n for event in (await after(reopened, 1)).events] == [2]
    assert len(assured) == 1
    await reopened.close()


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_what_is_asked_for_is_written_to_the_disk(database_url: str, db: Database) -> None:
    ahead = text("SELECT pg_current_wal_flush_lsn() >= CAST(:end AS pg_lsn)")
    engine = create_engine(parse(database_url))
    with engine.connect() as conn:
        conn.execute(text("SELECT set_config('synchronous_commit', 'off', true)"))
        _append(conn, db, order_id=1)
        conn.commit()
        end = conn.scalar(text("SELECT pg_current_wal_insert_lsn()"))
        durability.ensure(conn)
        assert conn.scalar(ahead, {"end": end})
    engine.dispose()


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_numbers_that_a_crash_took_back_are_given_again(db: Database) -> None:
    def crash(tx: Tx) -> None:
        tx.conn.execute(update(table).where(table.c.n > 1).values(n=None))
        tx.conn.execute(update(desk).values(event_n=1))

    for _ in range(3):
        await ping(db)
    await db.write(crash)
    assert await numbers(db) == [1, 2, 3]
    assert [event.n for event in (await after(db, 1)).events] == [2, 3]


def _append(conn: Connection, db: Database, order_id: int) -> None:
    tx = Tx(conn, db.shop_id, NOON)
    events.append(tx, events.EventDraft(EventType.ORDER_OVERDUE, order_id=order_id))
