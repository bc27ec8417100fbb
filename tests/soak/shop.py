"""The simulated shop as a process, and the strings to pull: how fast it lives, how badly it delivers."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import orjson

from orders_demo.identity import Secrets
from orders_demo.processes import start

IN_FLIGHT = 900
"""Deliveries under way at most, those that wait for another try among them: the shop lives as fast as the fleet takes in."""

ON_THE_WIRE = 180
AT_ONCE = 30
_REST_S = 0.05
_ABRUPT = {
    "twice": 0.1,
    "late": 0.05,
    "late_s": [0.3, 3.0],
    "swapped": 0.3,
    "prompt_s": 0.1,
    "first_wait_s": 0.2,
    "longest_wait_s": 0.8,
    "tries": 20,
}


_PATIENT = aiohttp.ClientTimeout(total=None)


class Shop:
    """Calls on the shop's control. `held_back_s`: how long nothing happened because too much was under way."""

    def __init__(self, url: str, secrets: Secrets, session: aiohttp.ClientSession) -> None:
        self.url = url
        self.secrets = secrets
        self.happened = 0
        self.held_back_s = 0.0
        self._session = session

    async def pull(self, verb: str, **body: object) -> Any:
        """`POST /control/<verb>`."""
        async with self._session.post(f"{self.url}/control/{verb}", json=body, timeout=_PATIENT) as answer:
            answer.raise_for_status()
            return orjson.loads(await answer.read())

    async def status(self) -> Any:
        return await self._get("/control/status")

    async def ledger(self) -> Any:
        """What had an effect, oldest first."""
        return await self._get("/ledger")

    async def prepare(self, target: str) -> None:
        """Subscribes the desk, and squeezes the shop's time."""
        await self.pull("manners", **_ABRUPT)
        await self.pull("bucket", maximum=1_000_000, available=1_000_000, restoreRate=100_000)
        await self.pull("erp-pace", answer_s=[0.1, 1.0], inspection_s=[0.5, 2.0])
        await self.pull("target", url=target)

    async def live(self) -> None:
        """Lets things happen, as many as are taken, until cancelled."""
        while True:
            status = await self.status()
            if status["webhooks"]["in_flight"] < IN_FLIGHT:
                told = await self.pull("tick", count=AT_ONCE)
                self.happened += len(told["happened"])
            else:
                self.held_back_s += _REST_S
                await asyncio.sleep(_REST_S)

    async def _get(self, path: str) -> Any:
        async with self._session.get(self.url + path) as answer:
            answer.raise_for_status()
            return orjson.loads(await answer.read())


@asynccontextmanager
async def shop(orders: int, seed: int, folder: Path, session: aiohttp.ClientSession) -> AsyncIterator[Shop]:
    """A shop with a past, which stands still until it is told to live."""
    secrets = Secrets.fresh()
    told = {
        "WEBHOOK_SECRET": secrets.webhook,
        "ADMIN_TOKEN": secrets.admin_token,
        "ERP_SECRET": secrets.erp,
        "SUPPORT_SECRET": secrets.support,
    }
    command = [sys.executable, "-m", "orders_demo.shop", "--still", "--ends-with-parent"]
    options = ["--orders", str(orders), "--seed", str(seed), "--at-once", str(ON_THE_WIRE)]
    environment = {**os.environ, **{f"ORDERS_DEMO_{name}": value for name, value in told.items()}}
    child = await start("shop", [*command, *options], environment, folder)
    try:
        yield Shop(orjson.loads(await child.line(60.0))["url"], secrets, session)
    finally:
        await child.end()
