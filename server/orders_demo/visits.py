"""The orders that colleagues have open: each visit is an order near the top of a queue, looked at for a while and then worked on.

Nothing comes of it: it is what others see of somebody. The same seed draws the same visits.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from random import Random

from orders_demo.dashboard import OPEN_TABS, Dashboard

PAUSE_S = (5.0, 25.0)
"""Between two visits."""

LOOKS_S = (3.0, 12.0)
WORKS_S = (10.0, 18.0)
"""How long an order is looked at, and then worked on: less than the 20 s after which one has to say so again."""

DOING = ("fulfill", "fulfill", "tracking", "hold", "note")
"""What is done there, by the names of the actions."""

NEAR_THE_TOP = 15


@dataclass(slots=True)
class Visits:
    """`names`: who has orders open, one of them at a time."""

    dashboard: Dashboard
    seed: int
    names: Sequence[str]
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    _rng: Random = field(init=False)

    def __post_init__(self) -> None:
        self._rng = Random(f"{self.seed}/visits")

    @asynccontextmanager
    async def going_on(self) -> AsyncIterator[None]:
        """One after another until the block ends."""
        visits = asyncio.create_task(self._run())
        try:
            yield
        finally:
            visits.cancel()
            await asyncio.gather(visits, return_exceptions=True)

    async def visit(self) -> None:
        """Somebody opens an order, does something there and leaves it, if there is one."""
        rng = self._rng
        name, tab, depth, doing = rng.choice(self.names), rng.choice(OPEN_TABS), rng.random(), rng.choice(DOING)
        stays_s = (rng.uniform(*LOOKS_S), rng.uniform(*WORKS_S))
        rows = await self.dashboard.rows(tab, None, NEAR_THE_TOP)
        if not rows:
            return
        order_id = rows[int(len(rows) * depth)].id
        for word, seconds in zip((None, doing), stays_s, strict=True):
            await self.dashboard.be_at(name, order_id, word)
            await self.sleep(seconds)
        await self.dashboard.be_at(name, None)

    async def _run(self) -> None:
        while True:
            await self.sleep(self._rng.uniform(*PAUSE_S))
            await self.visit()
