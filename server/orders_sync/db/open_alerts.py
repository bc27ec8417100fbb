"""All alerts that stand, in pages: contract §3a. Most severe first, of those the newest; data gaps are none.

Read one severity after the other, each along an index in this order, so that a page costs what is on it. An owner of few orders
with alerts is read from these.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, exists, select, tuple_

from orders_sync.db import durability
from orders_sync.db.alerts import RANK
from orders_sync.db.among import among
from orders_sync.db.events import Numbered, head
from orders_sync.db.tables import ALERTED, GAP_ORDER, OPEN_ALERT, alerts, events, orders
from orders_sync.db.texts import key
from orders_sync.instants import Ms
from orders_wire.vocabulary import UNASSIGNED, AlertType, Severity

FEW = 1_000
"""Orders of an owner from which their alerts are read, rather than theirs out of all."""

_a, _o = alerts.c, orders.c


class AlertKey(NamedTuple):
    """Where an alert stands among those that are open; `row`: of the event that raised it."""

    severity: int
    opened_at: Ms
    row: int


class OpenAlert(NamedTuple):
    key: AlertKey
    event: Numbered


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which of the open alerts; None: whichever. `assigned_to`: the owner of the order, or `unassigned`."""

    type: AlertType | None = None
    severity: Severity | None = None
    assigned_to: str | None = None


def page(conn: Connection, shop_id: int, wanted: Wanted, limit: int, after: AlertKey | None) -> list[OpenAlert]:
    """The open alerts that are wanted, after this one, at most `limit`. The transaction is one snapshot."""
    known = head(conn, shop_id)
    query, values = _wanted(conn, shop_id, wanted)
    found: list[OpenAlert] = []
    for rank in _ranks(wanted, after):
        of_rank = query.where(_a.severity == rank, events.c.n <= known.newest).limit(limit - len(found))
        if after is not None and after.severity == rank:
            earlier = tuple_(_a.opened_at, _a.opened_row) < tuple_(after.opened_at, after.row)
            of_rank = of_rank.where(earlier)
        rows = conn.execute(of_rank, values)
        found += (OpenAlert(AlertKey(rank, *row[:2]), Numbered(row.n, row.body)) for row in rows)
        if len(found) == limit:
            break
    if not known.settled:
        durability.ensure(conn)
    return found


def _ranks(wanted: Wanted, after: AlertKey | None) -> Iterator[int]:
    least = 0 if after is None else after.severity
    return (rank for severity, rank in RANK.items() if rank >= least and wanted.severity in (None, severity))


def _wanted(conn: Connection, shop_id: int, wanted: Wanted) -> tuple[Select[Any], dict[str, object]]:
    """The alerts of any severity, newest first, and the values of the statement's parameters."""
    query: Select[Any] = (
        select(_a.opened_at, _a.opened_row, events.c.n, events.c.body)
        .join_from(alerts, events, _a.opened_row == events.c.row_id)
        .where(_a.shop_id == shop_id, OPEN_ALERT, _a.order_id != GAP_ORDER)
        .order_by(_a.opened_at.desc(), _a.opened_row.desc())
    )
    index = "alerts_open"
    values: dict[str, object] = {}
    if wanted.type is not None:
        index, query = "alerts_open_by_type", query.where(_a.type == wanted.type.value)
    if wanted.assigned_to is not None:
        owned = _owned(shop_id, wanted.assigned_to)
        few = list(conn.scalars(owned.limit(FEW + 1)))
        if len(few) <= FEW:
            index, query, values = "alerts_by_order", query.where(among(conn, _a.order_id)), {"ids": few}
        else:
            query = query.where(exists(owned.where(_o.id == _a.order_id)))
    return query.with_hint(alerts, f"INDEXED BY {index}", "sqlite"), values


def _owned(shop_id: int, owner: str) -> Select[int]:
    """The orders of an owner that have alerts."""
    theirs = _o.assigned_to.is_(None) if owner == UNASSIGNED else _o.assigned_to == key(owner)
    return select(_o.id).where(_o.shop_id == shop_id, ALERTED, theirs)
