"""Alerts and data gaps as rows: one per (type, order, cause), open or ended. A data gap is a row of order 0.

Ended rows are kept: they are what keeps an ended cause from opening again.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, and_, bindparam, insert, literal_column, select, update

from orders_sync.db import durability
from orders_sync.db.among import among
from orders_sync.db.bulk import insert_if_missing
from orders_sync.db.events import Numbered, head
from orders_sync.db.statement import Statement
from orders_sync.db.tables import GAP_ORDER, OPEN_ALERT, alerts, events
from orders_sync.db.tabs import SHOP
from orders_sync.db.tx import Tx
from orders_wire.vocabulary import AlertType, EventType, Severity

RANK = {Severity.CRITICAL: 0, Severity.WARNING: 1, Severity.INFO: 2}
_IS_GAP = (alerts.c.type == EventType.DATA_GAP.value, alerts.c.order_id == GAP_ORDER)
_COLUMNS = ("alert_id", "type", "order_id", "cause", "message", "severity", "state", "order_number")
_SEVERITY = {rank: severity for severity, rank in RANK.items()}


class AlertRow(NamedTuple):
    """One alert or gap. `type` is an alert's type or `data_gap`; `cause` is unique among those of a type and order."""

    alert_id: str
    type: AlertType | EventType
    order_id: int
    cause: str
    message: str
    severity: Severity
    open: bool
    order_number: str | None = None


def of_orders(conn: Connection, shop_id: int, order_ids: Collection[int]) -> list[AlertRow]:
    """All alerts that these orders ever had, open and ended."""
    rows = _OF_ORDERS.rows(conn, {"shop_id": shop_id, "ids": list(order_ids)})
    return [_read(row) for row in rows]


def gap(conn: Connection, shop_id: int, cause: str) -> AlertRow | None:
    """The gap of this cause, open or ended; locked where the database locks rows."""
    query = _rows(shop_id).where(*_IS_GAP, alerts.c.cause == cause)
    row = conn.execute(query.with_for_update()).one_or_none()
    return None if row is None else _read(row)


def open_gaps(conn: Connection, shop_id: int) -> list[AlertRow]:
    """The gaps that are open."""
    return [_read(row) for row in conn.execute(_rows(shop_id).where(OPEN_ALERT, *_IS_GAP))]


def add(tx: Tx, rows: Sequence[AlertRow], event_rows: Sequence[int]) -> None:
    """Stores alerts that no row exists for; `event_rows` are their `open` events, in the same order."""
    _ADD.run_many(tx.conn, [_opened(tx, row, event) for row, event in zip(rows, event_rows, strict=True)])


def reserve_gap(tx: Tx, row: AlertRow) -> None:
    """Makes sure that the gap has a row to lock, without opening it: two processes may find the same gap at once."""
    tx.conn.execute(insert_if_missing(tx.conn, alerts), _opened(tx, row, None) | {"state": "cleared"})


def reopen(tx: Tx, rows: Sequence[AlertRow], event_rows: Sequence[int]) -> None:
    """Opens ended alerts again, each under its new alert id."""
    _REOPEN.run_many(tx.conn, [_reopened(tx, row, event) for row, event in zip(rows, event_rows, strict=True)])


def end(tx: Tx, alert_ids: Collection[str]) -> None:
    """The causes of these alerts are over."""
    _END.run_many(tx.conn, [{"of_shop": tx.shop_id, "of": of, "now": tx.now} for of in alert_ids])


def most_severe(conn: Connection, shop_id: int, limit: int) -> tuple[int, list[Numbered]]:
    """The newest event's number, and as of then the `open` events of the most severe open alerts and gaps, oldest first.

    Equals: the newest (contract §2). The transaction is one snapshot.
    """
    known = head(conn, shop_id)
    query = (
        select(events.c.n, events.c.body)
        .join_from(alerts, events, alerts.c.opened_row == events.c.row_id)
        .where(alerts.c.shop_id == shop_id, OPEN_ALERT, events.c.n <= known.newest)
        .order_by(alerts.c.severity, alerts.c.opened_at.desc(), events.c.n.desc())
        .limit(limit)
    )
    found = sorted((Numbered(row.n, row.body) for row in conn.execute(query)), key=lambda event: event.n)
    if not known.settled:
        durability.ensure(conn)
    return known.newest, found


def _selected() -> Select[tuple[object, ...]]:
    return select(*(alerts.c[name] for name in _COLUMNS))


def _rows(shop_id: int) -> Select[tuple[object, ...]]:
    return _selected().where(alerts.c.shop_id == shop_id)


def _read(row: Sequence[Any]) -> AlertRow:
    alert_id, kind, order_id, cause, message, severity, state, order_number = row
    of = EventType.DATA_GAP if kind == EventType.DATA_GAP else AlertType(kind)
    return AlertRow(alert_id, of, order_id, cause, message, _SEVERITY[severity], state == "open", order_number)


def _opened(tx: Tx, row: AlertRow, event_row: int | None) -> dict[str, object]:
    values: dict[str, object] = dict(zip(_COLUMNS, row, strict=True))
    values |= {"shop_id": tx.shop_id, "opened_at": tx.now, "ended_at": None, "opened_row": event_row}
    return values | {"type": row.type.value, "severity": RANK[row.severity], "state": "open"}


def _reopened(tx: Tx, row: AlertRow, event_row: int) -> dict[str, object]:
    opened = _opened(tx, row, event_row)
    values = {f"v_{name}": opened[name] for name in _WRITTEN}
    return values | {"k_shop": tx.shop_id, "k_type": row.type.value, "k_order_id": row.order_id, "k_cause": row.cause}


_WRITTEN = ("alert_id", "message", "severity", "state", "opened_at", "ended_at", "opened_row", "order_number")
_SAME_CAUSE = and_(
    alerts.c.shop_id == bindparam("k_shop"),
    alerts.c.type == bindparam("k_type"),
    alerts.c.order_id == bindparam("k_order_id"),
    alerts.c.cause == bindparam("k_cause"),
)
_OF_ORDERS = Statement(lambda conn: _selected().where(alerts.c.shop_id == SHOP, among(conn, alerts.c.order_id)))
_ADD = Statement(lambda _: insert(alerts))
_REOPEN = Statement(
    lambda _: update(alerts).where(_SAME_CAUSE).values({name: bindparam(f"v_{name}") for name in _WRITTEN})
)
_END = Statement(
    lambda _: (
        update(alerts)
        .where(alerts.c.shop_id == bindparam("of_shop"), alerts.c.alert_id == bindparam("of"))
        .values(state=literal_column("'cleared'"), ended_at=bindparam("now"))
    )
)
