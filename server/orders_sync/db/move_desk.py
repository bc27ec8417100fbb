"""Moves a whole desk into an empty database: every table, row by row in bounded memory, counted and compared.

Invariant: the target holds all of it, proved equal to one snapshot of the source, or nothing: it is one transaction there.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import URL, Connection, Integer, Row, Table, func, insert, literal_column, select, text

from orders_sync.db import connections, shops
from orders_sync.db.failures import DatabaseError
from orders_sync.db.location import is_sqlite, sqlite_path
from orders_sync.db.migrate import migrate
from orders_sync.db.probe import holds_desk
from orders_sync.db.tables import desk, metadata

BATCH = 500
"""Rows in memory at a time: the largest documents are some tens of kilobytes."""

_MASK = (1 << 128) - 1


class CannotMove(DatabaseError):
    """Nothing was moved; the message says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Tally:
    """How many rows a table has, and a digest of them all that does not depend on their order."""

    rows: int = 0
    digest: int = 0

    def with_rows(self, rows: Sequence[Row[Any]]) -> Tally:
        digests = (hashlib.blake2b(repr(tuple(row)).encode(), digest_size=16).digest() for row in rows)
        summed = sum(int.from_bytes(digest) for digest in digests)
        return Tally(self.rows + len(rows), (self.digest + summed) & _MASK)


@dataclass(frozen=True, slots=True)
class Moved:
    """What was moved: rows by table, and each shop's new desk id by its domain."""

    rows: dict[str, int]
    desks: dict[str, str]


def move(source: URL, target: URL, progress: Callable[[str, int], None]) -> Moved:
    """Copies the desk at `source` into the empty database `target`. Raises CannotMove, and SQLAlchemy's errors.

    Both are brought to this release's tables first, as a start does. `progress` gets each table's name and its number of rows.
    The desk gets a new id, as after a restore (contract §1): clients drop what they hold.
    """
    _check(source, target)
    with ExitStack() as stack:
        there = stack.enter_context(_snapshot(source))
        here = stack.enter_context(_transaction(target))
        _refuse_rows(here)
        tallies = {table.name: _copy(there, here, table, progress) for table in metadata.sorted_tables}
        _compare(here, tallies)
        if here.dialect.name == "postgresql":
            _go_on_counting(here)
        desks = shops.renew_all(here)
        _refuse_changed(source, there)
        here.commit()
    return Moved({name: tally.rows for name, tally in tallies.items()}, desks)


def _check(source: URL, target: URL) -> None:
    if source == target:
        raise CannotMove("The two databases are the same.")
    if is_sqlite(source) and not sqlite_path(source).is_file():
        raise CannotMove(f"There is no database at {sqlite_path(source)}.")
    if not holds_desk(source):
        raise CannotMove("The database to copy holds no desk.")
    for url in (source, target):
        migrate(url)


@contextmanager
def _snapshot(url: URL) -> Iterator[Connection]:
    """The source as it is now, whatever is written to it meanwhile."""
    with connections.connected(connections.reader(url, 1)) as conn:
        connections.begin_snapshot(conn)
        _lift_time_limit(conn)
        yield conn


@contextmanager
def _transaction(url: URL) -> Iterator[Connection]:
    with connections.connected(connections.writer(url)) as conn:
        conn.begin()
        _lift_time_limit(conn)
        yield conn


def _lift_time_limit(conn: Connection) -> None:
    """Statements last as long as their table is large."""
    if conn.dialect.name == "postgresql":
        conn.execute(text("SET LOCAL statement_timeout = 0"))


def _refuse_rows(conn: Connection) -> None:
    for table in metadata.sorted_tables:
        if conn.execute(select(literal_column("1")).select_from(table).limit(1)).first() is not None:
            raise CannotMove(f"The target is not empty: {table.name} has rows. Name a new database.")


def _copy(source: Connection, target: Connection, table: Table, progress: Callable[[str, int], None]) -> Tally:
    tally = Tally()
    for rows in _batches(source, table):
        _insert(target, table, rows)
        tally = tally.with_rows(rows)
    progress(table.name, tally.rows)
    return tally


def _batches(conn: Connection, table: Table) -> Iterator[Sequence[Row[Any]]]:
    streamed = {"stream_results": True, "yield_per": BATCH}
    return conn.execute(select(table), execution_options=streamed).partitions(BATCH)


def _insert(conn: Connection, table: Table, rows: Sequence[Row[Any]]) -> None:
    """By COPY on PostgreSQL, which takes ten times the rows a second."""
    if conn.dialect.name != "postgresql":
        conn.execute(insert(table), [dict(row._mapping) for row in rows])
        return
    driver: Any = conn.connection.driver_connection
    names = ", ".join(f'"{column.name}"' for column in table.columns)
    with driver.cursor() as cursor, cursor.copy(f'COPY "{table.name}" ({names}) FROM STDIN') as copy:
        for row in rows:
            copy.write_row(tuple(row))


def _compare(conn: Connection, tallies: dict[str, Tally]) -> None:
    """Reads everything again from the target."""
    for table in metadata.sorted_tables:
        found, expected = Tally(), tallies[table.name]
        for rows in _batches(conn, table):
            found = found.with_rows(rows)
        if found != expected:
            counts = f"{expected.rows} rows were read, {found.rows} arrived"
            raise CannotMove(f"{table.name} differs: {counts}. Nothing was kept.")


def _go_on_counting(conn: Connection) -> None:
    """Generated ids go on after the largest one."""
    for table in metadata.sorted_tables:
        column = table.autoincrement_column
        if column is None or not isinstance(column.type, Integer):
            continue
        sequence = func.pg_get_serial_sequence(table.name, column.name)
        largest = select(func.max(column)).scalar_subquery()
        conn.execute(select(func.setval(sequence, func.coalesce(largest, 1), largest.is_not(None))))


def _refuse_changed(source: URL, there: Connection) -> None:
    """The source must not be served meanwhile: what came in after the snapshot would be lost."""
    total = select(func.sum(desk.c.event_n))
    with _snapshot(source) as now:
        if now.scalar(total) != there.scalar(total):
            raise CannotMove("The source changed meanwhile. Stop every server on it, and move it again.")
