"""The alerts channel as it should be: a stream, taken up again where it broke; polling while no stream comes through.

Stream and poll share one position, so that going from one to the other misses nothing and repeats nothing.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import TYPE_CHECKING

from orders_tui.api.exchange import imported
from orders_tui.errors import ApiError, Unreachable, VersionSkew
from orders_tui.feed.connection import ConnectionState, ConnectionTracker
from orders_tui.feed.feed import Events, FeedItem, starts_over
from orders_tui.feed.polling import POLL_S, after
from orders_tui.pace import Pace

if TYPE_CHECKING:
    from orders_tui.api.client import SyncApi
    from orders_tui.feed.stream import StreamLimits

_SHORT_LIFE_S = 5.0
_SHORT_LIVES = 4
_AGAIN_S = 60.0
_AGAIN_CAP_S = 600.0


class SseFeed:
    """Live by stream where possible. See the module."""

    def __init__(
        self,
        api: SyncApi,
        pace: Pace | None = None,
        *,
        limits: StreamLimits | None = None,
        poll_interval_s: float = POLL_S,
    ) -> None:
        self._api = api
        self._pace = pace or Pace()
        self._limits = limits
        self._poll_interval_s = poll_interval_s
        self._tracker = ConnectionTracker(self._pace)
        self._position: str | None = None
        self._stream_at = 0.0
        self._again_s = _AGAIN_S
        self._short_lives = 0
        self._reason = ""

    def poke(self) -> None:
        """Tries at once, and the stream first."""
        self._stream_at = 0.0
        self._tracker.poke()

    async def __aiter__(self) -> AsyncIterator[FeedItem]:
        yield self._tracker.connection
        while True:
            turn = self._stream() if self._pace.monotonic() >= self._stream_at else self._poll()
            async with aclosing(turn) as items:
                async for item in items:
                    yield item

    async def _stream(self) -> AsyncGenerator[FeedItem, None]:
        """One stream, from the attempt to the wait after its end."""
        await imported()
        from orders_tui.feed.stream import FellSilent, NoStream, StreamLimits, listen

        started: float | None = None
        told = listen(self._api, self._position, self._limits or StreamLimits(), self._tracker.heard)
        problem: ApiError = Unreachable("the live stream ended")
        try:
            async with aclosing(told):
                async for block in told:
                    started = self._pace.monotonic() if started is None else started
                    self._position = block.position or self._position
                    self._tracker.asked_s = self._tracker.asked_s if block.retry_s is None else block.retry_s
                    yield self._tracker.up(ConnectionState.LIVE)
                    if block.event is not None:
                        yield Events((block.event,))
                        if starts_over(block.event):
                            self._position = None
                            return
        except NoStream as error:
            self._poll_for_now(str(error))
            return
        except VersionSkew as error:
            self._poll_for_now(str(error))
            return
        except FellSilent as error:
            self._poll_for_now("the live stream fell silent")
            yield self._tracker.lost(str(error))
            return
        except ApiError as error:
            problem = error
        if self._lived_too_short(started):
            self._poll_for_now("the live stream keeps breaking off")
        yield self._tracker.failed(problem) if started is None else self._tracker.lost(str(problem))
        await self._tracker.wait()

    async def _poll(self) -> AsyncGenerator[FeedItem, None]:
        """One poll and the wait after it. A failed one means an outage: the stream is tried first when it ends."""
        try:
            answer = await self._api.alerts(self._position)
        except ApiError as error:
            self._stream_at = 0.0
            yield self._tracker.failed(error)
            await self._tracker.wait()
            return
        before, self._position = self._position, after(answer)
        yield self._tracker.up(ConnectionState.POLLING, self._reason)
        if answer.alerts:
            yield Events(tuple(answer.alerts))
        if not answer.more or before == self._position:
            await self._tracker.wait(self._poll_interval_s)

    def _poll_for_now(self, reason: str) -> None:
        """Polls, says why, and tries the stream again later and later."""
        self._reason = reason
        self._short_lives = 0
        self._stream_at = self._pace.monotonic() + self._again_s
        self._again_s = min(2 * self._again_s, _AGAIN_CAP_S)

    def _lived_too_short(self, started: float | None) -> bool:
        """True when stream after stream opens and breaks off."""
        if started is None:
            return False
        lived_s = self._pace.monotonic() - started
        self._short_lives = self._short_lives + 1 if lived_s < _SHORT_LIFE_S else 0
        if lived_s >= _AGAIN_S:
            self._again_s = _AGAIN_S
        return self._short_lives >= _SHORT_LIVES
