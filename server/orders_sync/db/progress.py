"""Where a loop has got to, kept with what it has done: moved in the same transaction, and only under its lease's fence."""

from __future__ import annotations

from sqlalchemy import Connection, select

from orders_sync.db.tables import progress
from orders_sync.db.tx import Tx
from orders_sync.db.upsert import insert_or_replace


def load(conn: Connection, shop_id: int, name: str) -> str | None:
    """What was last stored under this name, null when nothing was."""
    query = select(progress.c.body).where(progress.c.shop_id == shop_id, progress.c.name == name)
    body: str | None = conn.scalar(query)
    return body


def store(tx: Tx, name: str, fence: int, body: str) -> None:
    """Replaces it. The caller holds the lease in this transaction (`leases.take` or `leases.holds`)."""
    row = {"shop_id": tx.shop_id, "name": name, "fence": fence, "body": body, "updated_at": tx.now}
    tx.conn.execute(insert_or_replace(tx.conn, progress), row)
