"""The serve processes: each on a port of its own, started again whenever it ends, as a service manager does."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from orders_demo.processes import Child, ChildFailed, quiet, start

START_S = 60.0
PAUSE_S = 0.3


class Server:
    """One process after another, on one port. `ready` while it answers; `back` is called with how long it was away."""

    def __init__(
        self,
        name: str,
        settings: Mapping[str, str],
        folder: Path,
        back: Callable[[float], None] = lambda _seconds: None,
    ) -> None:
        self.name = name
        self.port = 0
        self.starts = 0
        self.ready = asyncio.Event()
        self._settings = settings
        self._folder = folder
        self._back = back
        self._ended_at: float | None = None
        self._child: Child | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def run(self) -> None:
        """Keeps it running until cancelled; then it is told to end."""
        try:
            while True:
                with suppress(ChildFailed):
                    await self._live()
                self.ready.clear()
                self._ended_at = time.monotonic()
                await asyncio.sleep(PAUSE_S)
        finally:
            if self._child is not None:
                self.signal(signal.SIGCONT)
                await self._child.end()

    async def _live(self) -> None:
        command = [sys.executable, "-m", "tests.soak.server", "serve", "--port", str(self.port)]
        environment = {**os.environ, **{f"ORDERS_SYNC_{name}": value for name, value in self._settings.items()}}
        self._child = child = await start(f"{self.name} {self.starts}", command, environment, self._folder)
        self.starts += 1
        announced = await child.line(START_S)
        self.port = int(announced.rpartition(":")[2])
        self.ready.set()
        if self._ended_at is not None:
            self._back(time.monotonic() - self._ended_at)
        await quiet(child)
        await child.process.wait()

    def signal(self, number: signal.Signals) -> None:
        """Sends a signal to the process that runs at the moment."""
        if self._child is not None and self._child.process.returncode is None:
            with suppress(ProcessLookupError):
                os.kill(self._child.process.pid, number)


class Fleet:
    """All serve processes. Clients ask it for an address, as they would ask a proxy."""

    def __init__(self, servers: list[Server]) -> None:
        self.servers = servers

    def pick(self, dice: random.Random) -> Server:
        """One that answered last time it was looked at, else any: it may be dead."""
        alive = [server for server in self.servers if server.ready.is_set()]
        return dice.choice(alive or self.servers)

    async def all_ready(self) -> None:
        await asyncio.gather(*(server.ready.wait() for server in self.servers))
