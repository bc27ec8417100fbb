"""The alerts endpoint as a process of its own, that can be killed. It also pings by itself."""

from __future__ import annotations

import asyncio

from tests.server.live.raising import ping
from tests.server.live.serving import serving

from orders_sync.db.engine import Database
from orders_sync.live import attendance

PAUSE_S = 0.01


async def _serve(url: str, port: int) -> None:
    database = await Database.open(url, "desk-test.myshopify.com", migrating=False)
    async with serving(database, port) as server:
        print(server.port, flush=True)
        while True:
            await ping(database)
            await asyncio.sleep(PAUSE_S)


def run(url: str, port: int, presence_beats_s: float = attendance.BEAT_S) -> None:
    """Prints its port when it answers; 0 asks for any."""
    attendance.BEAT_S = presence_beats_s
    asyncio.run(_serve(url, port))
