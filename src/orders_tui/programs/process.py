"""One process: no shell, no terminal, a session of its own, bounded in time and output. It ends with its program."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from orders_tui.programs.argv import NotRun, environment

MOST_OUTPUT = 32 * 1024
"""Bytes that are kept of what a program writes; the rest is read and dropped."""

GRACE_S, CLOSING_S = 1.0, 0.5
"""After SIGTERM comes SIGKILL; what another holds open of the output is not waited for longer."""


@dataclass(frozen=True, slots=True)
class Ended:
    """`status` as Python has it: negative for the signal that ended it. `output`: what it wrote, to stdout and stderr alike."""

    status: int
    output: bytes
    cut: bool = False
    timed_out: bool = False

    @property
    def done(self) -> bool:
        return self.status == 0 and not self.timed_out


async def run(argv: Sequence[str], text: bytes, limit_s: float, began: Callable[[int], object] = int) -> Ended:
    """Runs a program with `text` on its standard input; `began` gets its process group. Raises NotRun.

    When the program ends, when its time is over, or when this is cancelled, all of its group is killed.
    """
    transport, process = await _begun(argv)
    group = transport.get_pid()
    timed_out = False
    try:
        began(group)
        _feed(transport, text)
        if timed_out := not await _within(process.exited, limit_s):
            send(group, signal.SIGTERM)
            await _within(process.exited, GRACE_S)
    finally:
        send(group, signal.SIGKILL)
        try:
            await _within(process.exited, GRACE_S)
            await _within(process.closed, CLOSING_S)
        finally:
            transport.close()
    status = transport.get_returncode()
    return Ended(-signal.SIGKILL if status is None else status, bytes(process.output), process.cut, timed_out)


async def _begun(argv: Sequence[str]) -> tuple[asyncio.SubprocessTransport, _Process]:
    """The program, just begun. Who is cancelled meanwhile waits until it is there, and ends it with all of its group."""
    loop = asyncio.get_running_loop()
    spawning = loop.create_task(_spawned(argv))
    try:
        return await asyncio.shield(spawning)
    except asyncio.CancelledError:
        with suppress(NotRun):
            transport, _ = await spawning
            send(transport.get_pid(), signal.SIGKILL)
            transport.close()
        raise


async def _spawned(argv: Sequence[str]) -> tuple[asyncio.SubprocessTransport, _Process]:
    try:
        return await asyncio.get_running_loop().subprocess_exec(
            _Process,
            *argv,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=environment(),
            cwd=Path.home(),
            start_new_session=True,
        )
    except (OSError, ValueError, RuntimeError) as error:
        raise NotRun(f"{argv[0]} cannot be run ({getattr(error, 'strerror', None) or type(error).__name__})") from error


def send(group: int, number: signal.Signals) -> None:
    """Sends a signal to every process of a group, where there is still one."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)


def _feed(transport: asyncio.SubprocessTransport, text: bytes) -> None:
    """Writes and closes; a program that does not read is its own affair."""
    pipe = cast("asyncio.WriteTransport | None", transport.get_pipe_transport(0))
    if pipe is not None:
        pipe.write(text)
        pipe.close()


async def _within(event: asyncio.Event, limit_s: float) -> bool:
    try:
        async with asyncio.timeout(limit_s):
            return await event.wait()
    except TimeoutError:
        return False


class _Process(asyncio.SubprocessProtocol):
    def __init__(self) -> None:
        self.output = bytearray()
        self.cut = False
        self.exited, self.closed = asyncio.Event(), asyncio.Event()

    def pipe_data_received(self, fd: int, data: bytes) -> None:
        room = MOST_OUTPUT - len(self.output)
        self.output += data[:room]
        self.cut |= len(data) > room

    def process_exited(self) -> None:
        self.exited.set()

    def connection_lost(self, exc: Exception | None) -> None:
        self.closed.set()
