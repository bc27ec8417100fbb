"""How the live part begins and ends with the application."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

from aiohttp import web

from orders_sync.app_keys import CLOCK, DATABASE, HUB
from orders_sync.db import events
from orders_sync.live.broadcaster import Broadcaster
from orders_sync.live.history import HISTORY, History
from orders_sync.live.hub import Hub


async def live(app: web.Application) -> AsyncIterator[None]:
    """A cleanup context, after the database's: sets HUB and HISTORY and publishes while the application runs."""
    database = app[DATABASE]
    head = await database.read(lambda conn: events.head(conn, database.shop_id))
    app[HUB] = hub = Hub(head.desk_id, head.newest)
    app[HISTORY] = History(database, hub, app[CLOCK])
    task = asyncio.create_task(Broadcaster(database, hub).run(), name="live")
    yield
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def end_streams(app: web.Application) -> None:
    """For `on_shutdown`: every open stream ends at once, so that the process stops within its grace time."""
    app[HUB].close()
