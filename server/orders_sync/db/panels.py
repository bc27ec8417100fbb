"""The panels beside a page: the first rows of the shipment tabs, the returns, the open alerts and gaps (contract §1)."""

from __future__ import annotations

from dataclasses import asdict
from itertools import groupby
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, Connection, bindparam, func, select

from orders_sync.db.moment import Moment
from orders_sync.db.overview import GAP_ORDER, OPEN_ALERT
from orders_sync.db.tables import PENDING_RETURN, alerts, orders, parcels, returns
from orders_sync.db.tabs import IS_LATE, RULES, SHOP
from orders_wire.vocabulary import Tab


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


def tracking_pending(conn: Connection, shop_id: int, moment: Moment, limit: int) -> list[PendingTracking]:
    """The first rows of the tab `tracking_pending`."""
    return [PendingTracking(*row) for row in conn.execute(_TRACKING_PENDING, _values(shop_id, moment, limit))]


def delayed(conn: Connection, shop_id: int, moment: Moment, limit: int) -> list[LateOrder]:
    """The first rows of the tab `delayed`."""
    return [LateOrder(*row) for row in conn.execute(_DELAYED, _values(shop_id, moment, limit))]


def pending_returns(conn: Connection, shop_id: int, limit: int) -> list[OpenReturn]:
    """The first rows of the tab `returns`."""
    rows = [OpenReturn(*row) for row in conn.execute(_RETURNS, {"shop_id": shop_id, "wanted": limit})]
    return [next(of_order) for _, of_order in groupby(rows, key=lambda row: row.order_id)]


def alert_messages(conn: Connection, shop_id: int, limit: int) -> list[str]:
    """The messages of the open alerts, newest first."""
    return list(conn.execute(_ALERTS, {"shop_id": shop_id, "wanted": limit}).scalars())


def gap_messages(conn: Connection, shop_id: int, limit: int) -> list[str]:
    """The messages of the open data gaps, newest first."""
    return list(conn.execute(_GAPS, {"shop_id": shop_id, "wanted": limit}).scalars())


def _values(shop_id: int, moment: Moment, limit: int) -> dict[str, Any]:
    return {"shop_id": shop_id, **asdict(moment), "wanted": limit}


_WANTED: BindParameter[int] = bindparam("wanted")
_o, _r, _a = orders.c, returns.c, alerts.c

_TRACKING_PENDING = (
    select(_o.id, _o.name, _o.ship_by, _o.assigned_to)
    .where(_o.shop_id == SHOP, *RULES[Tab.TRACKING_PENDING])
    .with_hint(orders, "INDEXED BY orders_unnumbered", "sqlite")
    .order_by(_o.unnumbered_at, _o.id)
    .limit(_WANTED)
)

_place = func.row_number().over(
    partition_by=parcels.c.order_id, order_by=(parcels.c.last_update, parcels.c.fulfillment_id)
)
_late = (
    select(parcels.c.order_id, parcels.c.carrier, parcels.c.last_update, _place.label("place"))
    .where(*IS_LATE)
    .with_hint(parcels, "INDEXED BY parcels_late", "sqlite")
    .subquery("late")
)
_longest = (
    select(_late.c.order_id, _late.c.carrier, _late.c.last_update)
    .where(_late.c.place == 1)
    .order_by(_late.c.last_update, _late.c.order_id)
    .limit(_WANTED)
    .subquery("longest")
)
_DELAYED = (
    select(_o.id, _o.name, _longest.c.carrier, _longest.c.last_update)
    .join(_longest, (_o.shop_id == SHOP) & (_o.id == _longest.c.order_id))
    .order_by(_longest.c.last_update, _o.id)
)

_first = (
    select(_o.id, _o.name, _o.return_at)
    .where(_o.shop_id == SHOP, *RULES[Tab.RETURNS])
    .with_hint(orders, "INDEXED BY orders_return", "sqlite")
    .order_by(_o.return_at, _o.id)
    .limit(_WANTED)
    .subquery("first")
)
_RETURNS = (
    select(_first.c.id, _first.c.name, _r.state, _r.reason, _r.since, _r.refund_minor)
    .join(returns, (_r.shop_id == SHOP) & (_r.order_id == _first.c.id))
    .where(PENDING_RETURN)
    .order_by(_first.c.return_at, _first.c.id, _r.since, _r.return_id)
)

_OPEN = (
    select(_a.message)
    .where(_a.shop_id == SHOP, OPEN_ALERT)
    .order_by(_a.opened_at.desc(), _a.opened_row.desc(), _a.alert_id)
    .limit(_WANTED)
)
_ALERTS = _OPEN.where(_a.order_id != GAP_ORDER).with_hint(alerts, "INDEXED BY alerts_newest", "sqlite")
_GAPS = _OPEN.where(_a.order_id == GAP_ORDER).with_hint(alerts, "INDEXED BY alerts_by_order", "sqlite")
