"""The panels beside a page: what is due next and whose it is, the first rows of the shipment tabs, the returns, the open alerts
and gaps (contract §1).
"""

from __future__ import annotations

from typing import NamedTuple

import orjson
from sqlalchemy import (
    Connection,
    Integer,
    exists,
    literal_column,
    select,
    true,
    tuple_,
)

from orders_sync.db import counters, overview, work
from orders_sync.db.blocked_skus import MOST_WAITED_FOR, Block
from orders_sync.db.counters import Count, Counted
from orders_sync.db.cutoffs import Cutoffs
from orders_sync.db.json_lists import listed
from orders_sync.db.overview import Overview
from orders_sync.db.selection import Between
from orders_sync.db.statement import Statement
from orders_sync.db.tables import GAP_ORDER, OPEN_ALERT, PENDING_RETURN, alerts, desk, orders, parcels, returns
from orders_sync.db.tabs import IS_LONGEST_LATE, RULES, SHOP
from orders_sync.db.work import Owed, OwnerWork
from orders_wire.vocabulary import ReturnState, Tab

LIST = 10
"""Entries of a panel."""

MESSAGES = 50
"""Messages of alerts, and of data gaps."""


class PendingTracking(NamedTuple):
    order_id: int
    name: str
    ship_by: int | None
    assigned_to: str | None


class LateOrder(NamedTuple):
    """An order of the tab `delayed`, by its parcel that was silent longest."""

    order_id: int
    name: str
    carrier: str | None
    last_update: int


class OpenReturn(NamedTuple):
    """An order of the tab `returns`, by the return that is longest in its state. `refund_hundredths` in its own currency."""

    order_id: int
    name: str
    state: str
    reason: str | None
    since: int
    refund_hundredths: int | None


class Panels(NamedTuple):
    """The lists of an answer; `alerts` and `gaps` are messages, newest first."""

    tracking_pending: list[PendingTracking]
    delayed: list[LateOrder]
    returns: list[OpenReturn]
    blocks: list[Block]
    alerts: list[str]
    gaps: list[str]
    due_soon: list[Owed]
    unowned: list[Owed]
    owners: list[OwnerWork]


def read(
    conn: Connection, shop_id: int, cutoffs: Cutoffs, today: Between, week: Between
) -> tuple[Overview, Count, Panels]:
    """What is counted over all orders, the fulfilments of the `week`, and the lists: at one moment, in one statement."""
    values = overview.parameters(shop_id, cutoffs, today) | counters.bounds(week)
    n, total, *row = _SUMMARY.one(conn, values)
    untracked, late, returned, blocks, alerts, gaps, soon, unowned, owners = map(orjson.loads, row[-len(_LISTS) :])
    lists = Panels(
        [PendingTracking(*values) for values in untracked],
        [LateOrder(*values) for values in late],
        [OpenReturn(*values) for values in returned],
        [Block(*values) for values in blocks],
        [message for (message,) in alerts],
        [message for (message,) in gaps],
        [Owed(*values) for values in soon],
        [Owed(*values) for values in unowned],
        [work.of_row(values) for values in owners],
    )
    return overview.of_row(row[: -len(_LISTS)], cutoffs), Count(int(n), int(total)), lists


_LIST = literal_column(str(LIST), Integer)
_MESSAGES = literal_column(str(MESSAGES), Integer)
_o, _r, _a = orders.c, returns.c, alerts.c

_TRACKING_PENDING = (
    select(_o.id, _o.name, _o.ship_by, _o.assigned_to)
    .where(_o.shop_id == SHOP, *RULES[Tab.TRACKING_PENDING])
    .with_hint(orders, "INDEXED BY orders_unnumbered", "sqlite")
    .order_by(_o.unnumbered_at, _o.id)
    .limit(_LIST)
)

_DELAYED = (
    select(_o.id, _o.name, parcels.c.carrier, parcels.c.last_update)
    .select_from(parcels)
    .join(orders, (_o.shop_id == SHOP) & (_o.id == parcels.c.order_id))
    .where(*IS_LONGEST_LATE)
    .with_hint(parcels, "INDEXED BY parcels_late", "sqlite")
    .order_by(parcels.c.last_update, parcels.c.order_id)
    .limit(_LIST)
)

_f = (
    select(_o.id, _o.name, _o.return_at)
    .where(_o.shop_id == SHOP, *RULES[Tab.RETURNS])
    .with_hint(orders, "INDEXED BY orders_return", "sqlite")
    .order_by(_o.return_at, _o.id)
    .limit(_LIST)
    .subquery("first_returning")
).c
_other = returns.alias("other")
_LONGER = exists().where(
    _other.c.shop_id == SHOP,
    _other.c.order_id == _f.id,
    *(_other.c.state != literal_column(f"'{state.value}'") for state in ReturnState if state.terminal),
    tuple_(_other.c.since, _other.c.return_id) < tuple_(_r.since, _r.return_id),
)
_RETURNS = (
    select(_f.id, _f.name, _r.state, _r.reason, _r.since, _r.refund_minor)
    .where(_r.shop_id == SHOP, _r.order_id == _f.id, PENDING_RETURN, ~_LONGER)
    .with_hint(returns, "INDEXED BY returns_by_order", "sqlite")
    .order_by(_f.return_at, _f.id)
)

_OPEN = (
    select(_a.message)
    .where(_a.shop_id == SHOP, OPEN_ALERT)
    .order_by(_a.opened_at.desc(), _a.opened_row.desc(), _a.order_id.desc())
    .limit(_MESSAGES)
)
_ALERTS = _OPEN.where(_a.order_id != GAP_ORDER).with_hint(alerts, "INDEXED BY alerts_newest", "sqlite")
_GAPS = _OPEN.where(_a.order_id == GAP_ORDER).with_hint(alerts, "INDEXED BY alerts_by_order", "sqlite")

_WORK = (work.DUE_SOON, work.UNOWNED, work.of_owners(listed))
_LISTS = (_TRACKING_PENDING, _DELAYED, _RETURNS, MOST_WAITED_FOR, _ALERTS, _GAPS, *_WORK)
_fulfilled = counters.counted(Counted.FULFILLED).subquery("fulfilled")
SUMMARY = (
    select(_fulfilled.c.n, _fulfilled.c.total, *overview.COLUMNS, *map(listed, _LISTS))
    .select_from(overview.SOURCE.join(_fulfilled, true()))
    .where(desk.c.shop_id == SHOP)
)
_SUMMARY = Statement(SUMMARY)
