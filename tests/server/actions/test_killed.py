"""`kill -9` in the middle of many actions: nothing answered is lost, nothing is done twice, and asking again ends the work.

`ORDERS_KILLS` sets how often the server is killed.
"""

from __future__ import annotations

import asyncio
import os
import random
from collections import Counter
from dataclasses import dataclass
from typing import Any

import aiohttp
import orjson
from sqlalchemy import Connection, Table, insert, select
from tests.support.acting import SHOP
from tests.support.desk_orders import order, told
from tests.support.processes import ServerProcess, server

from orders_sync.db.engine import Database
from orders_sync.db.tables import actions, audit, events, idempotency, mentions, order_assignments, outbox

ACTIONS = 150
KILLS = int(os.environ.get("ORDERS_KILLS", "1"))
LOST = (aiohttp.ClientError, ConnectionError)

Answers = dict[int, tuple[int, bytes]]


@dataclass(frozen=True)
class Wish:
    """One action on an order of its own, under a key of its own. `leaves`: the rows it queues; `assigns`: it sets an owner;
    `names`: it is a note that names somebody."""

    n: int

    @property
    def path(self) -> str:
        return ("assign", "fulfill", "support", "note")[self.n % 4]

    @property
    def body(self) -> dict[str, Any]:
        if self.path == "support":
            return {"orderId": str(self.n), "note": "broken"}
        more = {"assign": {"assignee": f"maya {self.n}"}, "note": {"note": f"@{KNOWN} calls back"}}
        return {"orderIds": [str(self.n)], **more.get(self.path, {})}

    @property
    def leaves(self) -> list[str]:
        rows = {"assign": ["owner"], "fulfill": ["fulfillment"], "support": ["escalation", "owner", "thread"]}
        return rows.get(self.path, [])

    @property
    def assigns(self) -> bool:
        return self.path in ("assign", "support")

    @property
    def names(self) -> bool:
        return self.path == "note"


KNOWN, LONG_AGO = "cy", 0
"""Somebody who once owned an order, and which."""

WISHES = [Wish(n) for n in range(1, ACTIONS + 1)]


async def ask(at: ServerProcess, wishes: list[Wish], answers: Answers, enough: int | None = None) -> None:
    """Asks for all at once; kills the server, if it is to be, when so many were answered."""
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(at.url, connector=connector) as session:

        async def one(wish: Wish) -> None:
            headers = {"Content-Type": "application/json", "Idempotency-Key": f"key {wish.n}"}
            try:
                async with session.post(
                    f"/sync/orders/{wish.path}", data=orjson.dumps(wish.body), headers=headers
                ) as answer:
                    found = answer.status, await answer.read()
            except LOST:
                return
            assert answers.setdefault(wish.n, found) == found
            if len(answers) == enough:
                await at.kill()

        await asyncio.gather(*(one(wish) for wish in wishes))


async def test_actions_survive_kill_9_once_each(database_url: str, db: Database) -> None:
    await told(db, [order(wish.n) for wish in WISHES])
    owned = {"order_id": LONG_AGO, "assignee": KNOWN, "assigned_by": KNOWN, "assigned_at": 0}
    await db.write(lambda tx: tx.conn.execute(insert(order_assignments).values(shop_id=tx.shop_id, **owned)))
    dice = random.SystemRandom()
    answers: Answers = {}
    async with server({"DATABASE_URL": database_url, "SHOP_DOMAIN": SHOP}) as running:
        for _ in range(KILLS):
            answered = len(answers)
            await ask(running, missing(answers), answers, dice.randrange(answered + 1, max(answered + 2, ACTIONS - 20)))
            assert answered < len(answers)
            await running.kill()
            await none_is_half_done(db, answers)
            await running.start()

        first = dict(answers)
        await ask(running, missing(answers), answers)
        again: Answers = {}
        await ask(running, WISHES[::8], again)

    assert again.items() <= answers.items()
    assert answers.items() >= first.items()
    assert {status for status, _ in answers.values()} == {200}
    assert await none_is_half_done(db, answers) == ACTIONS


def missing(answers: Answers) -> list[Wish]:
    return [wish for wish in WISHES if wish.n not in answers]


async def none_is_half_done(db: Database, answers: Answers) -> int:
    """Each action is there with all its rows, once, or not at all; those that were answered are. Returns how many are."""
    keys = await db.read(_keys)
    done = {wish for wish in WISHES if f"key {wish.n}" in keys}
    assert answers.keys() <= {wish.n for wish in done}
    recorded = await db.read(lambda conn: list(conn.scalars(select(actions.c.action_id))))
    assert {orjson.loads(body)["actionId"] for _, body in answers.values()} <= set(recorded)
    assert len(recorded) == len(done)
    assert await db.read(lambda conn: _per_order(conn, audit)) == {wish.n: 1 for wish in done}
    owners = await db.read(lambda conn: _per_order(conn, order_assignments))
    assert owners == {LONG_AGO: 1} | {wish.n: 1 for wish in done if wish.assigns}
    named, told_once = await db.read(lambda conn: (_per_order(conn, mentions), _told(conn)))
    assert named == told_once == {wish.n: 1 for wish in done if wish.names}
    assert await db.read(_left) == {wish.n: wish.leaves for wish in done if wish.leaves}
    return len(done)


def _keys(conn: Connection) -> set[str]:
    return set(conn.scalars(select(idempotency.c.key)))


def _per_order(conn: Connection, table: Table) -> dict[int, int]:
    return dict(Counter(conn.scalars(select(table.c.order_id))))


def _told(conn: Connection) -> dict[int, int]:
    of = select(events.c.order_id).where(events.c.type == "mention", events.c.addressee == KNOWN)
    return dict(Counter(conn.scalars(of)))


def _left(conn: Connection) -> dict[int, list[str]]:
    rows: dict[int, list[str]] = {}
    for order_id, kind in conn.execute(select(outbox.c.order_id, outbox.c.kind).order_by(outbox.c.kind)):
        rows.setdefault(order_id, []).append(kind)
    return rows
