"""A SELECT that is made once and run often: written by SQLAlchemy, executed by the driver itself.

For the reads of a page, whose queries cost less than SQLAlchemy's own way of running them (`docs/performance.md`). Errors are
SQLAlchemy's, whoever raised them. Values are the driver's: numbers, text, bytes; SQLite's truths are 0 and 1.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select
from sqlalchemy.exc import DBAPIError

Values = Mapping[str, Any]
Rows = Sequence[tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class _Written:
    """The statement in one dialect; `constants`: the values that stand in it."""

    sql: str
    constants: dict[str, Any]


class Statement:
    """`query` with named parameters, each of which has to be given, and more may be."""

    def __init__(self, query: Select[Any]) -> None:
        self._query = query
        self._written: dict[str, _Written] = {}

    def rows(self, conn: Connection, values: Values) -> Rows:
        """All rows."""
        written = self._written.get(conn.dialect.name) or self._write(conn)
        driver = conn.connection.driver_connection
        assert driver is not None
        dbapi = conn.dialect.loaded_dbapi
        try:
            found: Rows = driver.execute(written.sql, {**written.constants, **values}).fetchall()
        except dbapi.Error as error:
            lost = conn.dialect.is_disconnect(error, driver, None)
            if lost:
                conn.invalidate(error)
            raise DBAPIError.instance(
                written.sql, None, error, dbapi.Error, connection_invalidated=lost, dialect=conn.dialect
            ) from error
        return found

    def one(self, conn: Connection, values: Values) -> tuple[Any, ...]:
        """The one row."""
        (row,) = self.rows(conn, values)
        return row

    def value(self, conn: Connection, values: Values) -> Any:
        """The one value of the one row."""
        (value,) = self.one(conn, values)
        return value

    def column(self, conn: Connection, values: Values) -> list[Any]:
        """The first value of each row."""
        return [row[0] for row in self.rows(conn, values)]

    def _write(self, conn: Connection) -> _Written:
        compiled = self._query.compile(dialect=conn.dialect)
        constants = {name: value for name, value in compiled.params.items() if value is not None}
        written = _Written(str(compiled), constants)
        self._written[conn.dialect.name] = written
        return written
