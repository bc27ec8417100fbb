"""`backup`: copies the SQLite database to a file while it is served. PostgreSQL has its own programs for that."""

from __future__ import annotations

import sys
from pathlib import Path

from orders_sync.db import probe, sqlite_files
from orders_sync.db.location import is_sqlite, parse, sqlite_path
from orders_sync.settings import Settings


def run(settings: Settings, to: Path) -> int:
    """0 when the copy is there, whole and checked; 2 for a PostgreSQL database. Raises CannotCopy, NoDatabase."""
    url = parse(settings.database_url)
    if not is_sqlite(url):
        print("PostgreSQL is backed up with pg_dump: see docs/operations.md.", file=sys.stderr)
        return 2
    probe.require(url)
    sqlite_files.copy(sqlite_path(url), to)
    print(f"Copied to {to} ({to.stat().st_size:,} bytes).")
    return 0
