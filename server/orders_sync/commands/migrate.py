"""`migrate --from URL --to URL`: moves a desk to another database, from SQLite to PostgreSQL for one, and proves it."""

from __future__ import annotations

from orders_sync.db import probe
from orders_sync.db.location import parse
from orders_sync.db.move_desk import move


def run(source: str, target: str, *, create: bool) -> int:
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
