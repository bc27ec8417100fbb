"""What is printed or shown in a browser, as files that nobody else can read; gone with the session that wrote them.

Each session has a folder of its own and holds a lock on it: what is there and not locked was left by one that was killed, and the
next start removes it. Nobody can tell when a browser or a print program has read its file, so a file stays for `READING_S`; what
is younger when its session ends is removed by a process of its own.
"""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from orders_tui import private_files
from orders_tui.errors import ClientError

READING_S = 30.0
"""So long a file may still be read by what was given it."""

_REMOVE = "import shutil, sys, time; time.sleep(float(sys.argv[1])); shutil.rmtree(sys.argv[2], ignore_errors=True)"


class NotPrinted(ClientError):
    """Nothing came out; the sentence says why."""


class Prints:
    """The files of one session. `root` names the folder of all sessions."""

    def __init__(self, root: Callable[[], Path]) -> None:
        self._root = root
        self._folder: Path | None = None
        self._lock = -1
        self._written_at = 0.0

    def write(self, name: str, text: str) -> Path:
        """A file of the operator alone; one of this name that was written before stays. Raises NotPrinted."""
        try:
            path = _free(self._own_folder(), name)
            private_files.write(path, text)
        except (OSError, UnicodeEncodeError) as error:
            why = getattr(error, "strerror", None) or type(error).__name__
            raise NotPrinted(f"the file cannot be written in {self._folder or self._root()} ({why})") from error
        self._written_at = time.time()
        return path

    def close(self) -> None:
        """The session ends: its files go, the youngest once they must have been read."""
        if self._folder is None:
            return
        folder, lock, self._folder = self._folder, self._lock, None
        _remove(folder, lock, self._written_at)
        os.close(lock)

    def sweep(self) -> None:
        """Removes what sessions that were killed have left."""
        root = self._root()
        if not root.is_dir():
            return
        with suppress(OSError), _locked(root):
            for folder in root.iterdir():
                with suppress(OSError), _locked(folder, wait=False) as lock:
                    _remove(folder, lock, folder.stat().st_mtime)

    def _own_folder(self) -> Path:
        if self._folder is None:
            import tempfile

            root = self._root()
            private_files.make_folder(root)
            with _locked(root):
                self._folder = Path(tempfile.mkdtemp(prefix="session-", dir=root))
                self._lock = _lock(self._folder, wait=True)
        return self._folder


def _free(folder: Path, name: str) -> Path:
    """A name that no file has yet."""
    stem, suffix = os.path.splitext(name)
    names = (name, *(f"{stem}-{number}{suffix}" for number in range(2, 10_000)))
    return next(path for each in names if not (path := folder / each).exists())


@contextmanager
def _locked(folder: Path, *, wait: bool = True) -> Iterator[int]:
    """Holds the folder's lock. Raises OSError where another has it and it is not waited for."""
    lock = _lock(folder, wait=wait)
    try:
        yield lock
    finally:
        os.close(lock)


def _lock(folder: Path, *, wait: bool) -> int:
    import fcntl

    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        raise
    return descriptor


def _remove(folder: Path, lock: int, written_at: float) -> None:
    """Removes the folder, by a process that also holds the lock where something in it may still be read."""
    rest_s = min(READING_S, READING_S - (time.time() - written_at))
    if rest_s <= 0 or not _removed_later(folder, lock, rest_s):
        shutil.rmtree(folder, ignore_errors=True)


def _removed_later(folder: Path, lock: int, rest_s: float) -> bool:
    import subprocess

    argv = [sys.executable, "-I", "-S", "-c", _REMOVE, f"{rest_s:.1f}", str(folder)]
    nothing = subprocess.DEVNULL
    try:
        process = subprocess.Popen(  # noqa: S603 - our own interpreter and words
            argv, stdin=nothing, stdout=nothing, stderr=nothing, start_new_session=True, pass_fds=(lock,), cwd="/"
        )
    except OSError:
        return False
    process.returncode = 0  # nobody waits for it
    return True
