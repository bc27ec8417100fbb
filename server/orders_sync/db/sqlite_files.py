"""The files of a SQLite database: private ones, copies made while it is served, and the one that it was opened as.

A database holds customers, and so does every copy of one: only their owner reads them, whatever the process's umask says. SQLite
gives what it keeps beside a database the database's mode.

Invariant: what stands under the name of a copy, or of the database, is always a whole database: files appear by renaming.
"""

from __future__ import annotations

import os
import sqlite3
import stat
from contextlib import closing, suppress
from itertools import count
from pathlib import Path

from orders_sync.db.failures import Damaged, DatabaseError, Unavailable

_PAGES_AT_ONCE = 4096
_WAIT_S = 2.0
ENDINGS = ("", "-wal", "-shm")
"""A database, and what SQLite keeps beside it; beside another database's file it would be damage."""


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
        make_file(partial)
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
    make_folder(database.parent)
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
    names = (database.with_name(f"{database.name}.before-restore-{n}") for n in count(1))
    kept = next(name for name in names if not name.exists())
    for ending in ENDINGS:
        part = database.with_name(database.name + ending)
        if part.exists():
            part.rename(kept.with_name(kept.name + ending))
    return kept


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


FILE_MODE = 0o600
FOLDER_MODE = 0o700


def make_folder(folder: Path) -> None:
    """The folder and those above it that are missing. One that is there keeps its mode: others may live in it."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    with suppress(FileExistsError):
        folder.mkdir(mode=FOLDER_MODE)
        folder.chmod(FOLDER_MODE)


def make_file(path: Path) -> None:
    """An empty file, unless one is there, which may be of a time with another mode."""
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, FILE_MODE)
    except FileExistsError:
        make_private(path)
        return
    os.fchmod(descriptor, FILE_MODE)
    os.close(descriptor)


def make_private(path: Path) -> None:
    """Takes a file away from everybody but its owner. Of somebody else's file nothing is changed."""
    with suppress(OSError):
        if path.stat().st_mode & 0o077:
            path.chmod(FILE_MODE)


MAGIC = b"SQLite format 3\x00"
_ANY_WRITE = stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH


class SqliteFile:
    """`require_same` is asked before every commit: it costs some microseconds."""

    def __init__(self, path: Path) -> None:
        self._path = path.absolute()
        self._file = os.open(self._path, os.O_RDONLY)

    @property
    def is_replaced(self) -> bool:
        """True when another file stands there now."""
        try:
            return not os.path.samestat(os.stat(self._path), os.fstat(self._file))
        except OSError:
            return False

    @property
    def size_bytes(self) -> int:
        return os.fstat(self._file).st_size

    def require_same(self) -> None:
        """Raises Unavailable unless the file that was opened stands under its name, and may be written."""
        try:
            found = os.stat(self._path)
        except OSError as error:
            raise Unavailable(f"the database file is not there any more: {error.strerror}") from error
        if not os.path.samestat(found, os.fstat(self._file)):
            raise Unavailable("another file stands in the place of the database")
        if not found.st_mode & _ANY_WRITE:
            raise Unavailable("the database file is read-only")
        if os.pread(self._file, len(MAGIC), 0) != MAGIC:
            raise Damaged("the database file is damaged: it does not begin as one")

    def require_writable(self) -> None:
        """The same of its folder, where SQLite keeps its log, and by this process's own rights. Raises Unavailable."""
        self.require_same()
        folder = self._path.parent
        if not os.stat(folder).st_mode & _ANY_WRITE or not os.access(folder, os.W_OK):
            raise Unavailable("the folder of the database is read-only")
        if not os.access(self._path, os.W_OK):
            raise Unavailable("the database file is read-only")

    def adopt(self) -> None:
        """The file that stands there now is the database from here on; nobody has the one before open any more."""
        before, self._file = self._file, os.open(self._path, os.O_RDONLY)
        os.close(before)

    def close(self) -> None:
        """Last of all."""
        os.close(self._file)
