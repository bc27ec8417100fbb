"""The alerts channel by asking again and again: the same events in the same order (contract §2)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from orders_tui.errors import ApiError
from orders_tui.feed.connection import LineState
from orders_tui.feed.items import Events, FeedItem
from orders_tui.feed.line import Line
from orders_tui.pace import Pace

if TYPE_CHECKING:
    from orders_tui.api import SyncApi

POLL_S = 5.0


class PollingFeed:
    """Asks every `interval_s`; at once again while the server has more."""

    def __init__(self, api: SyncApi, pace: Pace | None = None, interval_s: float = POLL_S) -> None:
        self._api = api
        self._line = Line(pace or Pace())
        self._interval_s = interval_s
        self._position: str | None = None

    def poke(self) -> None:
        """Asks now."""
        self._line.poke()

    async def __aiter__(self) -> AsyncIterator[FeedItem]:
        yield self._line.connection
        while True:
            try:
                answer = await self._api.alerts(self._position)
            except ApiError as error:
                yield self._line.failed(error)
                await self._line.wait()
                continue
            self._position = answer.cursor
            yield self._line.up(LineState.POLLING)
            if answer.alerts:
                yield Events(tuple(answer.alerts))
            if not answer.more:
                await self._line.wait(self._interval_s)
