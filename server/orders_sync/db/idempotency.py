"""What came before: requests by their Idempotency-Key, with the first answer (contract §3), and deliveries by their id (§4).

Invariant: whoever claims a key first decides its answer, which is written in the transaction that it answers for. A second
transaction waits for the first to end (the unique key makes it), and then sees its row, or, if the first went back, claims the
key itself. So it is with two processes that get the same delivery at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, and_, bindparam, delete, select, update

from orders_sync.db import durability
from orders_sync.db.bulk import insert_if_missing, older
from orders_sync.db.statement import Statement
from orders_sync.db.tables import deliveries, desk, events, idempotency
from orders_sync.db.tabs import SHOP
from orders_sync.db.texts import clean, key
from orders_sync.db.tx import Tx
from orders_sync.evidence.changes import Delivery

_CLAIMED = 0
"""The status of a key whose first request still runs; never committed."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as idempotency sees it; `digest` is of the body as a JSON value."""

    caller: str
    key: str
    path: str
    digest: str


@dataclass(frozen=True, slots=True)
class Answered:
    """A recorded answer. `event_row`: the event whose number is its desk version, None when it holds that already."""

    status: int
    body: bytes
    event_row: int | None
    same_request: bool


def claim(tx: Tx, asked: Asked, keep_ms: int) -> Answered | None:
    """None when the key is this transaction's now; otherwise the first answer. Keys older than `keep_ms` are free."""
    values = {"shop_id": tx.shop_id, "caller": asked.caller, "key": asked.key, "created_at": tx.now}
    fresh = values | {"path": asked.path, "body_digest": asked.digest, "status": _CLAIMED, "answer": b""}
    claimed = insert_if_missing(tx.conn, idempotency).returning(idempotency.c.key)
    if tx.conn.execute(claimed, fresh).one_or_none() is not None:
        return None
    known = tx.conn.execute(select(idempotency).where(_is(tx, asked)).with_for_update()).one_or_none()
    if known is None or known.created_at <= tx.now - keep_ms:
        release(tx, asked)
        tx.conn.execute(insert_if_missing(tx.conn, idempotency), fresh)
        return None
    same = (known.path, known.body_digest) == (asked.path, asked.digest)
    return Answered(known.status, known.answer, known.event_row, same)


def record(tx: Tx, asked: Asked, status: int, body: bytes, event_row: int | None) -> None:
    """The answer to the key that this transaction claimed."""
    answer = {"status": status, "answer": body, "event_row": event_row}
    tx.conn.execute(update(idempotency).where(_is(tx, asked)).values(answer))


def release(tx: Tx, asked: Asked) -> None:
    """Frees the key: its answer is none to be kept."""
    tx.conn.execute(delete(idempotency).where(_is(tx, asked)))


prune = older(idempotency.c.created_at)


def desk_version(conn: Connection, shop_id: int, event_row: int) -> int | None:
    """The number of an answer's event, which it has for good; None when the event is kept no more."""
    found = _NUMBER.rows(conn, {"shop_id": shop_id, "event_row": event_row})
    n: int | None
    n, durable = found[0] if found else (None, 0)
    if n is not None and n > durable:
        durability.ensure(conn)
    return n


_NUMBER = Statement(
    select(events.c.n, desk.c.durable_n)
    .join_from(events, desk, desk.c.shop_id == events.c.shop_id)
    .where(events.c.shop_id == SHOP, events.c.row_id == bindparam("event_row"))
)


def _is(tx: Tx, asked: Asked) -> ColumnElement[bool]:
    i = idempotency.c
    return and_(i.shop_id == tx.shop_id, i.caller == asked.caller, i.key == asked.key)


def is_new(tx: Tx, delivery: Delivery) -> bool:
    """Takes note of a delivery; False when it came before. One without an id is always new."""
    return bool(new_deliveries(tx, [delivery]))


def new_deliveries(tx: Tx, several: Sequence[Delivery]) -> list[Delivery]:
    """Takes note of several; returns those that are new, each once."""
    first: dict[tuple[str, str], Delivery] = {}
    for delivery in several:
        if delivery.delivery_id is not None:
            first.setdefault((delivery.source, key(delivery.delivery_id)), delivery)
    rows = [
        {
            "shop_id": tx.shop_id,
            "source": source,
            "delivery_id": delivery_id,
            "topic": clean(delivery.topic),
            "received_at": delivery.received_at,
        }
        for (source, delivery_id), delivery in sorted(first.items(), key=lambda item: item[0])
    ]
    added = _ADD.rows_many(tx.conn, rows)
    new = {id(first[source, delivery_id]) for source, delivery_id in added}
    return [delivery for delivery in several if delivery.delivery_id is None or id(delivery) in new]


_ADD = Statement(
    lambda conn: insert_if_missing(conn, deliveries).returning(deliveries.c.source, deliveries.c.delivery_id)
)

prune_deliveries = older(deliveries.c.received_at)
