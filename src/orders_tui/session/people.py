"""Who the server takes us for, and who owns how many open orders."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from orders_tui.errors import ApiError
from orders_tui.pace import wait_for
from orders_tui.session.changes import Change, PeopleChanged

if TYPE_CHECKING:
    from orders_tui.api.client import SyncApi
    from orders_wire.people import Me, Owner

_RETRY_S = 15.0


class People:
    """`refresh` asks again; what cannot be had now is asked for until it can."""

    def __init__(self, api: SyncApi, tell: Callable[[Change], None], met: Callable[[ApiError | None], None]) -> None:
        self._api, self._tell, self._met = api, tell, met
        self._wake = asyncio.Event()
        self.me: Me | None = None
        self.owners: tuple[Owner, ...] = ()

    def refresh(self) -> None:
        """Asks now."""
        self._wake.set()

    async def run(self) -> None:
        """Asks at the start, whenever asked to, and again after a failure."""
        while True:
            done = await self._ask()
            await wait_for(self._wake, None if done else _RETRY_S)
            self._wake.clear()

    async def _ask(self) -> bool:
        try:
            me, owners = await self._api.me(), tuple(await self._api.owners())
        except ApiError as error:
            self._met(error)
            return False
        self._met(None)
        if (me, owners) != (self.me, self.owners):
            self.me, self.owners = me, owners
            self._tell(PeopleChanged())
        return True
