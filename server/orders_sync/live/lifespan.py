"""How the live part begins and ends with the application."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator

from aiohttp import web

from orders_sync.app_keys import CLOCK, DATABASE, FIGURES, HUB, SETTINGS
from orders_sync.auth import TOKENS
from orders_sync.db import events
from orders_sync.instants import DAY, HOUR
from orders_sync.live.broadcaster import Broadcaster
from orders_sync.live.history import HISTORY, History
from orders_sync.live.hub import Hub
from orders_sync.live.readiness import READINESS
from orders_sync.live.retention import Retention
from orders_sync.live.sweeper import Sweeper
from orders_sync.loops import running

STREAMS_PER_TOKEN = 500
"""Streams that one token may hold open: a proxy that adds one token stands for many screens."""


async def live(app: web.Application) -> AsyncIterator[None]:
    """A cleanup context, after the database's: sets HUB, HISTORY and READINESS and publishes while the application runs."""
    database = app[DATABASE]
    head = await database.read(lambda conn: events.head(conn, database.shop_id))
    per_caller = None if app.get(TOKENS) is None else STREAMS_PER_TOKEN
    app[HUB] = hub = Hub(head.desk_id, head.newest, per_caller)
    app[HISTORY] = History(database, hub, app[CLOCK])
    broadcaster = Broadcaster(database, hub, secrets.token_hex(8))
    app[READINESS] = broadcaster.readiness
    async with running({"broadcaster": broadcaster.run}):
        yield


async def sweeping(app: web.Application) -> AsyncIterator[None]:
    """A cleanup context, after the database's: raises what time alone makes true, and forgets what is kept long enough."""
    settings = app[SETTINGS]
    retention = Retention(
        events=round(settings.events_keep_days * DAY), answers=round(settings.idempotency_keep_hours * HOUR)
    )
    sweeper = Sweeper(app[DATABASE], app[FIGURES], retention, owner=secrets.token_hex(8))
    async with running({"sweeper": sweeper.run}):
        yield


async def end_streams(app: web.Application) -> None:
    """For `on_shutdown`: every open stream ends at once, so that the process stops within its grace time."""
    app[HUB].close()
