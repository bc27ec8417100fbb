"""What was done: the audit, every change of an order's owner, and the actions with what it takes to undo them.

The audit has a row for each order and action, refusals too. Rows are added, never changed, but for an action's `undone_at`.
Invariant: an action is undone at most once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, insert, select, update

from orders_sync.db.bulk import Many, forget
from orders_sync.db.tables import actions, audit, order_assignments
from orders_sync.db.tx import Tx
from orders_sync.instants import Ms, to_datetime
from orders_wire.detail import Assignment, AuditEntry
from orders_wire.vocabulary import UNASSIGNED


@dataclass(frozen=True, slots=True)
class Audited:
    """`result`: `done`, `unchanged`, or the code of the refusal. `order_id` null: no order was found, or none is meant."""

    actor: str
    action: str
    order_id: int | None
    result: str
    details: str = ""
    client: str | None = None
    action_id: str | None = None


def record(tx: Tx, rows: Sequence[Audited]) -> None:
    """Adds these rows, as of now."""
    _ADD.run(tx.conn, [_row(tx, row) for row in rows])


def of_order(conn: Connection, shop_id: int, order_id: int, limit: int = 100) -> list[AuditEntry]:
    """What was done on one order, newest first."""
    query = (
        select(
            audit.c.at,
            audit.c.actor,
            audit.c.action,
            audit.c.result,
            audit.c.details,
            audit.c.client,
            audit.c.action_id,
        )
        .where(audit.c.shop_id == shop_id, audit.c.order_id == order_id)
        .order_by(audit.c.id.desc())
        .limit(limit)
    )
    return [AuditEntry.model_validate({**row, "at": to_datetime(row["at"])}) for row in conn.execute(query).mappings()]


def prune(tx: Tx, before: Ms) -> int:
    """Forgets some of what was recorded earlier than `before`; returns how many rows."""
    return forget(tx, audit, audit.c.at < before)


def _row(tx: Tx, row: Audited) -> dict[str, object]:
    return {
        "shop_id": tx.shop_id,
        "at": tx.now,
        "actor": row.actor,
        "action": row.action,
        "order_id": row.order_id,
        "result": row.result,
        "details": row.details,
        "client": row.client,
        "action_id": row.action_id,
    }


_ADD = Many(lambda _: insert(audit))


@dataclass(frozen=True, slots=True)
class NewOwner:
    """An order passed from `previous` to `assignee` (null: nobody) by an action of `by`."""

    order_id: int
    assignee: str | None
    previous: str | None
    by: str
    action_id: str


def record_owners(tx: Tx, changes: Sequence[NewOwner]) -> None:
    """Adds these changes, as of now."""
    _ADD_OWNERS.run(tx.conn, [_owner_row(tx, change) for change in changes])


def owners_of_order(conn: Connection, shop_id: int, order_id: int) -> list[Assignment]:
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


def _owner_row(tx: Tx, change: NewOwner) -> dict[str, object]:
    return {
        "shop_id": tx.shop_id,
        "order_id": change.order_id,
        "assignee": change.assignee or UNASSIGNED,
        "previous": change.previous,
        "assigned_by": change.by,
        "assigned_at": tx.now,
        "action_id": change.action_id,
    }


_ADD_OWNERS = Many(lambda _: insert(order_assignments))


@dataclass(frozen=True, slots=True)
class ActionRow:
    """`body` is JSON of the action's own; `undone`: somebody took it back."""

    action_id: str
    kind: str
    actor: str
    body: str
    undone: bool = False


def record_action(tx: Tx, row: ActionRow) -> None:
    """Adds an action, as of now."""
    values = {"action_id": row.action_id, "kind": row.kind, "actor": row.actor, "body": row.body}
    tx.conn.execute(insert(actions).values(shop_id=tx.shop_id, at=tx.now, **values))


def locked_action(tx: Tx, action_id: str) -> ActionRow | None:
    """The action, held until the transaction ends, so that nobody else undoes it meanwhile."""
    query = (
        select(actions.c.action_id, actions.c.kind, actions.c.actor, actions.c.body, actions.c.undone_at)
        .where(actions.c.shop_id == tx.shop_id, actions.c.action_id == action_id)
        .with_for_update()
    )
    row = tx.conn.execute(query).one_or_none()
    return None if row is None else ActionRow(row.action_id, row.kind, row.actor, row.body, row.undone_at is not None)


def mark_undone(tx: Tx, action_id: str) -> None:
    """The action is taken back, as of now."""
    undone = update(actions).where(actions.c.shop_id == tx.shop_id, actions.c.action_id == action_id)
    tx.conn.execute(undone.values(undone_at=tx.now))


def prune_actions(tx: Tx, before: Ms) -> int:
    """Forgets some actions done before then, which cannot be undone any more; returns how many."""
    return forget(tx, actions, actions.c.at < before)
