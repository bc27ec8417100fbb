"""The law of the streams: however publishing, subscribing, slow reading and cutting fall together, a reader that comes back
with its last id is told every event exactly once, in order.
"""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.server.live.raising import mentioning, overdue, ping, raising

from orders_sync.db.engine import Database
from orders_sync.live import hub as hub_module
from orders_sync.live.broadcaster import Broadcaster
from orders_sync.live.history import History, begin
from orders_sync.live.hub import Hub, Stream

HIGH_WATER_BYTES = 400
BUFFER_LIMIT_BYTES = 1_200


class Pipe:
    """What a socket is to a stream: it holds what its reader has not taken, and can be cut."""

    def __init__(self) -> None:
        self.waiting = b""
        self.closed = False
        self.arrived = asyncio.Event()
        self._taken = asyncio.Event()

    def write(self, data: bytes) -> None:
        self.waiting += data
        self.arrived.set()

    def get_write_buffer_size(self) -> int:
        return len(self.waiting)

    def is_closing(self) -> bool:
        return self.closed

    def abort(self) -> None:
        self.closed = True
        self.arrived.set()
        self._taken.set()

    async def send(self, data: bytes) -> None:
        """What a response does: writes, and waits while the reader is slow."""
        self.write(data)
        while len(self.waiting) > HIGH_WATER_BYTES and not self.closed:
            self._taken.clear()
            await self._taken.wait()
        if self.closed:
            raise ConnectionResetError

    def take(self, size: int) -> bytes:
        data, self.waiting = self.waiting[:size], self.waiting[size:]
        self._taken.set()
        return data


class Reader:
    """A client that comes back with its last id. `seen`: the numbers it was told after its snapshot, which ended at `begun`."""

    def __init__(self, name: str, hub: Hub, history: History) -> None:
        self.name = name
        self.seen: list[int] = []
        self.begun: int | None = None
        self.last_id: str | None = None
        self._hub = hub
        self._history = history
        self._pipe = Pipe()
        self._unread = b""
        self._task: asyncio.Task[None] | None = None

    def connect(self) -> None:
        """Opens a stream, unless one is open."""
        if self._task is not None and not self._task.done():
            return
        if self._task is not None and not self._task.cancelled():
            self._task.result()
        if self.begun is None and self.last_id is not None:
            self.begun = _number(self.last_id)
        self._pipe = Pipe()
        self._unread = b""
        self._task = asyncio.create_task(self._run(self._pipe))

    def read(self, size: int) -> None:
        """Takes some of what has arrived; what a cut left in the pipe still arrives, as from a socket."""
        *blocks, self._unread = (self._unread + self._pipe.take(size)).split(b"\n\n")
        for block in blocks:
            lines = dict(line.split(": ", 1) for line in block.decode().split("\n"))
            if "data" in lines:
                self._told(json.loads(lines["data"]))

    async def cut(self) -> None:
        """The connection breaks; what was not read is lost."""
        self._pipe.abort()
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def finish(self, newest: str) -> None:
        """Reads on, over as many connections as it takes, until it has the newest event."""
        while self.last_id != newest:
            self.connect()
            await self._pipe.arrived.wait()
            self._pipe.arrived.clear()
            self.read(100_000)
        await self.cut()

    def _told(self, event: dict[str, Any]) -> None:
        assert "reset" not in event
        self.last_id = event["id"]
        if self.begun is not None:
            self.seen.append(_number(event["id"]))
        elif event["type"] == "refresh":
            self.begun = _number(event["id"])

    async def _run(self, pipe: Pipe) -> None:
        first = await self._history.first(self.last_id, self.name)
        stream = Stream(self.name, pipe, framed=False)
        self._hub.admit(stream)
        try:
            await begin(self._hub, self._history, stream, first, pipe.send)
            await stream.ended
        except ConnectionError:
            pass
        finally:
            pipe.abort()
            self._hub.leave(stream)


def _number(event_id: str) -> int:
    return int(event_id.rpartition("-")[2])


class Desk:
    """A desk with three readers, driven step by step."""

    def __init__(self, db: Database) -> None:
        self._db = db
        hub = Hub(db.desk_id, db.version)
        self._broadcaster = Broadcaster(db, hub)
        self._readers = [Reader(f"reader {n}", hub, History(db, hub, db.clock)) for n in range(3)]
        self._silent: set[int] = set()
        self._addressed: dict[int, str] = {}
        self._alerted: list[int] = []

    async def do(self, name: str, argument: int) -> None:
        match name:
            case "publish":
                await asyncio.gather(*(ping(self._db) for _ in range(argument)))
            case "alert":
                await self._alert(silent=False)
            case "silent alert":
                await self._alert(silent=True)
            case "mention":
                await self._mention(f"reader {argument}")
            case "broadcast":
                await self._broadcaster.catch_up()
            case "turns":
                for _ in range(argument):
                    await asyncio.sleep(0)
            case "cut":
                await self._readers[argument].cut()
            case "connect":
                self._readers[argument].connect()
            case _:
                self._readers[int(name[-1])].read(argument)

    async def check(self) -> None:
        """Lets every reader read to the end: from its snapshot on it was told each event that is neither silent nor somebody
        else's, once, in order."""
        await ping(self._db)
        await self._broadcaster.catch_up()
        newest = self._db.version
        for reader in self._readers:
            await reader.finish(f"{self._db.desk_id}-{newest}")
            assert reader.begun is not None
            not_told = self._silent | {n for n, name in self._addressed.items() if name != reader.name}
            assert reader.seen == [n for n in range(reader.begun + 1, newest + 1) if n not in not_told]

    async def clear(self) -> None:
        """Leaves nothing open for the next example."""
        await asyncio.gather(*(self._db.write(raising(order_id)) for order_id in self._alerted))

    async def _mention(self, name: str) -> None:
        await self._db.write(mentioning(name.upper()))
        self._addressed[self._db.version] = name

    async def _alert(self, *, silent: bool) -> None:
        order_id = self._db.version + 1
        await self._db.write(raising(order_id, overdue(order_id), silent=silent))
        self._alerted.append(order_id)
        if silent:
            self._silent.add(self._db.version)


steps = st.lists(
    st.one_of(
        st.tuples(st.just("publish"), st.integers(1, 8)),
        st.tuples(st.sampled_from(["alert", "silent alert", "broadcast"]), st.just(0)),
        st.tuples(st.just("turns"), st.integers(1, 5)),
        st.tuples(st.just("mention"), st.integers(0, 3)),
        st.tuples(st.sampled_from(["connect", "connect", "cut"]), st.integers(0, 2)),
        st.tuples(st.sampled_from(["read 0", "read 1", "read 2"]), st.sampled_from([1, 50, 300, 10_000])),
    ),
    min_size=10,
    max_size=60,
)


@given(steps=steps)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_every_event_is_told_exactly_once(
    db: Database, monkeypatch: pytest.MonkeyPatch, steps: list[tuple[str, int]]
) -> None:
    monkeypatch.setattr(hub_module, "BUFFER_LIMIT_BYTES", BUFFER_LIMIT_BYTES)
    desk = Desk(db)
    for name, argument in steps:
        await desk.do(name, argument)
    await desk.check()
    await desk.clear()
