"""What is shown for a moment and then goes by itself: a changed row, a confirmation, a row that left."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from enum import StrEnum

from orders_tui.pace import Pace


class Fade(StrEnum):
    """What fades."""

    CHANGED = "changed"
    MARK = "mark"
    GHOST = "ghost"


_SECONDS = {Fade.CHANGED: 5.0, Fade.MARK: 4.0, Fade.GHOST: 12.0}


class Fading:
    """`gone` is called with what has faded, once its time is over."""

    def __init__(self, pace: Pace, gone: Callable[[Fade, set[str]], None]) -> None:
        self._pace = pace
        self._gone = gone
        self._until: dict[Fade, dict[str, float]] = {fade: {} for fade in Fade}
        self._rung = asyncio.Event()

    def start(self, fade: Fade, order_ids: Iterable[str]) -> None:
        """These fade from now on, anew if they did already."""
        until = self._pace.monotonic() + _SECONDS[fade]
        self._until[fade].update(dict.fromkeys(order_ids, until))
        self._rung.set()

    def shows(self, fade: Fade, order_id: str) -> bool:
        """True until it has faded."""
        return self._until[fade].get(order_id, float("-inf")) > self._pace.monotonic()

    async def run(self) -> None:
        """Waits for the next to fade."""
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
        for fade, times in self._until.items():
            over = {order_id for order_id, until in times.items() if until <= now}
            for order_id in over:
                del times[order_id]
            if over:
                self._gone(fade, over)
