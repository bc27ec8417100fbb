"""Commands on the shop: `shopify check` and `shopify subscribe`, and `poll once`, one tick of the poller in this process."""

from __future__ import annotations

import asyncio
import secrets
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import aiohttp

from orders_sync.commands.database import database
from orders_sync.external.shopify import shop as shop_side
from orders_sync.external.shopify.client import ShopifyClient
from orders_sync.external.shopify.connection import connected
from orders_sync.external.shopify.documents import API_VERSION
from orders_sync.external.shopify.errors import ShopifyError
from orders_sync.external.shopify.shop import ShopInfo
from orders_sync.instants import SECOND, system_clock
from orders_sync.poller.poller import Poller, Ticked
from orders_sync.poller.shop_reader import ShopReader
from orders_sync.settings import Settings, SettingsError


@asynccontextmanager
async def shopify(settings: Settings) -> AsyncIterator[ShopifyClient]:
    """The shop's Admin API. Raises SettingsError without a way to it."""
    async with aiohttp.ClientSession() as session:
        client = connected(session, settings)
        if client is None:
            raise SettingsError(
                "Setting SHOPIFY_ADMIN_TOKEN: this command needs the shop's Admin API token, or an app's SHOPIFY_CLIENT_ID"
            )
        yield client


MAX_SKEW_MS = 60 * SECOND
"""Clocks further apart than this make "as of" unreliable."""

Finding = tuple[bool, str]
"""Whether it is as it should be, and what there is to say."""


def check(settings: Settings) -> int:
    """Prints what was found, a line each; 0 when all is well, 1 when something is missing."""
    findings = asyncio.run(_findings(settings))
    for well, text in findings:
        print(f"{'ok     ' if well else 'missing'} {text}")
    return 0 if all(well for well, _ in findings) else 1


def subscribe(settings: Settings, url: str | None) -> int:
    """Subscribes `url` to every topic of the desk that it does not have; 0 when all are there."""
    if url is None or not url.startswith("https://"):
        print("subscribe needs --url https://…/shopify/webhook: Shopify delivers to https only", file=sys.stderr)
        return 2
    try:
        made, there, failed = subscribed(settings, url)
    except ShopifyError as error:
        print(f"Shopify: {error}", file=sys.stderr)
        return 1
    for topic, reason in failed:
        print(f"{topic}: {reason}", file=sys.stderr)
    print(f"Subscribed to {made} topics; {there} were there already.")
    return 1 if failed else 0


def subscribed(settings: Settings, url: str) -> tuple[int, int, list[tuple[str, str]]]:
    """How many topics were subscribed, how many were so before, and which could not be, with the reason. Raises ShopifyError."""
    made, failed = asyncio.run(_subscribe(settings, url))
    return made, len(shop_side.TOPICS) - made - len(failed), failed


async def _findings(settings: Settings) -> list[Finding]:
    async with shopify(settings) as client:
        try:
            info = await shop_side.read_shop(client)
            shop_side.require_same(info, settings.shop_domain)
        except ShopifyError as error:
            return [(False, f"Admin API: {error}")]
        findings = [(True, f"token: accepted by {info.domain} ({info.name}, {info.currency}, {info.time_zone})")]
        findings += _scopes(info, settings)
        findings += _clock_and_version(client)
        findings += await _subscriptions(client)
    secret = bool(settings.webhook_secrets)
    findings.append((secret, "webhook secret: configured" if secret else "webhook secret: set SHOPIFY_WEBHOOK_SECRET"))
    writes = "on" if settings.shopify_writes else "off: queued writes wait (SHOPIFY_WRITES)"
    return [*findings, (True, f"writes: {writes}")]


def _scopes(info: ShopInfo, settings: Settings) -> Iterator[Finding]:
    needed = (*shop_side.READ_SCOPES, *(shop_side.WRITE_SCOPES if settings.shopify_writes else ()))
    lacking = info.lacks(needed)
    yield (not lacking, f"scopes: lacks {', '.join(lacking)}" if lacking else "scopes: all that are needed")
    optional = info.lacks(shop_side.OPTIONAL_SCOPES)
    if shop_side.ALL_ORDERS in optional:
        yield (False, f"history: 60 days only without {shop_side.ALL_ORDERS}")
    if shop_side.BARCODES in optional:
        yield (
            True,
            f"barcodes: not read without {shop_side.BARCODES}; what is scanned while packing is matched by SKU",
        )
    others = [scope for scope in optional if scope not in (shop_side.ALL_ORDERS, shop_side.BARCODES)]
    if others:
        yield (True, f"scopes that would show more: {', '.join(others)}")


def _clock_and_version(client: ShopifyClient) -> Iterator[Finding]:
    same = client.api_version == API_VERSION
    yield (same, f"API version: {client.api_version}" + ("" if same else f", but {API_VERSION} was asked for"))
    if client.clock_skew_ms is not None:
        near = abs(client.clock_skew_ms) <= MAX_SKEW_MS
        yield (near, f"clock: {client.clock_skew_ms / SECOND:+.0f} s against Shopify's")


async def _subscriptions(client: ShopifyClient) -> list[Finding]:
    try:
        there = await shop_side.subscriptions(client)
    except ShopifyError as error:
        return [(False, f"webhook subscriptions: {error}")]
    lacking = shop_side.missing(there)
    if not lacking:
        return [(True, f"webhook subscriptions: all {len(shop_side.TOPICS)} topics")]
    text = f"webhook subscriptions: {len(lacking)} topics lack one ({', '.join(lacking[:5])}{'…' if len(lacking) > 5 else ''})"
    return [(False, f"{text}; run: orders-tui shopify subscribe --url https://…/shopify/webhook")]


async def _subscribe(settings: Settings, url: str) -> tuple[int, list[tuple[str, str]]]:
    """How many were made, and which could not be, with the reason."""
    failed: list[tuple[str, str]] = []
    async with shopify(settings) as client:
        wanted = shop_side.missing(await shop_side.subscriptions(client), url)
        for topic in wanted:
            try:
                await shop_side.subscribe(client, topic, url)
            except ShopifyError as error:
                failed.append((topic, str(error)))
    return len(wanted) - len(failed), failed


BUSY_TRIES = 10
BUSY_PAUSE_S = 1.0


def poll(settings: Settings) -> int:
    """0 when everything was read; 1, with the reason on stderr, when not."""
    ticked = asyncio.run(_tick(settings))
    if ticked.busy:
        print("Another process is polling right now.", file=sys.stderr)
        return 1
    if ticked.error is not None:
        print(f"Polling failed: {ticked.error}", file=sys.stderr)
        return 1
    print(f"Read {ticked.read} orders; {ticked.changed} changed.")
    return 0


async def _tick(settings: Settings) -> Ticked:
    async with shopify(settings) as client, database(settings) as db:
        shop = ShopReader.of(client, settings.shop_domain)
        owner = secrets.token_hex(8)
        poller = Poller(db, shop, settings.thresholds, system_clock, owner=owner, interval_s=settings.poll_interval_s)
        for _ in range(BUSY_TRIES):
            ticked = await poller.tick()
            if not ticked.busy:
                return ticked
            await asyncio.sleep(BUSY_PAUSE_S)
        return ticked
