"""The outbox as people see it: lists, an order's rows, counts."""

from __future__ import annotations

from sqlalchemy import Connection, Row, Select, and_, func, select

from orders_sync.db.events import order_gid
from orders_sync.db.tables import orders, outbox
from orders_sync.instants import FOREVER, to_datetime
from orders_wire.detail import OutboxEntry
from orders_wire.vocabulary import OutboundState


def page(conn: Connection, shop_id: int, state: OutboundState | None, limit: int) -> list[OutboxEntry]:
    """The newest rows, of one state or all."""
    query = _entries(shop_id).order_by(outbox.c.id.desc()).limit(limit)
    if state is not None:
        query = query.where(outbox.c.state == state.value)
    return [_entry(row) for row in conn.execute(query)]


def of_order(conn: Connection, shop_id: int, order_id: int) -> list[OutboxEntry]:
    """One order's rows, newest first."""
    query = _entries(shop_id).where(outbox.c.order_id == order_id).order_by(outbox.c.id.desc())
    return [_entry(row) for row in conn.execute(query)]


def counts(conn: Connection, shop_id: int) -> dict[str, int]:
    """How many rows there are of each state that has any."""
    query = select(outbox.c.state, func.count().label("n")).where(outbox.c.shop_id == shop_id).group_by(outbox.c.state)
    return {row.state: row.n for row in conn.execute(query)}


def _entries(shop_id: int) -> Select[tuple[object, ...]]:
    names = (
        "id",
        "target",
        "kind",
        "state",
        "attempts",
        "not_before",
        "last_error",
        "order_id",
        "created_at",
        "action_id",
    )
    same_order = and_(orders.c.shop_id == outbox.c.shop_id, orders.c.id == outbox.c.order_id)
    columns = [outbox.c[name] for name in names]
    return select(*columns, orders.c.name).outerjoin_from(outbox, orders, same_order).where(outbox.c.shop_id == shop_id)


def _entry(row: Row[tuple[object, ...]]) -> OutboxEntry:
    values = row._mapping
    due = values["not_before"]
    return OutboxEntry(
        id=str(values["id"]),
        target=values["target"],
        kind=values["kind"],
        state=OutboundState(values["state"]),
        attempts=values["attempts"],
        not_before=None if due >= FOREVER else to_datetime(due),
        last_error=values["last_error"],
        order_id=order_gid(values["order_id"]),
        order_number=values["name"],
        created_at=to_datetime(values["created_at"]),
        action_id=values["action_id"],
    )
