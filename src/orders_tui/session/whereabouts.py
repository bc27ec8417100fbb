"""Which order is open here, said to the server for as long as it is (contract §3a, Presence).

At once when that changes, but not for orders that are only passed on the way; again while it lasts; and once when it is over.
While no order is open nothing is sent and nothing waits. It is a courtesy: whatever goes wrong with it is told nobody.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

from orders_tui.errors import ApiError, NotASyncServer, ReadOnly, Refused
from orders_tui.pace import wait_for

if TYPE_CHECKING:
    from orders_tui.api.client import SyncApi

REST_S = 0.3
"""So long an order has to stay open to be told."""
REPEAT_S = 15.0
"""The server forgets who is not heard of for 30 s, and asks for a word every 20 s at least."""
PARTING_S = 0.25
"""So long the last word may take when the desk is left; the server would find out by itself."""

Place = tuple[str, "str | None"]
"""An order's id, and the action that is begun on it."""


class Whereabouts:
    """`up` says whether the server is in reach: where it is not, nothing is said."""

    def __init__(self, api: SyncApi, up: Callable[[], bool]) -> None:
        self._api, self._up = api, up
        self._moved = asyncio.Event()
        self._here: Place | None = None
        self._announced: Place | None = None
        self._refused: Place | None = None
        self._unwanted = False

    def be_at(self, order_id: str | None, doing: str | None = None) -> None:
        """This order is open now, or none is."""
        here = (order_id, doing) if order_id is not None else None
        if here != self._here:
            self._here = here
            self._moved.set()

    def say_again(self) -> None:
        """The server is in reach again, or another: it may have forgotten, or learnt to listen."""
        self._unwanted = False
        if self._here is not None:
            self._moved.set()

    async def run(self) -> None:
        """Until cancelled, which is leaving: a word of that is tried, and not waited for."""
        try:
            while True:
                if await wait_for(self._moved, REPEAT_S if self._lasts else None):
                    await self._rest()
                await self._say()
        except asyncio.CancelledError:
            if self._announced is not None and self._speaks:
                with suppress(ApiError, TimeoutError, asyncio.CancelledError):
                    async with asyncio.timeout(PARTING_S):
                        await self._api.presence(None)
            raise

    @property
    def _speaks(self) -> bool:
        return self._up() and not self._unwanted

    @property
    def _lasts(self) -> bool:
        """Whether there is something to be said again: not what the server refuses."""
        to_say = self._here or self._announced
        return to_say is not None and to_say != self._refused and self._speaks

    async def _rest(self) -> None:
        """Until nothing has moved for a moment."""
        self._moved.clear()
        while await wait_for(self._moved, REST_S):
            self._moved.clear()

    async def _say(self) -> None:
        here, self._refused = self._here, None
        if not self._speaks or (here is None and self._announced is None):
            return
        try:
            await self._api.presence(*(here or (None, None)))
        except (NotASyncServer, ReadOnly):
            self._unwanted = True
        except ApiError as error:  # it is said again in time
            self._refused = here if isinstance(error, Refused) and not error.passing else None
        else:
            self._announced = here
