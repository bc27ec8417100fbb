"""Files and folders that only their owner reads: 0600 and 0700, whatever the process's umask says.

A database holds customers, and so does every copy of one. SQLite gives what it keeps beside a database the database's mode.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

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
        tighten(path)
        return
    os.fchmod(descriptor, FILE_MODE)
    os.close(descriptor)


def tighten(path: Path) -> None:
    """Takes a file away from everybody but its owner. Of somebody else's file nothing is changed."""
    with suppress(OSError):
        if path.stat().st_mode & 0o077:
            path.chmod(FILE_MODE)
