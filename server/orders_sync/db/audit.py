"""What was done: the audit, every change of an order's owner, and the actions with what it takes to undo them.

The audit has a row for each order and action, refusals too. Rows are added, never changed, but for an action's `undone_at`.
Invariant: an action is undone at most once.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from typing import NamedTuple

import orjson
from sqlalchemy import Connection, insert, select, update

from orders_sync.db.bulk import older
from orders_sync.db.distinct_values import distinct_values
from orders_sync.db.statement import Statement
from orders_sync.db.tables import actions, audit, order_assignments
from orders_sync.db.tx import Tx
from orders_sync.instants import to_datetime
from orders_sync.rules.timeline import brief
from orders_wire.detail import Assignment, AuditEntry
from orders_wire.vocabulary import UNASSIGNED

MOST_BYTES = 300 * 1024
"""Of the details in an order's audit, on the wire: a client reads an order's detail whole, up to 1 MiB."""


class Audited(NamedTuple):
    """`result`: `done`, `unchanged`, or the code of the refusal. `order_id` None: no order was found, or none is meant."""

    actor: str
    action: str
    order_id: int | None
    result: str
    details: str = ""
    client: str | None = None
    action_id: str | None = None


class NewOwner(NamedTuple):
    """An order passed from `previous` to `assignee` (None: nobody) by an action of `assigned_by`."""

    order_id: int
    assignee: str | None
    previous: str | None
    assigned_by: str
    action_id: str


class ActionRow(NamedTuple):
    """`body` is JSON of the action's own; `undone`: somebody took it back."""

    action_id: str
    kind: str
    actor: str
    body: str
    undone: bool = False


def record(tx: Tx, rows: Sequence[Audited]) -> None:
    """Adds these rows to the audit, as of now."""
    _ADD.run_many(tx.conn, [{"shop_id": tx.shop_id, "at": tx.now, **row._asdict()} for row in rows])


def of_order(conn: Connection, shop_id: int, order_id: int, limit: int = 100) -> list[AuditEntry]:
    """What was done on one order, newest first: whole up to `MOST_BYTES` of details, and cut short beyond."""
    columns = [audit.c[name] for name in AuditEntry.model_fields]
    mine = select(*columns).where(audit.c.shop_id == shop_id, audit.c.order_id == order_id)
    rows = conn.execute(mine.order_by(audit.c.id.desc()).limit(limit)).mappings().all()
    sizes = accumulate(len(orjson.dumps(row["details"])) for row in rows)
    return [
        AuditEntry.model_validate(
            {
                **row,
                "at": to_datetime(row["at"]),
                "details": row["details"] if size <= MOST_BYTES else brief(row["details"]),
            }
        )
        for row, size in zip(rows, sizes, strict=True)
    ]


def record_owners(tx: Tx, changes: Sequence[NewOwner]) -> None:
    """Adds these changes of owners, as of now."""
    mine = {"shop_id": tx.shop_id, "assigned_at": tx.now}
    _ADD_OWNERS.run_many(
        tx.conn, [{**mine, **change._asdict(), "assignee": change.assignee or UNASSIGNED} for change in changes]
    )


def owners_of_order(conn: Connection, shop_id: int, order_id: int) -> list[Assignment]:
    """The history of one order's owner, newest first."""
    t = order_assignments.c
    mine = select(*(t[name] for name in Assignment.model_fields)).where(t.shop_id == shop_id, t.order_id == order_id)
    rows = conn.execute(mine.order_by(t.id.desc())).mappings()
    return [Assignment.model_validate({**row, "assigned_at": to_datetime(row["assigned_at"])}) for row in rows]


def everybody(conn: Connection, shop_id: int) -> list[str]:
    """Everybody to whom an order was ever assigned, and `unassigned`."""
    return list(conn.scalars(EVERYBODY, {"shop_id": shop_id}))


def record_action(tx: Tx, row: ActionRow) -> None:
    """Adds an action, as of now."""
    values = {"action_id": row.action_id, "kind": row.kind, "actor": row.actor, "body": row.body}
    tx.conn.execute(insert(actions).values(shop_id=tx.shop_id, at=tx.now, **values))


def locked_action(tx: Tx, action_id: str) -> ActionRow | None:
    """The action, held until the transaction ends, so that nobody else undoes it meanwhile."""
    a = actions.c
    query = select(a.action_id, a.kind, a.actor, a.body, a.undone_at.is_not(None))
    mine = query.where(a.shop_id == tx.shop_id, a.action_id == action_id)
    row = tx.conn.execute(mine.with_for_update()).one_or_none()
    return None if row is None else ActionRow(*row)


def mark_undone(tx: Tx, action_id: str) -> None:
    """The action is taken back, as of now."""
    undone = update(actions).where(actions.c.shop_id == tx.shop_id, actions.c.action_id == action_id)
    tx.conn.execute(undone.values(undone_at=tx.now))


prune = older(audit.c.at)
prune_actions = older(actions.c.at)
"""Actions that cannot be undone any more."""

EVERYBODY = distinct_values(order_assignments.c.assignee)
_ADD = Statement(lambda _: insert(audit))
_ADD_OWNERS = Statement(lambda _: insert(order_assignments))
