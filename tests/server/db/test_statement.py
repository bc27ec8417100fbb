"""Statements that the driver runs: how PostgreSQL plans them (once, where the best plan does not depend on the values), and how
many rows and what fails among them are taken."""

from __future__ import annotations

import asyncio

import orjson
import pytest
from sqlalchemy import Connection, func, insert, select, text
from sqlalchemy.exc import IntegrityError
from tests.server.conftest import SHOP

from orders_sync.db import events, numbering, tables
from orders_sync.db.engine import Database
from orders_sync.db.events import EventDraft
from orders_sync.db.statement import PostgresStatement, Statement, pipelined
from orders_sync.db.tables import orders
from orders_sync.db.tabs import BREACH
from orders_sync.db.tabs import SHOP as SHOP_ID
from orders_sync.db.tx import Tx
from orders_sync.desk.page import View, summarise
from orders_sync.instants import Ms
from orders_sync.rules.thresholds import Thresholds
from orders_wire.vocabulary import EventType

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


@pytest.mark.parametrize("count", [0, 1, 15, 16, 17, 31, 49, 64, 131])
async def test_many_rows_are_taken_in_their_order_however_many(db: Database, count: int) -> None:
    bodies = [f"a note {n}" for n in range(count)]

    def job(tx: Tx) -> list[int]:
        return events.append_all(tx, [EventDraft(EventType.REFRESH, message=body) for body in bodies])

    ids = await db.write(job)
    assert ids == sorted(set(ids))

    def told(conn: Connection) -> list[str]:
        stored = conn.scalars(select(tables.events.c.body).order_by(tables.events.c.row_id))
        return [orjson.loads(body)["message"] for body in stored]

    assert await db.read(told) == bodies


async def test_what_fails_among_statements_that_wait_for_nothing_is_raised_and_takes_back_its_own_work_alone(
    db: Database,
) -> None:
    row = {"shop_id": db.shop_id, "kind": "return", "ref_id": 1, "order_id": 1}
    adding = Statement(insert(tables.references))

    def job(tx: Tx) -> None:
        with pipelined(tx.conn):
            adding.run_many(tx.conn, [row])
            adding.run_many(tx.conn, [row])
            adding.run_many(tx.conn, [row | {"ref_id": 2}])

    beside = db.write(lambda tx: adding.run_many(tx.conn, [row | {"ref_id": 3}]), [3])
    failed, _ = await asyncio.gather(db.write(job, [1]), beside, return_exceptions=True)
    assert isinstance(failed, IntegrityError)
    kept = select(tables.references.c.ref_id).order_by(tables.references.c.ref_id)
    assert await db.read(lambda conn: list(conn.scalars(kept))) == [3]


@pytest.mark.parametrize("beside", [0, 2])
async def test_a_session_that_ends_among_them_costs_nobody_the_answer(postgres_url: str, beside: int) -> None:
    db = await Database.open(postgres_url, SHOP)
    ending = PostgresStatement("SELECT pg_terminate_backend(pg_backend_pid())")
    sessions: set[int] = set()

    def job(tx: Tx) -> int:
        sessions.add(tx.conn.connection.driver_connection.info.backend_pid)  # type: ignore[union-attr]
        with pipelined(tx.conn):
            if len(sessions) == 1:
                ending.run(tx.conn)
            events.append(tx, EventDraft(EventType.REFRESH))
        return len(sessions)

    others = (db.write(lambda _: 0, [n]) for n in range(beside))
    assert await asyncio.gather(db.write(job, [7]), *others) == [2, *[0] * beside]
    await db.close()


async def test_a_session_that_ends_after_the_commit_costs_neither_answer_nor_number(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    db = await Database.open(postgres_url, SHOP)
    runs: list[int] = []

    def job(tx: Tx) -> None:
        runs.append(events.append(tx, EventDraft(EventType.REFRESH)))

    with monkeypatch.context() as patched:
        patched.setattr(numbering, "_SEQUENCE", Statement(select(func.pg_terminate_backend(func.pg_backend_pid()))))
        await db.write(job)
    await db.write(job)
    numbers = select(tables.events.c.n).order_by(tables.events.c.row_id)
    assert (len(runs), await db.read(lambda conn: list(conn.scalars(numbers)))) == (2, [1, 2])
    await db.close()
