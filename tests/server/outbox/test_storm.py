"""Two processes, many operators, two relays, on the same few orders: nothing is lost, doubled, or left half done."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select
from tests.server.conftest import SettableClock
from tests.support.acting import SHOP, Desk, serve
from tests.support.desk_orders import order
from tests.support.relaying import Ledger, relay_to

from orders_sync.db.engine import Database
from orders_sync.db.failures import Unavailable
from orders_sync.db.outbox import WAITING, OutboxRow
from orders_sync.db.tables import actions, orders, outbox
from orders_sync.instants import HOUR, MINUTE
from orders_sync.outbox.outcome import Later, Outcome, Unknown

ORDERS = [str(n) for n in range(1, 9)]
ACTIONS = 40


@dataclass
class Moody(Ledger):
    """Takes what it is given, but often says otherwise."""

    dice: random.Random = field(default_factory=lambda: random.Random(7))
    calm: bool = False

    async def send(self, rows: Sequence[OutboxRow]) -> list[Outcome]:
        await asyncio.sleep(0)
        return [self._moody(row) for row in rows]

    def _moody(self, row: OutboxRow) -> Outcome:
        if self.calm:
            return self._answer(row)
        if self.dice.random() < 0.3:
            return Later("busy")
        taken = self._answer(row)
        return Unknown("no answer") if self.dice.random() < 0.3 else taken


def wish(dice: random.Random) -> tuple[str, dict[str, Any]]:
    some = dice.sample(ORDERS, 4)
    wishes: list[tuple[str, dict[str, Any]]] = [
        ("assign", {"orderIds": some, "assignee": dice.choice(["maya", "bo", "unassigned"])}),
        ("fulfill", {"orderIds": some}),
        ("support", {"orderId": some[0]}),
        ("inventory", {"sku": "TEE-M", "orderIds": some}),
    ]
    return dice.choice(wishes)


async def operate(desk: Desk, n: int, answers: list[dict[str, Any]]) -> None:
    """One wish under its own key, asked twice, and sometimes taken back."""
    dice = random.Random(n)
    action, body = wish(dice)
    body["delaySeconds"] = dice.choice([0, 0, 30])
    (status, answer), (_, again) = await asyncio.gather(*(insist(desk, action, body, f"k{n}") for _ in range(2)))
    assert status in (200, 404, 409)
    assert again == answer
    answers.append(answer)
    if answer["success"] and dice.random() < 0.3:
        undone, _ = await insist(desk, "undo", {"actionId": answer["actionId"]}, f"undo {n}")
        assert undone in (200, 409)


async def insist(desk: Desk, action: str, body: dict[str, Any], key: str) -> tuple[int, dict[str, Any]]:
    """As a client does: what the database was too busy for is asked again under its key."""
    status = 503
    while status == 503:
        status, answer = await desk.act(action, body, key=key)
    return status, answer


async def relay(db: Database, books: Moody) -> None:
    """One relay's turn. A database too busy for it leaves it to the next."""
    with suppress(Unavailable):
        await relay_to(db, books).send_due()


async def test_a_storm_ends_in_agreement(desk: Desk, database_url: str, clock: SettableClock) -> None:
    await desk.tell(*(order(int(n)) for n in ORDERS))
    books = Moody()
    answers: list[dict[str, Any]] = []
    other = await Database.open(database_url, SHOP, clock)
    try:
        async with serve(other) as elsewhere, asyncio.TaskGroup() as storm:
            for n in range(ACTIONS):
                storm.create_task(operate([desk, elsewhere][n % 2], n, answers))
            for db in (desk.db, other) * 4:
                storm.create_task(relay(db, books))
        await drain(desk, books, clock)
    finally:
        await other.close()

    done = [answer["actionId"] for answer in answers if answer["success"]]
    assert len(done) == len(set(done))
    shop_id = desk.db.shop_id
    recorded = await desk.db.read(
        lambda conn: conn.scalar(select(func.count()).where(actions.c.shop_id == shop_id)) or 0
    )
    assert recorded == len(done)
    rows = await desk.db.read(lambda conn: conn.execute(select(outbox)).all())
    assert {row.state for row in rows} <= {"done", "undone", "discarded"}
    assert sorted(books.effects) == sorted(row.dedupe_key for row in rows if row.state == "done")
    await counts_agree(desk)


async def drain(desk: Desk, books: Moody, clock: SettableClock) -> None:
    """Time passes until nothing waits any more; the receivers come to their senses."""
    books.calm = True
    for _ in range(40):
        clock.advance(20 * MINUTE)
        if not await relay_to(desk.db, books).send_due():
            clock.advance(HOUR)
            if not await relay_to(desk.db, books).send_due():
                return


async def counts_agree(desk: Desk) -> None:
    """What each order says of its outbound work is what there is."""
    rows = await desk.db.read(lambda conn: conn.execute(select(outbox.c.order_id, outbox.c.state)).all())
    waiting = Counter(row.order_id for row in rows if row.state in {state.value for state in WAITING})
    told = await desk.db.read(lambda conn: conn.execute(select(orders.c.id, orders.c.outbound_waiting)).all())
    assert {row.id: row.outbound_waiting for row in told} == {row.id: waiting[row.id] for row in told}
