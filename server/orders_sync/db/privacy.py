"""Erasing people: what is found by a customer and wiped outside an order's own document and row (contract §4, redact topics)."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from typing import Any

import orjson
from sqlalchemy import Table, delete, select, update

from orders_sync.db import tables
from orders_sync.db.tables import actions, audit, dead_letters, order_terms, orders, outbox, parked
from orders_sync.db.texts import folded, searched
from orders_sync.db.tx import Tx
from orders_wire.vocabulary import DeadLetterState, OutboundState

ERASED = "erased at the customer's request"
"""The reason of a dead letter that was emptied."""

_BATCH = 400
_FINISHED = (OutboundState.DONE.value, OutboundState.UNDONE.value, OutboundState.DISCARDED.value)
_KEPT = frozenset({"shops", "desk", "leases", "events", "deliveries"})
"""What a redacted shop keeps: that it was here, and the numbers of events that told nothing but ids."""


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
    letters = tx.conn.execute(
        select(dead_letters.c.id, dead_letters.c.source, dead_letters.c.body).where(
            dead_letters.c.shop_id == tx.shop_id
        )
    ).all()
    found = {row.id: row.source for row in letters if marked.search(bytes(row.body))}
    for batch in _batches(found):
        emptied = update(dead_letters).where(dead_letters.c.shop_id == tx.shop_id, dead_letters.c.id.in_(batch))
        tx.conn.execute(emptied.values(body=b"", headers="{}", reason=ERASED, state=DeadLetterState.DISCARDED.value))
    if addresses:
        _unpark(tx, re.compile(b"|".join(addresses), re.IGNORECASE))
    return set(found.values())


def _unpark(tx: Tx, marked: re.Pattern[bytes]) -> None:
    waiting = tx.conn.execute(
        select(parked.c.kind, parked.c.ref_id, parked.c.digest, parked.c.change).where(parked.c.shop_id == tx.shop_id)
    ).all()
    for row in waiting:
        if marked.search(bytes(row.change)):
            same = (parked.c.kind == row.kind) & (parked.c.ref_id == row.ref_id) & (parked.c.digest == row.digest)
            tx.conn.execute(delete(parked).where(parked.c.shop_id == tx.shop_id, same))


def forget_notes(tx: Tx, order_ids: Collection[int]) -> None:
    """Empties what operators typed about these orders: in the audit, in what is kept for an undo, and in what has to leave."""
    for batch in _batches(order_ids):
        tx.conn.execute(
            update(audit).where(audit.c.shop_id == tx.shop_id, audit.c.order_id.in_(batch)).values(details="")
        )
        mine = (outbox.c.shop_id == tx.shop_id) & outbox.c.order_id.in_(batch)
        tx.conn.execute(update(outbox).where(mine, outbox.c.state.in_(_FINISHED)).values(payload="{}"))
        for row in tx.conn.execute(select(outbox.c.id, outbox.c.payload).where(mine).with_for_update()).all():
            payload = orjson.dumps(_without_notes(orjson.loads(row.payload))).decode()
            if payload != row.payload:
                tx.conn.execute(
                    update(outbox).where(outbox.c.shop_id == tx.shop_id, outbox.c.id == row.id).values(payload=payload)
                )
    _forget_in_actions(tx, frozenset(order_ids))


def _forget_in_actions(tx: Tx, order_ids: Collection[int]) -> None:
    for row in tx.conn.execute(
        select(actions.c.action_id, actions.c.body).where(actions.c.shop_id == tx.shop_id)
    ).all():
        body = orjson.loads(row.body)
        for part in ("orders", "altered"):
            body[part] = [_without_notes(of) if of["order_id"] in order_ids else of for of in body.get(part, ())]
        blank = orjson.dumps(body).decode()
        if blank != row.body:
            same = (actions.c.shop_id == tx.shop_id) & (actions.c.action_id == row.action_id)
            tx.conn.execute(update(actions).where(same).values(body=blank))


def _without_notes(value: Any) -> Any:
    """The same JSON value with every `note` in it told as null."""
    if isinstance(value, dict):
        return {name: None if name == "note" else _without_notes(inner) for name, inner in value.items()}
    return [_without_notes(inner) for inner in value] if isinstance(value, list) else value


def erase_shop(tx: Tx) -> None:
    """Everything that the shop told, and everything that was done about it."""
    for table in _erasable():
        tx.conn.execute(delete(table).where(table.c.shop_id == tx.shop_id))


def _erasable() -> Iterable[Table]:
    return (table for table in tables.metadata.sorted_tables if table.name not in _KEPT and "shop_id" in table.c)


def _batches(wanted: Collection[int]) -> Iterable[list[int]]:
    ordered = sorted(wanted)
    return (ordered[start : start + _BATCH] for start in range(0, len(ordered), _BATCH))
