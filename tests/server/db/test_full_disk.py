"""SQLite when there is no room, or another program keeps the file: that write is taken back, and the next one is tried."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import closing

import pytest
from sqlalchemy import insert, text
from tests.server.conftest import SHOP

from orders_sync.db import connections
from orders_sync.db.engine import Database
from orders_sync.db.failures import Unavailable
from orders_sync.db.location import parse, sqlite_path
from orders_sync.db.tables import progress
from orders_sync.db.tx import Tx


def put(name: str, body: str = "") -> Callable[[Tx], None]:
    def job(tx: Tx) -> None:
        tx.conn.execute(insert(progress).values(shop_id=tx.shop_id, name=name, fence=1, body=body, updated_at=tx.now))
        tx.touch(1)

    return job


async def names(db: Database) -> list[str]:
    return await db.read(lambda conn: list(conn.execute(text("SELECT name FROM progress ORDER BY name")).scalars()))


async def pages(db: Database, most: int) -> None:
    """The database may have so many pages and no more, as on a disk that is full."""
    await db.write(lambda tx: tx.conn.execute(text(f"PRAGMA max_page_count = {most}")).all())


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "LOCK_TIMEOUT_MS", 20)


async def test_a_full_disk_takes_back_what_it_has_no_room_for_and_nothing_else(sqlite_url: str) -> None:
    db = await Database.open(sqlite_url, SHOP)
    await db.write(put("before"))
    await pages(db, 1)
    large = db.write(put("large", "x" * 500_000))
    small = db.write(put("small"))
    refused, taken = await asyncio.gather(large, small, return_exceptions=True)
    assert isinstance(refused, Unavailable)
    assert taken is None or isinstance(taken, Unavailable)
    assert "before" in await names(db)
    await pages(db, 1_000_000)
    await db.write(put("after", "x" * 500_000))
    assert "after" in await names(db)
    await db.close()


@pytest.mark.usefixtures("impatient")
async def test_a_file_that_another_program_keeps_is_waited_for_and_then_refused(sqlite_url: str) -> None:
    db = await Database.open(sqlite_url, SHOP)
    with closing(sqlite3.connect(sqlite_path(parse(sqlite_url)), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(Unavailable):
            await db.write(put("locked out"))
        assert await names(db) == []
        other.execute("ROLLBACK")
    await db.write(put("back"))
    assert await names(db) == ["back"]
    await db.close()
