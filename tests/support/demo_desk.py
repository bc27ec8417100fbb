"""The demo in one process, under a clock that stands until it is moved: shop, server, colleagues, and the client on them.

What `orders-tui demo --still` starts, but for its processes. The same number of orders and the same instant give the same desk,
to the letter.
"""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime
from functools import partial
from pathlib import Path
from typing import Any, ClassVar
from unittest.mock import patch

import aiohttp
from aiohttp import hdrs, web
from aiohttp.test_utils import BaseTestServer, TestServer
from textual import events
from textual.pilot import Pilot

from orders_demo.colleagues import Colleagues
from orders_demo.command import API
from orders_demo.dashboard import Dashboard
from orders_demo.identity import DOMAIN, Secrets
from orders_demo.simulation import Plan, Simulation, simulate
from orders_demo.site import application
from orders_demo.webhooks.manners import POLITE
from orders_sync.app import build
from orders_sync.db.engine import Database
from orders_sync.http.app_keys import DATABASE, HUB
from orders_sync.instants import from_datetime
from orders_sync.live.hub import Hub
from orders_sync.settings import Settings, load
from orders_tui import keymap
from orders_tui.api.client import SyncApi
from orders_tui.app import DeskApp
from orders_tui.config import Config
from orders_tui.context.context import Context
from orders_tui.feed.sse import SseFeed
from orders_tui.pace import Pace
from orders_tui.query import OrdersQuery
from orders_tui.screens.desk import DeskScreen
from orders_tui.session import Session

SEED = 7
OPERATOR = "ana"
PATIENCE_S = 60
SECRETS = Secrets(
    "hush", "shpat_demo", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
)


@dataclass
class StandingClock:
    now: datetime

    def __call__(self) -> datetime:
        return self.now


@dataclass
class DemoDesk:
    """A running demo."""

    simulation: Simulation
    database: Database
    hub: Hub
    session: aiohttp.ClientSession
    url: str
    clock: StandingClock

    async def get(self, path: str, **parameters: str) -> Any:
        async with self.session.get(f"{self.url}{path}", params=parameters) as answer:
            return await answer.json()

    async def later(self, seconds: float) -> None:
        """So much later: what had to leave by then has left, and what was announced is taken in."""
        self.clock.now += timedelta(seconds=seconds)
        await self.database.write(lambda tx: tx.ping())
        await _until(self._idle)

    async def live(self, steps: int, seconds: float) -> None:
        """So many things happen in the shop, one at a time."""
        for _ in range(steps):
            self.simulation.life.tick()
            await self.later(seconds)

    async def begin(self) -> None:
        """The past is read, and the colleagues share out what is open."""
        self.simulation.listen_at(self.url)
        await _until(self._read)
        await self.later(0)
        await Colleagues(Dashboard(self.session, self.url), SEED, operator=OPERATOR).share_out()

    @asynccontextmanager
    async def untold(self) -> AsyncIterator[None]:
        """No stream hears of what happens until the block ends."""
        publish, told = self.hub.publish, asyncio.Event()

        async def later(*given: Any) -> None:
            await told.wait()
            await publish(*given)

        with patch.object(self.hub, "publish", later):
            yield
        told.set()

    async def takes(self, name: str, *numbers: str) -> None:
        """A colleague takes orders, from a dashboard."""
        for number in numbers:
            body = {"orderIds": [number], "assignee": name}
            url, who = f"{self.url}/sync/orders/assign", {"X-Operator": name}
            async with self.session.post(url, json=body, headers=who) as answer:
                answer.raise_for_status()

    async def _read(self) -> bool:
        health = await self.get("/health")
        return bool(health["backfill"]["state"] == "done")

    async def _idle(self) -> bool:
        await self.simulation.deliveries.idle()
        await self.simulation.messenger.idle()
        queued = (await self.get("/sync/outbox", state="queued"))["items"]
        return not any(datetime.fromisoformat(entry["not_before"]) <= self.clock.now for entry in queued)

    @asynccontextmanager
    async def client(self, folder: Path, size: tuple[int, int] = (120, 40)) -> AsyncIterator[Operator]:
        """The operator at a terminal."""
        began = self.clock.now
        pace = Pace(now=self.clock, monotonic=lambda: time.monotonic() + (self.clock.now - began).total_seconds())
        api = SyncApi(self.url, None, OPERATOR, pace=pace)
        session = Session(api, SseFeed(api, pace), query=OrdersQuery(), pace=pace)

        async def begin(app: DeskApp) -> None:
            app.run_session(work, api.close)

        app = DeskApp(lambda: DeskScreen(work), folder, pace=pace, begin=begin)
        work = Context(session, Config(name=OPERATOR), pace, keymap.build(), keyboard=app.keyboard, outgoing=api)
        async with app.run_test(size=size, notifications=True) as pilot:
            operator = Operator(app, pilot, session)
            await operator.until(lambda: session.me is not None and session.table.view.rows)
            yield operator


@dataclass
class Operator:
    """Somebody at the desk."""

    patience_s: ClassVar[float] = PATIENCE_S
    app: DeskApp
    pilot: Pilot[None]
    session: Session

    async def press(self, *keys: str) -> None:
        """As deliberate hands do; `TEXT:…` is typed."""
        for key in keys:
            self.app.keyboard.enter_pressed(float("-inf"))
            if key.startswith("TEXT:"):
                self.app.post_message(events.Paste(key.removeprefix("TEXT:")))
                await self.pilot.pause()
            else:
                await self.pilot.press(key)

    @property
    def screen(self) -> str:
        """All that is to be read on it."""
        return "\n".join(line.text for line in self.app.screen._compositor.render_strips())

    async def until(self, holds: Callable[[], object]) -> None:
        """Returns when it holds. Raises TimeoutError."""
        async with asyncio.timeout(self.patience_s):
            while not holds():
                await self.pilot.pause(0.02)


@asynccontextmanager
async def demo_desk(folder: Path, orders: int, now: datetime) -> AsyncIterator[DemoDesk]:
    """A demo of so many orders in whose past it is `now`; its files go into `folder`."""
    clock = StandingClock(now)
    plan = Plan(orders, SEED, SECRETS, still=True, manners=POLITE, job_s=0)
    simulation = simulate(plan, clock=clock, sleep=_at_once, new_id=map(str, itertools.count()).__next__)
    async with TestServer(application(simulation)) as shop:
        settings = _settings(folder, _address(shop))
        app = build(settings, clock=lambda: from_datetime(clock()))
        app.on_response_prepare.append(partial(_date, clock))
        async with TestServer(app) as server, aiohttp.ClientSession() as session:
            desk = DemoDesk(simulation, app[DATABASE], app[HUB], session, _address(server), clock)
            await desk.begin()
            yield desk


async def _until(holds: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not await holds():  # noqa: ASYNC110  # another's loops decide
            await asyncio.sleep(0.01)


async def _date(clock: StandingClock, _: web.Request, response: web.StreamResponse) -> None:
    """What the client takes the server's clock from."""
    response.headers[hdrs.DATE] = format_datetime(clock(), usegmt=True)


async def _at_once(_seconds: float) -> None:
    await asyncio.sleep(0)


def _address(server: BaseTestServer) -> str:
    return str(server.make_url("")).rstrip("/")


def _settings(folder: Path, shop_url: str) -> Settings:
    given = {
        "database_url": f"sqlite:///{folder / 'desk.sqlite'}",
        "shop_domain": DOMAIN,
        "shopify_webhook_secret": SECRETS.webhook,
        "shopify_admin_token": SECRETS.admin_token,
        "shopify_api_url": f"{shop_url}{API}",
        "shopify_writes": "on",
        "erp_url": f"{shop_url}/erp",
        "erp_secret": SECRETS.erp,
        "support_url": f"{shop_url}/support",
        "support_secret": SECRETS.support,
        "usd_rates": "EUR=1.08,GBP=1.27",
        "poll_interval_s": "86400",
    }
    return load(given, {}, Path("/dev/null"))
