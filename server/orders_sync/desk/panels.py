"""The metrics and panels of a page, as the answer spells them (contract §1). Everything is over all orders, exactly."""

from __future__ import annotations

from typing import Any

from orders_sync.db import inventory, panels
from orders_sync.db.counters import Count
from orders_sync.db.events import order_gid
from orders_sync.db.moment import Moment
from orders_sync.db.overview import Overview
from orders_sync.db.reading import Reading
from orders_sync.desk.items import age_hours
from orders_sync.instants import DAY, HOUR, Ms, to_text
from orders_wire.vocabulary import UNASSIGNED, Tab


def metrics(overview: Overview, total_orders: int, fulfilled: Count) -> dict[str, Any]:
    """`metrics`; `fulfilled`: orders first fulfilled in the period, and how long that took in all."""
    awaiting, overdue = overview.tabs[Tab.UNFULFILLED], overview.tabs[Tab.OVERDUE]
    return {
        "total_orders": total_orders,
        "awaiting_fulfillment": awaiting,
        "awaiting_tracking": overview.tabs[Tab.AWAITING_TRACKING],
        "overdue": overdue,
        "overdue_pct": round(overdue / awaiting, 2) if awaiting else 0.0,
        "avg_fulfillment_hours": round(fulfilled.total / fulfilled.n / HOUR, 1) if fulfilled.n else 0.0,
        "breaches": overview.breaches,
    }


def read(conn: Reading, shop_id: int, moment: Moment, overview: Overview) -> dict[str, Any]:
    """The panels of an answer, under their names. A list that the overview counts as empty is not asked for."""
    sizes = overview.tabs
    late = panels.delayed(conn, shop_id, moment) if sizes[Tab.DELAYED] else []
    untracked = panels.tracking_pending(conn, shop_id, moment) if sizes[Tab.TRACKING_PENDING] else []
    pending = panels.pending_returns(conn, shop_id) if sizes[Tab.RETURNS] else []
    blocks = inventory.most_waited_for(conn, shop_id) if overview.blocks else []
    return {
        "shipments": {
            "tracking_pending": [_tracking_pending(row) for row in untracked],
            "tracking_pending_total": sizes[Tab.TRACKING_PENDING],
            "delayed": [_delayed(row, moment.now) for row in late],
            "delayed_total": sizes[Tab.DELAYED],
            "delivered_today": overview.delivered_today,
        },
        "returns": {
            "pending": [_pending_return(row, moment.now) for row in pending],
            "pending_total": sizes[Tab.RETURNS],
            "refunds_due": overview.refunds_due,
            "refund_value_usd": overview.refund_usd_minor / 100,
        },
        "inventory_blocks": [_block(block) for block in blocks],
        "inventory_blocks_total": overview.blocks,
        "alerts": panels.alert_messages(conn, shop_id) if overview.alerts else [],
        "alerts_total": overview.alerts,
        "data_gaps": panels.gap_messages(conn, shop_id) if overview.gaps else [],
        "data_gaps_total": overview.gaps,
    }


def _tracking_pending(row: panels.PendingTracking) -> dict[str, Any]:
    return {
        "order_id": order_gid(row.order_id),
        "order_number": row.name,
        "expected_ship_date": _text(row.ship_by),
        "owner": row.assigned_to or UNASSIGNED,
    }


def _delayed(row: panels.LateOrder, now: Ms) -> dict[str, Any]:
    return {
        "order_id": order_gid(row.order_id),
        "order_number": row.name,
        "carrier": row.carrier,
        "delay_hours": age_hours(row.last_update, now),
        "last_update": to_text(row.last_update),
    }


def _pending_return(row: panels.OpenReturn, now: Ms) -> dict[str, Any]:
    return {
        "order_id": order_gid(row.order_id),
        "order_number": row.name,
        "stage": row.state,
        "state": row.state,
        "reason": row.reason,
        "age_days": round(max(0, now - row.since) / DAY, 2),
        "refund_amount": None if row.refund_minor is None else row.refund_minor / 100,
    }


def _block(block: inventory.Block) -> dict[str, Any]:
    return {
        "sku": block.sku,
        "name": block.title or block.sku,
        "orders_waiting": block.orders_waiting,
        "on_hand": block.on_hand or 0,
        "eta": _text(block.eta),
    }


def _text(instant: int | None) -> str | None:
    return None if instant is None else to_text(instant)
