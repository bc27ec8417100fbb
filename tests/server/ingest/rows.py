"""Everything that ingest writes, as plain values, so that two ways to the same state can be compared."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy import Connection, Table, select

from orders_sync.db import connections, shops
from orders_sync.db.group_commit import finish
from orders_sync.db.location import parse
from orders_sync.db.tables import (
    alerts,
    inventory_items,
    inventory_levels,
    order_docs,
    order_tags,
    order_terms,
    orders,
    owed_skus,
    owed_units,
    parcels,
    parked,
    references,
    returns,
    short_units,
    stock,
)
from orders_sync.db.tx import Tx
from orders_sync.evidence.changes import Delivery
from orders_sync.ingest.apply import Applied, apply_many
from orders_sync.instants import Ms
from orders_sync.rules.thresholds import Thresholds

_TABLES = (
    orders,
    order_docs,
    parcels,
    returns,
    order_tags,
    order_terms,
    owed_skus,
    owed_units,
    short_units,
    references,
    parked,
    inventory_items,
    inventory_levels,
    stock,
)
_UNSTEADY = {"version", "received_at"}
"""How often an order changed on the way, and when something was parked, do depend on the way."""

Rows = dict[str, list[tuple[object, ...]]]


@contextmanager
def desk(database_url: str) -> Iterator[Connection]:
    """A connection to a database with one shop, whose id is 1."""
    engine = connections.writer(parse(database_url))
    with engine.connect() as conn:
        with conn.begin():
            shops.enrol(conn, "desk-test.myshopify.com", Ms(0))
        yield conn
    engine.dispose()


def taken(conn: Connection, deliveries: Iterable[Delivery], now: Ms) -> list[Applied]:
    """Takes deliveries in one after the other, in the open transaction."""
    return [taken_at_once(conn, [delivery], now) for delivery in deliveries]


def taken_at_once(conn: Connection, deliveries: Sequence[Delivery], now: Ms) -> Applied:
    """The same in one go. What orders share moves last, as when the engine does it."""
    tx = Tx(conn, 1, now)
    applied = apply_many(tx, deliveries, Thresholds())
    finish(conn, 1, now, [tx])
    return applied


def rows(conn: Connection) -> Rows:
    """All rows, sorted, and the alerts that are open."""
    found = {table.name: _sorted(conn, table) for table in _TABLES}
    query = select(alerts.c.type, alerts.c.order_id, alerts.c.cause, alerts.c.message).where(alerts.c.state == "open")
    found["alerts"] = sorted(tuple(row) for row in conn.execute(query))
    return found


def _sorted(conn: Connection, table: Table) -> list[tuple[object, ...]]:
    columns = [column for column in table.columns if column.name not in _UNSTEADY]
    return sorted((tuple(row) for row in conn.execute(select(*columns))), key=repr)
