"""The alerts endpoint as a process of its own, that can be killed: `python -m … URL PORT`. It also pings by itself."""

from __future__ import annotations

import asyncio
import sys

from tests.server.live.raising import ping
from tests.server.live.serving import serving

from orders_sync.db.engine import Database

PAUSE_S = 0.01


async def main(url: str, port: int) -> None:
    database = await Database.open(url, "desk-test.myshopify.com", migrating=False)
    async with serving(database, port) as server:
        print(server.port, flush=True)
        while True:
            await ping(database)
            await asyncio.sleep(PAUSE_S)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))
