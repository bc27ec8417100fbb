"""The rules of the tabs as conditions on rows (contract §1, table of tabs), over the parameters of a `Cutoffs`.

`rules.overdue`, `rules.tracking_pending` and `rules.delayed` say the same of one order.

Each open tab has one partial index that holds exactly its candidates; SQLite has to use it (`INDEXED BY`), PostgreSQL finds it.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, ColumnElement, Subquery, bindparam, exists, func, select, tuple_

from orders_sync.db.tables import LATE_PRONE, orders, parcels
from orders_wire.vocabulary import Tab

SHOP, NOW, QUIET, PENDING, LATE, BREACH, SOON = (
    bindparam(name, type_=BigInteger) for name in ("shop_id", "now", "quiet", "pending", "late", "breach", "soon")
)

IS_OPEN = orders.c.live_at > QUIET

RULES: dict[Tab, tuple[ColumnElement[bool], ...]] = {
    Tab.ALL: (),
    Tab.UNFULFILLED: (orders.c.due_at.is_not(None),),
    Tab.OVERDUE: (orders.c.due_at < NOW,),
    Tab.AWAITING_TRACKING: (orders.c.untracked_at.is_not(None), IS_OPEN),
    Tab.TRACKING_PENDING: (orders.c.unnumbered_at < PENDING, IS_OPEN),
    Tab.DELAYED: (),
    Tab.HOLDS: (orders.c.held_at.is_not(None),),
    Tab.RETURNS: (orders.c.return_at.is_not(None),),
    Tab.REFUNDED: (orders.c.refunded_at.is_not(None),),
}

INDEX = {
    Tab.UNFULFILLED: "orders_due",
    Tab.OVERDUE: "orders_due",
    Tab.AWAITING_TRACKING: "orders_untracked",
    Tab.TRACKING_PENDING: "orders_unnumbered",
    Tab.HOLDS: "orders_held",
    Tab.RETURNS: "orders_return",
    Tab.REFUNDED: "orders_refunded",
}

BACKLOG = frozenset(Tab) - {Tab.ALL, Tab.REFUNDED}
"""Tabs that hold open work: their size does not grow with the history."""

IS_LATE = (parcels.c.shop_id == SHOP, LATE_PRONE, parcels.c.last_update > QUIET, parcels.c.last_update <= LATE)
"""A parcel of the tab `delayed`."""

_p, _e = parcels.c, parcels.alias("earlier").c
IS_LONGEST_LATE = (
    *IS_LATE,
    ~exists().where(
        _e.shop_id == SHOP,
        _e.order_id == _p.order_id,
        _e.late_prone,
        _e.open_order,
        _e.last_update > QUIET,
        tuple_(_e.last_update, _e.fulfillment_id) < tuple_(_p.last_update, _p.fulfillment_id),
    ),
)
"""The one of an order that was silent longest."""


def late_orders() -> Subquery:
    """The orders of the tab `delayed`, each with `late_at`, the oldest last update of its late parcels."""
    late_at = func.min(parcels.c.last_update).label("late_at")
    return select(parcels.c.order_id, late_at).where(*IS_LATE).group_by(parcels.c.order_id).subquery("late_orders")
