"""When to try again: capped, exponential, with jitter; a receiver's own word goes before it. Pure."""

from __future__ import annotations

from orders_sync.instants import MINUTE, SECOND

FIRST_MS = 2 * SECOND
CAP_MS = 15 * MINUTE
MAX_TRIES = 10
"""About half an hour of trying; after that the row is dead."""


def pause_ms(tries: int, dice: float, after_ms: int | None = None, *, first_ms: int = 0, cap_ms: int = 0) -> int:
    """How long to wait after attempt number `tries` (from 1); `dice` is uniform in 0 ≤ dice < 1. Up to `first_ms` after the
    first and `cap_ms` in the end, which are the outbox's own figures where they are not given.

    At least what the receiver asked for (`after_ms`), itself capped at an hour, plus some jitter so that not all come at once.
    """
    ceiling = min(cap_ms or CAP_MS, (first_ms or FIRST_MS) * 2 ** min(tries - 1, 20))
    pause = int(ceiling * (0.5 + dice / 2))
    return pause if after_ms is None else max(pause, min(after_ms, 60 * MINUTE) + int(SECOND * dice))
