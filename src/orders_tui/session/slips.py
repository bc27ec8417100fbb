"""The order of the parcel that is open at the bench: read, and read again when the server says that it changed, or is in reach
again.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import TYPE_CHECKING

from orders_tui.errors import ApiError, Refused
from orders_tui.session.changes import Change, SlipRead
from orders_tui.session.tasks import Spawn

if TYPE_CHECKING:
    from orders_tui.api.client import SyncApi
    from orders_tui.session.slip import Slip
    from orders_wire.detail import OrderDetail


class Slips:
    """`absorb` takes in what was read of an order."""

    def __init__(
        self, api: SyncApi, absorb: Callable[[OrderDetail], None], *, spawn: Spawn, tell: Callable[[Change], None]
    ) -> None:
        self._api, self._absorb, self._spawn, self._tell = api, absorb, spawn, tell
        self._watched: str | None = None
        self._reading = self._stale = False

    async def read(self, order: str) -> Slip:
        """The order that a slip names, in any spelling. Raises ApiError."""
        from orders_tui.session.slip import read_slip

        slip, detail = await read_slip(self._api, order)
        self._absorb(detail)
        return slip

    def open(self, order: str, came: Callable[[Slip | ApiError], None]) -> None:
        """The same beside everything else; `came` gets it, or why it could not be had."""

        async def read() -> None:
            try:
                slip: Slip | ApiError = await self.read(order)
            except ApiError as error:
                slip = error
            came(slip)

        self._spawn(read(), "slip")

    def watch(self, order_id: str | None) -> None:
        """This order's parcel is open; None: none is."""
        self._watched = order_id

    def moved(self, order_ids: Collection[str]) -> None:
        """These orders changed; without any, whichever."""
        if self._watched is not None and (not order_ids or self._watched in order_ids):
            self.again()

    def again(self) -> None:
        """Reads the watched order once more; what comes is told as `SlipRead`."""
        self._stale = self._watched is not None
        if self._stale and not self._reading:
            self._reading = True
            self._spawn(self._read_again(), "slip")

    async def _read_again(self) -> None:
        try:
            while self._stale and self._watched is not None:
                self._stale, watched = False, self._watched
                try:
                    self._tell(SlipRead(watched, await self.read(watched)))
                except ApiError as error:  # what passes is read again once the server is in reach
                    if isinstance(error, Refused) and not error.passing:
                        self._tell(SlipRead(watched, None, str(error)))
        finally:
            self._reading = False
