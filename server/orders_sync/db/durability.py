"""Numbers are given without waiting for the disk (PostgreSQL), and none is sent that a crash could still take back.

What was committed by now is on the disk once the log is, up to where it ends now. `desk.durable_n` is how far that is known to
be so; a reader who found more than that waits.
"""

from __future__ import annotations

import time
from typing import Any

from sqlalchemy import Connection

from orders_sync.db.connections import of_sqlalchemy
from orders_sync.db.statement import PostgresStatement

_LOOK_S = 0.004
_PATIENCE_S = 0.012
"""While others commit, the log comes to the disk without our doing."""

_END = PostgresStatement(
    "SELECT CAST(pg_current_wal_insert_lsn() AS text), pg_current_wal_flush_lsn() >= pg_current_wal_insert_lsn()"
)
_REACHED = PostgresStatement("SELECT pg_current_wal_flush_lsn() >= CAST($1 AS pg_lsn)")
_NOTHING = PostgresStatement("SELECT pg_logical_emit_message(true, 'orders_sync', '')")


def ensure(conn: Connection) -> None:
    """Returns when all that is committed by now would outlive a crash of the database.

    Ends the connection's transaction, by a commit: with a rollback psycopg forgets every statement it has prepared.
    """
    if conn.dialect.name != "postgresql":
        return
    reached = _is_reached(conn)
    _commit(conn)
    if not reached:
        _NOTHING.run(conn)
        _commit(conn)


def _is_reached(conn: Connection) -> bool:
    ((end, reached),), until = _END.rows(conn), time.monotonic() + _PATIENCE_S
    while not reached:
        if time.monotonic() > until:
            return False
        time.sleep(_LOOK_S)
        ((reached,),) = _REACHED.rows(conn, end)
    return True


def _commit(conn: Connection) -> None:
    """What the driver has begun, whether SQLAlchemy knows of it or not."""
    driver: Any = conn.connection.driver_connection
    try:
        driver.commit()
    except conn.dialect.loaded_dbapi.Error as error:
        raise of_sqlalchemy(conn, "COMMIT", error) from error
