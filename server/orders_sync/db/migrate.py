"""Brings a database to this release's tables. A SQLite file that needs it is copied first; PostgreSQL is locked meanwhile.

Safe to call at every start, by any number of processes at once: only one migrates, the others wait and find it done.

Releases overlap while a fleet is restarted, so a schema changes in two releases: one *expands* it (new tables, columns that may
be null, indexes), which every release before it goes on working with; a later one *contracts* it (drops what nobody reads any
more) and says by `raise_floor` which releases that leaves behind. A release starts on a newer schema unless it was left behind.
"""

from __future__ import annotations

import logging
import os
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import URL, Column, Connection, MetaData, Table, Text, delete, insert, inspect, select, text
from sqlalchemy.exc import OperationalError
from tenacity import Retrying, retry_if_exception, stop_after_delay, wait_random

from orders_sync.db import connections, sqlite_files
from orders_sync.db.failures import DatabaseError
from orders_sync.db.location import is_sqlite, sqlite_path

if TYPE_CHECKING:
    from alembic.config import Config

SCRIPTS = Path(__file__).parent / "migrations"
VERSIONS = [SCRIPTS / "versions"]
"""Where revisions are: files `rNNNN_….py`; their ids are these numbers, in order."""

_LOCK = 0x6F726465  # any fixed number: the key of the migration's advisory lock
_WAIT_FOR_TURN = "10min"
_WAIT_FOR_TABLE = "2s"
"""A change of a table waits no longer for those who use it: everybody else waits behind it meanwhile. Then it tries again."""

_TRY_FOR_S = 600
_LOCK_NOT_AVAILABLE = "55P03"

_version = Table("alembic_version", MetaData(), Column("version_num", Text, nullable=False))
_floor = Table("schema_floor", MetaData(), Column("oldest", Text, nullable=False))

_log = logging.getLogger(__name__)


class LeftBehind(DatabaseError):
    """The database is made for newer releases; the message says from which on."""


def migrate(url: URL, sleep: Callable[[float], None] = time.sleep) -> Path | None:
    """Migrates to the newest revision. Returns the copy made of a SQLite file, None when none was needed. Raises LeftBehind."""
    with connections.connected(connections.unpooled(url)) as conn:
        if _is_done(conn):
            return None
        holds_tables = bool(inspect(conn).get_table_names())
        conn.rollback()
        copy = _copy(url) if is_sqlite(url) and holds_tables else None
        again, pause = retry_if_exception(_is_in_use), wait_random(0.2, 1)
        retrying = Retrying(retry=again, stop=stop_after_delay(_TRY_FOR_S), wait=pause, sleep=sleep, reraise=True)
        retrying(_migrate_alone, conn)
        return copy


def raise_floor(conn: Connection, oldest: str) -> None:
    """For a revision that contracts: releases whose newest revision is before `oldest` no longer work on this schema."""
    _floor.create(conn, checkfirst=True)
    conn.execute(delete(_floor))
    conn.execute(insert(_floor).values(oldest=oldest))


def _is_done(conn: Connection) -> bool:
    """True at this release's revision, and at that of a later release that this one works with. Raises LeftBehind."""
    current, ours = revision(conn), newest()
    if current is None or current < ours:
        return False
    if current > ours:
        oldest = conn.scalar(select(_floor.c.oldest)) if inspect(conn).has_table(_floor.name) else None
        if oldest is not None and oldest > ours:
            places = f"The database is at revision {current}, this release at {ours}"
            raise LeftBehind(f"{places}: start one at {oldest} or later.")
        _log.info("the database is at revision %s of a later release; this one is at %s", current, ours)
    return True


def revision(conn: Connection) -> str | None:
    """The revision that a database is at; None when it is empty."""
    return conn.scalar(select(_version.c.version_num)) if inspect(conn).has_table(_version.name) else None


def newest() -> str:
    """The revision that this release needs."""
    return max(path.name[1:5] for folder in VERSIONS for path in folder.glob("r[0-9][0-9][0-9][0-9]_*.py"))


def _is_in_use(error: BaseException) -> bool:
    return isinstance(error, OperationalError) and getattr(error.orig, "sqlstate", None) == _LOCK_NOT_AVAILABLE


def _migrate_alone(conn: Connection) -> None:
    """In one transaction that nobody else migrates in: SQLite's writers exclude each other, PostgreSQL takes a lock."""
    from alembic import command  # a start that finds everything done needs none of it

    config = _config()
    config.attributes["connection"] = conn
    with conn.begin():
        if conn.dialect.name == "postgresql":
            conn.execute(text(f"SET LOCAL lock_timeout = '{_WAIT_FOR_TURN}'"))
            conn.execute(text(f"SET LOCAL statement_timeout = '{_WAIT_FOR_TURN}'"))
            conn.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
            conn.execute(text(f"SET LOCAL lock_timeout = '{_WAIT_FOR_TABLE}'"))
        command.upgrade(config, "head")


def _config() -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    config.set_main_option("path_separator", "os")
    config.set_main_option("version_locations", os.pathsep.join(map(str, VERSIONS)))
    return config


def _copy(url: URL) -> Path:
    """Copies the file beside itself, by SQLite's own backup."""
    path = sqlite_path(url)
    copy = path.with_name(f"{path.name}.before-{newest()}")
    sqlite_files.make_file(copy)
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
    return copy
