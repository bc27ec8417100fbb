"""`restore`: the end of every restore. The desk gets a new id (contract §1), so that clients drop what they hold."""

from __future__ import annotations

import sys
from pathlib import Path

from orders_sync.commands import parts
from orders_sync.db import connections, probe, shops, sqlite_files
from orders_sync.db.location import is_sqlite, parse, sqlite_path
from orders_sync.db.migrate import migrate
from orders_sync.settings import Settings


def run(settings: Settings, source: Path | None, *, create: bool = False) -> int:
    """Puts the backup `source` in place (SQLite), or finds the database there already; draws new ids.

    Raises CannotCopy, NoDatabase.
    """
    url = parse(settings.database_url)
    if is_sqlite(url):
        if source is not None:
            parts.to_begin(settings, create=create, besides=source)
        _in_place(sqlite_path(url), source)
    elif source is not None:
        print(
            "PostgreSQL is restored with pg_restore, then: orders-tui restore. See docs/operations.md.", file=sys.stderr
        )
        return 2
    probe.require(url)
    migrate(url)
    engine = connections.single(url)
    with engine.begin() as conn:
        drawn = shops.renew_all(conn)
    engine.dispose()
    for domain, desk_id in drawn.items():
        print(f"{domain} is now desk {desk_id}")
    return 0


def _in_place(database: Path, source: Path | None) -> None:
    if source is None:
        sqlite_files.check(database)
        return
    kept = sqlite_files.put_in_place(source, database)
    if kept is not None:
        print(f"What stood there is kept as {kept}")
