"""The alerts channel by asking again and again: the same events in the same order (contract §2)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from orders_tui.api.body import position_of
from orders_tui.errors import ApiError
from orders_tui.feed.connection import ConnectionState, ConnectionTracker
from orders_tui.feed.feed import Events, FeedItem, starts_over
from orders_tui.pace import Pace

if TYPE_CHECKING:
    from orders_tui.api.client import SyncApi
    from orders_wire.alerts import AlertsAnswer

POLL_S = 5.0


class PollingFeed:
    """Asks every `interval_s`; at once again while the server has more."""

    def __init__(self, api: SyncApi, pace: Pace | None = None, interval_s: float = POLL_S) -> None:
        self._api = api
        self._tracker = ConnectionTracker(pace or Pace())
        self._interval_s = interval_s
        self._position: str | None = None

    def poke(self) -> None:
        """Asks now."""
        self._tracker.poke()

    async def __aiter__(self) -> AsyncIterator[FeedItem]:
        yield self._tracker.connection
        while True:
            try:
                answer = await self._api.alerts(self._position)
            except ApiError as error:
                yield self._tracker.failed(error)
                await self._tracker.wait()
                continue
            before, self._position = self._position, after(answer)
            yield self._tracker.up(ConnectionState.POLLING)
            if answer.alerts:
                yield Events(tuple(answer.alerts))
            if not answer.more or before == self._position:
                await self._tracker.wait(self._interval_s)


def after(answer: AlertsAnswer) -> str | None:
    """Where to go on; None, from the start, after a reset that brought no snapshot."""
    if any(starts_over(event) for event in answer.alerts):
        return None
    return position_of(answer.cursor)
