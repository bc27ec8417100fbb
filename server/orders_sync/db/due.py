"""Orders that somebody has to look at: the sweeper because their instant has come, the poller beyond what changed.

What is due is a range of an index, however long the history. The poller looks at parcels on their way, open returns and holds,
and at whether webhooks come.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection, func, literal, select, tuple_, union

from orders_sync.db.backlog import DUE
from orders_sync.db.bulk import batches
from orders_sync.db.tables import PENDING_RETURN, UNALLOTTED, deliveries, orders, parcels, returns
from orders_sync.instants import Ms


@dataclass(frozen=True, slots=True)
class Due:
    """An order and the instant it waited for."""

    wake_at: Ms
    order_id: int


def due(conn: Connection, shop_id: int, now: Ms, after: Due | None, limit: int) -> list[Due]:
    """Orders whose instant has come, in its order, following `after`."""
    o = orders.c
    query = select(o.wake_at, o.id).where(o.shop_id == shop_id, o.wake_at <= now)
    if after is not None:
        query = query.where(tuple_(o.wake_at, o.id) > tuple_(after.wake_at, after.order_id))
    return [Due(Ms(row.wake_at), row.id) for row in conn.execute(query.order_by(o.wake_at, o.id).limit(limit))]


def unallotted(conn: Connection, shop_id: int, limit: int) -> list[int]:
    """Orders that a process of an earlier release wrote last: what they owe is not allotted, or as it was before."""
    query = select(orders.c.id).where(orders.c.shop_id == shop_id, UNALLOTTED).order_by(orders.c.id).limit(limit)
    return list(conn.scalars(query.with_hint(orders, "INDEXED BY orders_unallotted", "sqlite")))


def counted_for_others(conn: Connection, shop_id: int, after: int, limit: int) -> list[int]:
    """Orders with something to send that are counted for another than their owner: a process of an earlier release, which does
    not count them, gave them to somebody else. Also some whose owner's name JSON writes otherwise."""
    o, due_by = orders.c, literal(f'["{DUE}') + func.coalesce(orders.c.assigned_to, "") + literal('",')
    there = func.instr(o.counted, due_by) if conn.dialect.name == "sqlite" else func.strpos(o.counted, due_by)
    query = select(o.id).where(o.shop_id == shop_id, o.due_at.is_not(None), o.id > after, there == 0)
    return list(conn.scalars(query.order_by(o.id).limit(limit)))


def under_way(conn: Connection, shop_id: int, quiet: Ms) -> list[int]:
    """Orders with a parcel on its way: one that moves, with a shop update after `quiet` (contract §1, Open; §4)."""
    mine = (parcels.c.shop_id == shop_id, parcels.c.moving, parcels.c.open_order, parcels.c.last_update > quiet)
    return list(conn.scalars(select(parcels.c.order_id).where(*mine).distinct().order_by(parcels.c.order_id)))


def unsettled(conn: Connection, shop_id: int) -> list[int]:
    """Orders with a return that is not terminal, or a hold: what changes there does not always touch the order's own time."""
    returning = select(returns.c.order_id).where(returns.c.shop_id == shop_id, PENDING_RETURN)
    held = select(orders.c.id).where(orders.c.shop_id == shop_id, orders.c.held_at.is_not(None))
    return sorted(conn.scalars(union(returning, held)))


def owing(conn: Connection, shop_id: int, after: int, limit: int) -> list[int]:
    """Open orders with something to send, by their ids, following `after`."""
    o = orders.c
    query = select(o.id).where(o.shop_id == shop_id, o.due_at.is_not(None), o.id > after).order_by(o.id).limit(limit)
    return list(conn.scalars(query.with_hint(orders, "INDEXED BY orders_due", "sqlite")))


def updates_known(conn: Connection, shop_id: int, order_ids: Collection[int]) -> dict[int, Ms]:
    """The shop's last update of each of these orders that is known here; an order that is not known is missing."""
    known: dict[int, Ms] = {}
    for batch in batches(order_ids):
        query = select(orders.c.id, orders.c.updated_at).where(orders.c.shop_id == shop_id, orders.c.id.in_(batch))
        known |= {row.id: Ms(row.updated_at) for row in conn.execute(query)}
    return known


def newest_webhook(conn: Connection, shop_id: int) -> Ms | None:
    """When the last webhook came, None when none has."""
    webhooks = select(deliveries.c.received_at).where(deliveries.c.shop_id == shop_id, deliveries.c.source == "webhook")
    newest = conn.scalar(webhooks.order_by(deliveries.c.received_at.desc()).limit(1))
    return None if newest is None else Ms(newest)
