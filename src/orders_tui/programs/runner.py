"""All own commands that run or ran: a few at a time, each order read right before its program gets it, kept for the log."""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import Awaitable, Callable, Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from orders_tui import sanitise
from orders_tui.errors import ClientError
from orders_tui.pace import Pace
from orders_tui.programs import argv, process
from orders_tui.programs.editor import Editor
from orders_tui.programs.prints import Prints

if TYPE_CHECKING:
    from orders_tui.config.own_commands import OwnCommand
    from orders_tui.errors import ApiError
    from orders_wire.detail import OrderDetail

AT_ONCE = 3
MOST_ORDERS = 250
_KEPT = 500
_log = logging.getLogger(__name__)

ReadDetails = Callable[[Collection[str], Callable[[str, "OrderDetail | ApiError"], None]], Awaitable[None]]


class RunState(StrEnum):
    """`failed`: it could not be run, or ended with another status than 0, or was ended."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Run:
    """One command on one order. `words`: how it stands, as a sentence; `batch`: the runs that were begun together."""

    key: str
    command: OwnCommand
    order_id: str
    title: str
    started_at: datetime
    batch: str
    state: RunState = RunState.WAITING
    words: str = ""
    output: tuple[str, ...] = ()

    @property
    def ended(self) -> bool:
        return self.state in {RunState.DONE, RunState.FAILED}

    @property
    def last_line(self) -> str:
        """The last thing that it wrote."""
        return next((line for line in reversed(self.output) if line.strip()), "")


class Runner:
    """`read` brings an order whole; `prints` names the folder of what is printed; `tell` is called with a run whenever it stands
    otherwise.
    """

    def __init__(self, read: ReadDetails, pace: Pace, prints: Callable[[], Path]) -> None:
        self._read, self._pace = read, pace
        self.editor, self.prints = Editor(), Prints(prints)
        self.tell: Callable[[Run], None] = lambda run: None
        self._runs: dict[str, Run] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._groups: set[int] = set()
        self._free = asyncio.Semaphore(AT_ONCE)
        self._number = 0

    @property
    def log(self) -> tuple[Run, ...]:
        """Oldest first."""
        return tuple(self._runs.values())

    def batch(self, run: Run) -> list[Run]:
        """The runs that were begun together with this one."""
        return [each for each in self._runs.values() if each.batch == run.batch]

    @property
    def running(self) -> list[Run]:
        """What has not ended."""
        return [run for run in self._runs.values() if not run.ended]

    def start(self, command: OwnCommand, orders: Iterable[tuple[str, str]]) -> None:
        """Runs a command once for each order, given by id and by what it is called."""
        batch = self._pace.new_key()
        for order_id, title in orders:
            self._number += 1
            run = Run(f"run {self._number}", command, order_id, title, self._pace.now(), batch)
            self._runs[run.key] = run
            task = asyncio.create_task(self._guarded(run), name=run.key)
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        self._forget()

    def kill(self) -> None:
        """Ends every program at once; for an end that waits for nothing."""
        self.editor.kill()
        self.prints.close()
        for group in self._groups:
            process.send(group, signal.SIGKILL)

    def leave(self) -> None:
        """The desk is left for another: every program ends, and nobody is told."""
        self.tell = lambda run: None
        for task in self._tasks:
            task.cancel()

    async def close(self) -> None:
        """Ends every program, and waits until they have; what was printed goes."""
        self.prints.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _forget(self) -> None:
        ended = [run.key for run in self._runs.values() if run.ended]
        for key in ended[: max(0, len(self._runs) - _KEPT)]:
            del self._runs[key]

    async def _guarded(self, run: Run) -> None:
        async with self._free:
            self._put(run, state=RunState.RUNNING)
            try:
                await self._run(run)
            except ClientError as error:
                self._put(run, state=RunState.FAILED, words=str(error))
            except asyncio.CancelledError:
                self._put(run, state=RunState.FAILED, words="ended with the client")
                raise
            except Exception:  # noqa: BLE001 - the outermost frame of a task: logged and shown
                _log.exception("the own command %s broke", run.command.name)
                self._put(run, state=RunState.FAILED, words="something went wrong inside; the log has it")

    async def _run(self, run: Run) -> None:
        detail = await self._detail(run.order_id)
        arguments = argv.fill(run.command.argv, detail.id, detail.order_number)
        ended = await self._process(arguments, order_json(detail), run.command.timeout_s)
        self._put(
            run,
            title=detail.order_number,
            state=RunState.DONE if ended.done else RunState.FAILED,
            words=how(ended, run.command.timeout_s),
            output=written(ended),
        )

    async def _process(self, arguments: list[str], text: bytes, limit_s: float) -> process.Ended:
        groups: list[int] = []

        def began(group: int) -> None:
            groups.append(group)
            self._groups.add(group)

        try:
            return await process.run(arguments, text, limit_s, began)
        finally:
            self._groups.difference_update(groups)

    async def _detail(self, order_id: str) -> OrderDetail:
        """The order as it is now. Raises ApiError."""
        came: list[OrderDetail | ApiError] = []
        await self._read([order_id], lambda _, detail: came.append(detail))
        if isinstance(came[0], Exception):
            raise came[0]
        return came[0]

    def _put(self, run: Run, **fields: Any) -> None:
        if run.key in self._runs:
            self._runs[run.key] = replace(self._runs[run.key], **fields)
            self.tell(self._runs[run.key])


def order_json(detail: OrderDetail) -> bytes:
    """What a program gets: the order as `orders-tui show ORDER --json` prints it, on one line."""
    return detail.model_dump_json(by_alias=True).encode() + b"\n"


def how(ended: process.Ended, limit_s: float) -> str:
    """How it ended, in a few words."""
    if ended.timed_out:
        return f"ended after {limit_s:g} s, its time limit"
    if ended.status < 0:
        return f"ended by a signal: {signal.strsignal(-ended.status) or -ended.status}"
    return f"exit status {ended.status}"


def written(ended: process.Ended) -> tuple[str, ...]:
    """What it wrote, safe to show."""
    text = sanitise.lines(ended.output.decode("utf-8", "replace")).rstrip()
    lines = text.split("\n") if text else []
    return (*lines, f"(cut: it wrote more than {process.MOST_OUTPUT // 1024} KiB)") if ended.cut else tuple(lines)
