"""Erasing people: what is found by a customer and wiped outside an order's own document and row (contract §4, redact topics)."""

from __future__ import annotations

import re
from collections.abc import Collection, Set
from typing import Any

import orjson
from sqlalchemy import delete, select, update

from orders_sync.db import order_lookup, tables
from orders_sync.db.bulk import batches
from orders_sync.db.outbox import recount
from orders_sync.db.tables import actions, audit, dead_letters, idempotency, order_terms, orders, outbox, parked
from orders_sync.db.texts import folded, searched
from orders_sync.db.tx import Tx
from orders_wire.vocabulary import DeadLetterState, OutboundState

ERASED = "erased at the customer's request"
"""The reason of a dead letter that was emptied."""

_ADDRESS = "address"
"""The kind of a row that corrects an address."""

_TYPED = frozenset({"note", "text", "address", "address_before"})
"""What payloads and decisions call what people typed."""

_NOTED = b'"note":"'
"""In an answer that shows a note."""

_WAITING = (OutboundState.QUEUED.value, OutboundState.NEEDS_REVIEW.value, OutboundState.DEAD.value)
"""Whose rows nobody holds, and whose outcome is known."""

_FINISHED = (OutboundState.DONE.value, OutboundState.UNDONE.value, OutboundState.DISCARDED.value)
_KEPT = frozenset({"shops", "desk", "leases", "events", "deliveries"})
"""What a redacted shop keeps: that it was here, and the numbers of events, in which is nothing but ids."""


def orders_of(tx: Tx, customer_id: int | None) -> set[int]:
    """The orders of a customer, by id."""
    if customer_id is None:
        return set()
    mine = (orders.c.shop_id == tx.shop_id) & (orders.c.customer_id == customer_id)
    return set(tx.conn.execute(select(orders.c.id).where(mine)).scalars())


def orders_like(tx: Tx, email: str | None) -> set[int]:
    """The orders that a search finds by this whole e-mail address: those that bear it, and those of addresses spelled alike."""
    if not email:
        return set()
    spelled = {folded(email), searched(email)}  # also as rows have it that are still to be derived again
    mine = (order_terms.c.shop_id == tx.shop_id) & (order_terms.c.kind == "email")
    return set(tx.conn.execute(select(order_terms.c.order_id).where(mine, order_terms.c.term.in_(spelled))).scalars())


def forget_letters(tx: Tx, ids: Collection[int], emails: Collection[str]) -> set[str]:
    """Empties dead letters in which one of these ids or addresses stands, and drops parked changes with such an address.

    Their reasons go too: they may quote what could not be read. Returns the sources of those that were emptied.
    """
    numbers = [rb"(?<![0-9])%d(?![0-9])" % number for number in sorted(ids)]
    addresses = [re.escape(email.encode()) for email in sorted(emails)]
    marked = re.compile(b"|".join([*numbers, *addresses]) or rb"(?!)", re.IGNORECASE)
    letter = dead_letters.c
    letters = tx.conn.execute(select(letter.id, letter.source, letter.body).where(letter.shop_id == tx.shop_id)).all()
    found = {row.id: row.source for row in letters if marked.search(bytes(row.body))}
    for batch in batches(found):
        emptied = update(dead_letters).where(letter.shop_id == tx.shop_id, letter.id.in_(batch))
        tx.conn.execute(emptied.values(body=b"", headers="{}", reason=ERASED, state=DeadLetterState.DISCARDED.value))
    if addresses:
        _unpark(tx, re.compile(b"|".join(addresses), re.IGNORECASE))
    return set(found.values())


def _unpark(tx: Tx, marked: re.Pattern[bytes]) -> None:
    p = parked.c
    waiting = select(p.kind, p.ref_id, p.digest, p.change).where(p.shop_id == tx.shop_id)
    for row in tx.conn.execute(waiting).all():
        if marked.search(bytes(row.change)):
            same = (p.kind == row.kind, p.ref_id == row.ref_id, p.digest == row.digest)
            tx.conn.execute(delete(parked).where(p.shop_id == tx.shop_id, *same))


def forget_typed(tx: Tx, order_ids: Collection[int]) -> None:
    """Empties what operators typed about these orders: in the audit, in what is kept for an undo, in what has to leave, and in
    recorded answers. An address that waits will not leave."""
    for batch in batches(order_ids):
        audited = update(audit).where(audit.c.shop_id == tx.shop_id, audit.c.order_id.in_(batch))
        tx.conn.execute(audited.values(details=""))
        mine = (outbox.c.shop_id == tx.shop_id) & outbox.c.order_id.in_(batch)
        waiting = (mine, outbox.c.kind == _ADDRESS, outbox.c.state.in_(_WAITING))
        gone = {"state": OutboundState.DISCARDED.value, "last_error": ERASED}
        tx.conn.execute(update(outbox).where(*waiting).values(gone))
        tx.conn.execute(update(outbox).where(mine, outbox.c.state.in_(_FINISHED)).values(payload="{}"))
        for row in tx.conn.execute(select(outbox.c.id, outbox.c.payload).where(mine).with_for_update()).all():
            payload = orjson.dumps(_without_typed(orjson.loads(row.payload))).decode()
            if payload != row.payload:
                same = update(outbox).where(outbox.c.shop_id == tx.shop_id, outbox.c.id == row.id)
                tx.conn.execute(same.values(payload=payload))
        recount(tx, batch)
    _forget_in_actions(tx, frozenset(order_ids))
    _forget_in_answers(tx, frozenset(order_ids))


def _forget_in_actions(tx: Tx, order_ids: Collection[int]) -> None:
    known = select(actions.c.action_id, actions.c.body).where(actions.c.shop_id == tx.shop_id)
    for row in tx.conn.execute(known).all():
        body = orjson.loads(row.body)
        for part in ("orders", "altered"):
            body[part] = [_without_typed(of) if of["order_id"] in order_ids else of for of in body.get(part, ())]
        blank = orjson.dumps(body).decode()
        if blank != row.body:
            same = (actions.c.shop_id == tx.shop_id) & (actions.c.action_id == row.action_id)
            tx.conn.execute(update(actions).where(same).values(body=blank))


def _forget_in_answers(tx: Tx, order_ids: Set[int]) -> None:
    """In what is answered again under an idempotency key: the hold that is shown has its note."""
    i = idempotency.c
    for row in tx.conn.execute(select(i.caller, i.key, i.answer).where(i.shop_id == tx.shop_id)).all():
        if _NOTED not in bytes(row.answer):
            continue
        body = orjson.loads(row.answer)
        shown = body["updatedOrders"]
        meant = order_lookup.find(tx.conn, tx.shop_id, {of["id"] for of in shown})
        others = {of for of, found in meant.items() if found and order_ids.isdisjoint(found)}
        body["updatedOrders"] = [of if of["id"] in others else _without_typed(of) for of in shown]
        same = (i.shop_id == tx.shop_id) & (i.caller == row.caller) & (i.key == row.key)
        tx.conn.execute(update(idempotency).where(same).values(answer=orjson.dumps(body)))


def _without_typed(value: Any) -> Any:
    """The same JSON value with null for every note, text of one and address in it."""
    if isinstance(value, dict):
        return {name: None if name in _TYPED else _without_typed(inner) for name, inner in value.items()}
    return [_without_typed(inner) for inner in value] if isinstance(value, list) else value


def erase_shop(tx: Tx) -> None:
    """Everything that the shop sent, and everything that was done about it."""
    for table in tables.metadata.sorted_tables:
        if table.name not in _KEPT:
            tx.conn.execute(delete(table).where(table.c.shop_id == tx.shop_id))
