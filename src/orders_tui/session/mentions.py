"""Notes that name the operator (contract §3a, Mentions): which are unread, kept by the events that only they are sent.

An event names the note, not its text: the list is asked for. It is never among the first requests of a start.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from typing import TYPE_CHECKING

from orders_tui import wording
from orders_tui.errors import ApiError, Refused, is_unknown_endpoint
from orders_tui.pace import Pace, wait_for
from orders_tui.session.changes import Change, Level, MentionsChanged, Notice
from orders_wire.vocabulary import ErrorCode, EventType

if TYPE_CHECKING:
    from orders_tui.api.client import SyncApi
    from orders_wire.alerts import Event
    from orders_wire.mentions import Mention

REST_S = 0.5
"""One question for all that come together; and the start has its first page before it."""
RETRY_S = 30.0
AT_ONCE = 250
"""So many are marked as read with one request: the contract takes no more."""
UNKNOWN_HERE = "this server knows no mentions: it is of an earlier release"


class Mentions:
    """See the module. What is marked as read is so here at once."""

    def __init__(self, api: SyncApi, pace: Pace, tell: Callable[[Change], None]) -> None:
        self._api, self._pace, self._tell = api, pace, tell
        self._wake = asyncio.Event()
        self._announced: set[str] = set()
        self._read: set[str] = set()
        self._listed: tuple[Mention, ...] = ()

    @property
    def unread(self) -> tuple[Mention, ...]:
        """Those that the server listed, newest first, without what was read here."""
        return tuple(each for each in self._listed if each.id not in self._read)

    @property
    def count(self) -> int:
        """How many are unread, those among them that an event alone named."""
        unread = self.unread
        return len(unread) + len(self._announced - {mention.note_id for mention in unread})

    def refresh(self) -> None:
        """Asks in a moment."""
        self._wake.set()

    def forget(self) -> None:
        """They were of another desk."""
        had_any = self.count > 0
        self._announced, self._read, self._listed = set(), set(), ()
        if had_any:
            self._tell(MentionsChanged())

    def absorb(self, event: Event) -> None:
        """Names the operator, or may be about what they have not read: another client of theirs read it, its note went."""
        if event.type is EventType.MENTION:
            self._mentioned(event)
        elif event.type is EventType.REFRESH and self.count:
            orders = {mention.order_id for mention in self.unread}
            if event.order_ids is None or not orders.isdisjoint(event.order_ids):
                self.refresh()

    def _mentioned(self, event: Event) -> None:
        self._announced.add(event.note_id or event.id)
        self._tell(Notice(Level.INFO, wording.mentioned(event.by, event.order_number)))
        self._tell(MentionsChanged())
        self.refresh()

    async def run(self) -> None:
        """Asks when it is told to, and again after a failure."""
        asked = True
        while True:
            await wait_for(self._wake, None if asked else RETRY_S)
            await self._pace.sleep(REST_S)
            self._wake.clear()
            try:
                await self._ask()
            except ApiError as error:
                asked = is_unknown_endpoint(error)
            else:
                asked = True

    async def all(self) -> tuple[Mention, ...]:
        """Read ones as well, newest first. Raises ApiError."""
        try:
            everything = await self._api.mentions()
            await self._ask()
        except ApiError as error:
            if not is_unknown_endpoint(error):
                raise
            raise Refused(ErrorCode.NOT_FOUND, UNKNOWN_HERE) from error
        return tuple(everything)

    async def read(self, ids: Collection[str]) -> None:
        """These are read: here at once, and again unread where the server does not take it. Raises ApiError then."""
        wanted = [*dict.fromkeys(ids)]
        self._read.update(wanted)
        self._tell(MentionsChanged())
        for at in range(0, len(wanted), AT_ONCE):
            try:
                await self._api.read_mentions(wanted[at : at + AT_ONCE])
            except ApiError:
                self._read.difference_update(wanted[at:])
                self._tell(MentionsChanged())
                self.refresh()
                raise

    async def _ask(self) -> None:
        announced, before = set(self._announced), self._listed
        self._listed = tuple(await self._api.mentions(unread=True))
        self._announced -= announced
        if announced or before != self._listed:
            self._tell(MentionsChanged())
