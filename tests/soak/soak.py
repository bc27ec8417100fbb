"""The soak itself: everything is started, the storm blows, calm comes, and all sides are asked what they see."""

from __future__ import annotations

import asyncio
import random
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
from tests.soak import agreement
from tests.soak.balancer import Balancer
from tests.soak.calm import NoCalm, calm
from tests.soak.desk_database import DeskDatabase
from tests.soak.faults import Faults
from tests.soak.listener import Listener
from tests.soak.operator import ANSWER_S, crew
from tests.soak.processes import Fleet, Server
from tests.soak.shop import Shop, shop
from tests.support.postgres import Cluster, cluster

from orders_sync.demo.identity import DOMAIN

API = "/admin/api/2026-07/graphql.json"
POLL_INTERVAL_S = 8
HISTORY_S = 120.0
HEARD_S = 30.0
ACT_PAUSE_S = 2.0


@dataclass
class Report:
    """What happened, a line each, and every way in which two sides disagree in the end."""

    lines: list[str] = field(default_factory=list)
    disagreements: list[str] = field(default_factory=list)

    def say(self, line: str) -> None:
        self.lines.append(line)


@dataclass(frozen=True)
class Soak:
    """How much of everything."""

    seconds: float
    servers: int
    streams: int
    operators: int
    orders: int
    fault_every_s: float
    seed: int
    logs: Path | None

    async def run(self) -> Report:
        """From nothing to the report; whatever was started is gone."""
        with tempfile.TemporaryDirectory(prefix="desk-soak-") as name, cluster() as postgres:
            async with AsyncExitStack() as stack:
                timeout = aiohttp.ClientTimeout(total=ANSWER_S)
                connector = aiohttp.TCPConnector(limit=0)
                session = await stack.enter_async_context(aiohttp.ClientSession(timeout=timeout, connector=connector))
                running = await stack.enter_async_context(shop(self.orders, self.seed, Path(name), session))
                postgres.create("desk")
                world = World(self, Path(name), postgres, running, session)
                await world.open(stack)
                report = await world.soak()
            if self.logs is not None:
                shutil.copytree(name, self.logs, dirs_exist_ok=True)
            return report

    def settings(self, url: str, running: Shop) -> dict[str, str]:
        """Of every serve process: every receiver is on."""
        return {
            "DATABASE_URL": url,
            "SHOP_DOMAIN": DOMAIN,
            "SHOPIFY_WEBHOOK_SECRET": running.secrets.webhook,
            "SHOPIFY_ADMIN_TOKEN": running.secrets.admin_token,
            "SHOPIFY_API_URL": f"{running.url}{API}",
            "SHOPIFY_WRITES": "on",
            "ERP_URL": f"{running.url}/erp",
            "ERP_SECRET": running.secrets.erp,
            "SUPPORT_URL": f"{running.url}/support",
            "SUPPORT_SECRET": running.secrets.support,
            "USD_RATES": "EUR=1.08,GBP=1.27",
            "POLL_INTERVAL_S": str(POLL_INTERVAL_S),
            "UNDO_SECONDS": "1",
        }


class World:
    """Everything that runs, from the history's end on."""

    def __init__(
        self, plan: Soak, folder: Path, postgres: Cluster, running: Shop, session: aiohttp.ClientSession
    ) -> None:
        self.plan = plan
        self.shop = running
        self._folder = folder
        self._postgres = postgres
        self._session = session
        self._settings = plan.settings(postgres.url("desk"), running)
        self.fleet = Fleet([Server(f"server-{n}", self._settings, folder) for n in range(plan.servers)])
        self.operators = crew(plan.operators, self.fleet, session, plan.seed)
        alone = max(0, plan.streams - plan.operators)
        self.listeners = [
            *(operator.listener for operator in self.operators),
            *(Listener(self.fleet, random.Random(f"{plan.seed}/listener/{n}")) for n in range(alone)),
        ]
        self.report = Report()

    async def open(self, stack: AsyncExitStack) -> None:
        """The fleet runs, and has the shop's history."""
        for server in self.fleet.servers:
            _owned(stack, server.run())
        balancer = Balancer(self.fleet, random.Random(f"{self.plan.seed}/balancer"))
        await stack.enter_async_context(balancer.running())
        await self.fleet.all_ready()
        self.database = DeskDatabase(self._postgres.url("desk"), DOMAIN)
        async with asyncio.timeout(HISTORY_S):
            await self.database.has_history()
            await self.shop.prepare(balancer.url)
            await self.shop.pull("drain")

    async def soak(self) -> Report:
        """The storm, the calm, and what everybody says then."""
        async with AsyncExitStack() as stack:
            for listener in self.listeners:
                _owned(stack, listener.run())
            for operator in self.operators:
                _owned(stack, operator.keep_page())
            await self._all_begun()
            await self._storm()
            try:
                await self._calm()
            except NoCalm as error:
                self.report.disagreements.append(str(error))
                return self.report
            await self._compare()
        return self.report

    async def _all_begun(self) -> None:
        async with asyncio.timeout(HEARD_S):
            while any(listener.begun is None for listener in self.listeners):  # noqa: ASYNC110
                await asyncio.sleep(0.05)

    async def _storm(self) -> None:
        faults = Faults(
            self._postgres, self.fleet, self.shop, self.listeners, random.Random(f"{self.plan.seed}/faults")
        )
        began, first = time.monotonic(), await asyncio.to_thread(self.database.version)
        async with AsyncExitStack() as stack:
            _owned(stack, self.shop.live())
            for operator in self.operators:
                _owned(stack, operator.act(ACT_PAUSE_S))
            breaking = _owned(stack, faults.run(self.plan.fault_every_s))
            await asyncio.wait([breaking], timeout=self.plan.seconds)
        await self.fleet.all_ready()
        took_s, last = time.monotonic() - began, await asyncio.to_thread(self.database.version)
        actions = sum(len(operator.attempts) for operator in self.operators)
        self.report.say(
            f"storm: {took_s:.0f} s, {last - first} events ({(last - first) / took_s:.0f} a second) on {len(self.listeners)} "
            f"streams, {self.shop.happened} things happened in the shop, {actions} actions by {len(self.operators)} operators"
        )
        self.report.say(f"faults: {', '.join(f'{name} {n}×' for name, n in faults.done.items())}")
        self.report.say(
            f"streams: {sum(listener.losses for listener in self.listeners)} times lost and continued; "
            f"processes: {sum(server.starts for server in self.fleet.servers)} starts"
        )

    async def _calm(self) -> None:
        began = time.monotonic()
        await asyncio.gather(*(operator.settle() for operator in self.operators))
        await calm(self.shop, self.database)
        self.report.say(f"calm after {time.monotonic() - began:.0f} s")

    async def _compare(self) -> None:
        ledger = await self.shop.ledger()
        until = await asyncio.to_thread(self.database.version)
        found = self.report.disagreements
        await self._heard(until)
        found += agreement.streams(self.listeners, self.database, until)
        found += agreement.answered(self.operators, self.database)
        found += agreement.owners(self.database, ledger)
        found += agreement.effects(self.database, ledger)
        found += await agreement.verified(self._settings)
        fresh = DeskDatabase(await agreement.read_again(self._settings, self._folder), DOMAIN)
        found += agreement.shop_agrees(self.database, fresh)
        found += await self._views()
        kinds = Counter(attempt.path for operator in self.operators for attempt in operator.attempts)
        repeated = sum(attempt.sent > 1 for operator in self.operators for attempt in operator.attempts)
        self.report.say(
            f"actions: {', '.join(f'{n} {kind}' for kind, n in kinds.items())}; {repeated} asked more than once"
        )

    async def _heard(self, until: int) -> None:
        try:
            async with asyncio.timeout(HEARD_S):
                while any(listener.position < until for listener in self.listeners):  # noqa: ASYNC110
                    await asyncio.sleep(0.1)
        except TimeoutError:
            self.report.disagreements.append("streams are behind")

    async def _views(self) -> Sequence[str]:
        """Pages follow pings by a second or so; what passing time changes meanwhile is given the time to arrive."""
        found: Sequence[str] = []
        for _ in range(10):
            found = await agreement.views(self.operators, self.fleet)
            if not found:
                break
            await asyncio.sleep(1.0)
        return found


def _owned(stack: AsyncExitStack, work: Awaitable[None]) -> asyncio.Future[None]:
    """A task that ends with the stack."""
    task = asyncio.ensure_future(work)

    async def end() -> None:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    stack.push_async_callback(end)
    return task
