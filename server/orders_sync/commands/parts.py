"""The parts of a server that a single command needs: its database, or the shop, for as long as a block lasts."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp

from orders_sync.db import probe
from orders_sync.db.engine import Database
from orders_sync.db.location import parse
from orders_sync.external.shopify.client import ShopifyClient, endpoint
from orders_sync.settings import Settings, SettingsError, default_database, secret_text


@asynccontextmanager
async def database(settings: Settings) -> AsyncIterator[Database]:
    """The database, migrated, and closed in the end."""
    opened = await Database.open(settings.database_url, settings.shop)
    try:
        yield opened
    finally:
        await opened.close()


@asynccontextmanager
async def shopify(settings: Settings) -> AsyncIterator[ShopifyClient]:
    """The shop's Admin API. Raises SettingsError without a token."""
    token = secret_text(settings.shopify_admin_token)
    if token is None:
        raise SettingsError("Setting SHOPIFY_ADMIN_TOKEN: this command needs the shop's Admin API token")
    async with aiohttp.ClientSession() as session:
        yield ShopifyClient(session, endpoint(settings.shop, settings.shopify_api_url), token)


def to_look_at(settings: Settings) -> Settings:
    """For a command that reads what is there. Raises NoDatabase."""
    probe.require(parse(settings.database_url))
    return settings


def to_begin(settings: Settings, *, create: bool, besides: Path | None = None) -> Settings:
    """For a command that may begin a desk: in the default place, where `create` says so, or where none was begun before.

    `besides`: a file that is no sign of another desk. Raises NoDatabase.
    """
    usual = settings.database_url == default_database()
    probe.require_place(parse(settings.database_url), create=create or usual, besides=besides)
    return settings
