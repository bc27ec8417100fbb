"""Alerts and data gaps as rows: one per (type, order, cause), open or ended. A data gap is a row of order 0.

Ended rows are kept: they are what keeps an ended cause from opening again.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

from sqlalchemy import Connection, Row, Select, and_, bindparam, insert, select, update

from orders_sync.db import durability
from orders_sync.db.bulk import among, insert_if_missing
from orders_sync.db.events import Numbered, head
from orders_sync.db.tables import GAP_ORDER, OPEN_ALERT, alerts, events
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
    query = _rows(shop_id).where(among(conn, alerts.c.order_id))
    return [_read(row) for row in conn.execute(query, {"ids": list(order_ids)})]


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
    if rows:
        tx.conn.execute(insert(alerts), [_opened(tx, row, event) for row, event in zip(rows, event_rows, strict=True)])


def reserve_gap(tx: Tx, row: AlertRow) -> None:
    """Makes sure that the gap has a row to lock, without opening it: two processes may find the same gap at once."""
    tx.conn.execute(insert_if_missing(tx.conn, alerts), _opened(tx, row, None) | {"state": "cleared"})


def reopen(tx: Tx, rows: Sequence[AlertRow], event_rows: Sequence[int]) -> None:
    """Opens ended alerts again, each under its new alert id."""
    if not rows:
        return
    written = ("alert_id", "message", "severity", "state", "opened_at", "ended_at", "opened_row", "order_number")
    same_cause = and_(
        alerts.c.shop_id == tx.shop_id,
        alerts.c.type == bindparam("k_type"),
        alerts.c.order_id == bindparam("k_order_id"),
        alerts.c.cause == bindparam("k_cause"),
    )
    statement = update(alerts).where(same_cause).values({name: bindparam(f"v_{name}") for name in written})
    tx.conn.execute(statement, [_reopened(tx, row, event) for row, event in zip(rows, event_rows, strict=True)])


def end(tx: Tx, alert_ids: Collection[str]) -> None:
    """The causes of these alerts are over."""
    if alert_ids:
        mine = and_(alerts.c.shop_id == tx.shop_id, alerts.c.alert_id.in_(bindparam("ids", expanding=True)))
        ended = update(alerts).where(mine).values(state="cleared", ended_at=tx.now)
        tx.conn.execute(ended, {"ids": list(alert_ids)})


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


def _rows(shop_id: int) -> Select[tuple[object, ...]]:
    return select(*(alerts.c[name] for name in _COLUMNS)).where(alerts.c.shop_id == shop_id)


def _read(row: Row[tuple[object, ...]]) -> AlertRow:
    alert = AlertRow._make(row)
    kind = EventType.DATA_GAP if alert.type == EventType.DATA_GAP else AlertType(alert.type)
    return alert._replace(type=kind, severity=_SEVERITY[row.severity], open=row.state == "open")


def _opened(tx: Tx, row: AlertRow, event_row: int | None) -> dict[str, object]:
    values: dict[str, object] = dict(zip(_COLUMNS, row, strict=True))
    values |= {"shop_id": tx.shop_id, "opened_at": tx.now, "ended_at": None, "opened_row": event_row}
    return values | {"type": row.type.value, "severity": RANK[row.severity], "state": "open"}


def _reopened(tx: Tx, row: AlertRow, event_row: int) -> dict[str, object]:
    values = {f"v_{name}": value for name, value in _opened(tx, row, event_row).items()}
    return values | {"k_type": row.type.value, "k_order_id": row.order_id, "k_cause": row.cause}
