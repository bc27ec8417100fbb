"""The Sync server and the simulated shop as processes of their own, that can be killed and started again.

`python -m tests.support.processes AHEAD_MS`: the server whose clock runs ahead by so much, so that a lease that would have
run out by then has.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

from orders_demo.identity import Secrets
from orders_sync import serving
from orders_sync.app import build
from orders_sync.instants import Ms, system_clock
from orders_sync.settings import load

SERVER = (sys.executable, "-m", "orders_sync", "serve")
AHEAD = (sys.executable, "-m", "tests.support.processes")
SHOP = (sys.executable, "-m", "orders_demo.shop")
START_S = 60.0


class ServerProcess:
    """One server after another with the same settings; `url` is where the present one answers."""

    def __init__(self, settings: Mapping[str, str]) -> None:
        self.url = ""
        self._settings = {f"ORDERS_SYNC_{name}": value for name, value in settings.items()}
        self._process: Process | None = None

    async def start(self, ahead_ms: int = 0) -> None:
        """Returns when it answers. `ahead_ms`: how far its clock runs ahead."""
        command = (*AHEAD, str(ahead_ms)) if ahead_ms else (*SERVER, "--port", "0")
        environment = _unset() | self._settings
        self._process = await asyncio.create_subprocess_exec(*command, env=environment, stdout=PIPE, stderr=DEVNULL)
        self.url = (await _line(self._process)).rpartition(" ")[2]

    def cpu_s(self) -> float:
        """The CPU that the present one has used, in seconds (Linux)."""
        assert self._process is not None
        ticks = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()[11:13]
        return sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")

    def peak_bytes(self) -> int:
        """The most memory that the present one has held at once (Linux)."""
        assert self._process is not None
        status = Path(f"/proc/{self._process.pid}/status").read_text()
        return int(status.partition("VmHWM:")[2].split()[0]) * 1024

    async def kill(self) -> None:
        """`kill -9`."""
        assert self._process is not None
        if self._process.returncode is None:
            self._process.kill()
        await self._process.communicate()


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


def _unset() -> dict[str, str]:
    """The environment without settings of the machine."""
    return {name: value for name, value in os.environ.items() if not name.startswith("ORDERS_SYNC_")}


async def _line(process: Process) -> str:
    assert process.stdout is not None
    async with asyncio.timeout(START_S):
        line = (await process.stdout.readline()).decode().strip()
    assert line, "it ended before it said where it is"
    return line


def main(ahead_ms: int) -> None:
    serving.build = partial(build, clock=lambda: Ms(system_clock() + ahead_ms))  # type: ignore[attr-defined]
    asyncio.run(serving.serve(load({"port": 0}, os.environ), lambda address: print(address, flush=True)))


if __name__ == "__main__":
    main(int(sys.argv[1]))
