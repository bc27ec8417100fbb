"""Leases: what must run once in a fleet (poller, back-fill, sweeper) runs where the lease is held; and how far it has got.

Invariant: the fence grows with every change of hands, so that what an earlier holder still writes is known and refused:
`holds` is asked in the transaction that the lease protects. Progress is kept with what a loop has done: it moves in the same
transaction, and only under the lease's fence.
"""

from __future__ import annotations

from sqlalchemy import Connection, case, select, update

from orders_sync.db.bulk import insert_into, insert_or_replace
from orders_sync.db.tables import leases, progress
from orders_sync.db.tx import Tx


def take(tx: Tx, name: str, owner: str, for_ms: int) -> int | None:
    """Takes the lease, or renews it for its owner: until now + `for_ms`. Returns its fence; None while another holds it.

    `owner` is drawn anew by each start of a process. One statement: two takers never both succeed.
    """
    free = (leases.c.owner == owner) | (leases.c.until <= tx.now)
    fence = case((leases.c.owner == owner, leases.c.fence), else_=leases.c.fence + 1)
    taken = (
        insert_into(tx.conn, leases)
        .on_conflict_do_update(
            index_elements=[leases.c.shop_id, leases.c.name],
            set_={"owner": owner, "until": tx.now + for_ms, "fence": fence},
            where=free,
        )
        .returning(leases.c.fence)
    )
    values = {"shop_id": tx.shop_id, "name": name, "owner": owner, "until": tx.now + for_ms, "fence": 1}
    return tx.conn.execute(taken, values).scalar_one_or_none()


def holds(tx: Tx, name: str, fence: int) -> bool:
    """True while no other took the lease since; it cannot be taken before this transaction ends."""
    query = select(leases.c.fence).where(leases.c.shop_id == tx.shop_id, leases.c.name == name)
    return tx.conn.scalar(query.with_for_update()) == fence


def release(tx: Tx, name: str, fence: int) -> None:
    """Gives the lease up, so that another may take it at once; nothing if it was taken meanwhile."""
    held = (leases.c.shop_id == tx.shop_id) & (leases.c.name == name) & (leases.c.fence == fence)
    tx.conn.execute(update(leases).where(held).values(until=0))


def load(conn: Connection, shop_id: int, name: str) -> str | None:
    """The progress that was last stored under this name; None when none was."""
    return conn.scalar(select(progress.c.body).where(progress.c.shop_id == shop_id, progress.c.name == name))


def store(tx: Tx, name: str, fence: int, body: str) -> None:
    """Replaces the progress. The caller holds the lease in this transaction (`leases.take` or `leases.holds`)."""
    row = {"shop_id": tx.shop_id, "name": name, "fence": fence, "body": body, "updated_at": tx.now}
    tx.conn.execute(insert_or_replace(tx.conn, progress), row)
