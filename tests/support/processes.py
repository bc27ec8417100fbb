"""The Sync server and the simulated shop as processes of their own, that can be killed and started again."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

from tests.support.forked import START_S, Forked

from orders_demo.identity import Secrets
from orders_sync import serving
from orders_sync.__main__ import main
from orders_sync.app import build
from orders_sync.http import token_watch
from orders_sync.instants import Ms, system_clock

SHOP = (sys.executable, "-m", "orders_demo.shop")


class ServerProcess:
    """One server after another with the same settings; `url` is where the present one answers."""

    def __init__(self, settings: Mapping[str, str]) -> None:
        self.url = ""
        self._settings = {f"ORDERS_SYNC_{name}": value for name, value in settings.items()}
        self._process: Forked | None = None

    async def start(self, ahead_ms: int = 0) -> None:
        """Returns when it answers. `ahead_ms`: how far its clock runs ahead."""
        self._process = Forked(serve, self._settings, ahead_ms)
        self.url = (await self._process.line()).rpartition(" ")[2]
        assert self.url, "it ended before it said where it is"

    @property
    def pid(self) -> int:
        """Of the present one."""
        assert self._process is not None
        return self._process.pid

    def peak_bytes(self) -> int:
        """The most memory that the present one has held at once (Linux)."""
        assert self._process is not None
        status = Path(f"/proc/{self._process.pid}/status").read_text()
        return int(status.partition("VmHWM:")[2].split()[0]) * 1024

    async def kill(self) -> None:
        """`kill -9`; nothing where it is gone already."""
        if self._process is not None:
            process, self._process = self._process, None
            await process.kill()


def cpu_s(pid: int) -> float:
    """The CPU that a process has used, in seconds, by its own clock: `clock_getcpuclockid(3)` (Linux)."""
    return time.clock_gettime(~pid << 3 | 2)


@asynccontextmanager
async def server(settings: Mapping[str, str]) -> AsyncIterator[ServerProcess]:
    """A started server, killed at the end."""
    running = ServerProcess(settings)
    await running.start()
    try:
        yield running
    finally:
        await running.kill()


@asynccontextmanager
async def shop(orders: int) -> AsyncIterator[tuple[str, Secrets]]:
    """A simulated shop that stands still: its URL, and what it shares with the desk."""
    command = (*SHOP, "--orders", str(orders), "--still")
    process = await asyncio.create_subprocess_exec(*command, stdout=PIPE, stderr=DEVNULL)
    try:
        told = json.loads(await _line(process))
        yield told["url"], Secrets(told["webhook"], told["admin_token"], told["erp"], told["support"])
    finally:
        process.kill()
        await process.communicate()


async def _line(process: Process) -> str:
    assert process.stdout is not None
    async with asyncio.timeout(START_S):
        line = (await process.stdout.readline()).decode().strip()
    assert line, "it ended before it said where it is"
    return line


def serve(settings: Mapping[str, str], ahead_ms: int = 0, looks_every_s: float = token_watch.LOOK_EVERY_S) -> None:
    """A server on any free port with these settings and none of the machine's; its clock runs ahead by so much.

    A lease that would have run out by then has. `looks_every_s`: how often it looks at the tokens file.
    """
    token_watch.LOOK_EVERY_S = looks_every_s
    for name in [name for name in os.environ if name.startswith("ORDERS_SYNC_")]:
        del os.environ[name]
    os.environ.update(settings)
    if ahead_ms:
        serving.build = partial(build, clock=lambda: Ms(system_clock() + ahead_ms))  # type: ignore[attr-defined]
    main(["serve", "--port", "0"])
