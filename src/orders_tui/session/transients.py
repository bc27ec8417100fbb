"""What is shown for a moment and then goes by itself: a changed row, a confirmation, a row that left."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from enum import StrEnum

from orders_tui.pace import Pace


class Transient(StrEnum):
    """What fades."""

    CHANGED = "changed"
    MARK = "mark"
    GHOST = "ghost"


_SECONDS = {Transient.CHANGED: 5.0, Transient.MARK: 4.0, Transient.GHOST: 12.0}


class Transients:
    """`gone` is called with what has faded, once its time is over."""

    def __init__(self, pace: Pace, gone: Callable[[Transient, set[str]], None]) -> None:
        self._pace = pace
        self._gone = gone
        self._until: dict[Transient, dict[str, float]] = {kind: {} for kind in Transient}
        self._rung = asyncio.Event()

    def start(self, kind: Transient, order_ids: Iterable[str]) -> None:
        """These kind from now on, anew if they did already."""
        until = self._pace.monotonic() + _SECONDS[kind]
        self._until[kind].update(dict.fromkeys(order_ids, until))
        self._rung.set()

    def shows(self, kind: Transient, order_id: str) -> bool:
        """True until it has faded."""
        return self._until[kind].get(order_id, float("-inf")) > self._pace.monotonic()

    async def run(self) -> None:
        """Waits for the next to kind."""
        while True:
            self._rung.clear()
            ends = [until for times in self._until.values() for until in times.values()]
            try:
                async with asyncio.timeout(min(ends) - self._pace.monotonic() if ends else None):
                    await self._rung.wait()
            except TimeoutError:
                self._sweep()

    def _sweep(self) -> None:
        now = self._pace.monotonic()
        for kind, times in self._until.items():
            over = {order_id for order_id, until in times.items() if until <= now}
            for order_id in over:
                del times[order_id]
            if over:
                self._gone(kind, over)
