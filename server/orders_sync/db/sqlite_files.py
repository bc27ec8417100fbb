"""Copies of a SQLite database: made while it is served, and put in its place again.

Invariant: what stands under the name of a copy, or of the database, is always a whole database: files appear by renaming.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from orders_sync.db import private_files
from orders_sync.db.failures import DatabaseError

_PAGES_AT_ONCE = 4096
_WAIT_S = 2.0
_BESIDE = ("-wal", "-shm")
"""What SQLite keeps beside a database; of another database's file it would be damage."""


class CannotCopy(DatabaseError):
    """Nothing was changed; the message says why."""


def copy(source: Path, target: Path) -> None:
    """Copies the database at `source`, as it is at one instant, to the file `target`, checked. Raises CannotCopy."""
    if not source.is_file():
        raise CannotCopy(f"There is no database at {source}.")
    if target.exists():
        raise CannotCopy(f"{target} is there already; a backup overwrites nothing.")
    partial = target.with_name(f"{target.name}.partial")
    partial.unlink(missing_ok=True)
    try:
        private_files.make_file(partial)
        _copy_pages(source, partial)
        check(partial)
        _sync(partial)
        partial.rename(target)
    except (sqlite3.Error, OSError) as error:
        raise CannotCopy(f"{source} cannot be copied to {target}: {error}.") from error
    finally:
        partial.unlink(missing_ok=True)


def put_in_place(backup: Path, database: Path) -> Path | None:
    """Makes the database a copy of `backup`. Returns where the file that stood there is kept. Raises CannotCopy.

    No server may have the database open.
    """
    if not backup.is_file():
        raise CannotCopy(f"There is no backup at {backup}.")
    check(backup)
    private_files.make_folder(database.parent)
    ready = database.with_name(f"{database.name}.restored")
    ready.unlink(missing_ok=True)
    copy(backup, ready)
    kept = _set_aside(database) if database.exists() else None
    ready.rename(database)
    return kept


def check(path: Path) -> None:
    """Raises CannotCopy when the file is not a whole SQLite database that holds a desk."""
    try:
        with closing(_open(path)) as conn:
            (found,) = conn.execute("PRAGMA quick_check(1)").fetchone()
            conn.execute("SELECT desk_id FROM desk LIMIT 1")
    except sqlite3.Error as error:
        raise CannotCopy(f"{path} is no desk's database: {error}.") from error
    if found != "ok":
        raise CannotCopy(f"{path} is damaged: {found}.")


def _copy_pages(source: Path, target: Path) -> None:
    with closing(_open(source)) as there, closing(sqlite3.connect(target)) as here:
        there.backup(here, pages=_PAGES_AT_ONCE)
        here.execute("PRAGMA journal_mode = DELETE")


def _open(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.resolve().as_uri()}?mode=rw", uri=True, timeout=_WAIT_S)


def _set_aside(database: Path) -> Path:
    """The database that stands there, damaged or not, and what belongs to it, under another name."""
    _refuse_open(database)
    number = next(n for n in range(1, 10_000) if not _aside(database, n).exists())
    kept = _aside(database, number)
    for ending in ("", *_BESIDE):
        part = database.with_name(database.name + ending)
        if part.exists():
            part.rename(kept.with_name(kept.name + ending))
    return kept


def _aside(database: Path, number: int) -> Path:
    return database.with_name(f"{database.name}.before-restore-{number}")


def _refuse_open(database: Path) -> None:
    """SQLite leaves its write-ahead log only when nobody else has the file open."""
    try:
        with closing(_open(database)) as conn:
            conn.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.OperationalError as error:
        raise CannotCopy(f"{database} is in use ({error}). Stop its server first.") from error
    except sqlite3.DatabaseError:
        return


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
