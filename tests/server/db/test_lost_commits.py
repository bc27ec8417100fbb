"""A commit on PostgreSQL whose answer is lost is asked after: what was written is written once, and has its number."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import Connection, literal_column, select, text
from sqlalchemy.exc import DBAPIError
from tests.server.conftest import SHOP
from tests.server.live.raising import ping
from tests.support.forgetful import Forgetful, forgetful

from orders_sync.db import events, numbering
from orders_sync.db.engine import Database
from orders_sync.db.failures import Unavailable
from orders_sync.db.statement import Statement
from orders_sync.db.tables import events as table
from orders_sync.db.tx import Tx


@pytest.fixture
async def lossy(postgres_url: str) -> AsyncIterator[tuple[Database, Forgetful]]:
    """A database over a network that may break."""
    with forgetful(postgres_url) as (network, url):
        database = await Database.open(url, SHOP, migrating=False)
        yield database, network
        await database.close()


def numbers(conn: Connection) -> list[int | None]:
    return list(conn.scalars(select(table.c.n).order_by(table.c.row_id)))


@pytest.mark.parametrize("loses", ["itself", "answer"])
async def test_what_is_lost_with_a_commit_is_done_once(lossy: tuple[Database, Forgetful], loses: str) -> None:
    database, network = lossy
    await ping(database)
    network.loses = loses
    await ping(database)
    assert network.loses is None
    assert database.version == 2
    assert await database.read(numbers) == [1, 2]


async def test_what_could_not_be_numbered_is_done_and_numbered_by_the_next(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = await Database.open(postgres_url, SHOP, migrating=False)
    with monkeypatch.context() as patched:
        patched.setattr(numbering, "_SEQUENCE", Statement(select(literal_column("1 / 0"))))
        await ping(database)
    assert await database.read(numbers) == [None]
    await ping(database)
    assert await database.read(numbers) == [1, 2]
    await database.close()


async def test_a_commit_that_was_a_rollback_is_none(postgres_url: str) -> None:
    database = await Database.open(postgres_url, SHOP, migrating=False)

    def swallowing(tx: Tx) -> None:
        events.append(tx, events.refresh([1]))
        with pytest.raises(DBAPIError):
            tx.conn.execute(text("SELECT nothing FROM nowhere"))

    with pytest.raises(Unavailable):
        await database.write(swallowing)
    assert await database.read(numbers) == []
    await database.close()
