"""A desk moved to another database: all of it, counted and compared, under a new id; or nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest
from sqlalchemy import Connection, func, select, update
from tests.server.conftest import SHOP, SettableClock
from tests.support.acting import serve
from tests.support.desk_orders import order, told

from orders_sync.commands import database
from orders_sync.db import connections, move_desk
from orders_sync.db.engine import Database
from orders_sync.db.location import parse
from orders_sync.db.move_desk import CannotMove, Moved, move
from orders_sync.db.tables import audit, desk, events, metadata, orders, outbox
from orders_sync.settings import Settings

ORDERS = 7


def _quiet(_table: str, _rows: int) -> None:
    pass


@pytest.fixture
async def lived(sqlite_url: str, clock: SettableClock) -> AsyncIterator[Database]:
    """A desk on SQLite on which operators have acted."""
    db = await Database.open(sqlite_url, SHOP, clock)
    await told(db, [order(n) for n in range(1, ORDERS + 1)])
    async with serve(db) as acting:
        await acting.act("assign", {"orderIds": ["1", "2"], "assignee": "maya ☕"}, key="k1")
        await acting.act("fulfill", {"orderIds": ["3"], "tracking": {"number": "1Z999AA10123456784"}})
    yield db
    await db.close()


def counts(url: str) -> dict[str, int]:
    engine = connections.unpooled(parse(url))
    with engine.connect() as conn:
        found = {t.name: conn.scalar(select(func.count()).select_from(t)) or 0 for t in metadata.sorted_tables}
    engine.dispose()
    return found


async def verified(url: str) -> bool:
    return await asyncio.to_thread(database.verify, Settings(database_url=url, shop_domain=SHOP)) == 0


def run(url: str, fn: Callable[[Connection], object]) -> None:
    engine = connections.unpooled(parse(url))
    with engine.begin() as conn:
        fn(conn)
    engine.dispose()


def moved(source: Database, target: str) -> Moved:
    return move(source.url, parse(target), _quiet)


async def test_everything_is_there_and_verifies_under_a_new_id(
    lived: Database, postgres_url: str, clock: SettableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(move_desk, "BATCH", 3)
    told = moved(lived, postgres_url)
    assert told.rows == counts(str(lived.url)) == counts(postgres_url)
    assert told.rows["orders"] == ORDERS
    assert await verified(postgres_url)
    there = await Database.open(postgres_url, SHOP, clock)
    assert (there.desk_id, there.version) == (told.desks[SHOP], lived.version)
    assert there.desk_id != lived.desk_id
    await there.close()


async def test_what_is_written_afterwards_goes_on_where_the_rows_end(
    lived: Database, postgres_url: str, clock: SettableClock
) -> None:
    moved(lived, postgres_url)
    there = await Database.open(postgres_url, SHOP, clock)
    async with serve(there) as acting:
        status, answer = await acting.act("assign", {"orderIds": ["4"], "assignee": "bo"})
        assert (status, answer["desk"]["version"]) == (200, lived.version + 1)
        repeated, _ = await acting.act("assign", {"orderIds": ["1", "2"], "assignee": "maya ☕"}, key="k1")
        assert repeated == 200
    for table in (events, audit, outbox):
        assert counts(postgres_url)[table.name] > counts(str(lived.url))[table.name]
    await there.close()


async def test_the_way_back_is_the_same(lived: Database, postgres_url: str, tmp_path: object) -> None:
    moved(lived, postgres_url)
    back = f"sqlite:///{tmp_path}/back.db"
    assert move(parse(postgres_url), parse(back), _quiet).rows == counts(str(lived.url))
    assert await verified(back)


async def test_a_target_that_holds_anything_is_refused_and_stays_as_it_is(
    lived: Database, postgres_url: str, clock: SettableClock
) -> None:
    await (await Database.open(postgres_url, "other.myshopify.com", clock)).close()
    before = counts(postgres_url)
    with pytest.raises(CannotMove, match="not empty"):
        moved(lived, postgres_url)
    assert counts(postgres_url) == before


async def test_what_arrives_otherwise_than_it_was_read_is_not_kept(
    lived: Database, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    go = move_desk._insert

    def lossy(conn: Connection, table: object, rows: object) -> None:
        go(conn, table, rows)  # type: ignore[arg-type]
        if table is orders:
            conn.execute(update(orders).where(orders.c.id == 5).values(name="#other"))

    monkeypatch.setattr(move_desk, "_insert", lossy)
    with pytest.raises(CannotMove, match="orders differs"):
        moved(lived, postgres_url)
    assert set(counts(postgres_url).values()) == {0}


async def test_a_source_that_is_written_to_meanwhile_is_not_moved(lived: Database, postgres_url: str) -> None:
    def served(table: str, _rows: int) -> None:
        if table == metadata.sorted_tables[-1].name:
            run(str(lived.url), lambda conn: conn.execute(update(desk).values(event_n=desk.c.event_n + 1)))

    with pytest.raises(CannotMove, match="changed meanwhile"):
        move(lived.url, parse(postgres_url), served)
    assert set(counts(postgres_url).values()) == {0}


@pytest.mark.parametrize("source", ["sqlite:///{folder}/none.db", "{target}"])
def test_what_cannot_be_moved_is_named(source: str, postgres_url: str, tmp_path: object) -> None:
    url = source.format(folder=tmp_path, target=postgres_url)
    with pytest.raises(CannotMove):
        move(parse(url), parse(postgres_url), _quiet)
