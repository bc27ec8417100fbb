"""What came in and could not be read, kept until somebody retries or discards it (contract §3, Outbound; §4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Row, func, insert, select, update

from orders_sync.db.bulk import forget
from orders_sync.db.tables import dead_letters
from orders_sync.db.texts import clean, key
from orders_sync.db.tx import Reading, Tx
from orders_sync.instants import Ms
from orders_wire.vocabulary import DeadLetterState


@dataclass(frozen=True, slots=True)
class DeadLetterRow:
    """A body as it came, with the headers that matter as JSON."""

    id: int
    source: str
    topic: str
    delivery_id: str
    headers: str
    body: bytes
    reason: str
    state: DeadLetterState
    received_at: Ms


@dataclass(frozen=True, slots=True)
class Letter:
    """A body as it came. `headers`: what else there is to know about it, as JSON."""

    source: str
    topic: str
    delivery_id: str
    headers: str
    body: bytes


def add(tx: Tx, letter: Letter, reason: str) -> None:
    """Keeps a body that cannot be read."""
    row = {
        "shop_id": tx.shop_id,
        "source": letter.source,
        "topic": clean(letter.topic),
        "delivery_id": key(letter.delivery_id),
        "headers": clean(letter.headers),
        "body": letter.body,
        "reason": clean(reason),
        "state": DeadLetterState.DEAD.value,
        "received_at": tx.now,
    }
    tx.conn.execute(insert(dead_letters).values(row))


def lock(tx: Tx, letter_id: int) -> DeadLetterRow | None:
    """One dead letter, locked."""
    query = select(dead_letters).where(dead_letters.c.shop_id == tx.shop_id, dead_letters.c.id == letter_id)
    row = tx.conn.execute(query.with_for_update()).one_or_none()
    return None if row is None else _row(row)


def set_state(tx: Tx, letter_id: int, state: DeadLetterState, reason: str | None = None) -> None:
    """Marks a dead letter, with a new reason where a retry failed again."""
    values = {"state": state.value} if reason is None else {"state": state.value, "reason": clean(reason)}
    mine = (dead_letters.c.shop_id == tx.shop_id) & (dead_letters.c.id == letter_id)
    tx.conn.execute(update(dead_letters).where(mine).values(values))


def end(tx: Tx, source: str, topics: Sequence[str], state: DeadLetterState) -> int:
    """Marks those of a source that are dead under one of these topics; returns how many."""
    if not topics:
        return 0
    mine = (dead_letters.c.shop_id == tx.shop_id) & (dead_letters.c.state == DeadLetterState.DEAD.value)
    named = (dead_letters.c.source == source) & dead_letters.c.topic.in_([clean(topic) for topic in topics])
    return tx.conn.execute(update(dead_letters).where(mine, named).values(state=state.value)).rowcount


def topics(conn: Reading, shop_id: int, source: str, limit: int = 250) -> list[str]:
    """What those of a source that are dead are about, newest first."""
    mine = (dead_letters.c.shop_id == shop_id) & (dead_letters.c.state == DeadLetterState.DEAD.value)
    query = select(dead_letters.c.topic).where(mine, dead_letters.c.source == source)
    return list(conn.scalars(query.order_by(dead_letters.c.id.desc()).limit(limit)))


def waits(tx: Tx, source: str, topic: str) -> bool:
    """True when one of this topic is dead."""
    mine = (dead_letters.c.shop_id == tx.shop_id) & (dead_letters.c.state == DeadLetterState.DEAD.value)
    named = (dead_letters.c.source == source) & (dead_letters.c.topic == clean(topic))
    return tx.conn.execute(select(dead_letters.c.id).where(mine, named).limit(1)).first() is not None


def was_read(tx: Tx, letter: Letter) -> bool:
    """True when the last of this topic has been read meanwhile."""
    mine = (dead_letters.c.shop_id == tx.shop_id) & (dead_letters.c.source == letter.source)
    query = select(dead_letters.c.state).where(mine, dead_letters.c.topic == clean(letter.topic))
    last = tx.conn.execute(query.order_by(dead_letters.c.id.desc()).limit(1)).scalar_one_or_none()
    return last == DeadLetterState.RETRIED.value


def one(conn: Connection, shop_id: int, letter_id: int) -> DeadLetterRow | None:
    """One dead letter, as it is now."""
    mine = (dead_letters.c.shop_id == shop_id) & (dead_letters.c.id == letter_id)
    row = conn.execute(select(dead_letters).where(mine)).one_or_none()
    return None if row is None else _row(row)


def dead_from(tx: Tx, source: str) -> int:
    """How many of a source are still dead."""
    mine = (dead_letters.c.shop_id == tx.shop_id) & (dead_letters.c.source == source)
    query = (
        select(func.count()).select_from(dead_letters).where(mine, dead_letters.c.state == DeadLetterState.DEAD.value)
    )
    return tx.conn.execute(query).scalar_one()


def listed(conn: Connection, shop_id: int, state: DeadLetterState | None, limit: int = 250) -> list[DeadLetterRow]:
    """Newest first."""
    query = select(dead_letters).where(dead_letters.c.shop_id == shop_id)
    if state is not None:
        query = query.where(dead_letters.c.state == state.value)
    return [_row(row) for row in conn.execute(query.order_by(dead_letters.c.id.desc()).limit(limit))]


def counts(conn: Connection, shop_id: int) -> dict[str, int]:
    """How many there are in each state."""
    query = select(dead_letters.c.state, func.count().label("n")).where(dead_letters.c.shop_id == shop_id)
    return {row[0]: row[1] for row in conn.execute(query.group_by(dead_letters.c.state))}


def prune(tx: Tx, before: Ms) -> int:
    """Forgets some of those that came before then and are no longer dead; returns how many."""
    settled = dead_letters.c.state != DeadLetterState.DEAD.value
    return forget(tx, dead_letters, settled & (dead_letters.c.received_at < before))


def _row(row: Row[tuple[object, ...]]) -> DeadLetterRow:
    found = row._mapping
    return DeadLetterRow(
        id=found["id"],
        source=found["source"],
        topic=found["topic"],
        delivery_id=found["delivery_id"],
        headers=found["headers"],
        body=bytes(found["body"]),
        reason=found["reason"],
        state=DeadLetterState(found["state"]),
        received_at=Ms(found["received_at"]),
    )
