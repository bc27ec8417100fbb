"""The file that a SQLite database was opened as: whether it still stands under its name, is whole at its head, may be written.

A file that is deleted or replaced goes on taking writes from those who have it open, and what they write is gone with it. One
that was made read-only takes writes too, from whoever opened it before, and from root.

Invariant: the file is opened once and closed after everybody else in the process: closing it gives up SQLite's locks on it.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path

from orders_sync.db.failures import Damaged, Unavailable

MAGIC = b"SQLite format 3\x00"
_ANY_WRITE = stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH


class SqlitePlace:
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
