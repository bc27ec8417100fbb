"""The application: its parts in the order in which they come to life, and its routes. Nothing else happens here."""

from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp
from aiohttp import web

from orders_sync.app_keys import CLOCK, DATABASE, FIGURES, SETTINGS, SHOPIFY
from orders_sync.auth import TOKENS, Tokens, authentication
from orders_sync.db.engine import Database
from orders_sync.external.shopify.client import ShopifyClient, endpoint
from orders_sync.instants import Clock, system_clock
from orders_sync.live.lifespan import end_streams, live
from orders_sync.routes import alerts, health, me, orders
from orders_sync.routes.problems import problems
from orders_sync.settings import Settings, secret_text

MAX_BODY_BYTES = 8 * 1024 * 1024
"""The largest body that is read; Shopify's largest orders stay below."""

ROUTES = (health.routes, me.routes, alerts.routes, orders.routes)
WEBHOOK_ROUTES: tuple[web.RouteTableDef, ...] = ()


def build(settings: Settings, *, clock: Clock = system_clock, tokens: Tokens | None = None) -> web.Application:
    """The whole server for these settings, not yet alive. `tokens`: read from TOKENS_FILE by the caller; none: loopback."""
    app = web.Application(middlewares=[problems, authentication], client_max_size=MAX_BODY_BYTES)
    app[SETTINGS] = settings
    app[FIGURES] = settings.figures
    app[CLOCK] = clock
    app[TOKENS] = tokens
    app.cleanup_ctx.extend([_database, _shopify, live, orders.reading])
    app.on_shutdown.append(end_streams)
    for routes in (*ROUTES, *WEBHOOK_ROUTES):
        app.add_routes(routes)
    return app


def webhooks_alone(app: web.Application) -> web.Application:
    """The webhook routes on the parts of a living `app`, for a listener of their own (contract §5, WEBHOOK_LISTEN)."""
    alone = web.Application(middlewares=[problems], client_max_size=MAX_BODY_BYTES)
    for key in app:
        alone[key] = app[key]
    for routes in WEBHOOK_ROUTES:
        alone.add_routes(routes)
    return alone


async def _database(app: web.Application) -> AsyncIterator[None]:
    settings = app[SETTINGS]
    app[DATABASE] = database = await Database.open(settings.database_url, settings.shop, app[CLOCK])
    yield
    await database.close()


async def _shopify(app: web.Application) -> AsyncIterator[None]:
    """The shop's Admin API, where there is a token for it."""
    settings = app[SETTINGS]
    token = secret_text(settings.shopify_admin_token)
    async with aiohttp.ClientSession() as session:
        address = endpoint(settings.shop, settings.shopify_api_url)
        app[SHOPIFY] = ShopifyClient(session, address, token, app[CLOCK]) if token else None
        yield
