"""What is said to a database, statement by statement; for many rows it is one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Connection, event

from orders_sync.db.statement import Statement

_RUNNING = ("rows", "send", "run", "run_many", "rows_many")


@contextmanager
def statements(conn: Connection) -> Iterator[list[str]]:
    """Those of a connection meanwhile, by what SQLAlchemy runs and by what the driver is handed."""
    said: list[str] = []

    def told(_conn: Any, _cursor: Any, text: str, *_: Any) -> None:
        said.append(text)

    def telling(method: Any) -> Any:
        def tell(self: Statement, conn: Connection, values: Any) -> Any:
            if values or method.__name__ not in ("run_many", "rows_many"):
                said.append(str(self._query(conn) if callable(self._query) else self._query))
            return method(self, conn, values)

        return tell

    event.listen(conn, "before_cursor_execute", told)
    with pytest.MonkeyPatch.context() as patched:
        for name in _RUNNING:
            patched.setattr(Statement, name, telling(getattr(Statement, name)))
        yield said
    event.remove(conn, "before_cursor_execute", told)


@contextmanager
def found_in_sqlite(conn: Connection) -> Iterator[list[str]]:
    """How SQLite finds its rows meanwhile: the lines of the plans, once the statements have run."""
    said: list[str] = []
    plans: list[str] = []
    driver: Any = conn.connection.driver_connection
    driver.set_trace_callback(said.append)
    yield plans
    driver.set_trace_callback(None)
    for statement in dict.fromkeys(said):
        if statement.startswith(("SELECT", "INSERT", "UPDATE", "DELETE")):
            plans += [row[3] for row in driver.execute(f"EXPLAIN QUERY PLAN {statement}")]
