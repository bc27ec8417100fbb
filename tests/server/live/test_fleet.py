"""What one process commits is told by all: by notification at once, by polling the table in any case."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import create_engine
from tests.server.conftest import NOON
from tests.server.live.listening import break_connections, listening
from tests.server.live.raising import overdue, ping, raising
from tests.server.live.serving import Client, serving, stream

from orders_sync.db import events
from orders_sync.db.engine import Database
from orders_sync.db.tx import Tx
from orders_sync.live import broadcaster

SHOP = "desk-test.myshopify.com"

postgresql = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


@pytest.fixture
async def other(database_url: str, db: Database) -> AsyncIterator[Database]:
    """The same desk in another process."""
    database = await Database.open(database_url, SHOP, db.clock, migrating=False)
    yield database
    await database.close()


async def test_an_event_committed_elsewhere_is_told_and_heard_of(db: Database, other: Database) -> None:
    async with serving(db) as server, stream(server.port) as client:
        await client.opening()
        await other.write(raising(1, overdue(1)))
        assert (await client.event()).data["message"] == overdue(1).message
        assert db.version == other.version


@postgresql
async def test_a_notification_does_not_wait_for_the_poll(
    db: Database, other: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(broadcaster, "POLL_S", 3600)
    async with serving(db) as server, stream(server.port) as client:
        await client.opening()
        await listening(db)
        await ping(other)
        assert (await client.event()).id == f"{db.desk_id}-1"


@postgresql
async def test_after_the_database_broke_every_connection_events_are_told_again(
    db: Database, other: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with serving(db) as server, stream(server.port) as client:
        await client.opening()
        await listening(db)
        break_connections(db)
        for n in range(1, 4):
            await _ping_until_it_works(other)
            assert await _reaches(client, f"{db.desk_id}-{n}")
        monkeypatch.setattr(broadcaster, "POLL_S", 3600)
        await listening(db)


@postgresql
async def test_what_its_process_died_before_numbering_is_numbered_by_another(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(broadcaster, "POLL_S", 0.02)
    async with serving(db) as server, stream(server.port) as client:
        await client.opening()
        engine = create_engine(db.url)
        with engine.begin() as conn:
            events.append(Tx(conn, db.shop_id, NOON), events.refresh([7]))
        engine.dispose()
        assert (await client.event()).data["order_ids"] == ["gid://shopify/Order/7"]
        assert db.version == 1


async def _ping_until_it_works(db: Database) -> None:
    """A job whose connection was broken may have to be repeated by its caller."""
    before = db.version
    while db.version == before:
        await ping(db)


async def _reaches(client: Client, event_id: str) -> bool:
    while (await client.event()).id != event_id:
        pass
    return True
