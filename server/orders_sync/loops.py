"""What runs beside the requests for the life of the process: each loop a task that logs its failures and goes on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager

import structlog

log = structlog.get_logger(__name__)

Run = Callable[[], Awaitable[None]]
Sleep = Callable[[float], Awaitable[None]]

FIRST_PAUSE_S = 1.0
LONGEST_PAUSE_S = 60.0


async def supervised(name: str, run: Run, sleep: Sleep = asyncio.sleep) -> None:
    """Runs until it returns or is cancelled. A failure is logged, and it begins again after a pause that doubles to a minute."""
    pause_s = FIRST_PAUSE_S
    while True:
        try:
            await run()
        except Exception:  # a task's outermost frame
            log.exception("a loop failed and begins again", loop=name, pause_s=pause_s)
        else:
            return
        await sleep(pause_s)
        pause_s = min(LONGEST_PAUSE_S, pause_s * 2)


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
