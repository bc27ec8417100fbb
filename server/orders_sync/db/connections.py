"""The engines under the one write path and the reads: how each database is opened, and what is bounded.

SQLite: write-ahead log, every commit synced to disk, writers begin at once (`BEGIN IMMEDIATE`), readers see one snapshot. The
file is not mapped into memory: one that is cut short would end the process. Only `unpooled` makes one that is not there.
PostgreSQL: bounded pools, statement and lock timeouts, reads in one read-only snapshot.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from sqlalchemy import URL, Connection, Engine, FromClause, NullPool, QueuePool, create_engine, event
from sqlalchemy.dialects.sqlite.base import SQLiteCompiler
from sqlalchemy.exc import DBAPIError

from orders_sync.db import sqlite_files
from orders_sync.db.location import is_sqlite, sqlite_path

STATEMENT_TIMEOUT_MS = 15_000
LOCK_TIMEOUT_MS = 5_000
POOL_TIMEOUT_S = 5.0
CONNECT_TIMEOUT_S = 5
_SESSION = {"statement_timeout": STATEMENT_TIMEOUT_MS, "lock_timeout": LOCK_TIMEOUT_MS, "timezone": "UTC", "jit": "off"}
"""No just-in-time compilation: it costs more than the desk's short statements do, most of all before a table has statistics."""

_GONE = {"keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3, "tcp_user_timeout": 20_000}
"""A database host that vanished without a word is noticed within half a minute (TCP; the last in milliseconds)."""

_SQLITE_CACHE_KIB = 64 * 1024
_SQLITE_PRAGMAS = (
    "journal_mode = WAL",
    "synchronous = FULL",
    "foreign_keys = ON",
    f"cache_size = -{_SQLITE_CACHE_KIB}",
    "mmap_size = 0",
)
_SQLITE_STATEMENTS = 512
"""Kept prepared by each connection: one for each kind of page that is asked for."""

_POSTGRESQL_STATEMENTS = 400
"""The same: also INSERTs of 1 to 16, 32 and 64 rows (`statement`)."""


class _HintedCompiler(SQLiteCompiler):
    """Writes a table's hint (`INDEXED BY …`), which SQLAlchemy leaves out for SQLite."""

    def get_from_hint_text(self, table: FromClause, text: str | None) -> str | None:
        return text


def writer(url: URL) -> Engine:
    """An engine with one connection, for the writer's thread."""
    if is_sqlite(url):
        return _sqlite(url, size=1, begin="BEGIN IMMEDIATE")
    return _postgresql(url, size=1)


def reader(url: URL, size: int, lock_timeout_ms: int | None = None) -> Engine:
    """An engine of at most `size` connections whose transactions are snapshots that cannot write.

    `lock_timeout_ms`: how long SQLite waits where it finds its file locked.
    """
    if is_sqlite(url):
        return _sqlite(url, size=size, begin="BEGIN", query_only=True, lock_timeout_ms=lock_timeout_ms)
    engine = _postgresql(url, size=size)

    @event.listens_for(engine, "connect")
    def by_hand(connection: Any, _record: object) -> None:
        connection.autocommit = True

    return engine


_BEGIN_SNAPSHOT = {
    "sqlite": "BEGIN",
    "postgresql": "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL plan_cache_mode = force_generic_plan",
}
"""On PostgreSQL what is run often is planned once: `statement`."""


def begin_snapshot(conn: Connection) -> None:
    """From here to the end of the connection's use, everything is read from one state of the database."""
    begin = _BEGIN_SNAPSHOT[conn.dialect.name]
    driver: Any = conn.connection.driver_connection
    try:
        driver.execute(begin)
    except conn.dialect.loaded_dbapi.Error as error:
        raise of_sqlalchemy(conn, begin, error) from error


def of_sqlalchemy(conn: Connection, sql: str, error: Any) -> Exception:
    """What SQLAlchemy would have raised, had it run the statement. A connection that is lost is not used again."""
    dialect = conn.dialect
    lost = conn.invalidated or _is_last_word(error)
    lost = lost or dialect.is_disconnect(error, conn.connection.driver_connection, None)
    if lost and not conn.invalidated:
        conn.invalidate(error)
    base = dialect.loaded_dbapi.Error
    raised: Exception = DBAPIError.instance(sql, None, error, base, connection_invalidated=lost, dialect=dialect)
    return raised


def _is_last_word(error: Any) -> bool:
    """PostgreSQL says that the session is over: within a pipeline that comes before the connection is found closed."""
    said = getattr(error, "diag", None)
    return said is not None and said.severity_nonlocalized in ("FATAL", "PANIC")


def end_snapshot(conn: Connection) -> None:
    """The end of a read that went well. By a commit: with a rollback psycopg forgets every statement it has prepared."""
    if conn.dialect.name == "sqlite":
        return
    driver: Any = conn.connection.driver_connection
    try:
        driver.commit()
    except conn.dialect.loaded_dbapi.Error as error:
        conn.invalidate(error)


@contextmanager
def connected(engine: Engine) -> Iterator[Connection]:
    """A connection of an engine that is made for it, and disposed of with it."""
    try:
        with engine.connect() as conn:
            yield conn
    finally:
        engine.dispose()


def unpooled(url: URL) -> Engine:
    """An engine that keeps no connection: migrations, notifications, commands. A SQLite file that is missing is made."""
    if is_sqlite(url):
        sqlite_files.make_folder(sqlite_path(url).parent)
        return _sqlite(url, size=None, begin="BEGIN IMMEDIATE", mode="rwc")
    return _postgresql(url, size=None)


def unpooled_reader(url: URL) -> Engine:
    """An engine that reads a SQLite file as whoever opens it now finds it: each connection is a new one."""
    return _sqlite(url, size=None, begin="BEGIN", query_only=True)


def _sqlite(
    url: URL,
    size: int | None,
    begin: str,
    *,
    query_only: bool = False,
    lock_timeout_ms: int | None = None,
    mode: str = "rw",
) -> Engine:
    """`mode`: of SQLite's URIs; `rw` finds the file or fails, `rwc` makes it."""
    path = sqlite_path(url)
    place = f"{path.absolute().as_uri()}?mode={mode}"
    timeout_s = (LOCK_TIMEOUT_MS if lock_timeout_ms is None else lock_timeout_ms) / 1000

    def connect() -> sqlite3.Connection:
        if mode == "rwc":
            sqlite_files.make_file(path)
        for ending in sqlite_files.ENDINGS:
            sqlite_files.make_private(path.with_name(path.name + ending))
        return sqlite3.connect(
            place, timeout_s, check_same_thread=False, cached_statements=_SQLITE_STATEMENTS, uri=True
        )

    engine = create_engine(url, creator=connect, paramstyle="named", hide_parameters=True, **_pool(size))
    engine.dialect.statement_compiler = _HintedCompiler

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        for pragma in (*_SQLITE_PRAGMAS, f"query_only = {'ON' if query_only else 'OFF'}"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def start(connection: Connection) -> None:
        if not connection.connection.driver_connection.in_transaction:  # type: ignore[union-attr]
            connection.exec_driver_sql(begin)

    return engine


def _postgresql(url: URL, size: int | None) -> Engine:
    ours = " ".join(f"-c {name}={value}" for name, value in _SESSION.items())
    given = url.query.get("options", "")
    options = " ".join((given if isinstance(given, str) else " ".join(given), ours)).strip()
    bounds = {"options": options, "connect_timeout": CONNECT_TIMEOUT_S, "application_name": "orders-sync", **_GONE}
    place = url.difference_update_query(["options"])
    engine = create_engine(place, connect_args=bounds, hide_parameters=True, **_pool(size))

    @event.listens_for(engine, "connect")
    def keep_plans(connection: Any, _record: object) -> None:
        connection.prepared_max = _POSTGRESQL_STATEMENTS
        connection.adapters.register_dumper(int, _whole_number())

    return engine


@cache
def _whole_number() -> type[Any]:
    """Numbers of whichever size are of the type that their place in the statement has: a statement is planned once, and not for
    every mix of sizes. Imported here: psycopg may be missing.
    """
    from psycopg.types.numeric import Int8Dumper

    return type("WholeNumber", (Int8Dumper,), {"oid": 0})


def _pool(size: int | None) -> dict[str, Any]:
    """None: no connection is kept. The one that was used last is used next: what it has planned and read is at hand; the others
    serve a crowd."""
    if size is None:
        return {"poolclass": NullPool}
    waiting = {"max_overflow": 0, "pool_timeout": POOL_TIMEOUT_S}
    return {"poolclass": QueuePool, "pool_size": size, "pool_use_lifo": True, **waiting}
