"""`poll once`: one tick of the poller, in this process: the first time the whole history, then what changed."""

from __future__ import annotations

import asyncio
import secrets
import sys

from orders_sync.commands.parts import database, shopify
from orders_sync.instants import system_clock
from orders_sync.poller.poller import Poller, Ticked
from orders_sync.poller.shop_reader import ShopReader
from orders_sync.settings import Settings

BUSY_TRIES = 10
BUSY_PAUSE_S = 1.0


def run(settings: Settings) -> int:
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
