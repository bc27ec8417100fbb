"""How PostgreSQL plans what a page is made of: once, where the best plan does not depend on the values."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, select, text
from tests.server.conftest import SHOP

from orders_sync.db.engine import Database
from orders_sync.db.statement import Statement
from orders_sync.db.tables import orders
from orders_sync.db.tabs import BREACH
from orders_sync.db.tabs import SHOP as SHOP_ID
from orders_sync.desk.page import View, summarise
from orders_sync.instants import Ms
from orders_sync.rules.thresholds import Thresholds

PLANS = text("SELECT generic_plans, custom_plans FROM pg_prepared_statements WHERE statement LIKE '%tab_overdue%'")
DUE = select(orders.c.id).where(orders.c.shop_id == SHOP_ID, orders.c.due_at > BREACH)


async def test_counts_and_panels_are_planned_once_whatever_the_moment(postgres_url: str) -> None:
    db = await Database.open(postgres_url, SHOP)

    def read(conn: Connection) -> tuple[int, int]:
        for n in range(8):
            summarise(conn, View(db.shop_id, Ms(db.clock() + n), Thresholds()))
        kept, anew = conn.execute(PLANS).one()
        return kept, anew

    assert await db.read(read) == (8, 0)
    await db.close()


@pytest.mark.parametrize("by_values", [True, False])
async def test_what_follows_is_planned_once_again(postgres_url: str, by_values: bool) -> None:
    db = await Database.open(postgres_url, SHOP)
    statement = Statement(DUE, by_values=by_values)

    def read(conn: Connection) -> str:
        statement.rows(conn, {"shop_id": db.shop_id, "breach": 0})
        mode: str = conn.execute(text("SHOW plan_cache_mode")).scalar_one()
        return mode

    assert await db.read(read) == "force_generic_plan"
    await db.close()


@pytest.mark.parametrize(("by_values", "plans"), [(True, (0, 8)), (False, (8, 0))])
async def test_what_depends_on_the_values_is_planned_for_them(
    postgres_url: str, by_values: bool, plans: tuple[int, int]
) -> None:
    db = await Database.open(postgres_url, SHOP)
    statement = Statement(DUE, by_values=by_values)

    def read(conn: Connection) -> tuple[int, int]:
        for n in range(8):
            statement.rows(conn, {"shop_id": db.shop_id, "breach": n})
        kept, anew = conn.execute(text(str(PLANS).replace("tab_overdue", "due_at >"))).one()
        return kept, anew

    assert await db.read(read) == plans
    await db.close()
