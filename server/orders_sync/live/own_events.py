"""What this process committed and has not told its streams yet: as in the log, without reading it. Pure.

A hint only. Whatever does not follow without a gap, since another process numbered in between, or is too much, is left to the
log.
"""

from __future__ import annotations

from collections import deque

from orders_sync.db.events import Batch, Numbered
from orders_sync.db.numbering import Numbering

AT_ONCE = 200
"""Events told at once: what a reader's buffer takes."""

_WAITING = 64


class OwnEvents:
    """`add` as they are numbered, in any order; `take` as they are told."""

    def __init__(self) -> None:
        self._waiting: deque[Numbering] = deque(maxlen=_WAITING)

    def add(self, numbering: Numbering) -> None:
        """Of many that wait, the newest are kept."""
        if len(numbering.events) <= AT_ONCE:
            self._waiting.append(numbering)

    def take(self, position: int) -> Batch | None:
        """What follows number `position` without a gap, at most `AT_ONCE`; None for nothing."""
        events: list[Numbered] = []
        end = position
        while self._waiting and self._waiting[0].after <= end:
            following = [event for event in self._waiting[0].events if event.n > end]
            if len(events) + len(following) > AT_ONCE:
                break
            events += following
            end = max(end, self._waiting.popleft().newest)
        return Batch(events, end, more=bool(self._waiting)) if end > position else None
