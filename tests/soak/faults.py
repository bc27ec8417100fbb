"""What goes wrong, one thing after another, each for a few seconds; the order is the same for a seed."""

from __future__ import annotations

import asyncio
import itertools
import random
import signal
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from tests.soak.desk_database import DeskDatabase, until
from tests.soak.listener import Listener
from tests.soak.processes import Fleet
from tests.soak.recoveries import Recoveries
from tests.soak.shop import Shop
from tests.support.postgres import Cluster

Fault = Callable[[], Awaitable[None]]


@dataclass
class Faults:
    """`done` counts them by name."""

    cluster: Cluster
    fleet: Fleet
    shop: Shop
    listeners: Sequence[Listener]
    database: DeskDatabase
    recoveries: Recoveries
    dice: random.Random
    done: Counter[str] = field(default_factory=Counter)
    _restarting: asyncio.Future[None] | None = None

    async def over(self) -> None:
        """Returns when nothing that was begun is still away."""
        if self._restarting is not None:
            await self._restarting
        await self.fleet.all_ready()

    async def run(self, every_s: float) -> None:
        """One after another until cancelled; every kind comes round."""
        kinds: dict[str, Fault] = {
            "a process is killed": self._kill,
            "readers stall": self._stall,
            "the database crashes": self._crash_database,
            "a process is replaced": self._replace,
            "receivers fail": self._fail_receivers,
            "a process freezes": self._freeze,
            "streams are cut": self._cut,
            "the database is away": self._database_away,
        }
        for name in itertools.cycle(kinds):
            await asyncio.sleep(every_s * self.dice.uniform(0.7, 1.3))
            self.done[name] += 1
            await kinds[name]()

    async def _kill(self) -> None:
        self.dice.choice(self.fleet.servers).signal(signal.SIGKILL)

    async def _replace(self) -> None:
        self.dice.choice(self.fleet.servers).signal(signal.SIGTERM)

    async def _freeze(self) -> None:
        server = self.dice.choice(self.fleet.servers)
        server.signal(signal.SIGSTOP)
        try:
            await asyncio.sleep(2.0)
        finally:
            server.signal(signal.SIGCONT)

    async def _stall(self) -> None:
        some = self.dice.sample(self.listeners, len(self.listeners) // 10)
        await asyncio.gather(*(listener.stall(2.0) for listener in some))

    async def _cut(self) -> None:
        for listener in self.dice.sample(self.listeners, len(self.listeners) // 4):
            listener.cut()

    async def _fail_receivers(self) -> None:
        for target in ("graphql", "erp", "support"):
            when = self.dice.choice(["before", "after"])
            await self.shop.pull("fail-next", target=target, count=3, status=self.dice.choice([503, 500, 0]), when=when)

    async def _crash_database(self) -> None:
        await self._restart(signal.SIGQUIT, away_s=0)

    async def _database_away(self) -> None:
        await self._restart(signal.SIGINT, away_s=2.0)

    async def _restart(self, how: signal.Signals, away_s: float) -> None:
        """To its end even when cancelled: there is no agreement without a database."""
        self._restarting = asyncio.ensure_future(self._stop_and_start(how, away_s))
        await asyncio.shield(self._restarting)

    async def _stop_and_start(self, how: signal.Signals, away_s: float) -> None:
        before, began = await asyncio.to_thread(self.database.version), time.monotonic()
        await asyncio.to_thread(self.cluster.stop, how)
        await asyncio.sleep(away_s)
        await asyncio.to_thread(self.cluster.start)
        await until(lambda: self.database.version() > before)
        self.recoveries.note("the database, until something was committed", time.monotonic() - began)
