"""A statement that is said for many rows: written by SQLAlchemy once, its rows taken by the driver as they are.

SQLAlchemy's own way handles each row and each of its values anew, which costs more than the row costs SQLite
(`docs/performance.md`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Insert, Update


class Many:
    """`statement` is what is said for one row, on this connection's dialect; a row's keys are its columns and parameters.

    All rows of one call have the same keys. Values are what the driver takes: numbers, truths, text, bytes, null.
    """

    def __init__(self, statement: Callable[[Connection], Insert | Update]) -> None:
        self._statement = statement
        self._written: dict[tuple[str, ...], str] = {}

    def run(self, conn: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        """Says it for each row, in this order."""
        if rows:
            conn.exec_driver_sql(self._text(conn, tuple(rows[0])), list(rows))

    def _text(self, conn: Connection, keys: tuple[str, ...]) -> str:
        of = (conn.dialect.name, *keys)
        if of not in self._written:
            compiled = self._statement(conn).compile(dialect=conn.dialect, column_keys=list(keys))
            self._written[of] = str(compiled)
        return self._written[of]
