"""The panels beside a page: the first rows of the shipment tabs, the returns, the open alerts and gaps (contract §1)."""

from __future__ import annotations

from itertools import groupby
from typing import NamedTuple

from sqlalchemy import Connection, Integer, exists, literal_column, select, tuple_

from orders_sync.db.moment import Moment
from orders_sync.db.overview import GAP_ORDER, OPEN_ALERT
from orders_sync.db.statement import Statement
from orders_sync.db.tables import LATE_PRONE, PENDING_RETURN, alerts, orders, parcels, returns
from orders_sync.db.tabs import IS_LATE, QUIET, RULES, SHOP
from orders_wire.vocabulary import Tab

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
    """An order of the tab `returns`, by the return that is longest in its state. `refund_minor` in its own currency."""

    order_id: int
    name: str
    state: str
    reason: str | None
    since: int
    refund_minor: int | None


def tracking_pending(conn: Connection, shop_id: int, moment: Moment) -> list[PendingTracking]:
    """The first rows of the tab `tracking_pending`."""
    return [
        PendingTracking._make(row) for row in _TRACKING_PENDING.rows(conn, {"shop_id": shop_id, **moment.parameters})
    ]


def delayed(conn: Connection, shop_id: int, moment: Moment) -> list[LateOrder]:
    """The first rows of the tab `delayed`."""
    return [LateOrder._make(row) for row in _DELAYED.rows(conn, {"shop_id": shop_id, **moment.parameters})]


def pending_returns(conn: Connection, shop_id: int) -> list[OpenReturn]:
    """The first rows of the tab `returns`."""
    rows = [OpenReturn._make(row) for row in _RETURNS.rows(conn, {"shop_id": shop_id})]
    return [next(of_order) for _, of_order in groupby(rows, key=lambda row: row.order_id)]


def alert_messages(conn: Connection, shop_id: int) -> list[str]:
    """The messages of the open alerts, newest first."""
    return _ALERTS.column(conn, {"shop_id": shop_id})


def gap_messages(conn: Connection, shop_id: int) -> list[str]:
    """The messages of the open data gaps, newest first."""
    return _GAPS.column(conn, {"shop_id": shop_id})


_LIST = literal_column(str(LIST), Integer)
_MESSAGES = literal_column(str(MESSAGES), Integer)
_o, _r, _a = orders.c, returns.c, alerts.c

_TRACKING_PENDING = Statement(
    select(_o.id, _o.name, _o.ship_by, _o.assigned_to)
    .where(_o.shop_id == SHOP, *RULES[Tab.TRACKING_PENDING])
    .with_hint(orders, "INDEXED BY orders_unnumbered", "sqlite")
    .order_by(_o.unnumbered_at, _o.id)
    .limit(_LIST)
)

_earlier = parcels.alias("earlier")
_EARLIER = exists().where(
    _earlier.c.shop_id == SHOP,
    _earlier.c.order_id == parcels.c.order_id,
    LATE_PRONE,
    _earlier.c.last_update > QUIET,
    tuple_(_earlier.c.last_update, _earlier.c.fulfillment_id) < tuple_(parcels.c.last_update, parcels.c.fulfillment_id),
)
_longest = (
    select(parcels.c.order_id, parcels.c.carrier, parcels.c.last_update)
    .where(*IS_LATE, ~_EARLIER)
    .with_hint(parcels, "INDEXED BY parcels_late", "sqlite")
    .order_by(parcels.c.last_update, parcels.c.order_id)
    .limit(_LIST)
    .subquery("longest")
)
_DELAYED = Statement(
    select(_o.id, _o.name, _longest.c.carrier, _longest.c.last_update)
    .join(_longest, (_o.shop_id == SHOP) & (_o.id == _longest.c.order_id))
    .order_by(_longest.c.last_update, _o.id)
)

_first = (
    select(_o.id, _o.name, _o.return_at)
    .where(_o.shop_id == SHOP, *RULES[Tab.RETURNS])
    .with_hint(orders, "INDEXED BY orders_return", "sqlite")
    .order_by(_o.return_at, _o.id)
    .limit(_LIST)
    .subquery("first")
)
_RETURNS = Statement(
    select(_first.c.id, _first.c.name, _r.state, _r.reason, _r.since, _r.refund_minor)
    .join(returns, (_r.shop_id == SHOP) & (_r.order_id == _first.c.id))
    .where(PENDING_RETURN)
    .order_by(_first.c.return_at, _first.c.id, _r.since, _r.return_id)
)

_OPEN = (
    select(_a.message)
    .where(_a.shop_id == SHOP, OPEN_ALERT)
    .order_by(_a.opened_at.desc(), _a.opened_row.desc(), _a.alert_id)
    .limit(_MESSAGES)
)
_ALERTS = Statement(_OPEN.where(_a.order_id != GAP_ORDER).with_hint(alerts, "INDEXED BY alerts_newest", "sqlite"))
_GAPS = Statement(_OPEN.where(_a.order_id == GAP_ORDER).with_hint(alerts, "INDEXED BY alerts_by_order", "sqlite"))
