"""Releases to come, as far as their schema goes: `python -m tests.support.releases 9001 serve …` is the server of one."""

from __future__ import annotations

import sys
from pathlib import Path

from orders_sync.db import migrate

OURS = migrate.newest()
"""This release."""

FOLDERS = {"9001": ["next_release"], "9002": ["next_release", "release_after_next"]}


def versions(newest: str) -> list[Path]:
    """Where the revisions of that release are."""
    here = Path(__file__).parent
    return [migrate.SCRIPTS / "versions", *(here / name for name in FOLDERS.get(newest, []))]


if __name__ == "__main__":
    from orders_sync.__main__ import main

    migrate.VERSIONS[:] = versions(sys.argv[1])
    raise SystemExit(main(sys.argv[2:]))
