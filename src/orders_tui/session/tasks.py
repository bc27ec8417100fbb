"""Every task of the session, in one group: whatever runs is owned here and ends with it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any

from orders_tui.backoff import delay_s
from orders_tui.pace import Pace
from orders_tui.session.changes import Level, Notice

_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 1.0, 30.0

Work = Coroutine[Any, Any, object]
Spawn = Callable[[Work, str], None]
_log = logging.getLogger(__name__)


class Tasks:
    """Tasks asked for before `run` start with it. One that breaks is logged and published, and takes no other with it."""

    def __init__(self, publish: Callable[[Notice], None], pace: Pace) -> None:
        self._publish, self._pace = publish, pace
        self._group: asyncio.TaskGroup | None = None
        self._early: list[tuple[Work, str]] = []

    def spawn(self, work: Work, name: str) -> None:
        """Runs `work` beside the others."""
        if self._group is None:
            self._early.append((work, name))
        else:
            self._group.create_task(self._guarded(work, name), name=name)

    def keep(self, work: Callable[[], Work], name: str) -> None:
        """Runs `work` for as long as the session runs: when it breaks, or ends, it is begun again, after ever longer pauses."""
        self.spawn(self._kept(work, name), name)

    async def run(self) -> None:
        """Holds the group open until cancelled; then everything in it is cancelled and awaited."""
        try:
            async with asyncio.TaskGroup() as self._group:
                for work, name in self._early:
                    self.spawn(work, name)
                self._early.clear()
                await asyncio.Event().wait()
        finally:
            self._group = None
            for work, _ in self._early:
                work.close()

    async def _kept(self, work: Callable[[], Work], name: str) -> None:
        ends = 0
        while True:
            began_s = self._pace.monotonic()
            try:
                await work()
                _log.error("the task %r ended", name)
            except Exception:  # noqa: BLE001 - the outermost frame of a task: logged and shown
                _log.exception("the task %r broke", name)
            if self._pace.monotonic() - began_s > _LONGEST_PAUSE_S:
                ends = 0
            pause_s = delay_s(ends, _FIRST_PAUSE_S, _LONGEST_PAUSE_S)
            self._publish(
                Notice(Level.WARNING, f"something broke inside ({name}); it is begun again in {pause_s:.0f} s")
            )
            await self._pace.sleep(pause_s)
            ends += 1

    async def _guarded(self, work: Work, name: str) -> None:
        try:
            await work
        except Exception:  # noqa: BLE001 - the outermost frame of a task: logged and shown
            _log.exception("the task %r broke", name)
            self._publish(Notice(Level.ERROR, f"something went wrong inside ({name}); the log has it"))
