"""What runs beside the requests for the life of the process: each loop a task that logs its failures and goes on."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager

import structlog

from orders_sync import backoff
from orders_sync.db.failures import DatabaseError

log = structlog.get_logger(__name__)

Run = Callable[[], Awaitable[None]]
Sleep = Callable[[float], Awaitable[None]]
Seconds = Callable[[], float]
"""A monotonic clock."""

FIRST_PAUSE_S = 1.0
LONGEST_PAUSE_S = 5.0
"""Short enough for what must be sent within 10 s of the clock, once the database is back (contract §2)."""

LASTING_S = 60.0
"""A loop that ran this long had recovered: its next failure is a new one."""


async def supervised(name: str, run: Run, sleep: Sleep = asyncio.sleep, clock: Seconds = time.monotonic) -> None:
    """Runs until it returns or is cancelled. A failure is logged; it begins again after a pause that doubles up to a limit."""
    failures = 0
    while True:
        began = clock()
        try:
            await run()
        except Exception as error:  # noqa: BLE001  # a task's outermost frame
            failures = 1 if clock() - began >= LASTING_S else failures + 1
            pause_s = backoff.ceiling(failures, FIRST_PAUSE_S, LONGEST_PAUSE_S)
            _report(name, error, pause_s)
        else:
            return
        await sleep(pause_s)


def _report(name: str, error: Exception, pause_s: float) -> None:
    """A database out of reach is a line; any other failure is ours, and logged with all that is known of it."""
    if isinstance(error, DatabaseError):
        log.warning("a loop waits for the database", loop=name, pause_s=pause_s, reason=str(error))
    else:
        log.error("a loop failed and begins again", loop=name, pause_s=pause_s, exc_info=error)


@asynccontextmanager
async def running(loops: Mapping[str, Run]) -> AsyncIterator[list[asyncio.Task[None]]]:
    """The loops, by name, for as long as the block lasts; then they are cancelled and waited for."""
    tasks = [asyncio.create_task(supervised(name, run), name=name) for name, run in loops.items()]
    try:
        yield tasks
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
