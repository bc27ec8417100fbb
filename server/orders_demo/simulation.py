"""Everything simulated, put together: the shop with its API, its webhooks and its life, the ERP, the support queue."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from random import Random
from uuid import uuid4

from orders_demo.admin.bucket import Bucket
from orders_demo.admin.execution import Admin
from orders_demo.admin.schema import every_topic
from orders_demo.erp import Erp
from orders_demo.faults import Faults
from orders_demo.history.past import Past, build
from orders_demo.identity import DOMAIN, Secrets
from orders_demo.jobs import Jobs
from orders_demo.ledger import Ledger
from orders_demo.life.living import Life
from orders_demo.life.pool import Pool
from orders_demo.life.stories import Scene
from orders_demo.live_shop import Clock, LiveShop, system_clock
from orders_demo.messenger import Messenger
from orders_demo.webhooks.deliveries import AT_ONCE, Deliveries, Sleep
from orders_demo.webhooks.manners import Manners
from orders_demo.webhooks.subscriptions import PATIENCE, Subscriptions

WORK_S = 0.1
"""How often the shop looks for jobs that are due."""

PATIENT = 10_000
"""Failed deliveries that a subscription bears in a shop that is alone: Shopify's eight take hours, a simulated shop's seconds."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What to simulate. `every_s`: the mean time between two things that happen; `at_once`: webhooks on the wire.

    `alone`: nobody says where a desk is. The shop lives from the start, and a subscription bears that its desk comes later.
    `job_s`: how long what the shop does later takes to begin.
    """

    orders: int
    seed: int
    secrets: Secrets
    still: bool = False
    every_s: float = 3.0
    domain: str = DOMAIN
    manners: Manners = field(default_factory=Manners)
    at_once: int = AT_ONCE
    alone: bool = False
    job_s: float = 1.0


@dataclass(slots=True)
class Simulation:
    """The running whole. `now` at its making is the end of the past; `drawn`: access tokens that the app drew for itself."""

    plan: Plan
    past: Past
    stage: LiveShop
    subscriptions: Subscriptions
    deliveries: Deliveries
    admin: Admin
    messenger: Messenger
    erp: Erp
    life: Life
    faults: Faults
    drawn: set[str] = field(default_factory=set)
    listening: asyncio.Event = field(default_factory=asyncio.Event)

    def listen_at(self, url: str) -> None:
        """The desk is at this base URL: it hears every topic, and the ERP tells it what it knows of the past."""
        base = url.rstrip("/")
        at = self.stage.now()
        for topic in every_topic():
            self.subscriptions.add(topic, f"{base}/shopify/webhook", at, fixed=True)
        self.messenger.listen_at(f"{base}/erp/webhook")
        self.listening.set()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Send, talk and, unless the shop stands still, live as soon as somebody listens."""
        await self.deliveries.open()
        await self.messenger.open()
        if self.plan.alone:
            self.listening.set()
        tasks = [asyncio.create_task(self._work())]
        if not self.plan.still:
            tasks.append(asyncio.create_task(self._live()))
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await self.messenger.close()
            await self.deliveries.close()

    async def _work(self) -> None:
        while True:
            await asyncio.sleep(WORK_S)
            self.stage.jobs.run(self.stage.clock())

    async def _live(self) -> None:
        await self.listening.wait()
        await self.life.run()


def simulate(
    plan: Plan,
    *,
    clock: Clock = system_clock,
    seconds: Callable[[], float] = time.monotonic,
    sleep: Sleep = asyncio.sleep,
    new_id: Callable[[], str] = lambda: str(uuid4()),
) -> Simulation:
    """Build the past up to now, and all that surrounds the shop."""
    past = build(plan.orders, plan.seed, clock(), plan.domain)
    subscriptions = Subscriptions(PATIENT if plan.alone else PATIENCE)
    deliveries = Deliveries(
        subscriptions,
        plan.secrets.webhook,
        plan.domain,
        Random(f"{plan.seed}/deliveries"),
        new_id,
        sleep,
        plan.manners,
        plan.at_once,
    )
    stage = LiveShop(past.shop, clock, Ledger(), deliveries.announce, Jobs(plan.job_s))
    messenger = Messenger(plan.secrets.erp, Random(f"{plan.seed}/messenger"), sleep)
    erp = Erp(stage, messenger, Random(f"{plan.seed}/erp"))
    erp.recount(past.evidence)
    bucket = Bucket(seconds)
    rng = Random(f"{plan.seed}/life")
    life = Life(Scene(stage, Pool(past.shop, rng), erp, rng), sleep, plan.every_s)
    admin = Admin(stage, subscriptions, bucket)
    return Simulation(plan, past, stage, subscriptions, deliveries, admin, messenger, erp, life, Faults())
