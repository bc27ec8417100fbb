"""The alerts channel by polling: the same events in the same order as by stream (contract §2); and when to fall back to it."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import TYPE_CHECKING

from orders_tui.api.body import position_of
from orders_tui.backoff import delay_s
from orders_tui.errors import ApiError
from orders_tui.feed import Events, FeedItem, starts_over
from orders_tui.feed.connection import ConnectionState, ConnectionTracker
from orders_tui.pace import Pace

if TYPE_CHECKING:
    from orders_tui.api.client import SyncApi

POLL_S = 5.0
_SHORT_LIFE_S = 5.0
_SHORT_LIVES = 4
_STREAM_AGAIN_S = 60.0
_STREAM_AGAIN_CAP_S = 600.0


class PollingFeed:
    """Asks every `interval_s`; at once again while the server has more. `position` is the event or cursor to go on after."""

    def __init__(self, api: SyncApi, pace: Pace | None = None, interval_s: float = POLL_S) -> None:
        self._api = api
        self._interval_s = interval_s
        self.tracker = ConnectionTracker(pace or Pace())
        self.position: str | None = None

    def poke(self) -> None:
        """Asks now."""
        self.tracker.poke()

    async def __aiter__(self) -> AsyncIterator[FeedItem]:
        yield self.tracker.connection
        while True:
            async with aclosing(self.poll()) as items:
                async for item in items:
                    yield item

    async def poll(self, reason: str = "") -> AsyncGenerator[FeedItem, None]:
        """One poll and the wait after it. `reason` says why it polls."""
        try:
            answer = await self._api.alerts(self.position)
        except ApiError as error:
            yield self.tracker.failed(error)
            await self.tracker.wait()
            return
        # after a reset that brought no snapshot it goes on from the start
        reset = any(starts_over(event) for event in answer.alerts)
        before, self.position = self.position, None if reset else position_of(answer.cursor)
        yield self.tracker.up(ConnectionState.POLLING, reason)
        if answer.alerts:
            yield Events(tuple(answer.alerts))
        if not answer.more or before == self.position:
            await self.tracker.wait(self._interval_s)


class PollingFallback:
    """While no stream comes through it is polled, `reason` says why; the stream is tried again later and later."""

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._until_s = 0.0
        self._times = 0
        self._short_lives = 0
        self.reason = ""

    @property
    def active(self) -> bool:
        """True while it is to be polled."""
        return self._pace.monotonic() < self._until_s

    def begin(self, reason: str) -> None:
        """No stream comes through."""
        self.reason = reason
        self._short_lives = 0
        self._until_s = self._pace.monotonic() + delay_s(self._times, _STREAM_AGAIN_S, _STREAM_AGAIN_CAP_S)
        self._times += 1

    def end(self) -> None:
        """The stream is tried first again."""
        self._until_s = 0.0

    def stream_lived(self, seconds: float) -> None:
        """A stream opened and broke off. When one after another does so, it is polled."""
        self._short_lives = self._short_lives + 1 if seconds < _SHORT_LIFE_S else 0
        if seconds >= _STREAM_AGAIN_S:
            self._times = 0
        if self._short_lives >= _SHORT_LIVES:
            self.begin("the live stream keeps breaking off")
