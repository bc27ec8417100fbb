"""Whether a database is there before it is opened: a mistyped path makes none.

A SQLite file comes into being by being opened, and an empty desk agrees with itself; so whoever opens one by a path that a
person wrote asks here first (contract §7, Databases).
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import URL

from orders_sync.db import connections
from orders_sync.db.failures import DatabaseError
from orders_sync.db.location import is_sqlite, sqlite_path
from orders_sync.db.migrate import revision
from orders_sync.db.sqlite_identity import MAGIC

_WHAT_TO_DO = "Nothing was made: mend the path, or give --create."
_BEGINS = "Nothing was made: mend the path; orders-tui serve --create begins a desk."


class NoDatabase(DatabaseError):
    """There is no desk's database at this place, and none was made; the message names the place."""


def require(url: URL) -> None:
    """Raises NoDatabase unless a desk's tables are there. For commands that only look."""
    if is_sqlite(url) and not sqlite_path(url).is_file():
        raise NoDatabase(f"There is no database at {sqlite_path(url)}. {_BEGINS}")
    engine = connections.single(url)
    try:
        with engine.connect() as conn:
            if revision(conn) is None:
                raise NoDatabase(f"The database at {_shown(url)} holds no desk. {_BEGINS}")
    finally:
        engine.dispose()


def require_place(url: URL, *, create: bool, besides: Path | None = None) -> None:
    """Raises NoDatabase where opening would make a file that nobody meant. For commands that may begin a desk.

    With `create` any place is meant. Without, a new file is only in a folder that is there and holds no other database
    (`besides` is not counted). PostgreSQL makes no databases by itself.
    """
    require_folder(url, create=create)
    if create or not is_sqlite(url) or sqlite_path(url).exists():
        return
    path = sqlite_path(url)
    other = next((file for file in sorted(path.parent.iterdir()) if file != besides and _is_database(file)), None)
    if other is not None:
        raise NoDatabase(f"There is no database at {path}, but one at {other}. {_WHAT_TO_DO}")


def require_folder(url: URL, *, create: bool) -> None:
    """Raises NoDatabase where not even the folder is there. For a command to which a new database was named as such."""
    if not create and is_sqlite(url) and not sqlite_path(url).parent.is_dir():
        raise NoDatabase(f"There is no database at {sqlite_path(url)}, and no such folder. {_WHAT_TO_DO}")


def _is_database(path: Path) -> bool:
    """True for a SQLite file. Not one that this process has open: closing it would give up SQLite's locks on it."""
    try:
        with path.open("rb") as file:
            return file.read(len(MAGIC)) == MAGIC
    except OSError:
        return False


def _shown(url: URL) -> str:
    return str(sqlite_path(url)) if is_sqlite(url) else url.render_as_string(hide_password=True)
