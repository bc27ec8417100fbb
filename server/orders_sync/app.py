"""The application: its parts in the order in which they come to life, and its routes. Nothing else happens here."""

from __future__ import annotations

import asyncio
import random
import secrets
from collections.abc import AsyncIterator

import aiohttp
import structlog
from aiohttp import web

from orders_sync.db import events, shops
from orders_sync.db.engine import Database
from orders_sync.db.location import is_sqlite
from orders_sync.external.shopify.connection import connected
from orders_sync.external.shopify.sender import ShopifySender
from orders_sync.external.signed_post import SignedPost
from orders_sync.http.app_keys import CLOCK, DATABASE, HUB, SETTINGS, SHOPIFY, THRESHOLDS
from orders_sync.http.auth import TOKENS, Tokens, authentication
from orders_sync.http.body import MAX_BODY_BYTES
from orders_sync.http.problems import hide_server_version, problems, with_expect_handler
from orders_sync.http.token_watch import watching
from orders_sync.instants import DAY, HOUR, Clock, system_clock
from orders_sync.live.attendance import ATTENDANCE, Attendance
from orders_sync.live.broadcaster import Broadcaster
from orders_sync.live.history import HISTORY, History
from orders_sync.live.hub import Hub
from orders_sync.live.listener import hear_others
from orders_sync.live.readiness import READINESS
from orders_sync.loops import Run, running
from orders_sync.metrics import METRICS, Metrics, metering
from orders_sync.outbox.kinds import Target
from orders_sync.poller.poller import Poller, Schedule, switched_off
from orders_sync.poller.shop_reader import ShopReader
from orders_sync.relay.relay import Chance, Relay, Sender
from orders_sync.routes import (
    about,
    actions,
    alerts,
    dead_letters,
    erp,
    health,
    lines,
    mentions,
    notes,
    orders,
    outbox,
    presence,
    prometheus,
    webhook,
)
from orders_sync.settings import Settings
from orders_sync.upkeep.rederive import keep_derived
from orders_sync.upkeep.retention import Retention
from orders_sync.upkeep.sweeper import Sweeper

log = structlog.get_logger(__name__)

RELAY_ENDS_S = 1.0
"""How long writes under way may take when the process ends; what is cut off then is of unknown outcome, and read again."""

ROUTES = (
    health.routes,
    about.routes,
    prometheus.routes,
    orders.routes,
    lines.routes,
    alerts.routes,
    presence.routes,
    actions.routes,
    notes.routes,
    mentions.routes,
    outbox.routes,
    dead_letters.routes,
)
WEBHOOK_ROUTES = (webhook.routes, erp.routes)

SESSION: web.AppKey[aiohttp.ClientSession] = web.AppKey("session")


def build(settings: Settings, *, clock: Clock = system_clock, tokens: Tokens | None = None) -> web.Application:
    """The whole server for these settings, not yet alive. `tokens`: read from TOKENS_FILE by the caller; none: loopback."""
    app = web.Application(middlewares=[metering, problems, authentication], client_max_size=MAX_BODY_BYTES)
    app[SETTINGS] = settings
    app[THRESHOLDS] = settings.thresholds
    app[CLOCK] = clock
    app[TOKENS] = tokens
    app[METRICS] = Metrics()
    app.cleanup_ctx.extend(
        [
            _database,
            _gaps,
            webhook.forgeries,
            _rederiving,
            orders.reading,
            streams,
            watching,
            _sweeping,
            _session,
            _shopify,
            _relay,
            _poller,
        ]
    )
    app.on_shutdown.append(end_streams)
    app.on_response_prepare.append(hide_server_version)
    for routes in (*ROUTES, *WEBHOOK_ROUTES):
        app.add_routes(with_expect_handler(routes))
    return app


def webhooks_alone(app: web.Application) -> web.Application:
    """The webhook routes on the parts of a living `app`, for a listener of their own (contract §5, WEBHOOK_LISTEN)."""
    alone = web.Application(middlewares=[metering, problems], client_max_size=MAX_BODY_BYTES)
    for key in app:
        alone[key] = app[key]
    for routes in WEBHOOK_ROUTES:
        alone.add_routes(with_expect_handler(routes))
    alone.on_response_prepare.append(hide_server_version)
    return alone


async def _database(app: web.Application) -> AsyncIterator[None]:
    settings = app[SETTINGS]
    app[DATABASE] = database = await Database.open(settings.database_url, settings.shop, app[CLOCK])
    await _warn_of_others(database, settings.shop)
    yield
    await database.close()


async def _warn_of_others(database: Database, shop: str) -> None:
    """A desk that has nothing yet, beside others: its SHOP_DOMAIN may be mistyped."""
    others = await database.read(lambda conn: shops.others(conn, database.shop_id))
    if others and database.version == 0:
        log.warning("this desk is new, and its database holds others: is SHOP_DOMAIN right?", shop=shop, others=others)


async def _gaps(app: web.Application) -> AsyncIterator[None]:
    """What these settings have put right since the last start."""
    await webhook.clear_secret_gap(app)
    yield


async def _rederiving(app: web.Application) -> AsyncIterator[None]:
    """Derives every order again, beside everything else, when these thresholds are others than at the last start."""
    async with running({"rederive": lambda: keep_derived(app[DATABASE], app[THRESHOLDS])}):
        yield


async def _session(app: web.Application) -> AsyncIterator[None]:
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session:
        app[SESSION] = session
        yield


async def _shopify(app: web.Application) -> AsyncIterator[None]:
    """The shop's Admin API, where there is a way to it."""
    app[SHOPIFY] = connected(app[SESSION], app[SETTINGS], app[CLOCK])
    yield


async def _relay(app: web.Application) -> AsyncIterator[None]:
    """Sends what the outbox holds, to the receivers that are switched on."""
    chance = Chance(random.random, lambda: secrets.token_hex(8))
    relay = Relay(app[DATABASE], _receivers(app), app[THRESHOLDS], app[CLOCK], chance)
    async with running({"relay": relay.run}) as tasks:
        yield
        relay.stop()
        await asyncio.wait(tasks, timeout=RELAY_ENDS_S)


def _receivers(app: web.Application) -> dict[Target, Sender]:
    settings, client = app[SETTINGS], app[SHOPIFY]
    receivers: dict[Target, Sender] = {}
    if settings.shopify_writes and client is not None:
        receivers[Target.SHOPIFY] = ShopifySender(client, settings.placeholders)
    for target, url, secret in (
        (Target.ERP, settings.erp_url, settings.erp_secret),
        (Target.SUPPORT, settings.support_url, settings.support_secret),
    ):
        if url is not None and secret is not None:
            receivers[target] = SignedPost(app[SESSION], url, secret.get_secret_value(), app[CLOCK])
    return receivers


async def _poller(app: web.Application) -> AsyncIterator[None]:
    """Polls the shop, where there is a token for it; else the poller is off (contract §4)."""
    settings, client, clock = app[SETTINGS], app[SHOPIFY], app[CLOCK]
    if client is None:
        await switched_off(app[DATABASE])
        yield
        return
    owner, interval_s = secrets.token_hex(8), settings.poll_interval_s
    shop = ShopReader.of(client, settings.shop_domain)
    poller = Poller(app[DATABASE], shop, app[THRESHOLDS], clock, owner=owner, interval_s=interval_s)
    schedule = Schedule(poller, clock, owner=owner, interval_s=interval_s)
    async with running({"poller": schedule.tick, "poller watch": schedule.watch}):
        yield


STREAMS_PER_TOKEN = 500
"""Streams that one token may hold open: a proxy that adds one token stands for many screens."""


async def streams(app: web.Application) -> AsyncIterator[None]:
    """A cleanup context, after the database's: sets HUB, HISTORY, READINESS, ATTENDANCE; tells the streams."""
    database = app[DATABASE]
    head = await database.read(lambda conn: events.head(conn, database.shop_id))
    per_caller = None if app.get(TOKENS) is None else STREAMS_PER_TOKEN
    app[HUB] = hub = Hub(head.desk_id, head.newest, per_caller)
    app[HISTORY] = History(database, hub, app[CLOCK])
    process = secrets.token_hex(8)
    broadcaster = Broadcaster(database, hub, process)
    app[READINESS] = broadcaster.readiness
    app[ATTENDANCE] = attendance = Attendance(database, hub, process)
    loops: dict[str, Run] = {"broadcaster": broadcaster.run, "presence": attendance.run}
    if not is_sqlite(database.url):
        loops["listener"] = lambda: hear_others(database, broadcaster, attendance)
    async with running(loops):
        yield


async def _sweeping(app: web.Application) -> AsyncIterator[None]:
    """A cleanup context, after the database's: raises what time alone makes true, and forgets what is kept long enough."""
    settings = app[SETTINGS]
    retention = Retention(
        events=round(settings.events_keep_days * DAY), answers=round(settings.idempotency_keep_hours * HOUR)
    )
    sweeper = Sweeper(app[DATABASE], app[THRESHOLDS], retention, owner=secrets.token_hex(8))
    async with running({"sweeper": sweeper.run}):
        yield


async def end_streams(app: web.Application) -> None:
    """For `on_shutdown`: every open stream ends at once, so that the process stops within its grace time."""
    app[HUB].close()
