"""Connections to PostgreSQL that are kept when one test closes them, and given to the next that would open the same.

What a backend of PostgreSQL has looked up for its tables stays with it; of what a test did on it, nothing does.
"""

from __future__ import annotations

import re
from typing import Any
from weakref import WeakKeyDictionary

import psycopg
from psycopg._preparing import PrepareManager
from sqlalchemy import URL, Engine

_SHARED = re.compile(r"desk_\d+")
"""The databases that tests take turns with."""


class WarmConnections:
    """Those of one test process."""

    def __init__(self) -> None:
        self._kept: dict[str, list[psycopg.Connection[Any]]] = {}
        self._wanted: WeakKeyDictionary[psycopg.Connection[Any], str] = WeakKeyDictionary()

    def serve(self, engine: Engine, url: URL) -> None:
        """From now on, for a database that tests take turns with."""
        if url.get_backend_name() == "postgresql" and _SHARED.fullmatch(url.database or ""):
            vars(engine.dialect)["connect"] = self._connect
        vars(engine.dialect)["do_close"] = self._close

    def pids(self) -> list[int]:
        """The backends of those that are kept."""
        return [conn.info.backend_pid for kept in self._kept.values() for conn in kept if not conn.closed]

    def _connect(self, *place: Any, **named: Any) -> psycopg.Connection[Any]:
        key = repr((place, sorted((name, value) for name, value in named.items() if name != "context")))
        while kept := self._kept.get(key):
            conn = kept.pop()
            try:
                conn.execute("RESET application_name")
            except psycopg.Error:  # a test ended it
                continue
            conn.autocommit = False
            self._wanted[conn] = key
            return conn
        conn = psycopg.connect(*place, **named)
        self._wanted[conn] = key
        return conn

    def _close(self, conn: psycopg.Connection[Any]) -> None:
        key = self._wanted.pop(conn, None)
        if key is None:
            conn.close()
            return
        try:
            conn.rollback()
            conn.autocommit = True
            conn.execute("DISCARD ALL", prepare=False)
            conn.execute("SET application_name = 'kept'", prepare=False)  # nobody's at this moment, whoever counts
        except psycopg.Error:
            conn.close()
            return
        conn._prepared = PrepareManager()
        conn._notice_handlers.clear()
        self._kept.setdefault(key, []).append(conn)
