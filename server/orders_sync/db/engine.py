"""The database of one server process: the one write path, the reads beside it, and how far it is.

Invariant: a write is answered only after its transaction is durable and its events are numbered, and `version` is then at
least their newest number.
"""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Self, TypeVar

from sqlalchemy import URL, Connection, Engine
from sqlalchemy.exc import DBAPIError, NoResultFound
from sqlalchemy.exc import TimeoutError as PoolTimeout

from orders_sync.db import connections, failures, probe, shops
from orders_sync.db.failures import Closed, ConnectionLost, Damaged, Unavailable
from orders_sync.db.group_commit import Failed, Outcome, Queued, next_group
from orders_sync.db.location import is_sqlite, parse, sqlite_path
from orders_sync.db.migrate import migrate
from orders_sync.db.numbering import Numbering
from orders_sync.db.shops import DeskMark
from orders_sync.db.sqlite_files import SqliteFile
from orders_sync.db.tx import Tx
from orders_sync.db.writer import Committed, Writer
from orders_sync.instants import Clock, system_clock

if TYPE_CHECKING:
    from orders_sync.db.notify import Notifier

T = TypeVar("T")

READERS = 4
MAX_GROUP = 64
"""Jobs in one transaction: what bounds the wait of the first of them."""

MAX_WAITING = 2_000
"""Reads, and writes, that may wait for their turn. A database that hangs is not hung on to by ever more requests."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Waiting(Queued):
    answer: asyncio.Future[Any]


class Database:
    """Opened with `await Database.open(…)`, closed with `await db.close()`."""

    def __init__(
        self,
        url: URL,
        readers: Engine,
        writer: Writer,
        mark: DeskMark,
        clock: Clock,
        *,
        file: SqliteFile | None = None,
    ) -> None:
        self.url = url
        self.shop_id = writer.shop_id
        self.desk_id = mark.id
        self.version = mark.version
        self.generation = 0
        """Grows whenever this process knows of a change: what was read in an older generation may be stale."""
        self.clock = clock
        self._readers = readers
        self._at_hand = connections.reader(url, 1, lock_timeout_ms=0) if is_sqlite(url) else None
        self._writer = writer
        self._file = file
        self._damaged = False
        self._read_pool = ThreadPoolExecutor(READERS, thread_name_prefix="db-read")
        self._write_pool = ThreadPoolExecutor(1, thread_name_prefix="db-write")
        self._notifier = None if is_sqlite(url) else _notifier(url, writer.shop_id, self._durable)
        self._reading = 0
        self._queue: list[_Waiting] = []
        self._draining: asyncio.Task[None] | None = None
        self._closing = False
        self._numbered: list[Callable[[Numbering], None]] = []
        self._queued: list[Callable[[], None]] = []
        self._news = asyncio.Event()

    @classmethod
    async def open(cls, url: str, shop_domain: str, clock: Clock = system_clock, *, migrating: bool = True) -> Self:
        """Migrates if needed (contract: at start), enrols the shop. Raises LocationError, or SQLAlchemy's errors."""
        return await asyncio.to_thread(cls._open, parse(url), shop_domain, clock, migrating)

    @classmethod
    def _open(cls, url: URL, shop_domain: str, clock: Clock, migrating: bool) -> Self:
        if migrating:
            migrate(url)
        file = SqliteFile(sqlite_path(url)) if is_sqlite(url) else None
        engine = connections.writer(url)
        with engine.begin() as conn:
            shop_id = shops.enrol(conn, shop_domain, clock())
            mark = shops.mark(conn, shop_id)
        guard = file.require_same if file is not None else lambda: None  # PostgreSQL tells what becomes of a commit
        writer = Writer(engine, shop_id, clock, random.Random(), time.sleep, guard=guard)
        return cls(url, connections.reader(url, READERS), writer, mark, clock, file=file)

    async def close(self) -> None:
        """Finishes what is queued, then lets go of every connection."""
        self._closing = True
        while self._draining is not None:
            await self._draining
        if self._notifier is not None:
            await self._notifier.close()
        self._read_pool.shutdown()
        self._write_pool.shutdown()
        self._dispose()
        if self._file is not None:
            self._file.close()

    async def probe(self) -> None:
        """Raises DatabaseError unless the database takes a write, and keeps it where the next start will look for it.

        A SQLite file that was put back in its place is taken up again, when it holds this very desk and nothing older.
        """
        if self._file is None:
            await self.write(probe.write)
            return
        loop = asyncio.get_running_loop()
        if self._file.is_replaced:
            await loop.run_in_executor(self._write_pool, self._take_up)
        self._file.require_writable()
        number = await self.write(probe.write)
        whole = self._damaged or self._file.size_bytes <= probe.CHECKED_BYTES
        require_persisted = partial(probe.require_persisted, self.url, self.shop_id, number, whole=whole)
        await loop.run_in_executor(self._read_pool, require_persisted)
        self._damaged = False

    def _take_up(self) -> None:
        """The file that stands there now instead of the one that was opened. Raises Unavailable."""
        try:
            with connections.connected(connections.unpooled_reader(self.url)) as conn:
                found = shops.mark(conn, self.shop_id)
        except (DBAPIError, NoResultFound) as error:
            raise Unavailable("another file stands in the place of the database") from error
        if found.id != self.desk_id or found.version < self.version:
            raise Unavailable("another desk, or an older copy, stands in the place of the database: start anew")
        self._dispose()
        if self._file is not None:
            self._file.adopt()

    def _dispose(self) -> None:
        for opened in (self._writer, self._readers, self._at_hand):
            if opened is not None:
                opened.dispose()

    async def read(self, fn: Callable[[Connection], T], *, short: bool = False) -> T:
        """Runs `fn` on one snapshot of the database, on a reader's thread. Raises Unavailable.

        A lost connection is tried once more. `short`: `fn` takes a millisecond or so. Where the database is a file such a
        read is done here and now, since a thread's turn costs more than the read; unless the file is locked.
        """
        if short and self._at_hand is not None:
            with suppress(Unavailable):
                return self._read_once(self._at_hand, fn)
        _refuse_more(self._reading)
        self._reading += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._read_pool, self._read, fn)
        finally:
            self._reading -= 1

    @property
    def is_at_hand(self) -> bool:
        """True where a short read is done without a thread."""
        return self._at_hand is not None

    def _read(self, fn: Callable[[Connection], T]) -> T:
        try:
            return self._read_once(self._readers, fn)
        except ConnectionLost as error:
            _log.info("connection lost under a read, tried again: %s", error)
            return self._read_once(self._readers, fn)

    def _read_once(self, engine: Engine, fn: Callable[[Connection], T]) -> T:
        """Raises ConnectionLost, Unavailable, and what `fn` raises that is no fault of the database."""
        try:
            with engine.connect() as conn:
                connections.begin_snapshot(conn)
                found = fn(conn)
                connections.end_snapshot(conn)
                return found
        except PoolTimeout as error:
            raise Unavailable("every connection to the database is busy") from error
        except DBAPIError as error:
            failure = failures.of_driver(error)
            if failure is None:
                raise
            self._damaged = self._damaged or isinstance(failure, Damaged)
            raise failure from error

    async def write(self, job: Callable[[Tx], T], orders: Collection[int] | None = None) -> T:
        """Runs `job` in the next group's transaction; answers once that is durable and its events are numbered.

        `orders`: whom the job will lock, and no others; None when it cannot tell, or waits for another lock first (a lease).
        Then it has a transaction of its own, unless it is a batch job. A job may run more than once; what it raises takes back
        its own work alone and is raised here. Raises Closed.
        """
        if self._closing:
            raise Closed
        _refuse_more(len(self._queue))
        loop = asyncio.get_running_loop()
        queued = _Waiting(job, None if orders is None else frozenset(orders), loop.create_future())
        self._queue.append(queued)
        if self._draining is None:
            self._draining = loop.create_task(self._drain(), name="db-write")
        answer: T = await queued.answer
        return answer

    async def post(self, channel: str, payloads: Sequence[str]) -> None:
        """Tells the other processes that listen on this channel; on SQLite there are none. Raises Unavailable."""
        if self._notifier is not None:
            await self._notifier.post(channel, payloads)

    @property
    def waiting_reads(self) -> int:
        """Reads that are under way or wait for a reader."""
        return self._reading

    @property
    def waiting_writes(self) -> int:
        """Writes that wait for the next group."""
        return len(self._queue)

    def on_outbound(self, callback: Callable[[], None]) -> None:
        """Calls `callback` on the loop when this process committed what may be due in the outbox sooner than before."""
        self._queued.append(callback)

    def on_numbered(self, callback: Callable[[Numbering], None]) -> None:
        """Calls `callback` on the loop with what this process committed, in order, once no crash can take the numbers back.

        A hint only: what another process numbered, or what was published before in another way, does not come.
        """
        self._numbered.append(callback)

    def advance(self, version: int) -> None:
        """Another process's events up to `version` are committed and numbered."""
        if version <= self.version:
            return
        self.version = version
        self.generation += 1
        self._news.set()
        self._news = asyncio.Event()

    def invalidate(self) -> None:
        """The database cannot be read: whatever was read before may be stale by now."""
        self.generation += 1

    async def reach(self, version: int, timeout_s: float) -> bool:
        """Waits until this process knows of event number `version`. False when it does not come in time."""
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout_s):
                while self.version < version:
                    await self._news.wait()
        return self.version >= version

    async def _drain(self) -> None:
        """Takes what is queued, group after group; never waits for more when it is idle."""
        try:
            while self._queue:
                group, self._queue = next_group(self._queue, MAX_GROUP)
                outcomes = await self._commit(group)
                for queued, outcome in zip(group, outcomes, strict=True):
                    _answer(queued.answer, outcome)
        finally:
            self._draining = None

    async def _commit(self, group: Sequence[Queued]) -> Sequence[Outcome]:
        loop = asyncio.get_running_loop()
        try:
            committed = await loop.run_in_executor(self._write_pool, self._writer.commit, group)
        except Exception as error:  # noqa: BLE001  # the writer's outermost frame: every caller gets the error
            _log.exception("a group of writes failed")
            return [Failed(failures.meaning(error)) for _ in group]
        self._committed(committed)
        return committed.outcomes

    def _committed(self, committed: Committed) -> None:
        if committed.unnumbered:
            self.generation += 1
        for queued in self._queued if committed.outbound else ():
            queued()
        for numbering in committed.numbered:
            if numbering.newest > self.version:
                self.advance(numbering.newest)
                if self._notifier is None:
                    self._durable([numbering])
                else:
                    self._notifier.send(numbering)

    def _durable(self, numbered: Sequence[Numbering]) -> None:
        for listener in self._numbered:
            for numbering in numbered:
                listener(numbering)


def _notifier(url: URL, shop_id: int, durable: Callable[[Sequence[Numbering]], None]) -> Notifier:
    """Imported here: only PostgreSQL has it, and its driver may be missing."""
    from orders_sync.db.notify import Notifier

    return Notifier(url, shop_id, durable)


def _refuse_more(waiting: int) -> None:
    if waiting >= MAX_WAITING:
        raise Unavailable("too much waits for the database")


def _answer(answer: asyncio.Future[Any], outcome: Outcome) -> None:
    if answer.done():
        return
    if isinstance(outcome, Failed):
        answer.set_exception(outcome.error)
    else:
        answer.set_result(outcome.value)
