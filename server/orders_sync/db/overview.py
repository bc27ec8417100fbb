"""Counts over all orders: the size of every tab, the metrics that come from them, and when time alone changes any of it.

One statement: each count is of one partial index, so the whole costs the backlog, not the history. Beside it: who owns orders,
and how many open ones (contract §3, `/sync/owners`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any, cast

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    FromClause,
    Table,
    TextClause,
    bindparam,
    func,
    select,
    true,
)

from orders_sync.db import backlog
from orders_sync.db.blocked_skus import BLOCKED
from orders_sync.db.counters import Counted
from orders_sync.db.cutoffs import Cutoffs
from orders_sync.db.distinct_values import distinct_values
from orders_sync.db.ready import COUNT_YES
from orders_sync.db.selection import Between
from orders_sync.db.statement import Statement
from orders_sync.db.tables import (
    GAP_ORDER,
    LATE_PRONE,
    OPEN_ALERT,
    alerts,
    day_counters,
    desk,
    orders,
    parcels,
)
from orders_sync.db.tabs import BREACH, IS_OPEN, LATE, NOW, PENDING, QUIET, SHOP, SOON
from orders_sync.instants import FOREVER, Ms
from orders_wire.vocabulary import Tab

_COUNTS = (
    *("breaches", "due_soon", "due_today", "unowned", "unowned_overdue"),
    *("ready", "delivered_today", "refunds_due", "refund_usd_cents", "blocks", "alerts", "gaps"),
)

Condition = ColumnElement[bool] | TextClause


@dataclass(frozen=True, slots=True)
class Overview:
    """`tabs`: their sizes. `refund_usd_cents`: what is known in USD of the refunds due. `due_soon`, `due_today`: not overdue.

    `until`: the next instant at which one of these counts, or the membership of a row in a tab, changes by time alone; None
    when none does.
    """

    desk_id: str
    version: int
    tabs: dict[str, int]
    breaches: int
    due_soon: int
    due_today: int
    unowned: int
    unowned_overdue: int
    ready: int
    delivered_today: int
    refunds_due: int
    refund_usd_cents: int
    blocks: int
    alerts: int
    gaps: int
    until: Ms | None


def overview(conn: Connection, shop_id: int, cutoffs: Cutoffs, today: Between) -> Overview:
    """Everything that is counted over all orders, at one moment; `today`: the desk zone's current day."""
    return of_row(_OVERVIEW.one(conn, parameters(shop_id, cutoffs, today)), cutoffs)


def parameters(shop_id: int, cutoffs: Cutoffs, today: Between) -> dict[str, Any]:
    """What `COLUMNS` are bound to."""
    assert today.end is not None
    edges = backlog.parameters(cutoffs, today.end)
    return {"shop_id": shop_id, **cutoffs.parameters, **edges, "today": today.start, "tomorrow": today.end}


def of_row(values: Sequence[Any], cutoffs: Cutoffs) -> Overview:
    """The values of `COLUMNS`."""
    row = dict(zip(_NAMES, values, strict=True))
    sizes = {tab.value: int(row[f"tab_{tab.value}"]) for tab in Tab}
    counts = {name: int(row[name]) for name in _COUNTS}
    return Overview(row["desk_id"], row["event_n"], tabs=sizes, until=_until(cutoffs, row), **counts)


def first_placed(conn: Connection, shop_id: int) -> Ms | None:
    """When the first order was placed; None when there is none."""
    first: Ms | None = _FIRST_PLACED.value(conn, {"shop_id": shop_id})
    return first


def _until(cutoffs: Cutoffs, row: Mapping[str, Any]) -> Ms | None:
    """What each compared instant comes to on the clock, one millisecond later where the rule says "after"."""
    quiet = cutoffs.now - cutoffs.quiet
    waits = {
        "next_due": 1,
        "next_soon": cutoffs.now - cutoffs.soon + 1,
        "next_breach": cutoffs.now - cutoffs.breach,
        "next_pending": cutoffs.now - cutoffs.pending + 1,
        "next_late": cutoffs.now - cutoffs.late,
        "next_lost": quiet,
        "next_quiet": quiet,
    }
    return min((Ms(row[name] + wait) for name, wait in waits.items() if row[name] is not None), default=None)


def _count(index: str, table: Table, *conditions: Condition) -> Any:
    query = select(func.count()).select_from(table).where(*conditions)
    return query.with_hint(table, f"INDEXED BY {index}", "sqlite").scalar_subquery()


_OPEN_WORK: Mapping[Tab, Any] = {
    Tab.AWAITING_TRACKING: backlog.AWAITING_TRACKING,
    Tab.TRACKING_PENDING: backlog.TRACKING_PENDING,
    Tab.DELAYED: backlog.DELAYED,
    Tab.HOLDS: backlog.HELD,
    Tab.RETURNS: backlog.OPEN_RETURNS,
}


def _tab(tab: Tab) -> Any:
    if tab in _OPEN_WORK:
        return _OPEN_WORK[tab]
    counted = {Tab.ALL: Counted.PLACED, Tab.REFUNDED: Counted.REFUNDED}[tab]
    total = func.coalesce(func.sum(day_counters.c.n), 0)
    return select(total).where(day_counters.c.shop_id == SHOP, day_counters.c.kind == counted.block).scalar_subquery()


def _first(index: str, column: Column[int], *conditions: Condition) -> Any:
    table = column.table
    query = select(func.min(column)).where(table.c.shop_id == SHOP, *conditions)
    return query.with_hint(table, f"INDEXED BY {index}", "sqlite").scalar_subquery()


_o, _p = orders.c, parcels.c
_WALKS = (backlog.DUE_COUNTS, backlog.UNOWNED)
_WALKED = {column.name: column for walk in _WALKS for column in walk.c}
_TODAY = (_p.delivered_at >= bindparam("today"), _p.delivered_at < bindparam("tomorrow"))
_ALERTS = (alerts.c.shop_id == SHOP, OPEN_ALERT)
_SINGLE = {
    **{f"tab_{tab.value}": _tab(tab) for tab in Tab if f"tab_{tab.value}" not in _WALKED},
    "refunds_due": backlog.REFUNDS_DUE,
    "refund_usd_cents": backlog.REFUND_CENTS,
    "delivered_today": _count("parcels_delivered", parcels, _p.shop_id == SHOP, *_TODAY),
    "ready": COUNT_YES,
    "blocks": BLOCKED.scalar_subquery(),
    "alerts": _count("alerts_newest", alerts, *_ALERTS, alerts.c.order_id != GAP_ORDER),
    "gaps": _count("alerts_by_order", alerts, *_ALERTS, alerts.c.order_id == GAP_ORDER),
    "next_due": _first("orders_due", _o.due_at, _o.due_at >= NOW),
    "next_soon": _first("orders_due", _o.due_at, _o.due_at >= SOON),
    "next_breach": _first("orders_due", _o.due_at, _o.due_at > BREACH),
    "next_pending": _first("orders_unnumbered", _o.unnumbered_at, _o.unnumbered_at >= PENDING),
    "next_late": _first("parcels_late", _p.last_update, LATE_PRONE, _p.last_update > LATE),
    "next_lost": _first("parcels_late", _p.last_update, LATE_PRONE, _p.last_update > QUIET),
    "next_quiet": _first("orders_live", _o.live_at, _o.live_at > QUIET, _o.live_at < FOREVER),
}
_ALL = {name: query.label(name) for name, query in _SINGLE.items()} | _WALKED
_NAMES = ("desk_id", "event_n", *_ALL)
COLUMNS = (desk.c.desk_id, desk.c.event_n, *_ALL.values())
"""Of the one row of `SOURCE`."""

SOURCE = reduce(lambda source, walk: source.join(walk, true()), _WALKS, cast(FromClause, desk))

_OVERVIEW = Statement(select(*COLUMNS).select_from(SOURCE).where(desk.c.shop_id == SHOP))
_FIRST_PLACED = Statement(select(func.min(orders.c.placed_at)).where(orders.c.shop_id == SHOP))


def open_orders_by_owner(conn: Connection, shop_id: int, quiet: Ms) -> dict[str, int]:
    """Everybody who owns an order, by name, with the number of their orders that are open (`live_at` after `quiet`)."""
    values = {"shop_id": shop_id, "quiet": quiet}
    counts: dict[str, int] = dict(conn.execute(_OPEN_BY_OWNER, values).all())
    return {name: counts.get(name, 0) for name in conn.scalars(_OWNERS, values)}


_OPEN_BY_OWNER = (
    select(_o.assigned_to, func.count())
    .where(_o.shop_id == SHOP, IS_OPEN, _o.assigned_to.is_not(None))
    .with_hint(orders, "INDEXED BY orders_live", "sqlite")
    .group_by(_o.assigned_to)
)

_OWNERS = distinct_values(_o.assigned_to)
