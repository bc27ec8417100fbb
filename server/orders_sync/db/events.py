"""The append-only events table: what was announced, in the order in which it was committed.

Invariant: numbers have no gap and are given in commit order, so that a reader never sees 8 before 7; `desk.event_n` is the
newest one and is the desk's version (contract §2). A row without a number is committed, but not sent to anybody yet.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import orjson
from sqlalchemy import (
    Connection,
    Insert,
    Select,
    Text,
    bindparam,
    cast,
    delete,
    func,
    insert,
    null,
    or_,
    select,
    update,
)

from orders_sync.db import durability
from orders_sync.db.bulk import AT_ONCE
from orders_sync.db.statement import Statement
from orders_sync.db.tables import alerts, desk, events
from orders_sync.db.tx import Tx
from orders_sync.instants import Ms, to_text
from orders_wire.vocabulary import EventType, Gap, OpenClosed, Severity

XID = "xid"
"""What a connection to PostgreSQL knows of its transaction (`Connection.info`) once it announced something: its id."""

_e = events.c


@dataclass(frozen=True, slots=True)
class EventDraft:
    """An event before it has a number. `message` only where `status` is `open`; order ids are Shopify's numbers.

    `addressee`: whose callers alone are sent it, by name; None: everybody.
    """

    type: EventType
    status: OpenClosed | None = None
    message: str | None = None
    severity: Severity | None = None
    alert_id: str | None = None
    gap: Gap | None = None
    order_id: int | None = None
    order_number: str | None = None
    order_ids: tuple[int, ...] = ()
    note_id: str | None = None
    by: str | None = None
    addressee: str | None = None
    reset: bool = False


@dataclass(frozen=True, slots=True)
class Numbered:
    """An event that may be sent, to its addressee or to everybody. `body` is its JSON without `id` and `version`, which come
    from `n`.
    """

    n: int
    body: bytes
    reset: bool = False
    addressee: str | None = None


@dataclass(frozen=True, slots=True)
class Head:
    """Where the desk is: its newest number, and the oldest one that can be continued from.

    Numbers up to `durable` are known to be on the disk (PostgreSQL): `durability`.
    """

    desk_id: str
    newest: int
    floor: int
    durable: int

    @property
    def settled(self) -> bool:
        """No crash of the database can take any number back."""
        return self.durable >= self.newest

    def knows(self, n: int) -> bool:
        """True when everything after `n` is kept. Another number is unknown or too old (contract §2)."""
        return self.floor <= n <= self.newest


@dataclass(frozen=True, slots=True)
class Batch:
    """Events in order, without the silent ones; `position` is the number up to which they are complete.

    `known` is false when the number they were to follow cannot be continued from.
    """

    events: Sequence[Numbered]
    position: int
    more: bool
    known: bool = True


def order_gid(order_id: int) -> str:
    """An order id as it stands on the wire."""
    return f"gid://shopify/Order/{order_id}"


def refresh(order_ids: Iterable[int] = (), *, reset: bool = False) -> EventDraft:
    """A ping that names these orders, and never has a message (contract §2)."""
    return EventDraft(EventType.REFRESH, order_ids=tuple(order_ids), reset=reset)


def append(tx: Tx, draft: EventDraft) -> int:
    """Adds one event to the transaction; returns its row id. It has no number yet."""
    return append_all(tx, [draft])[0]


def append_all(tx: Tx, drafts: Sequence[EventDraft]) -> list[int]:
    """Adds events in this order; returns their row ids in the same order."""
    if not drafts:
        return []
    added = _ADD.rows_many(tx.conn, [_row(tx, draft) for draft in drafts])
    tx.conn.info[XID] = added[0][1]
    return [row_id for row_id, _ in added]


def head(conn: Connection, shop_id: int) -> Head:
    """The desk's id, its newest number and its floor."""
    columns = (desk.c.desk_id, desk.c.event_n, desk.c.floor_n, desk.c.durable_n)
    row = conn.execute(select(*columns).where(desk.c.shop_id == shop_id)).one()
    durable = row.durable_n if conn.dialect.name == "postgresql" else row.event_n
    return Head(row.desk_id, row.event_n, row.floor_n, durable)


def after(conn: Connection, shop_id: int, n: int, limit: int) -> Batch:
    """The events after number `n`, at most `limit`. The transaction is one snapshot."""
    found = head(conn, shop_id)
    batch = _batch(conn, _sendable(shop_id, found.newest).where(_e.n > n), max(n, found.newest), limit)
    if batch.position > max(n, found.durable):
        durability.ensure(conn)
    return replace(batch, known=found.knows(n))


def since(conn: Connection, shop_id: int, at: Ms, limit: int) -> Batch:
    """The kept events created at or after an instant, at most `limit`. The transaction is one snapshot."""
    found = head(conn, shop_id)
    kept = _sendable(shop_id, found.newest).where(_e.n >= found.floor, _e.created_at >= at)
    batch = _batch(conn, kept, found.newest, limit)
    if not found.settled:
        durability.ensure(conn)
    return batch


def prune(tx: Tx, before: Ms) -> int:
    """Forgets events created before an instant, at most `AT_ONCE`, oldest first; returns how many.

    Kept are the newest, and what raised an alert that is still open: snapshots repeat it.
    """
    a, mine = alerts.c, _e.shop_id == tx.shop_id
    raised = select(a.opened_row).where(a.shop_id == tx.shop_id, a.state == "open", a.opened_row.is_not(None))
    old = (mine, _e.n < head(tx.conn, tx.shop_id).newest, _e.created_at < before, _e.row_id.not_in(raised))
    numbers = list(tx.conn.scalars(select(_e.n).where(*old).order_by(_e.n).limit(AT_ONCE)))
    if numbers:
        given = _e.n.in_(bindparam("numbers", expanding=True))
        tx.conn.execute(delete(events).where(mine, given), {"numbers": numbers})
        below = (desk.c.shop_id == tx.shop_id) & (desk.c.floor_n < numbers[-1])
        tx.conn.execute(update(desk).where(below).values(floor_n=numbers[-1]))
    return len(numbers)


def _adding(conn: Connection) -> Insert:
    xid = null() if conn.dialect.name == "sqlite" else cast(func.pg_current_xact_id(), Text)
    return insert(events).returning(_e.row_id, xid)


_ADD = Statement(_adding)


def body(draft: EventDraft, now: Ms) -> bytes:
    """The event's JSON without `id` and `version`, which come with the number."""
    fields = {
        "type": draft.type,
        "status": draft.status,
        "message": draft.message,
        "severity": draft.severity,
        "alert_id": draft.alert_id,
        "gap": draft.gap,
        "order_id": None if draft.order_id is None else order_gid(draft.order_id),
        "order_number": draft.order_number,
        "order_ids": [order_gid(order_id) for order_id in draft.order_ids] or None,
        "note_id": draft.note_id,
        "by": draft.by,
        "reset": draft.reset or None,
        "created_at": to_text(now),
    }
    return orjson.dumps({name: value for name, value in fields.items() if value is not None})


def _row(tx: Tx, draft: EventDraft) -> dict[str, object]:
    """A release that knows nothing of addressees passes silent events over: so it tells nobody of one that has one."""
    return {
        "shop_id": tx.shop_id,
        "created_at": tx.now,
        "type": draft.type.value,
        "order_id": draft.order_id,
        "silent": draft.addressee is not None or (tx.silent and not draft.reset),
        "reset": draft.reset,
        "body": body(draft, tx.now),
        "addressee": draft.addressee,
    }


def _sendable(shop_id: int, newest: int) -> Select[int, bytes, bool, str | None]:
    sendable = or_(_e.silent.is_(False), _e.addressee.is_not(None))
    return select(_e.n, _e.body, _e.reset, _e.addressee).where(_e.shop_id == shop_id, _e.n <= newest, sendable)


def _batch(conn: Connection, query: Select[int, bytes, bool, str | None], complete: int, limit: int) -> Batch:
    rows = conn.execute(query.order_by(_e.n).limit(limit + 1)).all()
    found = [Numbered(*row) for row in rows[:limit]]
    more = len(rows) > limit
    return Batch(found, found[-1].n if more else complete, more)
