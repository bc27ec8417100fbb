"""Statements as SQLAlchemy writes them for a database, and how its driver is given their values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import lru_cache
from typing import Any

import orjson
from sqlalchemy import Dialect, bindparam
from sqlalchemy.sql import Delete, Insert, Select, Update
from sqlalchemy.sql.compiler import SQLCompiler

from orders_sync.db.among import List

Values = Mapping[str, Any]
Rows = Sequence[tuple[Any, ...]]
Query = Select[Any] | Insert | Update | Delete


class Compiled:
    """A statement as SQLite's driver executes it."""

    def __init__(self, compiled: SQLCompiler) -> None:
        self.sql = str(compiled)
        self._constants = {name: value for name, value in (compiled.params or {}).items() if value is not None}
        self._lists = [name for name, param in compiled.binds.items() if isinstance(param.type, List)]

    def rows(self, driver: Any, values: Values) -> Rows:
        found: Rows = self.run(driver, values).fetchall()
        return found

    def run(self, driver: Any, values: Values) -> Any:
        return driver.execute(self.sql, self._given(values))

    def run_many(self, driver: Any, rows: Sequence[Values]) -> None:
        driver.executemany(self.sql, [self._given(row) for row in rows])

    def rows_many(self, driver: Any, rows: Sequence[Values]) -> Rows:
        return [found for row in rows for found in self.rows(driver, row)]

    def _given(self, values: Values) -> Any:
        """Bound to what: a mapping, with lists as JSON."""
        lists = {name: orjson.dumps(values[name]).decode() for name in self._lists}
        return {**self._constants, **values, **lists} if lists or self._constants else values


class _ForPsycopg(Compiled):
    """As PostgreSQL's does, with the server's own placeholders: it would read a statement anew for its names each time."""

    def __init__(self, compiled: SQLCompiler) -> None:
        super().__init__(compiled)
        from psycopg import RawCursor

        self._cursor = RawCursor
        self._names = compiled.positiontup or []

    def run(self, driver: Any, values: Values) -> Any:
        return self._cursor(driver).execute(self.sql, self._given(values), prepare=True)

    def run_many(self, driver: Any, rows: Sequence[Values]) -> None:
        self._cursor(driver).executemany(self.sql, [self._given(row) for row in rows])

    def _given(self, values: Values) -> Any:
        given = {**self._constants, **values} if self._constants else values
        return [given[name] for name in self._names]


class _PlannedByValues(_ForPsycopg):
    """Two turns more, a twentieth of a millisecond: less than planning even a short statement."""

    def rows(self, driver: Any, values: Values) -> Rows:
        driver.execute("SET LOCAL plan_cache_mode = force_custom_plan")
        found = super().rows(driver, values)
        driver.execute("SET LOCAL plan_cache_mode = force_generic_plan")
        return found


_ROWS_AT_ONCE = (64, 32, 16)


class _Insert(_ForPsycopg):
    """An INSERT of which one statement takes many rows: psycopg has more to do for a statement than for a hundred values.

    It is written for 1 to 16, 32 and 64 rows, so that each of these is made and planned once.
    """

    def __init__(self, query: Insert, dialect: Dialect, columns: Sequence[str]) -> None:
        super().__init__(_compiled(_of_rows(query, columns, 1), dialect))
        self._columns = [name.removesuffix("_0") for name in self._names]
        self._for_rows = lru_cache(lambda count: str(_compiled(_of_rows(query, columns, count), dialect)))

    def run_many(self, driver: Any, rows: Sequence[Values]) -> None:
        with _pipeline_of(driver, len(rows)):
            self._sent(driver, rows)

    def rows_many(self, driver: Any, rows: Sequence[Values]) -> Rows:
        with _pipeline_of(driver, len(rows)):
            return [row for sent in self._sent(driver, rows) for row in sent.fetchall()]

    def _sent(self, driver: Any, rows: Sequence[Values]) -> list[Any]:
        sent, start = [], 0
        while left := len(rows) - start:
            count = next((size for size in _ROWS_AT_ONCE if size <= left), left)
            values = [row[name] for row in rows[start : start + count] for name in self._columns]
            sent.append(self._cursor(driver).execute(self._for_rows(count), values, prepare=True))
            start += count
        return sent


def _of_rows(query: Insert, columns: Sequence[str], count: int) -> Insert:
    return query.values([{name: bindparam(f"{name}_{n}") for name in columns} for n in range(count)])


def _pipeline_of(driver: Any, rows: int) -> AbstractContextManager[Any]:
    """For more than one statement."""
    return nullcontext() if rows <= _ROWS_AT_ONCE[-1] else driver.pipeline()


def compiled(query: Query, dialect: Dialect, columns: Sequence[str], *, by_values: bool) -> Compiled:
    """`columns`: those that an INSERT or UPDATE is for; empty: as it says itself."""
    if dialect.name == "sqlite":
        return Compiled(_compiled(query, dialect, columns))
    from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

    numbered = PGDialect_psycopg(paramstyle="numeric_dollar")  # type: ignore[no-untyped-call]
    if columns and isinstance(query, Insert):
        return _Insert(query, numbered, columns)
    return (_PlannedByValues if by_values else _ForPsycopg)(_compiled(query, numbered, columns))


def _compiled(query: Query, dialect: Dialect, columns: Sequence[str] = ()) -> SQLCompiler:
    compiled = query.compile(dialect=dialect, column_keys=list(columns) or None)
    assert isinstance(compiled, SQLCompiler)
    return compiled
