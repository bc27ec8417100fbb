"""The desk's own routes on an open database."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from tests.support.desk_client import DeskClient

from orders_sync.app_keys import DATABASE, FIGURES, SETTINGS
from orders_sync.db.engine import Database
from orders_sync.routes import orders
from orders_sync.routes.problems import problems
from orders_sync.rules.figures import Figures
from orders_sync.settings import Settings


@pytest.fixture
def figures() -> Figures:
    """The figures of the desk; a test may override them."""
    return Figures()


@pytest.fixture
async def desk(db: Database, figures: Figures) -> AsyncIterator[DeskClient]:
    app = web.Application(middlewares=[problems])
    app[DATABASE], app[FIGURES] = db, figures
    app[SETTINGS] = Settings(database_url="sqlite:///unused.db", shop_domain="desk-test.myshopify.com")
    app.cleanup_ctx.append(orders.reading)
    app.add_routes(orders.routes)
    async with TestClient(TestServer(app)) as client:
        yield DeskClient(db, client, figures)
