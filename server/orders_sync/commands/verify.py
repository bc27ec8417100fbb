"""`verify`: recounts every counter and derives every order again, and says where the stored rows differ."""

from __future__ import annotations

import asyncio
import sys

from orders_sync.commands.parts import database
from orders_sync.db.recount import Difference
from orders_sync.desk.page import View
from orders_sync.settings import Settings
from orders_sync.upkeep.verify import verify

SHOWN = 50
"""Differences that are printed; the others are counted."""


def run(settings: Settings) -> int:
    """0 when everything agrees; 1 when not, each difference on stderr."""
    differences = asyncio.run(_differences(settings))
    for difference in differences[:SHOWN]:
        print(difference, file=sys.stderr)
    if differences:
        print(f"{len(differences)} differences.", file=sys.stderr)
        return 1
    print("Every counter and every row agrees with the evidence.")
    return 0


async def _differences(settings: Settings) -> list[Difference]:
    async with database(settings) as db:
        view = View(db.shop_id, db.clock(), settings.thresholds)
        return await db.read(lambda conn: verify(conn, view))
