"""The alerts channel as it should be: a stream, taken up again where it broke; polling while no stream comes through.

Stream and poll share one position, so that going from one to the other misses nothing and repeats nothing.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import TYPE_CHECKING

from orders_tui.api.exchange import imported
from orders_tui.errors import ApiError, Unreachable, VersionSkew
from orders_tui.feed import Events, FeedItem, starts_over
from orders_tui.feed.connection import Connection, ConnectionState
from orders_tui.feed.polling_fallback import POLL_S, PollingFallback, PollingFeed
from orders_tui.pace import Pace

if TYPE_CHECKING:
    from orders_tui.api.client import SyncApi


class SseFeed:
    """Live by stream where possible. See the module."""

    def __init__(self, api: SyncApi, pace: Pace | None = None, *, poll_interval_s: float = POLL_S) -> None:
        self._api = api
        self._pace = pace or Pace()
        self._polling = PollingFeed(api, self._pace, poll_interval_s)
        self._tracker = self._polling.tracker
        self._fallback = PollingFallback(self._pace)

    def poke(self) -> None:
        """Tries at once, and the stream first."""
        self._fallback.end()
        self._tracker.poke()

    async def __aiter__(self) -> AsyncIterator[FeedItem]:
        yield self._tracker.connection
        while True:
            polls = self._fallback.active
            turn = self._polling.poll(self._fallback.reason) if polls else self._stream()
            async with aclosing(turn) as items:
                async for item in items:
                    if polls and isinstance(item, Connection) and not item.up:
                        self._fallback.end()  # a failed poll means an outage: the stream is tried first when it ends
                    yield item

    async def _stream(self) -> AsyncGenerator[FeedItem, None]:
        """One stream, from the attempt to the wait after its end."""
        await imported()
        from orders_tui.feed.stream import FellSilent, NoStream, listen

        started: float | None = None
        problem: ApiError = Unreachable("the live stream ended")
        try:
            async with aclosing(listen(self._api, self._polling.position, self._tracker.contact)) as messages:
                async for message in messages:
                    started = self._pace.monotonic() if started is None else started
                    self._polling.position = message.position or self._polling.position
                    self._tracker.asked_s = self._tracker.asked_s if message.retry_s is None else message.retry_s
                    yield self._tracker.up(ConnectionState.LIVE)
                    if message.presence is not None:
                        yield message.presence
                    if message.event is not None:
                        yield Events((message.event,))
                        if starts_over(message.event):
                            self._polling.position = None
                            return
        except (NoStream, VersionSkew) as error:
            self._fallback.begin(str(error))
            return
        except FellSilent as error:
            self._fallback.begin("the live stream fell silent")
            yield self._tracker.lost(str(error))
            return
        except ApiError as error:
            problem = error
        if started is None:
            yield self._tracker.failed(problem)
        else:
            self._fallback.stream_lived(self._pace.monotonic() - started)
            yield self._tracker.lost(str(problem))
        await self._tracker.wait()
