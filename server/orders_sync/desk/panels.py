"""The metrics and panels of a page, as the answer spells them (contract §1). Everything is over all orders, exactly."""

from __future__ import annotations

from typing import Any

from orders_sync.db.blocked_skus import Block
from orders_sync.db.counters import Count
from orders_sync.db.events import order_gid
from orders_sync.db.overview import Overview
from orders_sync.db.panels import LateOrder, OpenReturn, Panels, PendingTracking
from orders_sync.db.work import Owed
from orders_sync.desk.rows import age_hours
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
        "ready": overview.ready,
    }


def shown(overview: Overview, lists: Panels, now: Ms) -> dict[str, Any]:
    """The panels of an answer, under their names."""
    sizes = overview.tabs
    return {
        "shipments": {
            "tracking_pending": [_tracking_pending(row) for row in lists.tracking_pending],
            "tracking_pending_total": sizes[Tab.TRACKING_PENDING],
            "delayed": [_delayed(row, now) for row in lists.delayed],
            "delayed_total": sizes[Tab.DELAYED],
            "delivered_today": overview.delivered_today,
        },
        "returns": {
            "pending": [_pending_return(row, now) for row in lists.returns],
            "pending_total": sizes[Tab.RETURNS],
            "refunds_due": overview.refunds_due,
            "refund_value_usd": overview.refund_usd_cents / 100,
        },
        "inventory_blocks": [_block(block) for block in lists.blocks],
        "inventory_blocks_total": overview.blocks,
        "work": {
            "due_soon": [_owed(row) for row in lists.due_soon],
            "due_soon_total": overview.due_soon,
            "due_today": overview.due_today,
            "unowned": [_owed(row) for row in lists.unowned],
            "unowned_total": overview.unowned,
            "unowned_overdue": overview.unowned_overdue,
            "owners": [
                {
                    "name": who.name,
                    "total": who.total,
                    "overdue": who.overdue,
                    "orders": [_owed(row) for row in who.orders],
                }
                for who in lists.owners
            ],
        },
        "alerts": lists.alerts,
        "alerts_total": overview.alerts,
        "data_gaps": lists.gaps,
        "data_gaps_total": overview.gaps,
    }


def _owed(row: Owed) -> dict[str, Any]:
    return {
        "order_id": order_gid(row.order_id),
        "order_number": row.name,
        "ship_by": to_text(Ms(row.due_at)),
        "owner": row.assigned_to or UNASSIGNED,
    }


def _tracking_pending(row: PendingTracking) -> dict[str, Any]:
    return {
        "order_id": order_gid(row.order_id),
        "order_number": row.name,
        "expected_ship_date": _text(row.ship_by),
        "owner": row.assigned_to or UNASSIGNED,
    }


def _delayed(row: LateOrder, now: Ms) -> dict[str, Any]:
    return {
        "order_id": order_gid(row.order_id),
        "order_number": row.name,
        "carrier": row.carrier,
        "delay_hours": age_hours(row.last_update, now),
        "last_update": to_text(row.last_update),
    }


def _pending_return(row: OpenReturn, now: Ms) -> dict[str, Any]:
    return {
        "order_id": order_gid(row.order_id),
        "order_number": row.name,
        "stage": row.state,
        "state": row.state,
        "reason": row.reason,
        "age_days": round(max(0, now - row.since) / DAY, 2),
        "refund_amount": None if row.refund_hundredths is None else row.refund_hundredths / 100,
    }


def _block(block: Block) -> dict[str, Any]:
    return {
        "sku": block.sku,
        "name": block.title or block.sku,
        "orders_waiting": block.orders_waiting,
        "on_hand": block.on_hand or 0,
        "eta": _text(block.eta),
    }


def _text(instant: int | None) -> str | None:
    return None if instant is None else to_text(instant)
