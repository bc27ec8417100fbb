"""Commands on the database itself: `verify`, `backup`, `restore` and `migrate` (contract §6), and how a command gets at one."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from orders_sync.db import connections, probe, shops, sqlite_files
from orders_sync.db.engine import Database
from orders_sync.db.location import is_sqlite, parse, sqlite_path
from orders_sync.db.migrate import migrate as bring_up_to_date
from orders_sync.db.move_desk import move
from orders_sync.db.recount import Difference
from orders_sync.desk.page import View
from orders_sync.settings import Settings, default_database
from orders_sync.upkeep.verify import verify as recount_all


@asynccontextmanager
async def database(settings: Settings) -> AsyncIterator[Database]:
    """The database, migrated, and closed in the end."""
    opened = await Database.open(settings.database_url, settings.shop)
    try:
        yield opened
    finally:
        await opened.close()


def existing(settings: Settings) -> Settings:
    """For a command that reads what is there. Raises NoDatabase."""
    probe.require(parse(settings.database_url))
    return settings


def begun(settings: Settings, *, create: bool, besides: Path | None = None) -> Settings:
    """For a command that may begin a desk: in the default place, where `create` says so, or where none was begun before.

    `besides`: a file that is no sign of another desk. Raises NoDatabase.
    """
    usual = settings.database_url == default_database()
    probe.require_place(parse(settings.database_url), create=create or usual, besides=besides)
    return settings


SHOWN = 50
"""Differences that are printed; the others are counted."""


def verify(settings: Settings) -> int:
    """0 when everything agrees; 1 when not, each difference on stderr."""
    differences = asyncio.run(_recounted(settings))
    for difference in differences[:SHOWN]:
        print(difference, file=sys.stderr)
    if differences:
        print(f"{len(differences)} differences.", file=sys.stderr)
        return 1
    print("Every counter and every row agrees with the evidence.")
    return 0


async def _recounted(settings: Settings) -> list[Difference]:
    async with database(settings) as db:
        view = View(db.shop_id, db.clock(), settings.thresholds)
        return await db.read(lambda conn: recount_all(conn, view))


def backup(settings: Settings, to: Path) -> int:
    """0 when the copy is there, whole and checked; 2 for a PostgreSQL database. Raises CannotCopy, NoDatabase."""
    url = parse(settings.database_url)
    if not is_sqlite(url):
        print("PostgreSQL is backed up with pg_dump: see docs/operations.md.", file=sys.stderr)
        return 2
    probe.require(url)
    sqlite_files.copy(sqlite_path(url), to)
    print(f"Copied to {to} ({to.stat().st_size:,} bytes).")
    return 0


def restore(settings: Settings, source: Path | None, *, create: bool = False) -> int:
    """Puts the backup `source` in place (SQLite), or finds the database there already; draws new ids.

    Raises CannotCopy, NoDatabase.
    """
    url = parse(settings.database_url)
    if is_sqlite(url):
        if source is not None:
            begun(settings, create=create, besides=source)
        _in_place(sqlite_path(url), source)
    elif source is not None:
        print(
            "PostgreSQL is restored with pg_restore, then: orders-tui restore. See docs/operations.md.", file=sys.stderr
        )
        return 2
    probe.require(url)
    bring_up_to_date(url)
    engine = connections.unpooled(url)
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


def migrate(source: str, target: str, *, create: bool) -> int:
    """0 when all is there and equal, with the rows of each table on stdout. Raises CannotMove, LocationError, NoDatabase.

    `create`: also the folder of a SQLite target may be made.
    """
    there, here = parse(source), parse(target)
    probe.require_folder(here, create=create)
    moved = move(there, here, _tell)
    for domain, desk_id in moved.desks.items():
        print(f"{domain} is now desk {desk_id}")
    print(f"{sum(moved.rows.values()):,} rows in {len(moved.rows)} tables, counted and compared.")
    return 0


def _tell(table: str, rows: int) -> None:
    print(f"{rows:>12,}  {table}", flush=True)
