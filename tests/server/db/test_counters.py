"""The law of the day counters: whatever is saved, moved and removed, a counter is the count of the rows."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection
from tests.support.desk_model import random_order

from orders_sync.db import counters, recount
from orders_sync.db import orders as stored
from orders_sync.db.counters import Count, Counted
from orders_sync.db.engine import Database
from orders_sync.db.orders import Saved
from orders_sync.db.selection import Between
from orders_sync.db.tx import Tx
from orders_sync.instants import DAY, Ms
from orders_sync.rules.projection import Projection

ORDERS = 4


@dataclass(frozen=True)
class Step:
    """An order that is written anew, whatever it was, or removed."""

    order_id: int
    seed: int
    removed: bool


STEPS = st.lists(st.builds(Step, st.integers(1, ORDERS), st.integers(0, 10**6), st.booleans()), min_size=1, max_size=6)
EDGES = st.integers(-102 * DAY, 5 * DAY)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(groups=st.lists(STEPS, min_size=1, max_size=3), edges=st.tuples(EDGES, EDGES))
async def test_a_counter_is_the_count_of_its_rows(
    db: Database, groups: list[list[Step]], edges: tuple[int, int]
) -> None:
    now = db.clock()
    rows: dict[int, Projection] = {}
    await db.write(remove_all)
    for steps in groups:
        for step in steps:
            rows.pop(step.order_id, None)
            if not step.removed:
                rows[step.order_id] = random_order(Random(step.seed), step.order_id, now)
        await db.write(lambda tx, steps=steps: take(tx, steps, now))  # type: ignore[misc]
    between = Between(*(Ms(now + edge) for edge in sorted(edges)))
    worth = Between(*sorted(Ms(edge % 6_000) for edge in edges))

    def check(conn: Connection) -> None:
        assert recount.day_counts(conn, db.shop_id) == []
        for kind in Counted:
            asked = worth if kind is Counted.VALUE else between
            assert counters.count(conn, db.shop_id, kind, asked) == counted(list(rows.values()), kind, asked), kind

    await db.read(check)


def take(tx: Tx, steps: list[Step], now: Ms) -> None:
    for step in steps:
        if step.removed:
            stored.remove(tx, step.order_id)
        else:
            stored.save(tx, [Saved(random_order(Random(step.seed), step.order_id, now), 1)])


def remove_all(tx: Tx) -> None:
    for order_id in range(1, ORDERS + 1):
        stored.remove(tx, order_id)


def counted(orders: list[Projection], kind: Counted, between: Between) -> Count:
    assert between.start is not None
    assert between.end is not None
    found = Count(0)
    for o in orders:
        at = {
            Counted.PLACED: o.placed_at,
            Counted.FULFILLED: o.first_fulfilled_at,
            Counted.REFUNDED: o.refunded_at,
            Counted.VALUE: o.value_usd_cents,
        }[kind]
        if at is not None and between.start <= at < between.end:
            found += Count(1, at - o.placed_at if kind is Counted.FULFILLED else 0)
    return found
