"""When memory is swept of what only refers to itself in circles, such as closed dialogs: while the operator rests.

The sweep looks at everything that has lived for a while, and everything else waits meanwhile: for 10 ms on a quiet desk, for a
quarter of a second beside a bulk action over 5,000 orders. Orders and pages hold no circles; they go without it.
"""

from __future__ import annotations

import gc
from collections.abc import Callable

REST_S = 10.0
LOOK_EVERY_S = 5.0
GROWN = 5
"""So many looks at what is of middle age, each after several thousand new objects that stayed, make a sweep worth its time."""
RARELY = 150
"""After so many it is swept at once: an operator who never rests must not fill the memory."""


class Sweeping:
    """`monotonic` in seconds; `sweep` and `grown` are the interpreter's own but for tests."""

    def __init__(
        self,
        monotonic: Callable[[], float],
        sweep: Callable[[], object] = gc.collect,
        grown: Callable[[], int] = lambda: gc.get_count()[2],
    ) -> None:
        self._monotonic, self._sweep, self._grown = monotonic, sweep, grown
        self._used_at = monotonic()

    def begin(self) -> None:
        """What was loaded so far stays: it need not be looked at again and again."""
        gc.freeze()
        young, middle, _ = gc.get_threshold()
        gc.set_threshold(young, middle, RARELY)
        gc.enable()

    def used(self, at: float) -> None:
        """The operator is at work."""
        self._used_at = at

    def look(self) -> None:
        """Sweeps, if the operator rests and there is something to sweep."""
        if self._monotonic() - self._used_at >= REST_S and self._grown() >= GROWN:
            self._sweep()
