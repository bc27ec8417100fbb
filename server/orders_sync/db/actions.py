"""What operators did, kept with what it takes to undo it. Invariant: an action is undone at most once."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import insert, select, update

from orders_sync.db.bulk import forget
from orders_sync.db.tables import actions
from orders_sync.db.tx import Tx
from orders_sync.instants import Ms


@dataclass(frozen=True, slots=True)
class ActionRow:
    """`body` is JSON of the action's own; `undone`: somebody took it back."""

    action_id: str
    kind: str
    actor: str
    body: str
    undone: bool = False


def record(tx: Tx, row: ActionRow) -> None:
    """Adds an action, as of now."""
    values = {"action_id": row.action_id, "kind": row.kind, "actor": row.actor, "body": row.body}
    tx.conn.execute(insert(actions).values(shop_id=tx.shop_id, at=tx.now, **values))


def locked(tx: Tx, action_id: str) -> ActionRow | None:
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


def prune(tx: Tx, before: Ms) -> int:
    """Forgets some actions done before then, which cannot be undone any more; returns how many."""
    return forget(tx, actions, actions.c.at < before)
