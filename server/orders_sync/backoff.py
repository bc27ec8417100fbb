"""When to try again: a pause that doubles up to a cap; a receiver's own word goes before it. Pure."""

from __future__ import annotations

from orders_sync.instants import MINUTE, SECOND

FIRST_MS = 2 * SECOND
CAP_MS = 15 * MINUTE
MAX_TRIES = 10
"""About half an hour of trying; after that the row is dead."""


def ceiling(tries: int, first: float, cap: float) -> float:
    """The longest pause after attempt number `tries` (from 1), in the unit of `first` and `cap`."""
    return min(cap, first * 2.0 ** min(tries - 1, 20))


def pause_ms(tries: int, dice: float, after_ms: int | None = None) -> int:
    """How long to wait after attempt number `tries` (from 1); `dice` is uniform in 0 ≤ dice < 1.

    At least what the receiver asked for (`after_ms`), itself capped at an hour, plus some jitter so that not all come at once.
    """
    pause = int(ceiling(tries, FIRST_MS, CAP_MS) * (0.5 + dice / 2))
    return pause if after_ms is None else max(pause, min(after_ms, 60 * MINUTE) + int(SECOND * dice))
