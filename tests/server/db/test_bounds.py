"""What a process asks of its database is bounded: connections, the time of a statement, and what may wait."""

from __future__ import annotations

import asyncio
import threading

import pytest
from sqlalchemy import Connection, text
from tests.server.conftest import SHOP

from orders_sync.db import engine
from orders_sync.db.connections import LOCK_TIMEOUT_MS, STATEMENT_TIMEOUT_MS
from orders_sync.db.engine import READERS, Database
from orders_sync.db.failures import Unavailable

OURS = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'orders-sync'"
)


def timeouts(conn: Connection) -> tuple[str, str]:
    return conn.scalar(text("SHOW statement_timeout")) or "", conn.scalar(text("SHOW lock_timeout")) or ""


async def test_every_statement_on_postgresql_has_its_time(postgres_url: str) -> None:
    db = await Database.open(postgres_url, SHOP)
    expected = (f"{STATEMENT_TIMEOUT_MS // 1000}s", f"{LOCK_TIMEOUT_MS // 1000}s")
    assert await db.read(timeouts) == await db.write(lambda tx: timeouts(tx.conn)) == expected
    await db.close()


async def test_no_statement_is_compiled_before_it_runs(postgres_url: str) -> None:
    db = await Database.open(postgres_url, SHOP)
    assert await db.read(lambda conn: conn.scalar(text("SHOW jit"))) == "off"
    await db.close()


async def test_a_process_has_a_connection_for_each_reader_one_to_write_and_one_to_notify(postgres_url: str) -> None:
    db = await Database.open(postgres_url, SHOP)

    def look(conn: Connection) -> int:
        conn.execute(text("SELECT pg_sleep(0.02)"))
        return int(conn.scalar(OURS) or 0)

    reads = [db.read(look) for _ in range(6 * READERS)]
    writes = [db.write(lambda tx: tx.touch(1)) for _ in range(10)]
    seen, _ = await asyncio.gather(asyncio.gather(*reads), asyncio.gather(*writes))
    assert max(seen) <= READERS + 2
    await db.close()


async def test_what_cannot_be_taken_any_more_is_refused_at_once(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "MAX_WAITING", 2)
    db = await Database.open(database_url, SHOP)
    go_on, under_way = threading.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()

    def hang() -> None:
        loop.call_soon_threadsafe(under_way.set)
        go_on.wait()

    writing = asyncio.create_task(db.write(lambda _tx: hang()))
    await under_way.wait()
    waiting = [asyncio.create_task(db.write(lambda _tx: None)) for _ in range(2)]
    reading = [asyncio.create_task(db.read(lambda _conn: hang())) for _ in range(2)]
    await asyncio.sleep(0)
    with pytest.raises(Unavailable, match="too much"):
        await db.write(lambda _tx: None)
    with pytest.raises(Unavailable, match="too much"):
        await db.read(lambda _conn: None)
    go_on.set()
    await asyncio.gather(writing, *waiting, *reading)
    await db.read(lambda _conn: None)
    await db.close()
