"""An order that is handed on is not derived again. Its rows are as if it were, on both databases, and at any moment."""

from __future__ import annotations

from random import Random
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, select
from tests.server.ingest.rows import rows, taken_at_once
from tests.support.lives import ORDERS, decisions, life
from tests.support.shop_bodies import ARRIVED

from orders_sync.db import counters, order_documents
from orders_sync.db.tables import orders
from orders_sync.db.tx import Tx
from orders_sync.evidence.facts import OrderFacts
from orders_sync.instants import DAY, HOUR, SECOND, Ms
from orders_sync.rules.operator_state import Entry
from orders_sync.rules.thresholds import Thresholds
from orders_sync.settle.order import resettle, settle, settle_all
from orders_sync.settle.order_update import OrderUpdate


def _change_owner(tx: Tx, owner: str | None, action_id: str) -> None:
    entry = Entry(ts=Ms(tx.now // SECOND * SECOND), event="assigned", details=f"{owner}, by ana")
    changes = []
    for known in order_documents.lock(tx, ORDERS, create=False).values():
        entries = {f"assigned:{action_id}": entry, **known.operator.entries}
        owned = {"assigned_to": owner, "owner_action": action_id, "entries": entries}
        changes.append(OrderUpdate(known, None, known.operator.model_copy(update=owned)))
    settle_all(tx, changes, Thresholds())
    counters.apply(tx.conn, tx.shop_id, tx.counted)


def _everything(conn: Connection) -> Any:
    return rows(conn), sorted(map(tuple, conn.execute(select(orders.c.id, orders.c.version))))


def _is_as_if_derived(conn: Connection, seed: int) -> None:
    dice = Random(seed)
    with conn.begin() as transaction:
        for order_id, operator in decisions(dice).items():
            settle(Tx(conn, 1, ARRIVED), order_id, OrderFacts(), operator, Thresholds())
        taken_at_once(conn, life(dice), ARRIVED)
        now = ARRIVED
        for n in range(3):
            now = Ms(now + dice.choice([0, SECOND, HOUR, 3 * DAY, 40 * DAY]))
            _change_owner(Tx(conn, 1, now), dice.choice(["ana", "bo", None]), f"a{n}")
            found = _everything(conn)
            resettle(Tx(conn, 1, now), ORDERS, Thresholds())
            assert _everything(conn) == found
        transaction.rollback()


_each = settings(
    deadline=None,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@settings(_each, max_examples=20)
@given(seed=st.integers(0, 2**32))
def test_rows_are_as_if_derived(in_sqlite: Connection, seed: int) -> None:
    _is_as_if_derived(in_sqlite, seed)


@settings(_each, max_examples=4)
@given(seed=st.integers(0, 2**32))
def test_on_postgresql_too(in_postgres: Connection, seed: int) -> None:
    _is_as_if_derived(in_postgres, seed)
