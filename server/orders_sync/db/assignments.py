"""`order_assignments`: every change of an order's owner, whoever or whatever made it. Rows are added, never changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, insert, select

from orders_sync.db.bulk import Many
from orders_sync.db.tables import order_assignments
from orders_sync.db.tx import Tx
from orders_sync.instants import to_datetime
from orders_wire.detail import Assignment
from orders_wire.vocabulary import UNASSIGNED


@dataclass(frozen=True, slots=True)
class NewOwner:
    """An order passed from `previous` to `assignee` (null: nobody) by an action of `by`."""

    order_id: int
    assignee: str | None
    previous: str | None
    by: str
    action_id: str


def record(tx: Tx, changes: Sequence[NewOwner]) -> None:
    """Adds these changes, as of now."""
    _ADD.run(tx.conn, [_row(tx, change) for change in changes])


def of_order(conn: Connection, shop_id: int, order_id: int) -> list[Assignment]:
    """The history of one order's owner, newest first."""
    t = order_assignments
    query = (
        select(t.c.assignee, t.c.assigned_by, t.c.assigned_at, t.c.action_id)
        .where(t.c.shop_id == shop_id, t.c.order_id == order_id)
        .order_by(t.c.id.desc())
    )
    return [
        Assignment(
            assignee=row.assignee,
            assigned_by=row.assigned_by,
            assigned_at=to_datetime(row.assigned_at),
            action_id=row.action_id,
        )
        for row in conn.execute(query)
    ]


def _row(tx: Tx, change: NewOwner) -> dict[str, object]:
    return {
        "shop_id": tx.shop_id,
        "order_id": change.order_id,
        "assignee": change.assignee or UNASSIGNED,
        "previous": change.previous,
        "assigned_by": change.by,
        "assigned_at": tx.now,
        "action_id": change.action_id,
    }


_ADD = Many(lambda _: insert(order_assignments))
