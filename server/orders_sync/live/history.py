"""What a stream or a poll is sent before anything new: what it missed, or the most severe of what is open (contract §2)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from aiohttp import web

from orders_sync.db import alerts, events
from orders_sync.db.engine import Database
from orders_sync.db.events import Batch
from orders_sync.db.failures import Unavailable
from orders_sync.instants import Clock, Ms
from orders_sync.live import frames
from orders_sync.live.frames import EncodedEvent
from orders_sync.live.hub import Hub, Stream

SNAPSHOT_LIMIT = 50
BATCH_LIMIT = 500


class Gone(Exception):
    """What follows this number is not known completely: the client has to start over."""


@dataclass(frozen=True, slots=True)
class Part:
    """Events to tell, which are complete up to number `position`; `more` follow at once."""

    events: Sequence[EncodedEvent]
    position: int
    more: bool = False


class History:
    """Reads for the streams and polls of one process. `reader`: who asks, as events are addressed."""

    def __init__(self, database: Database, hub: Hub, clock: Clock) -> None:
        self._database = database
        self._hub = hub
        self._clock = clock
        self._open: tuple[int, Sequence[EncodedEvent]] | None = None

    async def first(self, last_id: str | None, reader: str) -> Part:
        """What a stream with this `Last-Event-ID` (None: none) is sent first. Raises Unavailable."""
        if self._hub.cut_from_database:
            raise Unavailable("the database cannot be reached")
        if last_id is None:
            return await self._snapshot()
        n = frames.event_number(self._hub.desk_id, last_id)
        if n is not None:
            try:
                return await self.after(n, reader)
            except Gone:
                pass
        return await self._start_over()

    async def after(self, n: int, reader: str) -> Part:
        """What follows number `n`. Raises Gone."""
        recent = self._hub.recent.after(n) if self._database.version <= self._hub.position else None
        if recent is not None and len(recent) <= BATCH_LIMIT:
            return Part(frames.readable_by(reader, recent), self._hub.position)
        batch = await self._database.read(lambda conn: events.after(conn, self._database.shop_id, n, BATCH_LIMIT))
        if not batch.known:
            raise Gone
        return self._part(batch, reader)

    async def poll(self, asked: str | None, reader: str) -> Part:
        """What a poll with this `since` (None: none) is answered; its `position` is the cursor. At most 500 events."""
        at = None if asked is None else instant(asked)
        if at is None:
            return await self.first(asked, reader)
        shop_id = self._database.shop_id
        return self._part(await self._database.read(lambda conn: events.since(conn, shop_id, at, BATCH_LIMIT)), reader)

    async def _snapshot(self) -> Part:
        """The most severe open alerts and gaps, oldest first, then one refresh under the newest event's id."""
        known = self._open
        if known is None or known[0] != self._hub.position or known[0] < self._database.version:
            shop_id = self._database.shop_id
            newest, found = await self._database.read(lambda conn: alerts.most_severe(conn, shop_id, SNAPSHOT_LIMIT))
            known = (newest, [frames.encode(self._hub.desk_id, event) for event in found])
            self._open = known
        newest, encoded = known
        return Part([*encoded, frames.ping(self._hub.desk_id, newest, newest, self._clock())], newest)

    async def _start_over(self) -> Part:
        part = await self._snapshot()
        reset = frames.ping(self._hub.desk_id, 0, part.position, self._clock(), reset=True)
        return Part([reset, *part.events], part.position)

    def _part(self, batch: Batch, reader: str) -> Part:
        encoded = (frames.encode(self._hub.desk_id, event) for event in batch.events)
        return Part(frames.readable_by(reader, encoded), batch.position, batch.more)


HISTORY: web.AppKey[History] = web.AppKey("history")


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def instant(text: str) -> Ms | None:
    """RFC 3339 with any offset and fraction, rounded up to a millisecond; None for anything else.

    A `+` that arrived as a space is read as what it was: a query string turns one into the other.
    """
    before, space, offset = text.strip().rpartition(" ")
    for spelling in (text.strip(), f"{before}+{offset}" if space else ""):
        moment = _aware(spelling)
        if moment is not None:
            return Ms(-((_EPOCH - moment) // _MILLISECOND))
    return None


def _aware(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text.upper())
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else None


STALLED_S = 30.0
"""How long a reader that is catching up may take for one batch."""

Write = Callable[[bytes], Awaitable[None]]
"""Sends bytes, waiting while the reader is slow. Raises ConnectionError when the reader is gone."""


async def begin(hub: Hub, history: History, stream: Stream, first: Part, write: Write) -> None:
    """Sends `first`, then what followed it, then joins the hub: the stream is live, or `ended`, when this returns.

    Raises ConnectionError, TimeoutError (a stalled reader), `history.Gone`, and what the database raises: the reader then has
    to come back. `write` is not called once the stream is live.
    """
    await _send(write, frames.RETRY + frames.frames(hub.desk_id, first.events))
    position = first.position
    while not stream.ended.done() and not hub.join(stream, position):
        part = await history.after(position, stream.reader)
        position = part.position
        await _send(write, frames.frames(hub.desk_id, part.events))


async def _send(write: Write, data: bytes) -> None:
    if data:
        async with asyncio.timeout(STALLED_S):
            await write(data)
