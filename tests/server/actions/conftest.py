"""The actions' routes over HTTP, on a database of the test's own."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from tests.server.conftest import SettableClock
from tests.support.acting import SHOP, Desk, serve

from orders_sync.db.engine import Database


@pytest.fixture
async def desk(db: Database) -> AsyncIterator[Desk]:
    """A desk whose receivers are all on, and whose every caller over loopback is a lead. Once per database."""
    async with serve(db) as running:
        yield running


@pytest.fixture
async def light_desk(sqlite_url: str, clock: SettableClock) -> AsyncIterator[Desk]:
    """The same on SQLite alone, for what does not depend on the database."""
    database = await Database.open(sqlite_url, SHOP, clock, migrating=False)
    async with serve(database) as running:
        yield running
    await database.close()
