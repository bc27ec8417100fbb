"""Whether a database is there before it is opened, and whether an open one takes writes.

A SQLite file comes into being by being opened, and an empty desk agrees with itself; so whoever opens one by a path that a
person wrote asks here first (contract §7, Databases): a mistyped path makes none.

Writes are tried by a tiny one that is no event and concerns nobody. SQLite: what was written has to be found by a connection that
is opened now, or it went into a file that is not the database any more. PostgreSQL: its tables have to be there and open to this
role.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import URL, select, text
from sqlalchemy.exc import DBAPIError

from orders_sync.db import connections
from orders_sync.db.bulk import insert_into
from orders_sync.db.failures import Damaged, DatabaseError, Unavailable, of_driver
from orders_sync.db.location import is_sqlite, sqlite_path
from orders_sync.db.migrate import revision
from orders_sync.db.sqlite_files import MAGIC
from orders_sync.db.tables import metadata, progress
from orders_sync.db.tx import Tx

_WHAT_TO_DO = "Nothing was made: mend the path, or give --create."
_BEGINS = "Nothing was made: mend the path; orders-tui serve --create begins a desk."


class NoDatabase(DatabaseError):
    """There is no desk's database at this place, and none was made; the message names the place."""


def require(url: URL) -> None:
    """Raises NoDatabase unless a desk's tables are there. For commands that only look."""
    if is_sqlite(url) and not sqlite_path(url).is_file():
        raise NoDatabase(f"There is no database at {sqlite_path(url)}. {_BEGINS}")
    if not holds_desk(url):
        shown = sqlite_path(url) if is_sqlite(url) else url.render_as_string(hide_password=True)
        raise NoDatabase(f"The database at {shown} holds no desk. {_BEGINS}")


def holds_desk(url: URL) -> bool:
    """True when a desk's tables are there; a SQLite file that is missing is made."""
    with connections.connected(connections.unpooled(url)) as conn:
        return revision(conn) is not None


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


_NAME = "probe"

CHECKED_BYTES = 4 << 20
"""Files up to this size are checked whole at each look: some milliseconds."""

_CLOSED = text(
    "SELECT string_agg(name, ', ') FROM ("
    " SELECT name FROM unnest(CAST(:names AS text[])) AS name WHERE CASE WHEN to_regclass(name) IS NULL THEN true"
    " ELSE NOT (has_table_privilege(name, 'SELECT') AND has_table_privilege(name, 'INSERT')"
    " AND has_table_privilege(name, 'UPDATE') AND has_table_privilege(name, 'DELETE')) END"
    " UNION ALL SELECT relname FROM pg_class WHERE relnamespace = to_regnamespace(current_schema())"
    " AND CASE WHEN relkind = 'S' THEN NOT has_sequence_privilege(oid, 'USAGE') ELSE false END) AS closed"
)


def write(tx: Tx) -> int:
    """A write as any other; returns its number, which grows. Raises Unavailable, and what the database raises."""
    if tx.conn.dialect.name == "postgresql":
        closed = tx.conn.scalar(_CLOSED, {"names": list(metadata.tables)})
        if closed:
            raise Unavailable(f"the role may not use these tables, or they are gone: {closed}")
    counted = (
        insert_into(tx.conn, progress)
        .on_conflict_do_update(
            index_elements=[progress.c.shop_id, progress.c.name],
            set_={"fence": progress.c.fence + 1, "updated_at": tx.now},
        )
        .returning(progress.c.fence)
    )
    row = {"shop_id": tx.shop_id, "name": _NAME, "fence": 1, "body": "", "updated_at": tx.now}
    return int(tx.conn.execute(counted, row).scalar_one())


def require_persisted(url: URL, shop_id: int, number: int, *, whole: bool) -> None:
    """Raises Unavailable unless a new connection to the SQLite file finds that write. `whole`: and the file in order."""
    try:
        with connections.connected(connections.unpooled_reader(url)) as conn:
            found = conn.scalar(select(progress.c.fence).where(progress.c.shop_id == shop_id, progress.c.name == _NAME))
            if found is None or found < number:
                raise Unavailable("what is written does not reach the database file")
            checked = conn.scalar(text("PRAGMA quick_check(1)")) if whole else "ok"
            if checked != "ok":
                raise Damaged(f"the database file is damaged: {checked}")
    except DBAPIError as error:
        raise of_driver(error) or Unavailable(str(error.orig)) from error
