"""`verify`: recounts every counter, derives every order again, and compares: 0 when nothing differs."""

from __future__ import annotations

import asyncio
import sys

from orders_sync.commands.parts import database
from orders_sync.db.recount import Difference
from orders_sync.desk.page import View
from orders_sync.desk.verify import verify
from orders_sync.settings import Settings

SHOWN = 100
"""Differences that are printed; the rest are counted."""


def run(settings: Settings) -> int:
    """0 when nothing differs; 1, with the differences on stderr, when something does."""
    found = asyncio.run(_verify(settings))
    for difference in found[:SHOWN]:
        print(difference, file=sys.stderr)
    if found:
        print(f"{len(found)} differences.", file=sys.stderr)
        return 1
    print("Nothing differs.")
    return 0


async def _verify(settings: Settings) -> list[Difference]:
    async with database(settings) as db:
        return await db.read(lambda conn: verify(conn, View(db.shop_id, db.clock(), settings.figures)))
