"""The demo's child processes: each in a group of its own, watched, its output in a log file, ended with its parent."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

PARENT_WATCH = Path(__file__).with_name("parent_watch.py")
GRACE_S = 6.0


class ChildFailed(Exception):
    """A child ended, or did not say in time what it was waited for; the message says which, and its last words."""


@dataclass(slots=True)
class Child:
    """A running child. `log` has what it wrote to stderr."""

    name: str
    process: Process
    log: Path

    async def line(self, timeout_s: float) -> str:
        """Its next line on stdout. Raises ChildFailed when it ends first, or takes too long."""
        assert self.process.stdout is not None
        try:
            async with asyncio.timeout(timeout_s):
                raw = await self.process.stdout.readline()
        except TimeoutError:
            raise self.failed(f"said nothing for {timeout_s:.0f} s") from None
        if not raw:
            await self.process.wait()
            raise self.failed(f"ended with status {self.process.returncode}")
        return raw.decode().rstrip("\n")

    def failed(self, what: str) -> ChildFailed:
        """What to tell the user."""
        words = self.log.read_text("utf-8", "replace").strip() if self.log.exists() else ""
        last = "\n".join(words.splitlines()[-12:])
        return ChildFailed(f"The {self.name} {what}." + (f"\n{last}" if last else ""))

    async def end(self) -> None:
        """End it and all it started: politely, then for good."""
        if self.process.returncode is None:
            self._signal(signal.SIGTERM)
            with suppress(TimeoutError):
                async with asyncio.timeout(GRACE_S):
                    await self.process.wait()
        self._signal(signal.SIGKILL)
        await self.process.wait()

    def _signal(self, number: signal.Signals) -> None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, number)


async def start(name: str, command: Sequence[str], environment: Mapping[str, str], folder: Path) -> Child:
    """Start a command that ends with this process; its stdout is read here, its stderr goes to `<folder>/<name>.log`."""
    log = folder / f"{name.replace(' ', '-')}.log"
    with log.open("wb") as sink:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-I",
            "-S",
            str(PARENT_WATCH),
            *command,
            stdin=PIPE,
            stdout=PIPE,
            stderr=sink,
            env=dict(environment),
            start_new_session=True,
        )
    return Child(name, process, log)


async def foreground(command: Sequence[str], environment: Mapping[str, str]) -> Process:
    """Start a command that owns the terminal: same group, same streams."""
    return await asyncio.create_subprocess_exec(*command, env=dict(environment))


async def quiet(child: Child) -> None:
    """Read and forget what it goes on to print, so that it never blocks."""
    assert child.process.stdout is not None
    while await child.process.stdout.read(65536):
        pass
