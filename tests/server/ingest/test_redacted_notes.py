"""Whatever operators wrote about an order is in no table any more once its customer, or its shop, was redacted.

Every text of the test bears a marker of its own, and every column of every table is searched for it: also those that come later.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import Connection, select
from tests.support import shop_bodies as shop
from tests.support.acting import Desk, serve
from tests.support.relaying import Ledger, relay_to
from tests.support.shop_bodies import Body, delivery

from orders_sync.db.engine import Database
from orders_sync.db.outbox import OutboxRow
from orders_sync.db.tables import metadata
from orders_sync.ingest.apply import apply
from orders_sync.outbox.outcome import Later, Outcome, Refused
from orders_sync.rules.thresholds import Thresholds

MARK = "qzx"
"""In every text that somebody typed about orders 1 and 3, the customer of which is erased."""

KEPT = "wvy"
"""In a note on order 2, another customer's."""

REDACT = {"customer": {"id": 77, "email": "ada@example.com", "phone": None}, "orders_to_redact": [1]}
SHOP_REDACT = {"shop_id": 1}
BY = {"X_Operator": "bea"}


def texts(conn: Connection) -> Iterator[tuple[str, str]]:
    """Every cell of the database, with the table and the column that it stands in."""
    for table in metadata.sorted_tables:
        for row in conn.execute(select(table)).mappings():
            for column, value in row.items():
                yield (
                    f"{table.name}.{column}",
                    value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value),
                )


async def places(db: Database, mark: str) -> set[str]:
    """The columns in which the mark stands."""
    found = await db.read(lambda conn: [(place, text) for place, text in texts(conn) if mark in text])
    return {place for place, _ in found}


async def take(db: Database, topic: str, body: Body, time: str = "09:00") -> None:
    await db.write(lambda tx: apply(tx, delivery(topic, body, time), Thresholds()))


class Writer:
    """Types something that bears the mark, once for every way of typing."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._n = 0

    @property
    def note(self) -> str:
        self._n += 1
        return f"{MARK} {self._n} @cy says: 'no'"

    async def act(self, action: str, body: Body, status: int | None = 200) -> Body:
        """Under a key, so that the answer is recorded. `status` None: refused or not."""
        self._n += 1
        got, answer = await self._desk.act(action, body, key=f"key {self._n}", **BY)
        assert got == (status or got), answer
        return answer

    async def noted(self, *order_ids: str, **more: Any) -> Body:
        return await self.act("note", {"orderIds": list(order_ids) or ["1"], "note": self.note, **more})

    async def undo(self, answer: Body) -> None:
        await self.act("undo", {"actionId": answer["actionId"]})


async def write_notes(desk: Desk, w: Writer) -> None:
    """Notes that stand, were changed, deleted, undone and brought back, also with another order's, and mentions of them."""
    changed = await w.noted()
    await w.noted(noteId=changed["updatedOrders"][0]["noteId"])
    await w.undo(await w.noted())
    await w.undo(await w.noted(noteId=(await w.noted())["updatedOrders"][0]["noteId"]))
    for back in (False, True):
        note_id = (await w.noted())["updatedOrders"][0]["noteId"]
        _, gone = await desk.delete(f"/sync/orders/note/{note_id}", key=f"gone {back}", **BY)
        if back:
            await w.undo(gone)
    await w.act("note", {"orderIds": ["2"], "note": f"{KEPT} @cy"})
    foreign = {"orderIds": ["1"], "note": w.note, "noteId": "1-abc"}
    await w.act("note", foreign, 404)
    async with desk.client.get("/sync/mentions", headers={"X-Operator": "cy"}) as response:
        listed = (await response.json())["mentions"]
    assert [MARK in mention["text"] for mention in listed] == [False, True, True, True]
    await desk.client.post("/sync/mentions/read", json={"ids": [listed[1]["id"]]}, headers={"X-Operator": "cy"})


@dataclass
class Repeating(Ledger):
    """A receiver that takes nothing, and repeats the note that it was sent."""

    answer: type[Refused | Later] = Refused

    async def send(self, rows: Sequence[OutboxRow]) -> list[Outcome]:
        told = [row.payload.get("data", row.payload) for row in rows]
        return [self.answer(f"no: {each.get('note')}" if isinstance(each, dict) else "no") for each in told]


async def write_to_others(desk: Desk, w: Writer) -> None:
    """What leaves with a note: waiting, done, refused by a receiver that repeats it, and taken back."""
    for receiver in (None, Repeating(answer=Refused), Repeating(answer=Later)):
        for action, body in (
            ("support", {"orderId": "1"}),
            ("hold", {"orderIds": ["1"], "reason": "customer"}),
            ("release", {"orderIds": ["1"]}),
            ("inventory", {"sku": "SKU-11", "orderIds": ["1"]}),
            ("returns", {"orderId": "1", "action": "deny"}),
        ):
            await w.act(action, {**body, "note": w.note, "delaySeconds": 0}, None)
            if receiver is not None:
                await relay_to(desk.db, receiver).send_due()
    await w.undo(await w.act("hold", {"orderIds": ["1"], "reason": "fraud", "note": w.note}))
    cancel = {"orderId": "3", "reason": "customer", "refund": "none", "restock": True, "note": w.note}
    await w.act("cancel", cancel)
    kinds = {row.kind for row in [*await desk.outbox(1), *await desk.outbox(3)]}
    assert kinds >= {"escalation", "hold", "inventory", "return", "cancel"}


@pytest.fixture
async def written(db: Database) -> Database:
    """A desk on which all of that was typed about orders 1 and 3, and one note about order 2."""
    for order_id in (1, 3):
        await take(db, "orders/create", shop.order(order_id), "08:00")
    await take(db, "orders/create", shop.order(2, customer=None, email=None, shipping_address=None), "08:00")
    for return_id in (31, 32, 33):
        await take(db, "returns/request", shop.shop_return(return_id, 1, status="requested"), "08:30")
    async with serve(db) as desk:
        await desk.act("assign", {"orderIds": ["2"], "assignee": "cy"})
        writer = Writer(desk)
        await write_notes(desk, writer)
        await write_to_others(desk, writer)
    return db


async def test_no_table_has_anything_that_was_typed_about_a_redacted_customers_order(written: Database) -> None:
    before = await places(written, MARK)
    assert {"order_docs.operator", "orders.card", "audit.details", "actions.body", "outbox.payload"} <= before
    assert not {place for place in before if place.startswith(("events.", "mentions.", "alerts."))}
    await take(written, "customers/redact", REDACT, "11:00")
    assert await places(written, MARK) == set()
    assert await places(written, KEPT) == {"order_docs.operator", "orders.card", "audit.details", "actions.body"}


async def test_what_was_erased_reads_as_blank(written: Database) -> None:
    await take(written, "customers/redact", REDACT, "11:00")
    async with serve(written) as desk:
        async with desk.client.get("/sync/mentions", headers={"X-Operator": "cy"}) as response:
            listed = (await response.json())["mentions"]
        assert [mention["text"] for mention in listed] == [f"{KEPT} @cy", "", "", ""]
        seen = await desk.order(1)
        assert {note.text for note in seen.operator.notes.values()} == {None}
        note_id = next(iter(seen.operator.notes))
        assert (await desk.act("note", {"orderIds": ["1"], "note": "anew", "noteId": note_id}, **BY))[0] == 200


async def test_no_table_has_anything_that_was_typed_in_a_redacted_shop(written: Database) -> None:
    await take(written, "shop/redact", SHOP_REDACT, "12:00")
    assert await places(written, MARK) == await places(written, KEPT) == set()
