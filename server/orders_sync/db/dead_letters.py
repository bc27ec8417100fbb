"""What came in and could not be read, kept until somebody retries or discards it (contract §3, Outbound; §4)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, Row, and_, func, insert, select, update

from orders_sync.db.bulk import older
from orders_sync.db.tables import dead_letters
from orders_sync.db.texts import clean, key
from orders_sync.db.tx import Reading, Tx
from orders_sync.instants import Ms
from orders_wire.vocabulary import DeadLetterState

_l = dead_letters.c


class DeadLetterRow(NamedTuple):
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


class Letter(NamedTuple):
    """A body as it came. `headers`: what else there is to know about it, as JSON."""

    source: str
    topic: str
    delivery_id: str
    headers: str
    body: bytes


def add(tx: Tx, letter: Letter, reason: str) -> None:
    """Keeps a body that cannot be read."""
    row = letter._asdict() | {
        "shop_id": tx.shop_id,
        "topic": clean(letter.topic),
        "delivery_id": key(letter.delivery_id),
        "headers": clean(letter.headers),
        "reason": clean(reason),
        "state": DeadLetterState.DEAD.value,
        "received_at": tx.now,
    }
    tx.conn.execute(insert(dead_letters).values(row))


def lock(tx: Tx, letter_id: int) -> DeadLetterRow | None:
    """One dead letter, locked."""
    row = tx.conn.execute(_ROWS.where(_is(tx.shop_id, letter_id)).with_for_update()).one_or_none()
    return None if row is None else _row(row)


def set_state(tx: Tx, letter_id: int, state: DeadLetterState, reason: str | None = None) -> None:
    """Marks a dead letter, with a new reason where a retry failed again."""
    values = {"state": state.value} if reason is None else {"state": state.value, "reason": clean(reason)}
    tx.conn.execute(update(dead_letters).where(_is(tx.shop_id, letter_id)).values(values))


def end(tx: Tx, source: str, topics: Sequence[str], state: DeadLetterState) -> int:
    """Marks those of a source that are dead under one of these topics; returns how many."""
    if not topics:
        return 0
    named = _dead(tx.shop_id, source) & _l.topic.in_([clean(topic) for topic in topics])
    return tx.conn.execute(update(dead_letters).where(named).values(state=state.value)).rowcount


def topics(conn: Reading, shop_id: int, source: str, limit: int = 250) -> list[str]:
    """What those of a source that are dead are about, newest first."""
    return list(conn.scalars(select(_l.topic).where(_dead(shop_id, source)).order_by(_l.id.desc()).limit(limit)))


def any_dead(tx: Tx, source: str, topic: str) -> bool:
    """True when one of this topic is dead."""
    query = select(_l.id).where(_dead(tx.shop_id, source), _l.topic == clean(topic))
    return tx.conn.execute(query.limit(1)).first() is not None


def was_read(tx: Tx, letter: Letter) -> bool:
    """True when the last of this topic has been read meanwhile."""
    named = (_l.shop_id == tx.shop_id) & (_l.source == letter.source) & (_l.topic == clean(letter.topic))
    last = tx.conn.scalar(select(_l.state).where(named).order_by(_l.id.desc()).limit(1))
    return last == DeadLetterState.RETRIED.value


def one(conn: Connection, shop_id: int, letter_id: int) -> DeadLetterRow | None:
    """One dead letter, as it is now."""
    row = conn.execute(_ROWS.where(_is(shop_id, letter_id))).one_or_none()
    return None if row is None else _row(row)


def count_dead(tx: Tx, source: str) -> int:
    """How many of a source are still dead."""
    return tx.conn.execute(select(func.count()).where(_dead(tx.shop_id, source))).scalar_one()


def listed(conn: Connection, shop_id: int, state: DeadLetterState | None, limit: int = 250) -> list[DeadLetterRow]:
    """Newest first."""
    query = _ROWS.where(_l.shop_id == shop_id)
    if state is not None:
        query = query.where(_l.state == state.value)
    return [_row(row) for row in conn.execute(query.order_by(_l.id.desc()).limit(limit))]


def counts(conn: Connection, shop_id: int) -> dict[str, int]:
    """How many there are in each state."""
    query = select(_l.state, func.count()).where(_l.shop_id == shop_id).group_by(_l.state)
    return dict(conn.execute(query).all())


prune = older(_l.received_at, _l.state != DeadLetterState.DEAD.value)
"""Those that are no longer dead."""


def _is(shop_id: int, letter_id: int) -> ColumnElement[bool]:
    return and_(_l.shop_id == shop_id, _l.id == letter_id)


def _dead(shop_id: int, source: str) -> ColumnElement[bool]:
    return and_(_l.shop_id == shop_id, _l.state == DeadLetterState.DEAD.value, _l.source == source)


def _row(row: Row[tuple[object, ...]]) -> DeadLetterRow:
    read = DeadLetterRow._make(row)
    return read._replace(body=bytes(read.body), state=DeadLetterState(read.state))


_ROWS = select(*(_l[name] for name in DeadLetterRow._fields))
