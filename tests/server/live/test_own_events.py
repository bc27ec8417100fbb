"""What a process committed itself is told from memory: as the log says it, once, in its order, and not before it is safe."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, create_engine
from tests.server.conftest import NOON, SHOP
from tests.server.live.raising import mentioning, overdue, ping, raising
from tests.server.live.serving import serving, stream

from orders_sync.db import connections, durability, events
from orders_sync.db.engine import Database
from orders_sync.db.location import is_sqlite
from orders_sync.db.notify import Notifier
from orders_sync.db.tx import Tx
from orders_sync.live import broadcaster as broadcaster_module
from orders_sync.live import frames, own_events
from orders_sync.live.broadcaster import Broadcaster
from orders_sync.live.hub import Hub, Stream
from orders_sync.poller.backfill import finish

READERS = ("ada", "bo")
postgresql = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


@pytest.fixture
async def other(database_url: str, db: Database) -> AsyncIterator[Database]:
    """The same desk in another process."""
    database = await Database.open(database_url, SHOP, db.clock, migrating=False)
    yield database
    await database.close()


class Socket:
    """Keeps what is written."""

    def __init__(self) -> None:
        self.written = b""

    def write(self, data: bytes) -> None:
        self.written += data

    def get_write_buffer_size(self) -> int:
        return 0

    def is_closing(self) -> bool:
        return False

    def abort(self) -> None: ...


class Desk:
    """A process with a stream of each reader, and another process that commits as well."""

    def __init__(self, db: Database, other: Database) -> None:
        self._db, self._other = db, other
        self._hub = Hub(db.desk_id, db.version)
        self._begun = db.version
        self._broadcaster = Broadcaster(db, self._hub)
        self._sockets = {name: Socket() for name in READERS}
        for name, socket in self._sockets.items():
            live = Stream(name, socket, framed=False)
            self._hub.admit(live)
            assert self._hub.join(live, self._begun)

    async def do(self, name: str, count: int) -> None:
        match name:
            case "own":
                await asyncio.gather(*(ping(self._db, n) for n in range(count)))
            case "another's":
                await asyncio.gather(*(ping(self._other, n) for n in range(count)))
            case "silent":
                await self._db.write(raising(99, *[overdue(99)] * (count % 2), silent=True))
            case "mention":
                await self._db.write(mentioning(READERS[count % 2]))
            case "reset":
                await self._db.write(finish)
            case "taken back":
                await asyncio.gather(self._db.write(_broken), ping(self._db), return_exceptions=True)
            case "died":
                _die_before_numbering(self._db)
            case "tell":
                await _settled(self._db)
                await self._broadcaster.tell_own()
            case _:
                await self._broadcaster.catch_up()

    async def check(self) -> None:
        """Every stream was sent what the log says that its reader may know."""
        await ping(self._db)
        await self._broadcaster.catch_up()
        batch = await self._db.read(lambda conn: events.after(conn, self._db.shop_id, self._begun, 10_000))
        assert self._hub.position == batch.position == self._db.version
        log = [frames.encode(self._db.desk_id, event) for event in batch.events]
        for name, socket in self._sockets.items():
            assert socket.written == frames.frames(self._db.desk_id, frames.readable_by(name, log))


def _broken(tx: Tx) -> None:
    events.append(tx, events.refresh([1]))
    raise ValueError


def _die_before_numbering(db: Database) -> None:
    """PostgreSQL alone numbers after the commit."""
    if not is_sqlite(db.url):
        engine = create_engine(db.url)
        with engine.begin() as conn:
            events.append(Tx(conn, db.shop_id, NOON), events.refresh([7]))
        engine.dispose()


async def _settled(db: Database) -> None:
    """What was committed is on the disk, and known to be."""
    while db._notifier is not None and db._notifier._sending is not None:
        await db._notifier._sending
    await asyncio.sleep(0)


steps = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["own", "own", "own", "another's"]), st.integers(1, 5)),
        st.tuples(st.sampled_from(["silent", "mention"]), st.integers(0, 1)),
        st.tuples(st.sampled_from(["tell", "tell", "read the log"]), st.just(0)),
        st.tuples(st.sampled_from(["taken back", "died", "reset"]), st.just(0)),
    ),
    min_size=5,
    max_size=25,
)


@given(steps=steps)
@example([("own", 1), ("read the log", 0), ("own", 1), ("tell", 0)])
@example([("another's", 1), ("own", 1), ("tell", 0), ("read the log", 0), ("own", 2), ("tell", 0)])
@example([("died", 0), ("own", 1), ("tell", 0), ("own", 5), ("own", 1), ("tell", 0)])
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_every_stream_is_sent_what_the_log_says(
    db: Database, other: Database, monkeypatch: pytest.MonkeyPatch, steps: list[tuple[str, int]]
) -> None:
    for module in (own_events, broadcaster_module):
        monkeypatch.setattr(module, "AT_ONCE", 3)
    monkeypatch.setattr(broadcaster_module, "POLL_S", 3600)
    monkeypatch.setattr(durability, "_PATIENCE_S", 0.0)
    desk = Desk(db, other)
    await desk.do("read the log", 0)
    for name, count in steps:
        await desk.do(name, count)
    await desk.check()


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every snapshot of the database that is read, by this process's own doing alone: nothing polls meanwhile."""
    begun: list[str] = []
    begin = connections.begin_snapshot

    def counting(conn: Connection) -> None:
        begun.append(conn.dialect.name)
        begin(conn)

    monkeypatch.setattr(connections, "begin_snapshot", counting)
    monkeypatch.setattr(broadcaster_module, "POLL_S", 3600)
    return begun


async def test_what_was_committed_here_is_told_without_a_read(db: Database, reads: list[str]) -> None:
    async with serving(db) as server, stream(server.port) as client:
        await client.opening()
        await ping(db, 1)
        await client.event()
        del reads[:]
        for n in range(2, 5):
            await ping(db, n)
            assert (await client.event()).data["order_ids"] == [f"gid://shopify/Order/{n}"]
        await db.write(raising(1, overdue(1)))
        assert (await client.event()).data["message"] == overdue(1).message
        assert reads == []


async def test_where_anothers_events_lie_between_the_log_is_read(
    db: Database, other: Database, reads: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Broadcaster, "hear", lambda *_: None)
    async with serving(db) as server, stream(server.port) as client:
        await client.opening()
        await ping(db, 1)
        await client.event()
        del reads[:]
        await ping(other, 2)
        await ping(db, 3)
        told = await client.events(2)
        assert [event.data["order_ids"] for event in told] == [["gid://shopify/Order/2"], ["gid://shopify/Order/3"]]
        assert len(reads) == 1


@postgresql
async def test_nobody_is_told_of_a_number_that_a_crash_could_take_back(
    db: Database, reads: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    written = threading.Event()
    async with serving(db) as server, stream(server.port) as client:
        await client.opening()
        await ping(db, 1)
        await client.event()
        monkeypatch.setattr(durability, "ensure", lambda _conn: written.wait(10))
        await ping(db, 2)
        assert db.version == 2
        await asyncio.sleep(0.05)
        assert server.hub.position == 1
        written.set()
        assert (await client.event()).id == f"{db.desk_id}-2"


@postgresql
async def test_what_was_numbered_before_a_session_that_ended_is_read_from_the_log(
    db: Database, reads: list[str]
) -> None:
    async with serving(db) as server, stream(server.port) as client:
        await client.opening()
        assert db._notifier is not None
        for ended, read in [(False, True), (False, False), (True, True), (False, False)]:
            await _settled(db)
            if ended:
                db._notifier._session.close()  # type: ignore[attr-defined]
                db._notifier._engine.dispose()
            del reads[:]
            await ping(db, 1)
            await client.event()
            assert bool(reads) == read


@postgresql
async def test_what_the_others_could_not_be_told_of_is_read_from_the_log(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(broadcaster_module, "POLL_S", 0.02)
    async with serving(db) as server, stream(server.port) as client:
        await client.opening()
        monkeypatch.setattr(Notifier, "_notify", lambda *_: None)
        await ping(db, 1)
        assert (await client.event()).id == f"{db.desk_id}-1"
