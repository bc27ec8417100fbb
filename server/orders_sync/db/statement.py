"""A SELECT that is made once and run often: written by SQLAlchemy, executed by the driver itself.

For the reads of a page, whose queries cost less than SQLAlchemy's own way of running them (`docs/performance.md`). Errors are
SQLAlchemy's, whoever raised them. Values are the driver's: numbers, text, bytes; SQLite's truths are 0 and 1.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Dialect, Select
from sqlalchemy.sql.compiler import Compiled, SQLCompiler

from orders_sync.db.connections import of_sqlalchemy

Values = Mapping[str, Any]
Rows = Sequence[tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class _Written:
    """The statement in one dialect; `run` executes it on a connection of the driver."""

    sql: str
    run: Callable[[Any, Values], Rows]


class Statement:
    """`query` with named parameters, each of which has to be given, and more may be.

    In a snapshot PostgreSQL plans a statement once for a connection (`connections.begin_snapshot`); left to itself it may plan
    anew each time, which for a long statement costs several times its execution. `by_values`: the best plan depends on the
    values, which it then gets to see.
    """

    def __init__(self, query: Select[Any], *, by_values: bool = False) -> None:
        self._query = query
        self._by_values = by_values
        self._written: dict[str, _Written] = {}

    def rows(self, conn: Connection, values: Values) -> Rows:
        """All rows."""
        written = self._written.get(conn.dialect.name) or self._write(conn)
        driver = conn.connection.driver_connection
        try:
            return written.run(driver, values)
        except conn.dialect.loaded_dbapi.Error as error:
            raise of_sqlalchemy(conn, written.sql, error) from error

    def one(self, conn: Connection, values: Values) -> tuple[Any, ...]:
        """The one row."""
        (row,) = self.rows(conn, values)
        return row

    def value(self, conn: Connection, values: Values) -> Any:
        """The one value of the one row."""
        (value,) = self.one(conn, values)
        return value

    def _write(self, conn: Connection) -> _Written:
        dialect = conn.dialect
        sqlite = dialect.name == "sqlite"
        written = _sqlite(self._query, dialect) if sqlite else _postgresql(self._query, self._by_values)
        self._written[dialect.name] = written
        return written


def _sqlite(query: Select[Any], dialect: Dialect) -> _Written:
    compiled = query.compile(dialect=dialect)
    sql, constants = str(compiled), _constants(compiled)

    def run(driver: Any, values: Values) -> Rows:
        found: Rows = driver.execute(sql, {**constants, **values}).fetchall()
        return found

    return _Written(sql, run)


# Two turns to the server, a twentieth of a millisecond: less than planning even a short statement.
_PLAN_BY_VALUES = "SET LOCAL plan_cache_mode = force_custom_plan"
_PLAN_AS_BEFORE = "SET LOCAL plan_cache_mode = force_generic_plan"


def _postgresql(query: Select[Any], by_values: bool) -> _Written:
    """With the server's own placeholders, since the driver would read a long statement anew for its names each time."""
    from psycopg import RawCursor
    from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

    compiled = query.compile(dialect=PGDialect_psycopg(paramstyle="numeric_dollar"))  # type: ignore[no-untyped-call]
    assert isinstance(compiled, SQLCompiler)
    sql, constants, names = str(compiled), _constants(compiled), compiled.positiontup or ()

    def run(driver: Any, values: Values) -> Rows:
        given = {**constants, **values}
        found: Rows = RawCursor(driver).execute(sql, [given[name] for name in names], prepare=True).fetchall()
        return found

    def run_by_values(driver: Any, values: Values) -> Rows:
        driver.execute(_PLAN_BY_VALUES)
        found = run(driver, values)
        driver.execute(_PLAN_AS_BEFORE)
        return found

    return _Written(sql, run_by_values if by_values else run)


def _constants(compiled: Compiled) -> dict[str, Any]:
    """The values that stand in the query itself."""
    return {name: value for name, value in (compiled.params or {}).items() if value is not None}
