"""A whole desk for each test, on both databases."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from tests.server.contract.whole_desk import WholeDesk, signed_by_token, whole_desk

from orders_sync.db.engine import Database


@pytest.fixture
async def desk(db: Database) -> AsyncIterator[WholeDesk]:
    """Over loopback: every caller is a lead, and nothing that is queued leaves. Once per database."""
    async with whole_desk(db) as running:
        yield running


@pytest.fixture
async def guarded(db: Database) -> AsyncIterator[WholeDesk]:
    """With tokens: `vic` is a viewer, `oda` and `omar` are operators, `lea` is a lead. Once per database."""
    async with whole_desk(db, signed_by_token()) as running:
        yield running
