"""The newest events in memory, so that a burst of reconnecting clients costs no query each.

Invariant: everything after `floor` and up to `position` is here, in order; silent events have no entry.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from itertools import takewhile

from orders_sync.live.frames import Told


class Recent:
    """At most `size` events, following number `start`."""

    def __init__(self, start: int, size: int) -> None:
        self.floor = start
        self.position = start
        self._size = size
        self._events: deque[Told] = deque()

    def add(self, events: Sequence[Told], position: int) -> None:
        """The events that follow, which make it complete up to `position`."""
        self._events.extend(events)
        self.position = position
        while len(self._events) > self._size:
            self.floor = self._events.popleft().n

    def forget(self, n: int) -> None:
        """Nothing before number `n` can be continued from any more."""
        self.floor = max(self.floor, n)
        while self._events and self._events[0].n <= n:
            self._events.popleft()

    def after(self, n: int) -> list[Told] | None:
        """What follows number `n`; null when that is not all here."""
        if not self.floor <= n <= self.position:
            return None
        newest_first = takewhile(lambda event: event.n > n, reversed(self._events))
        return list(newest_first)[::-1]
