"""The calm after the storm: nothing is under way any more, at the shop, in the outbox, between processes."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from tests.soak.commands import CommandFailed, run
from tests.soak.desk_database import DeskDatabase
from tests.soak.shop import Shop

CALM_S = 240.0
AGAIN_S = 0.5


class NoCalm(Exception):
    """It did not come in time; the message says what was still under way."""


async def calm(shop: Shop, database: DeskDatabase, settings: Mapping[str, str]) -> None:
    """Returns when a poll that began after everything was delivered has found nothing more to do. Raises NoCalm."""
    what = "nothing"
    try:
        async with asyncio.timeout(CALM_S):
            while True:
                what = "deliveries"
                await shop.pull("drain")
                what = "the outbox"
                await database.nothing_waits()
                before = await asyncio.to_thread(database.version)
                what = "the poller"
                await _polled(settings)
                what = "what the poller found"
                await shop.pull("drain")
                if await _still(database, before):
                    return
    except TimeoutError:
        raise NoCalm(f"after {CALM_S:.0f} s something was still under way: {what}") from None


async def _polled(settings: Mapping[str, str]) -> None:
    """A tick that begins from now on ends well: nobody waits for the next one that is due."""
    while True:
        try:
            await run("poll", "once", settings=settings)
        except CommandFailed:
            await asyncio.sleep(AGAIN_S)
        else:
            return


async def _still(database: DeskDatabase, before: int) -> bool:
    """True when the desk moved by no more than the end of that tick's own ping, and nothing waits to leave."""
    moved = await asyncio.to_thread(database.version) - before
    return moved <= 3 and not await asyncio.to_thread(database.outbound_waiting)
