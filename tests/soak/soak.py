"""The soak itself: everything is started, the storm blows, calm comes, and all sides are asked what they see."""

from __future__ import annotations

import asyncio
import random
import shutil
import tempfile
import time
from collections.abc import Awaitable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import aiohttp
from tests.soak import agreement
from tests.soak.balancer import Balancer
from tests.soak.calm import NoCalm, calm
from tests.soak.desk_database import DeskDatabase
from tests.soak.faults import Faults
from tests.soak.listener import Listener
from tests.soak.machine import Cpu
from tests.soak.operator import ANSWER_S, Operator, crew
from tests.soak.processes import Fleet, Server
from tests.soak.recoveries import Recoveries
from tests.soak.report import Report, Storm, acted, recovered
from tests.soak.shop import Shop, shop
from tests.soak.workplace import Workplace, settled
from tests.support.postgres import Cluster, cluster

from orders_demo.identity import DOMAIN

API = "/admin/api/2026-07/graphql.json"
POLL_INTERVAL_S = 20
HISTORY_S = 120.0
HEARD_S = 30.0
ACT_PAUSE_S = 2.0


@dataclass(frozen=True)
class Soak:
    """How much of everything."""

    seconds: float
    servers: int
    streams: int
    operators: int
    workplaces: int
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


@dataclass(frozen=True, slots=True)
class Counted:
    """How far everything was at an instant, in seconds of the monotonic clock."""

    at: float
    version: int
    taken_in: int
    cpu: Cpu | None


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
        self.recoveries = Recoveries()
        returned = partial(self.recoveries.note, "processes")
        self.fleet = Fleet([Server(f"server-{n}", self._settings, folder, returned) for n in range(plan.servers)])
        self.balancer = Balancer(self.fleet, random.Random(f"{plan.seed}/balancer"))
        went_on = partial(self.recoveries.note, "streams")
        self.operators = crew(plan.operators, self.fleet, session, plan.seed, went_on)
        alone = max(0, plan.streams - plan.operators - plan.workplaces)
        self.listeners = [
            *(operator.listener for operator in self.operators),
            *(Listener(self.fleet, random.Random(f"{plan.seed}/listener/{n}"), back=went_on) for n in range(alone)),
        ]
        self.workplaces: list[Workplace] = []
        self.report = Report()

    async def open(self, stack: AsyncExitStack) -> None:
        """The fleet runs, and has the shop's history."""
        for server in self.fleet.servers:
            _owned(stack, server.run())
        await stack.enter_async_context(self.balancer.running())
        await self.fleet.all_ready()
        self.database = DeskDatabase(self._postgres.url("desk"), DOMAIN)
        async with asyncio.timeout(HISTORY_S):
            await self.database.has_history()
            await self.shop.prepare(self.balancer.url)
            await self.shop.pull("drain")

    async def soak(self) -> Report:
        """The storm, the calm, and what everybody says then."""
        async with AsyncExitStack() as stack:
            for listener in self.listeners:
                _owned(stack, listener.run())
            for operator in self.operators:
                _owned(stack, operator.keep_page())
            for n in range(self.plan.workplaces):
                dice = random.Random(f"{self.plan.seed}/workplace/{n}")
                self.workplaces.append(Workplace(self.balancer.url, n, dice))
                _owned(stack, self.workplaces[-1].run())
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
        dice = random.Random(f"{self.plan.seed}/faults")
        faults = Faults(self._postgres, self.fleet, self.shop, self.listeners, self.database, self.recoveries, dice)
        before = await self._counted()
        async with AsyncExitStack() as stack:
            _owned(stack, self.shop.live())
            acting: list[Operator | Workplace] = [*self.operators, *self.workplaces]
            for actor in acting:
                _owned(stack, actor.act(ACT_PAUSE_S))
            breaking = _owned(stack, faults.run(self.plan.fault_every_s))
            await asyncio.wait([breaking], timeout=self.plan.seconds)
            if breaking.done():
                breaking.result()
        await faults.over()
        self._tell(before, await self._counted(), faults)

    def _tell(self, before: Counted, after: Counted, faults: Faults) -> None:
        storm = Storm(
            seconds=after.at - before.at,
            taken_in=after.taken_in - before.taken_in,
            actions=self._actions(),
            told=after.version - before.version,
            streams=len(self.listeners) + len(self.workplaces),
            held_back_s=self.shop.held_back_s,
            cpu=after.cpu - before.cpu if after.cpu is not None and before.cpu is not None else None,
        )
        for line in storm.lines():
            self.report.say(line)
        self.report.say(f"faults: {', '.join(f'{name} {n}×' for name, n in faults.done.items())}")

    def _actions(self) -> int:
        answered = sum(bool(attempt.answers) for operator in self.operators for attempt in operator.attempts)
        return answered + sum(entry.settled for workplace in self.workplaces for entry in workplace.session.actions.log)

    async def _counted(self) -> Counted:
        version = await asyncio.to_thread(self.database.version)
        taken_in = await asyncio.to_thread(self.database.taken_in)
        return Counted(time.monotonic(), version, taken_in, Cpu.now())

    async def _calm(self) -> None:
        began = time.monotonic()
        await asyncio.gather(*(operator.settle() for operator in self.operators))
        await settled(self.workplaces, HEARD_S)
        await calm(self.shop, self.database, self._settings)
        self.report.say(f"calm after {time.monotonic() - began:.0f} s")

    async def _compare(self) -> None:
        ledger = await self.shop.ledger()
        until = await asyncio.to_thread(self.database.version)
        found = self.report.disagreements
        await self._heard(until)
        found += agreement.streams(self.listeners, self.database, until)
        found += agreement.answered(self.operators, self.workplaces, self.database)
        found += agreement.owners(self.database, ledger)
        found += agreement.effects(self.database, ledger)
        verified, read = await asyncio.gather(
            agreement.verified(self._settings), agreement.read_again(self._settings, self._folder)
        )
        found += verified
        found += agreement.shop_agrees(self.database, DeskDatabase(read, DOMAIN))
        found += await self._views()
        for line in (*acted(self.operators, self.workplaces), *recovered(self.recoveries)):
            self.report.say(line)

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
            for workplace in self.workplaces:
                workplace.take_in()
            found = await agreement.views(self.operators, self.workplaces, self.fleet)
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
