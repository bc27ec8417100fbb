"""Brings a database to this release's tables. A SQLite file that needs it is copied first; PostgreSQL is locked meanwhile.

Safe to call at every start, by any number of processes at once: only one migrates, the others wait and find it done.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import URL, Connection, inspect, text

from orders_sync.db import connections
from orders_sync.db.location import is_sqlite, sqlite_path

_LOCK = 0x6F726465  # any fixed number: the key of the migration's advisory lock
_WAIT_FOR_LOCK = "10min"


def migrate(url: URL) -> Path | None:
    """Migrates to the newest revision. Returns the copy made of a SQLite file, or None when none was needed."""
    engine = connections.single(url)
    try:
        with engine.connect() as conn:
            if revision(conn) == newest():
                return None
            holds_tables = bool(inspect(conn).get_table_names())
            conn.rollback()
            copy = _copy(url) if is_sqlite(url) and holds_tables else None
            with _alone(conn):
                _upgrade(conn)
            return copy
    finally:
        engine.dispose()


def revision(conn: Connection) -> str | None:
    """The revision that a database is at; None when it is empty."""
    return MigrationContext.configure(conn).get_current_revision()


def newest() -> str:
    """The revision that this release needs."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    assert head is not None
    return head


@contextmanager
def _alone(conn: Connection) -> Iterator[None]:
    """One transaction that nobody else migrates in: SQLite's writers exclude each other, PostgreSQL takes a lock."""
    with conn.begin():
        if conn.dialect.name == "postgresql":
            conn.execute(text(f"SET LOCAL lock_timeout = '{_WAIT_FOR_LOCK}'"))
            conn.execute(text(f"SET LOCAL statement_timeout = '{_WAIT_FOR_LOCK}'"))
            conn.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        yield


def _upgrade(conn: Connection) -> None:
    config = _config()
    config.attributes["connection"] = conn
    command.upgrade(config, "head")


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    return config


def _copy(url: URL) -> Path:
    """Copies the file beside itself, by SQLite's own backup."""
    path = sqlite_path(url)
    copy = path.with_name(f"{path.name}.before-{newest()}")
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
    return copy
