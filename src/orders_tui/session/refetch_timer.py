"""When to fetch again: soon after a ping, once for a burst of them, and once a minute whatever happens.

Pings that come close together are one reason. While they keep coming there is at most one fetch per `SPACING_S`.
"""

from __future__ import annotations

import asyncio

from orders_tui.pace import Pace

QUIET_S = 0.03
LONGEST_QUIET_S = 0.25
SPACING_S = 0.25
IDLE_S = 60.0
_RETRY_S = 1.0
_LONGEST_RETRY_S = 10.0
_TICK_S = 1e-6


class RefetchTimer:
    """`ping` and `now` say that there is something to fetch; `due` waits until it is time to."""

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._rung = asyncio.Event()
        self._first_ping_s: float | None = None
        self._last_ping_s = 0.0
        self._fetched_s = pace.monotonic()
        self._idle_until_s = self._fetched_s + IDLE_S
        self._failures = 0
        self._at_once = False
        self.wanted_version = 0

    def ping(self, version: int = 0) -> None:
        """The desk moved on, at least to this version."""
        self.wanted_version = max(self.wanted_version, version)
        self._last_ping_s = self._pace.monotonic()
        if self._first_ping_s is None:
            self._first_ping_s = self._last_ping_s
        self._rung.set()

    def now(self) -> None:
        """Fetch without waiting for quiet: the operator asked, or the line is back."""
        self._at_once = True
        self._rung.set()

    def succeeded(self) -> None:
        """What was wanted came."""
        self._failures = 0
        self._idle_until_s = self._pace.monotonic() + IDLE_S

    def failed(self) -> None:
        """What was wanted did not come: it is tried again soon, then less soon."""
        self._idle_until_s = self._pace.monotonic() + min(_LONGEST_RETRY_S, _RETRY_S * 2 ** min(self._failures, 8))
        self._failures += 1
        self._rung.set()

    def start_over(self) -> None:
        """Another desk: versions of the old one mean nothing."""
        self.wanted_version = 0

    async def due(self) -> bool:
        """Returns when it is time to fetch; pings that were heard until then are served by that fetch.

        True when nothing but pings is the reason.
        """
        while (wait_s := self._wait_s()) > _TICK_S:
            self._rung.clear()
            try:
                async with asyncio.timeout(wait_s):
                    await self._rung.wait()
            except TimeoutError:
                continue
        now_s = self._pace.monotonic()
        pinged_only = not self._at_once and now_s + _TICK_S < self._idle_until_s
        self._first_ping_s, self._at_once = None, False
        self._fetched_s, self._idle_until_s = now_s, max(self._idle_until_s, now_s + _RETRY_S)
        return pinged_only

    def _wait_s(self) -> float:
        if self._at_once:
            return 0.0
        at_s = self._idle_until_s
        if self._first_ping_s is not None:
            quiet_at_s = min(self._last_ping_s + QUIET_S, self._first_ping_s + LONGEST_QUIET_S)
            at_s = min(at_s, max(quiet_at_s, self._fetched_s + SPACING_S))
        return at_s - self._pace.monotonic()
