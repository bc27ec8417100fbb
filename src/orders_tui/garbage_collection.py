"""When memory is freed of what only refers to itself in circles, such as closed dialogs: while the operator rests.

Python's collector looks at everything that has lived for a while, and everything else waits meanwhile: for 10 ms on a quiet desk,
for a quarter of a second beside a bulk action over 5,000 orders. Orders and pages hold no circles; they go without it.
"""

from __future__ import annotations

import gc
from collections.abc import Callable

IDLE_S = 10.0
CHECK_EVERY_S = 5.0
GROWN = 5
"""So many collections of the middle generation, each after several thousand objects that stayed, make a full one worth it."""
FULL = 150
"""After so many there is a full collection at once: an operator who never rests must not fill the memory."""


class IdleCollector:
    """`monotonic` in seconds; `collect` and `grown` are the interpreter's own but for tests."""

    def __init__(
        self,
        monotonic: Callable[[], float],
        collect: Callable[[], object] = gc.collect,
        grown: Callable[[], int] = lambda: gc.get_count()[2],
    ) -> None:
        self._monotonic, self._collect, self._grown = monotonic, collect, grown
        self._active_at = monotonic()

    def start(self) -> None:
        """What was loaded so far stays: it need not be looked at again and again."""
        gc.freeze()
        young, middle, _ = gc.get_threshold()
        gc.set_threshold(young, middle, FULL)
        gc.enable()

    def active(self, at: float) -> None:
        """The operator is at work."""
        self._active_at = at

    def collect_if_idle(self) -> None:
        """Collects, if the operator rests and there is something to collect."""
        if self._monotonic() - self._active_at >= IDLE_S and self._grown() >= GROWN:
            self._collect()
