"""Counts over all orders: the size of every tab, the metrics that come from them, and when time alone changes any of it.

One statement: each count is of one partial index, so the whole costs the backlog, not the history.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Table, TextClause, bindparam, func, select, text

from orders_sync.db import tabs
from orders_sync.db.counters import Counted
from orders_sync.db.inventory import blocks
from orders_sync.db.moment import Moment
from orders_sync.db.selection import Between
from orders_sync.db.statement import Statement
from orders_sync.db.tables import LATE_PRONE, PENDING_RETURN, alerts, day_counters, desk, orders, parcels, returns
from orders_sync.db.tabs import BREACH, IS_LONGEST_LATE, LATE, NOW, PENDING, QUIET, SHOP
from orders_sync.instants import FOREVER, Ms
from orders_wire.vocabulary import ReturnState, Tab

Condition = ColumnElement[bool] | TextClause

GAP_ORDER = 0
"""The order id of data gaps."""

OPEN_ALERT = text("state = 'open'")


@dataclass(frozen=True, slots=True)
class Overview:
    """`tabs`: their sizes. `refund_usd_minor`: what is known in USD of the refunds due.

    `until`: the next instant at which one of these counts, or the membership of a row in a tab, changes by time alone; null
    when none does.
    """

    desk_id: str
    version: int
    tabs: dict[str, int]
    breaches: int
    delivered_today: int
    refunds_due: int
    refund_usd_minor: int
    blocks: int
    alerts: int
    gaps: int
    until: Ms | None


def overview(conn: Connection, shop_id: int, moment: Moment, today: Between) -> Overview:
    """Everything that is counted over all orders, at one moment; `today`: the desk zone's current day."""
    return of_row(_OVERVIEW.one(conn, parameters(shop_id, moment, today)), moment)


def parameters(shop_id: int, moment: Moment, today: Between) -> dict[str, Any]:
    """What `COLUMNS` are bound to."""
    return {"shop_id": shop_id, **moment.parameters, "today": today.start, "tomorrow": today.end}


def of_row(values: Sequence[Any], moment: Moment) -> Overview:
    """The values of `COLUMNS`."""
    row = dict(zip(_NAMES, values, strict=True))
    return Overview(
        desk_id=row["desk_id"],
        version=row["event_n"],
        tabs={tab.value: int(row[f"tab_{tab.value}"]) for tab in Tab},
        breaches=row["breaches"],
        delivered_today=row["delivered_today"],
        refunds_due=row["refunds_due"],
        refund_usd_minor=int(row["refund_usd_minor"]),
        blocks=row["blocks"],
        alerts=row["alerts"],
        gaps=row["gaps"],
        until=_until(moment, [row[name] for name in _TRANSITIONS]),
    )


def first_placed(conn: Connection, shop_id: int) -> Ms | None:
    """When the first order was placed; null when there is none."""
    first: Ms | None = _FIRST_PLACED.value(conn, {"shop_id": shop_id})
    return first


def _until(moment: Moment, instants: list[int | None]) -> Ms | None:
    """What each compared instant comes to on the clock, one millisecond later where the rule says "after"."""
    waits = (1, moment.now - moment.breach, moment.now - moment.pending + 1, moment.now - moment.late)
    quiet = moment.now - moment.quiet
    due = [at + wait for at, wait in zip(instants, (*waits, quiet, quiet), strict=True) if at is not None]
    return Ms(min(due)) if due else None


def _count(index: str, table: Table, *conditions: Condition) -> Any:
    query = select(func.count()).select_from(table).where(*conditions)
    return query.with_hint(table, f"INDEXED BY {index}", "sqlite").scalar_subquery()


def _tab(tab: Tab) -> Any:
    if tab is Tab.DELAYED:
        return _count("parcels_late", parcels, *IS_LONGEST_LATE)
    counted = {Tab.ALL: Counted.PLACED, Tab.REFUNDED: Counted.REFUNDED}.get(tab)
    if counted is None:
        return _count(tabs.INDEX[tab], orders, orders.c.shop_id == SHOP, *tabs.RULES[tab])
    total = func.coalesce(func.sum(day_counters.c.n), 0)
    return select(total).where(day_counters.c.shop_id == SHOP, day_counters.c.kind == counted.block).scalar_subquery()


def _first(index: str, column: Column[int], *conditions: Condition) -> Any:
    table = column.table
    query = select(func.min(column)).where(table.c.shop_id == SHOP, *conditions)
    return query.with_hint(table, f"INDEXED BY {index}", "sqlite").scalar_subquery()


def _refunds(what: ColumnElement[Any]) -> Any:
    due = (returns.c.shop_id == SHOP, PENDING_RETURN, returns.c.state == text(f"'{ReturnState.AWAITING_REFUND.value}'"))
    return select(what).where(*due).with_hint(returns, "INDEXED BY returns_pending", "sqlite").scalar_subquery()


_o, _p = orders.c, parcels.c
_TRANSITIONS = {
    "next_due": _first("orders_due", _o.due_at, _o.due_at >= NOW),
    "next_breach": _first("orders_due", _o.due_at, _o.due_at > BREACH),
    "next_pending": _first("orders_unnumbered", _o.unnumbered_at, _o.unnumbered_at >= PENDING),
    "next_late": _first("parcels_late", _p.last_update, LATE_PRONE, _p.last_update > LATE),
    "next_lost": _first("parcels_late", _p.last_update, LATE_PRONE, _p.last_update > QUIET),
    "next_quiet": _first("orders_live", _o.live_at, _o.live_at > QUIET, _o.live_at < FOREVER),
}
_ALERTS = (alerts.c.shop_id == SHOP, OPEN_ALERT)
_COUNTS = {
    **{f"tab_{tab.value}": _tab(tab) for tab in Tab},
    "breaches": _count("orders_due", orders, _o.shop_id == SHOP, _o.due_at <= BREACH),
    "delivered_today": _count(
        "parcels_delivered",
        parcels,
        _p.shop_id == SHOP,
        _p.delivered_at >= bindparam("today"),
        _p.delivered_at < bindparam("tomorrow"),
    ),
    "refunds_due": _refunds(func.count()),
    "refund_usd_minor": _refunds(func.coalesce(func.sum(returns.c.usd_minor), 0)),
    "blocks": select(func.count()).select_from(blocks()).scalar_subquery(),
    "alerts": _count("alerts_newest", alerts, *_ALERTS, alerts.c.order_id != GAP_ORDER),
    "gaps": _count("alerts_by_order", alerts, *_ALERTS, alerts.c.order_id == GAP_ORDER),
}
_ALL = {**_COUNTS, **_TRANSITIONS}
_NAMES = ("desk_id", "event_n", *_ALL)
COLUMNS = (desk.c.desk_id, desk.c.event_n, *(query.label(name) for name, query in _ALL.items()))
"""Of the one row of `desk`."""

_OVERVIEW = Statement(select(*COLUMNS).where(desk.c.shop_id == SHOP))
_FIRST_PLACED = Statement(select(func.min(orders.c.placed_at)).where(orders.c.shop_id == SHOP))
