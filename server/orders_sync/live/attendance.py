"""Tells the streams of this process, and the other processes, who is where. Kept nowhere; nothing runs while nobody is there.

What happens within a moment is told as one. To say again where one is costs nobody anything: the other processes hear once every
`BEAT_S` that the people of this one are still there, however many they are.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress

import orjson
from aiohttp import web

from orders_sync.db.engine import Database
from orders_sync.db.events import order_gid
from orders_sync.db.failures import DatabaseError
from orders_sync.db.location import is_sqlite
from orders_sync.instants import to_text
from orders_sync.live import frames, roll_call
from orders_sync.live.hub import Hub
from orders_sync.live.presence import Connection, Place, Presence, Report
from orders_sync.live.roll_call import Asked

CHANNEL = "orders_sync_presence"
"""Of the notifications between the processes of a fleet."""

SENT_AFTER_S = 0.05
"""How long a move waits for others of this process before the fleet is told."""

PUBLISHED_EVERY_S = 0.5
"""Streams are told no more often, since their many writes are what it costs: at once where nobody moved lately. With what is
before and behind it, less than the second within which everybody has to hear (contract §3a)."""

BEAT_S = 6.0
"""Whoever goes on at another process is told with the next beat: well before the first would give her up."""

AGAIN_S = 1.0
"""After this long what the database did not take is sent again."""

ORDERS_KNOWN = 10_000
"""Orders that are known to be there since somebody had them open, newest last: whoever is next costs no read."""

STANDING_BYTES = 64 * 1024
"""Of those present when a stream begins: who moved last, as far as this goes. A quarter of what may wait for a slow reader."""


class Attendance:
    """`process`: this one's name in the fleet. `run` is its whole life."""

    def __init__(self, database: Database, hub: Hub, process: str) -> None:
        self._database = database
        self._hub = hub
        self._presence = Presence(process)
        self._alone = is_sqlite(database.url)
        self._now = asyncio.get_running_loop().time
        self._moved = asyncio.Event()
        self._to_send = asyncio.Event()
        self._asks = False
        self._reports_all = False
        self._beat_at = 0.0
        self._sent: dict[str, tuple[str, bytes]] = {}
        self._orders: dict[int, None] = {}

    def __len__(self) -> int:
        """How many people are there."""
        return len(self._presence)

    def knows(self, order_id: int) -> bool:
        """Whether somebody has, or had, this order open: it is there."""
        return order_id in self._orders

    def at(self, order_id: int) -> list[Place]:
        """Who has an order open."""
        return self._presence.at(order_id)

    def say(self, connection: Connection, place: Place | None) -> None:
        """A connection says where it is; None: nowhere."""
        if place is not None:
            self._orders[place.order_id] = None
            if len(self._orders) > ORDERS_KNOWN:
                del self._orders[next(iter(self._orders))]
        silent_before = not self._presence.answers
        self._presence.hear(connection, place, self._now())
        self._wake(send=silent_before)

    def listening(self) -> None:
        """What the others said before now was not heard."""
        self._asks = True
        self._wake(send=True)

    def hear(self, payload: str) -> None:
        """Something came over the fleet's channel."""
        match roll_call.read(payload, self._database.shop_id, self._presence.process):
            case Report() as report:
                self._asks |= not self._presence.receive(report, self._now())
            case Asked():
                self._reports_all |= self._presence.answers
        self._wake(send=self._asks or self._reports_all)

    async def run(self) -> None:
        """Tells what changes until it is cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._publish(), name="presence-streams")
            if not self._alone:
                tasks.create_task(self._report(), name="presence-fleet")

    def _wake(self, *, send: bool) -> None:
        if self._presence.has_moved:
            self._moved.set()
        if send or self._presence.has_unreported:
            self._to_send.set()

    async def _publish(self) -> None:
        published_at = 0.0
        while True:
            await self._due(self._moved, SENT_AFTER_S, self._presence.next_expiry())
            await asyncio.sleep(published_at + PUBLISHED_EVERY_S - self._now())
            published_at = self._now()
            self._presence.expire(self._now())
            self._wake(send=False)
            self._moved.clear()
            await self._hub.tell(self._news(), self._standing())

    async def _report(self) -> None:
        while True:
            await self._due(self._to_send, SENT_AFTER_S, self._beat_at + BEAT_S if self._presence.answers else None)
            self._to_send.clear()
            payloads = self._payloads()
            if not payloads:
                continue
            try:
                await self._database.post(CHANNEL, payloads)
            except DatabaseError:
                self._asks = self._reports_all = True
                self._to_send.set()
                await asyncio.sleep(AGAIN_S)

    async def _due(self, woken: asyncio.Event, after_s: float, at: float | None) -> None:
        """Returns so long after it was woken, since more may come, or at that time."""
        with suppress(TimeoutError):
            async with asyncio.timeout_at(at):
                await woken.wait()
            await asyncio.sleep(after_s)

    def _payloads(self) -> list[str]:
        """What the others have to be told now."""
        presence, now, shop_id = self._presence, self._now(), self._database.shop_id
        payloads = [roll_call.asking(shop_id, presence.process)] if self._asks else []
        beats = presence.answers and now >= self._beat_at + BEAT_S
        report = Report(presence.process)
        if self._reports_all:
            words = presence.all(now)
            report = Report(presence.process, tuple(words), presence.count(presence.process), begins=True, ends=True)
        elif beats:
            words = presence.unreported(now) + presence.taken_over(now)
            report = Report(presence.process, tuple(words), presence.count(presence.process))
        elif presence.has_unreported:
            report = Report(presence.process, tuple(presence.unreported(now)))
        if report.words or report.count is not None:
            payloads += roll_call.reporting(shop_id, report)
        if report.count is not None:
            self._beat_at = now
        self._asks = self._reports_all = False
        return payloads

    def _news(self) -> bytes:
        """What every stream is told of whoever moved, unless it is what it was told before."""
        news = []
        for reader, places in self._presence.moved().items():
            name, before = self._sent.pop(reader, ("", b""))
            if places:
                name, frame = places[-1].name, _event(places)
                self._sent[reader] = name, frame
            else:
                frame = _gone(name, to_text(self._database.clock())) if before else b""
            if frame != before:
                news.append(frame)
        return b"".join(news)

    def _standing(self) -> bytes:
        """What a stream that begins is told."""
        standing: list[bytes] = []
        left = STANDING_BYTES
        for _, frame in reversed(self._sent.values()):
            left -= len(frame)
            if left < 0:
                break
            standing.append(frame)
        return b"".join(reversed(standing))


ATTENDANCE: web.AppKey[Attendance] = web.AppKey("attendance")


def _event(places: list[Place]) -> bytes:
    """Where somebody came to last, and where else the same name is."""
    *others, last = map(_whereabouts, places)
    elsewhere = {"elsewhere": others} if others else {}
    return frames.named("presence", orjson.dumps({"name": places[-1].name, **last, **elsewhere}))


def _gone(name: str, at: str) -> bytes:
    return frames.named("presence", orjson.dumps({"name": name, "order_id": None, "doing": None, "since": at}))


def _whereabouts(place: Place) -> dict[str, str | None]:
    return {"order_id": order_gid(place.order_id), "doing": place.doing, "since": to_text(place.since)}
