"""The first reading of the shop, in this process, by the poller that `serve` has; and what the desk holds then.

It goes on where it was left, whoever began it: this command, an earlier one, or a server that is at work meanwhile.
"""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass

from orders_sync.commands.database import database
from orders_sync.commands.init.prompt import Prompt
from orders_sync.commands.shopify import shopify
from orders_sync.db.engine import Database
from orders_sync.db.overview import overview
from orders_sync.db.tx import Reading
from orders_sync.desk.page import View
from orders_sync.external.shopify.errors import ShopifyError
from orders_sync.instants import system_clock
from orders_sync.poller import progress, unreadable_orders
from orders_sync.poller.poller import Poller, Ticked
from orders_sync.poller.progress import Backfill
from orders_sync.poller.shop_reader import ShopReader
from orders_sync.settings import Settings
from orders_sync.upkeep.rederive import rederive
from orders_wire.vocabulary import Tab

_LOOK_S = 0.25
_BUSY_PAUSE_S = 1.0
_LINES = 10
"""How many lines of progress a reading has where there is no terminal."""


@dataclass(frozen=True, slots=True)
class Held:
    """What the desk holds. `unreadable`: orders that the shop sent in a shape that is not its schema's; `error`: what ended the
    reading early."""

    orders: int
    to_fulfil: int
    unreadable: int = 0
    error: ShopifyError | None = None


def read_everything(settings: Settings, prompt: Prompt) -> Held:
    """Reads all that the shop shows, with its progress. KeyboardInterrupt leaves it where it is."""
    return asyncio.run(_read(settings, prompt))


async def _read(settings: Settings, prompt: Prompt) -> Held:
    async with shopify(settings) as client, database(settings) as db:
        shop = ShopReader.of(client, settings.shop_domain)
        owner, interval_s = secrets.token_hex(8), settings.poll_interval_s
        poller = Poller(db, shop, settings.thresholds, system_clock, owner=owner, interval_s=interval_s)
        prompt.progress("Reading the shop")
        await rederive(db, settings.thresholds)
        watching = asyncio.create_task(_watch(db, Line(prompt)))
        try:
            ticked = await _tick(poller, db)
        finally:
            watching.cancel()
            await asyncio.gather(watching, return_exceptions=True)
            prompt.progress("")
        return await _held(db, settings, ticked.error)


async def _tick(poller: Poller, db: Database) -> Ticked:
    """One tick; where another process polls (a server that is at work), until its first reading is done."""
    while True:
        ticked = await poller.tick()
        if not ticked.busy:
            return ticked
        if (await db.read(lambda conn: progress.load(conn, db.shop_id))).complete:
            return Ticked()
        await asyncio.sleep(_BUSY_PAUSE_S)


class Line:
    """The progress as a line: on a terminal whenever it moves, elsewhere now and then."""

    def __init__(self, prompt: Prompt) -> None:
        self._prompt = prompt
        self._told: tuple[str, int] | None = None

    def show(self, reading: Backfill) -> None:
        """Where the reading is."""
        part, share = reading.part, reading.done * _LINES // max(reading.total, 1)
        if not self._prompt.asks and self._told == (part, share):
            return
        self._told = part, share
        text = f"{reading.done:,} of {reading.total:,} orders"
        self._prompt.progress(f"Reading the shop: {text}" + (", and now its stock" if part == "stock" else ""))


async def _watch(db: Database, line: Line) -> None:
    """For ever: what is stored of the reading."""
    while True:
        reading = (await db.read(lambda conn: progress.load(conn, db.shop_id))).backfill
        if reading is not None and reading.ended_at is None:
            line.show(reading)
        await asyncio.sleep(_LOOK_S)


async def _held(db: Database, settings: Settings, error: ShopifyError | None) -> Held:
    view = View(db.shop_id, db.clock(), settings.thresholds)

    def read(conn: Reading) -> Held:
        sizes = overview(conn, db.shop_id, view.cutoffs, view.today).tabs
        unreadable = len(unreadable_orders.waiting(conn, db.shop_id))
        return Held(sizes[Tab.ALL], sizes[Tab.UNFULFILLED], unreadable, error)

    return await db.read(read)
