"""Lives drawn at random, with what the poll, the ERP and operators add: any order, any repetition, any batches, the same rows.

On every way, what is kept beside the orders (counters, search, lists) agrees with them, as `orders-tui verify` counts. What
depends on the way is left out of the question: which alerts were raised and ended on it, and the traces of things that were
deleted (an entry of stock without a figure, what waits for an order that is gone).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection
from tests.server.ingest.rows import Rows, rows, taken_at_once
from tests.support.lives import decisions, life
from tests.support.shop_bodies import ARRIVED

from orders_sync.db.tables import orders, stock
from orders_sync.db.tx import Tx
from orders_sync.desk.page import View
from orders_sync.evidence.changes import Delivery
from orders_sync.evidence.facts import OrderFacts
from orders_sync.rules.operator_state import OperatorState
from orders_sync.rules.thresholds import Thresholds
from orders_sync.settle.order import settle
from orders_sync.upkeep.verify import verify


def _end(conn: Connection, decided: Mapping[int, OperatorState], batches: Sequence[Sequence[Delivery]]) -> Rows:
    """The rows after these batches, which are taken back again."""
    with conn.begin() as transaction:
        for order_id, operator in decided.items():
            settle(Tx(conn, 1, ARRIVED), order_id, OrderFacts(), operator, Thresholds())
        for batch in batches:
            taken_at_once(conn, batch, ARRIVED)
        assert verify(conn, View(1, ARRIVED, Thresholds())) == []
        found = _steady(rows(conn))
        transaction.rollback()
    return found


def _steady(found: Rows) -> Rows:
    place = [column.name for column in orders.columns if column.name not in {"version", "received_at"}].index(
        "alert_types"
    )
    deleted = any(b'"deleted"' in value for row in found["order_docs"] for value in row if isinstance(value, bytes))
    return {
        **found,
        "alerts": [],
        orders.name: [row[:place] + row[place + 1 :] for row in found[orders.name]],
        stock.name: [row for row in found[stock.name] if any(value is not None for value in row[2:])],
        "parked": [] if deleted else found["parked"],
    }


def _other_way(dice: Random, deliveries: list[Delivery]) -> list[list[Delivery]]:
    """The same in another order, some of it again, in batches of any size."""
    shuffled = [*deliveries, *dice.sample(deliveries, dice.randint(0, len(deliveries) // 2))]
    dice.shuffle(shuffled)
    batches: list[list[Delivery]] = []
    while shuffled:
        size = dice.choice([1, 1, 1, 2, 5])
        batches.append(shuffled[:size])
        del shuffled[:size]
    return batches


def _ends_alike(conn: Connection, seed: int) -> None:
    dice = Random(seed)
    deliveries, decided = life(dice), decisions(dice)
    one_by_one = _end(conn, decided, [[each] for each in deliveries])
    assert _end(conn, decided, _other_way(dice, deliveries)) == one_by_one


_each = settings(
    deadline=None,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@settings(_each, max_examples=14)
@given(seed=st.integers(0, 2**32))
def test_any_way_through_a_life_ends_in_the_same_rows(in_sqlite: Connection, seed: int) -> None:
    _ends_alike(in_sqlite, seed)


@settings(_each, max_examples=3)
@given(seed=st.integers(0, 2**32))
def test_on_postgresql_too(in_postgres: Connection, seed: int) -> None:
    _ends_alike(in_postgres, seed)
