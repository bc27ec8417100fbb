"""How often one caller may ask: a bucket that fills evenly, so that a script gone wild costs the others nothing.

Only tokens are counted. Over loopback everyone is one machine, which is its own limit.
"""

from __future__ import annotations

import time
from collections.abc import Callable

PER_S = 500.0
"""Requests a second that a token may go on making: many times what a roomful of dashboards behind one proxy asks."""

BURST = 2_000.0
"""Requests that it may make at once."""


class Rates:
    """What each caller has left. `monotonic` tells seconds that never go back."""

    def __init__(
        self, monotonic: Callable[[], float] = time.monotonic, *, per_s: float = PER_S, burst: float = BURST
    ) -> None:
        self._monotonic = monotonic
        self._per_s = per_s
        self._burst = burst
        self._left: dict[str, tuple[float, float]] = {}

    def wait_s(self, caller: str) -> float:
        """Counts one request of a caller that is known. 0: go on; else after how many seconds it may ask again."""
        now = self._monotonic()
        left, at = self._left.get(caller, (self._burst, now))
        left = min(self._burst, left + (now - at) * self._per_s)
        if left < 1:
            return (1 - left) / self._per_s
        self._left[caller] = (left - 1, now)
        return 0.0
