"""What is shown for a moment and then goes by itself: a changed row, a confirmation, a row that left."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from enum import StrEnum

from orders_tui.pace import Pace, wait_for


class Transient(StrEnum):
    """What passes."""

    CHANGED = "changed"
    MARK = "mark"
    GHOST = "ghost"


_SECONDS = {Transient.CHANGED: 5.0, Transient.MARK: 4.0, Transient.GHOST: 12.0}


class Transients:
    """`passed` is called with the orders of which one kind has passed."""

    def __init__(self, pace: Pace, passed: Callable[[Transient, set[str]], None]) -> None:
        self._pace, self._passed = pace, passed
        self._until_s: dict[Transient, dict[str, float]] = {kind: {} for kind in Transient}
        self._wake = asyncio.Event()

    def start(self, kind: Transient, order_ids: Iterable[str]) -> None:
        """Shows it on these from now on, anew where it was shown already."""
        until = self._pace.monotonic() + _SECONDS[kind]
        self._until_s[kind].update(dict.fromkeys(order_ids, until))
        self._wake.set()

    def shows(self, kind: Transient, order_id: str) -> bool:
        """True until it has passed."""
        return self._until_s[kind].get(order_id, float("-inf")) > self._pace.monotonic()

    async def run(self) -> None:
        """Waits for the next to pass."""
        while True:
            self._wake.clear()
            ends = [until for times in self._until_s.values() for until in times.values()]
            if not await wait_for(self._wake, min(ends) - self._pace.monotonic() if ends else None):
                self._pass()

    def _pass(self) -> None:
        now = self._pace.monotonic()
        for kind, times in self._until_s.items():
            over = {order_id for order_id, until in times.items() if until <= now}
            for order_id in over:
                del times[order_id]
            if over:
                self._passed(kind, over)
