"""What is read of a long history through an index over the open part of it, in a snapshot where plans know no values."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import Connection, text
from tests.server.conftest import SHOP

from orders_sync.db import alerts, due, outbox_claims
from orders_sync.db.engine import Database
from orders_sync.db.tx import Tx

HISTORY = (
    """INSERT INTO events (shop_id, n, created_at, type, silent, body)
       SELECT 1, i, i, 'overdue', false, '' FROM generate_series(1, 3000) i""",
    """INSERT INTO alerts (shop_id, alert_id, type, order_id, cause, message, severity, state, opened_at, opened_row)
       SELECT 1, i::text, 'overdue', i, '', '', 1, CASE WHEN i % 100 = 0 THEN 'open' ELSE 'cleared' END, i, i
       FROM generate_series(1, 3000) i""",
    """INSERT INTO outbox (shop_id, target, kind, order_id, dedupe_key, payload, state, not_before, created_at)
       SELECT 1, 'erp', 'owner', i, i::text, '', CASE WHEN i % 100 = 0 THEN 'queued' ELSE 'done' END, i, i
       FROM generate_series(1, 3000) i""",
    """INSERT INTO returns (shop_id, return_id, order_id, state, since)
       SELECT 1, i, i, CASE WHEN i % 100 = 0 THEN 'inspection' ELSE 'completed' END, i FROM generate_series(1, 3000) i""",
    "ANALYZE",
)
PREPARED_AFTER = 6
"""So often a statement is said before the driver has it prepared."""


def _plan(conn: Connection, table: str) -> str:
    """The plan of the statement about this table that was prepared."""
    name, parameters = conn.execute(
        text("SELECT name, cardinality(parameter_types) FROM pg_prepared_statements WHERE statement LIKE :of"),
        {"of": f"%FROM {table}%"},
    ).one()
    values = f"({', '.join(['NULL'] * parameters)})"
    return "\n".join(conn.exec_driver_sql(f'EXPLAIN EXECUTE "{name}" {values}').scalars())


@pytest.mark.parametrize(
    ("read", "table", "index"),
    [
        (lambda conn: alerts.most_severe(conn, 1, 50), "alerts", "alerts_"),
        (lambda conn: outbox_claims.next_due(conn, 1, ["erp"]), "outbox", "outbox_due"),
        (lambda conn: due.unsettled(conn, 1), "returns", "returns_pending"),
    ],
    ids=["alerts of a stream that begins", "what is due of the outbox", "returns that the poller looks at"],
)
async def test_what_is_over_is_not_looked_at(
    postgres_url: str, read: Callable[[Connection], object], table: str, index: str
) -> None:
    db = await Database.open(postgres_url, SHOP)

    def fill(tx: Tx) -> None:
        for said in HISTORY:
            tx.conn.execute(text(said))

    def plan(conn: Connection) -> str:
        for _ in range(PREPARED_AFTER):
            read(conn)
        return _plan(conn, table)

    await db.write(fill)
    told = await db.read(plan)
    await db.close()
    assert index in told
    assert f"Seq Scan on {table}" not in told
