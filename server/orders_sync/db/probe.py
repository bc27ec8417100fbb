"""Whether the database takes writes, found out by a tiny one that is no event and concerns nobody.

SQLite: what was written has to be found by a connection that is opened now, or it went into a file that is not the database any
more. PostgreSQL: its tables have to be there and open to this role.
"""

from __future__ import annotations

from sqlalchemy import URL, Connection, select, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError

from orders_sync.db import connections
from orders_sync.db.failures import Damaged, Unavailable, of_driver
from orders_sync.db.tables import metadata, progress
from orders_sync.db.tx import Tx

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
    insert = (sqlite if tx.conn.dialect.name == "sqlite" else postgresql).insert(progress)
    counted = insert.on_conflict_do_update(
        index_elements=[progress.c.shop_id, progress.c.name],
        set_={"fence": progress.c.fence + 1, "updated_at": tx.now},
    ).returning(progress.c.fence)
    row = {"shop_id": tx.shop_id, "name": _NAME, "fence": 1, "body": "", "updated_at": tx.now}
    return int(tx.conn.execute(counted, row).scalar_one())


def found_anew(url: URL, shop_id: int, number: int, *, whole: bool) -> None:
    """Raises Unavailable unless a new connection to the SQLite file finds that write. `whole`: and the file in order."""
    engine = connections.anew(url)
    try:
        with engine.connect() as conn:
            found = conn.scalar(select(progress.c.fence).where(progress.c.shop_id == shop_id, progress.c.name == _NAME))
            if found is None or found < number:
                raise Unavailable("what is written does not reach the database file")
            if whole:
                _require_whole(conn)
    except DBAPIError as error:
        raise of_driver(error) or Unavailable(str(error.orig)) from error
    finally:
        engine.dispose()


def _require_whole(conn: Connection) -> None:
    found = conn.scalar(text("PRAGMA quick_check(1)"))
    if found != "ok":
        raise Damaged(f"the database file is damaged: {found}")
