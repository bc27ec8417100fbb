"""The audit: who did what, when, from which client, and what came of it. One row per order and action; refusals too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, insert, select

from orders_sync.db.bulk import Many, forget
from orders_sync.db.tables import audit
from orders_sync.db.tx import Tx
from orders_sync.instants import Ms, to_datetime
from orders_wire.detail import AuditEntry


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
