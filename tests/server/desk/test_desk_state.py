"""How the desk stands to its shop, in every page: contract §1, `desk.state`."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from tests.server.conftest import SettableClock
from tests.support.desk_client import DeskClient

from orders_sync.app_keys import DATABASE, FIGURES, SETTINGS
from orders_sync.db import leases
from orders_sync.db.engine import Database
from orders_sync.db.tx import Tx
from orders_sync.poller.state import NAME, Backfill, PollerState, store
from orders_sync.routes import orders
from orders_sync.rules.figures import Figures
from orders_sync.settings import Settings
from orders_wire.page import Backfill as Shown
from orders_wire.vocabulary import DeskState

ADMIN = {"shop_domain": "desk-test.myshopify.com", "shopify_admin_token": "shpat_1"}


@asynccontextmanager
async def desk(db: Database, **settings: object) -> AsyncIterator[DeskClient]:
    app = web.Application()
    app[DATABASE], app[FIGURES] = db, Figures()
    app[SETTINGS] = Settings(database_url="sqlite:///unused.db", **settings)
    app.cleanup_ctx.append(orders.reading)
    app.add_routes(orders.routes)
    async with TestClient(TestServer(app)) as client:
        yield DeskClient(db, client, Figures())


async def polled(db: Database, backfill: Backfill | None) -> None:
    def job(tx: Tx) -> None:
        fence = leases.take(tx, NAME, "test", 60_000)
        assert fence is not None
        store(tx, fence, PollerState(backfill=backfill))
        tx.ping()

    await db.write(job)


async def told(client: DeskClient) -> tuple[DeskState | None, Shown | None]:
    page = await client.page()
    assert page.desk is not None
    return page.desk.state, page.desk.backfill


@pytest.mark.parametrize(
    ("settings", "state"),
    [({}, DeskState.NO_SHOP), ({"shopify_webhook_secret": "hush"}, DeskState.LIVE)],
)
async def test_without_an_admin_token_there_is_no_back_fill(
    db: Database, settings: dict[str, str], state: DeskState
) -> None:
    async with desk(db, **settings) as client:
        assert await told(client) == (state, None)


async def test_a_back_fill_tells_how_far_it_is_until_it_has_ended(db: Database, clock: SettableClock) -> None:
    async with desk(db, **ADMIN) as client:
        assert await told(client) == (DeskState.BACKFILL, Shown(done=0, total=0))
        running = Backfill(began_at=clock(), done=3100, total=6000)
        await polled(db, running)
        assert await told(client) == (DeskState.BACKFILL, Shown(done=3100, total=6000))
        await polled(db, running.model_copy(update={"done": 6200, "ended_at": clock()}))
        assert await told(client) == (DeskState.LIVE, None)


async def test_more_orders_than_were_counted_are_no_more_than_all(db: Database, clock: SettableClock) -> None:
    await polled(db, Backfill(began_at=clock(), done=70, total=50))
    async with desk(db, **ADMIN) as client:
        assert await told(client) == (DeskState.BACKFILL, Shown(done=70, total=70))
