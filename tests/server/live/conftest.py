"""A server for the tests of the live part."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from tests.server.live.serving import Server, serving

from orders_sync.db.engine import Database


@pytest.fixture
async def server(db: Database) -> AsyncIterator[Server]:
    """The alerts endpoint over `db`."""
    async with serving(db) as running:
        yield running
