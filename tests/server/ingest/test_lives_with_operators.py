"""Lives drawn at random while operators act on the same orders: nothing breaks, and nothing that they decided is undone by it.

`test_lives` shows that deliveries end alike on any way. What operators do depends on what they see, so here only laws are asked.
"""

from __future__ import annotations

from functools import partial
from random import Random
from typing import Any

import pytest
from tests.server.conftest import SettableClock
from tests.support.acting import SHOP, Desk, serve
from tests.support.lives import ORDERS, life

from orders_sync.db import order_documents
from orders_sync.db.engine import Database
from orders_sync.desk.page import View
from orders_sync.ingest.apply import apply
from orders_sync.instants import HOUR, MINUTE, SECOND
from orders_sync.rules.operator_state import Note, OperatorState
from orders_sync.rules.thresholds import Thresholds
from orders_sync.upkeep.verify import verify


async def _decided(db: Database) -> dict[int, OperatorState]:
    """What operators decided, but for what evidence may end (escalations for stock, cancellations) and what an erasure may empty
    (words)."""
    known = {n: await db.read(partial(order_documents.read, shop_id=db.shop_id, order_id=n)) for n in ORDERS}
    without: dict[str, Any] = {"holds": {}, "escalation": None, "entries": {}, "cancelling": None}
    decided = {n: doc.operator.model_copy(update=without) for n, doc in known.items() if doc is not None}
    return {n: operator.model_copy(update={"notes": _wordless(operator)}) for n, operator in decided.items()}


def _wordless(operator: OperatorState) -> dict[str, Note]:
    return {of: note.model_copy(update={"text": None}) for of, note in operator.notes.items()}


async def _act(desk: Desk, dice: Random, done: list[str]) -> None:
    """Any action on any order; none may fail but by a refusal."""
    order_id = str(dice.choice(ORDERS))
    known = (await desk.db.read(partial(order_documents.notes, shop_id=desk.db.shop_id, order_ids=ORDERS))).keys()
    note = dice.choice([None, *sorted(known)])
    choices: list[tuple[str, dict[str, Any]]] = [
        ("assign", {"orderIds": [order_id], "assignee": dice.choice(["bo", "ana", "unassigned"])}),
        ("fulfill", {"orderIds": [order_id], "tracking": dice.choice([None, {"number": "1Z9"}])}),
        ("support", {"orderId": order_id, "note": "please"}),
        ("returns", {"orderId": order_id, "action": dice.choice(["request_inspection", "approve_refund", "deny"])}),
        ("inventory", {"sku": "SKU-11", "orderIds": [order_id], "note": "none left"}),
        ("note", {"orderIds": [order_id], "note": dice.choice(["@bo", "@ana and @bo", "please"]), "noteId": note}),
        ("cancel", {"orderId": order_id, "reason": "other", "refund": "none", "restock": dice.random() < 0.5}),
        ("undo", {"actionId": dice.choice(done) if done else "none"}),
    ]
    name, body = dice.choice(choices)
    status, answer = await desk.act(name, {field: value for field, value in body.items() if value is not None})
    assert status in (200, 404, 409), answer
    if note is not None and dice.random() < 0.2:
        _, answer = await desk.delete(f"/sync/orders/note/{note}")
    if "actionId" in answer:
        done.append(answer["actionId"])
    if dice.random() < 0.3:
        await desk.claim("shopify", "erp", "support")


@pytest.mark.parametrize("seed", range(4))
async def test_deliveries_leave_what_operators_decided_and_the_books_balance(
    sqlite_url: str, clock: SettableClock, seed: int
) -> None:
    dice, done = Random(seed), list[str]()
    deliveries = life(dice, 40)
    deliveries += dice.sample(deliveries, len(deliveries) // 3)
    dice.shuffle(deliveries)
    db = await Database.open(sqlite_url, SHOP, clock)
    async with serve(db) as desk:
        for delivery in deliveries:
            clock.advance(dice.choice([SECOND, MINUTE, HOUR]))
            before = await _decided(db)
            await db.write(partial(apply, delivery=delivery, thresholds=Thresholds()))
            after = await _decided(db)
            assert {n: after[n] for n in before if n in after} == {n: before[n] for n in before if n in after}
            await _act(desk, dice, done)
    assert await db.read(lambda conn: verify(conn, View(db.shop_id, clock.now, Thresholds()))) == []
    await db.close()
