"""Processes that begin with everything imported: each is forked from one that imported it all, once per test process.

A start costs a hundredth of what it costs otherwise, where a process is needed because it is to be killed.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
from collections.abc import Callable
from multiprocessing.connection import Connection

_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(["orders_sync.__main__", "orders_sync.commands.catalogue", "tests.support.processes"])
START_S = 60.0


class Forked:
    """A process that runs `run(*arguments)`, a function of a module; its standard error goes to a file, or nowhere."""

    def __init__(self, run: Callable[..., object], *arguments: object, errors: str = os.devnull) -> None:
        said, says = _FORKS.Pipe(duplex=False)
        self._said = os.fdopen(os.dup(said.fileno()))
        self._process = _FORKS.Process(target=_begin, args=(says, errors, run, arguments), daemon=True)
        self._process.start()
        said.close()
        says.close()

    @property
    def pid(self) -> int:
        assert self._process.pid is not None
        return self._process.pid

    @property
    def running(self) -> bool:
        return self._process.is_alive()

    async def line(self) -> str:
        """The next line that it prints; empty at its end."""
        return (await asyncio.wait_for(asyncio.to_thread(self._said.readline), START_S)).strip()

    def send_signal(self, number: signal.Signals) -> None:
        os.kill(self.pid, number)

    async def ended(self) -> int | None:
        """Its exit status, when it ends by itself."""
        await asyncio.to_thread(self._process.join)
        self._said.close()
        return self._process.exitcode

    async def kill(self) -> None:
        """`kill -9`. Returns when it is gone."""
        self._process.kill()
        await asyncio.to_thread(self._process.join)
        self._said.close()


def _begin(says: Connection, errors: str, run: Callable[..., object], arguments: tuple[object, ...]) -> None:
    nowhere = os.open(os.devnull, os.O_RDONLY)
    for number, file in enumerate((nowhere, says.fileno(), os.open(errors, os.O_WRONLY | os.O_CREAT | os.O_APPEND))):
        os.dup2(file, number)
    says.close()
    run(*arguments)
