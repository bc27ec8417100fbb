"""The desk's own routes on an open database."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from tests.support.desk_client import DeskClient

from orders_sync.db.engine import Database
from orders_sync.http.app_keys import DATABASE, SETTINGS, THRESHOLDS
from orders_sync.http.problems import problems
from orders_sync.live.attendance import ATTENDANCE, Attendance
from orders_sync.live.hub import Hub
from orders_sync.routes import lines, orders
from orders_sync.rules.thresholds import Thresholds
from orders_sync.settings import Settings


@pytest.fixture
def thresholds() -> Thresholds:
    """The thresholds of the desk; a test may override them."""
    return Thresholds()


@pytest.fixture
async def desk(db: Database, thresholds: Thresholds) -> AsyncIterator[DeskClient]:
    app = web.Application(middlewares=[problems])
    app[DATABASE], app[THRESHOLDS] = db, thresholds
    app[SETTINGS] = Settings(database_url="sqlite:///unused.db", shop_domain="desk-test.myshopify.com")
    app[ATTENDANCE] = Attendance(db, Hub(db.desk_id, db.version), "here")
    app.cleanup_ctx.append(orders.reading)
    app.add_routes(lines.routes)
    app.add_routes(orders.routes)
    async with TestClient(TestServer(app)) as client:
        yield DeskClient(db, client, thresholds)
