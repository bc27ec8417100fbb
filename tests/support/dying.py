"""A server process that dies right before or right after the commit of a keyed assignment."""

from __future__ import annotations

import asyncio
import os
from typing import Any, NoReturn

from tests.support.acting import SHOP, serve

from orders_sync.db.engine import Database
from orders_sync.routes import actions

STATUS = 9


def die(database_url: str, when: str, body: bytes) -> None:
    """`when`: `before` or `after`."""
    asyncio.run(_die(database_url, when, body))


async def _die(database_url: str, when: str, body: bytes) -> None:
    db: Any = await Database.open(database_url, SHOP)
    module: Any = actions
    performed, commit = module.perform, db.advance

    def dying(*given: object) -> NoReturn:
        if when == "after":
            commit(*given)
        os._exit(STATUS)

    def dies_when_performed(*given: Any) -> NoReturn:
        performed(*given)
        os._exit(STATUS)

    async with serve(db) as desk:
        db.advance = dying
        if when == "before":
            module.perform = dies_when_performed
        await desk.raw("assign", body, key="k")
