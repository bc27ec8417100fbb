"""Statements that are made once and run often: written by SQLAlchemy, executed by the driver itself.

SQLAlchemy's own way of running a statement costs more than most of them cost the database: it makes the statement, looks for it
in a cache, and handles every value and every row anew (`docs/performance.md`). Errors are SQLAlchemy's, whoever raised them.
Values are the driver's: numbers, text, bytes, None; SQLite's truths are 0 and 1.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection

from orders_sync.db.compiled import Compiled, Query, Rows, Values, compiled
from orders_sync.db.connections import of_sqlalchemy


class Statement:
    """`query` with named parameters, each of which has to be given, and more may be; or what makes it for a connection's dialect.

    In a snapshot PostgreSQL plans a statement once for a connection (`connections.begin_snapshot`); left to itself it may plan
    anew each time, which for a long statement costs several times its execution. `by_values`: the best plan depends on the
    values, which it then gets to see.
    """

    def __init__(self, query: Query | Callable[[Connection], Query], *, by_values: bool = False) -> None:
        self._query = query
        self._by_values = by_values
        self._compiled: dict[tuple[str, ...], Compiled] = {}

    def rows(self, conn: Connection, values: Values) -> Rows:
        """All rows."""
        written = self._of(conn)
        with _errors(conn, written.sql):
            return written.rows(conn.connection.driver_connection, values)

    def send(self, conn: Connection, values: Values) -> Callable[[], Rows]:
        """Executes it; the rows are taken when they are asked for: within `pipelined`, after all that was sent."""
        written, driver = self._of(conn), conn.connection.driver_connection
        with _errors(conn, written.sql):
            sent = written.run(driver, values)

        def taken() -> Rows:
            with _errors(conn, written.sql):
                found: Rows = sent.fetchall()
                return found

        return taken

    def one(self, conn: Connection, values: Values) -> tuple[Any, ...]:
        """The one row."""
        (row,) = self.rows(conn, values)
        return row

    def value(self, conn: Connection, values: Values) -> Any:
        """The one value of the one row."""
        (value,) = self.one(conn, values)
        return value

    def run(self, conn: Connection, values: Values) -> None:
        """Executes it; what it returns, if anything, is not asked for."""
        written = self._of(conn)
        with _errors(conn, written.sql):
            written.run(conn.connection.driver_connection, values)

    def run_many(self, conn: Connection, rows: Sequence[Values]) -> None:
        """Executes it for each row, in this order. All rows have the same keys, which are its columns and parameters."""
        if rows:
            written = self._of(conn, tuple(rows[0]))
            with _errors(conn, written.sql):
                written.run_many(conn.connection.driver_connection, rows)

    def rows_many(self, conn: Connection, rows: Sequence[Values]) -> Rows:
        """Executes it for each row, as `run_many` does; all that was returned, in the order of the rows."""
        if not rows:
            return []
        written = self._of(conn, tuple(rows[0]))
        with _errors(conn, written.sql):
            return written.rows_many(conn.connection.driver_connection, rows)

    def _of(self, conn: Connection, columns: tuple[str, ...] = ()) -> Compiled:
        of = (conn.dialect.name, *columns)
        written = self._compiled.get(of)
        if written is None:
            query = self._query(conn) if callable(self._query) else self._query
            written = self._compiled[of] = compiled(query, conn.dialect, columns, by_values=self._by_values)
        return written


@contextmanager
def pipelined(conn: Connection) -> Iterator[None]:
    """On PostgreSQL the statements in it go out without waiting for each other's answer; their first error is raised at its end.

    Only for `Statement`s, of which those that are asked for rows wait for all before them.
    """
    if conn.dialect.name == "sqlite":
        yield
        return
    driver: Any = conn.connection.driver_connection
    with _errors(conn, ""), driver.pipeline():
        yield


class PostgresStatement:
    """A statement as PostgreSQL itself spells it, with its values in order: `$1`, `$2`."""

    def __init__(self, sql: str) -> None:
        self._sql = sql

    def run(self, conn: Connection, *values: Any) -> None:
        """Executes it."""
        self._executed(conn, values)

    def rows(self, conn: Connection, *values: Any) -> Rows:
        """All rows."""
        found: Rows = self._executed(conn, values).fetchall()
        return found

    def _executed(self, conn: Connection, values: Sequence[Any]) -> Any:
        from psycopg import RawCursor

        driver: Any = conn.connection.driver_connection
        with _errors(conn, self._sql):
            return RawCursor(driver).execute(self._sql, values, prepare=True)


class _errors:  # a context manager, named as one: a generator would cost as much as a short statement
    """The driver's errors are raised as SQLAlchemy's."""

    def __init__(self, conn: Connection, sql: str) -> None:
        self._conn = conn
        self._sql = sql

    def __enter__(self) -> None: ...

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, self._conn.dialect.loaded_dbapi.Error):
            raise of_sqlalchemy(self._conn, self._sql, error) from error
