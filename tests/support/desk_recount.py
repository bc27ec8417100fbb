"""Metrics and panels counted again from plain lists: contract §1. In the desk zone UTC."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from tests.support.desk_model import DeskModel

from orders_sync.db.selection import EVERYTHING, Selection
from orders_sync.instants import DAY, HOUR, Ms, to_text
from orders_sync.rules.projection import Projection, ReturnRow
from orders_wire.vocabulary import UNASSIGNED, ReturnState, Tab


@dataclass(frozen=True)
class Stock:
    """A SKU's available quantity, title and expected date."""

    available: int | None
    title: str | None = None
    eta: Ms | None = None


def recount(model: DeskModel, stock: dict[str, Stock], selection: Selection = EVERYTHING) -> dict[str, Any]:
    """What an answer says beside its rows, its alerts and its desk, without dates."""
    tabs = {tab: model.select(Selection(tab)) for tab in Tab}
    return {
        "metrics": _metrics(model, tabs, len(model.select(selection))),
        "shipments": _shipments(model, tabs),
        "returns": _returns(model, tabs),
        **_blocks(model, stock),
        "work": _work(model, tabs[Tab.UNFULFILLED]),
        "tabs": {tab.value: len(rows) for tab, rows in tabs.items()},
    }


def _metrics(model: DeskModel, tabs: dict[Tab, list[Projection]], total: int) -> dict[str, Any]:
    first_day = model.now // DAY * DAY - 6 * DAY
    took = [
        o.first_fulfilled_at - o.placed_at
        for o in model.orders
        if o.first_fulfilled_at is not None and first_day <= o.first_fulfilled_at < first_day + 7 * DAY
    ]
    awaiting, overdue = len(tabs[Tab.UNFULFILLED]), len(tabs[Tab.OVERDUE])
    return {
        "total_orders": total,
        "awaiting_fulfillment": awaiting,
        "awaiting_tracking": len(tabs[Tab.AWAITING_TRACKING]),
        "overdue": overdue,
        "overdue_pct": round(overdue / awaiting, 2) if awaiting else 0,
        "avg_fulfillment_hours": round(sum(took) / len(took) / HOUR, 1) if took else 0,
        "ready": sum(word == "yes" for word, _ in model.readiness.values()),
        "breaches": sum(o.due_at is not None and o.due_at <= model.now - DAY for o in model.orders),
    }


def _shipments(model: DeskModel, tabs: dict[Tab, list[Projection]]) -> dict[str, Any]:
    today = model.now // DAY * DAY
    pending = [
        {
            "order_id": _gid(o),
            "order_number": o.name,
            "expected_ship_date": None if o.ship_by is None else to_text(o.ship_by),
            "owner": o.assigned_to or UNASSIGNED,
        }
        for o in tabs[Tab.TRACKING_PENDING]
    ]
    return {
        "tracking_pending": pending[:10],
        "tracking_pending_total": len(pending),
        "delayed": [_delayed(model, o) for o in tabs[Tab.DELAYED][:10]],
        "delayed_total": len(tabs[Tab.DELAYED]),
        "delivered_today": sum(
            p.delivered_at is not None and today <= p.delivered_at < today + DAY
            for o in model.orders
            for p in o.parcels
        ),
    }


def _delayed(model: DeskModel, o: Projection) -> dict[str, Any]:
    at = model.late_at(o)
    assert at is not None
    parcel = min((p for p in o.parcels if p.late_prone and p.last_update == at), key=lambda p: p.fulfillment_id)
    return {
        "order_id": _gid(o),
        "order_number": o.name,
        "carrier": parcel.carrier,
        "delay_hours": round((model.now - at) / HOUR, 2),
        "last_update": to_text(at),
    }


def _work(model: DeskModel, owed: list[Projection]) -> dict[str, Any]:
    now, tomorrow = model.now, (model.now // DAY + 1) * DAY
    ahead = [(o.due_at, o) for o in owed if o.due_at is not None and o.due_at >= now]
    soon = [o for due_at, o in ahead if due_at < now + 2 * HOUR]
    unowned = [o for o in owed if o.assigned_to is None]
    names = Counter(o.assigned_to for o in owed if o.assigned_to is not None)
    return {
        "due_soon": [_owed(o) for o in soon[:10]],
        "due_soon_total": len(soon),
        "due_today": sum(due_at < tomorrow for due_at, _ in ahead),
        "unowned": [_owed(o) for _, o in ahead if o.assigned_to is None][:10],
        "unowned_total": len(unowned),
        "unowned_overdue": sum(model.in_tab(o, Tab.OVERDUE) for o in unowned),
        "owners": [
            _owner(model, name, [o for o in owed if o.assigned_to == name])
            for name in sorted(names, key=lambda name: (-names[name], name))[:50]
        ],
    }


def _owner(model: DeskModel, name: str, own: list[Projection]) -> dict[str, Any]:
    overdue = sum(model.in_tab(o, Tab.OVERDUE) for o in own)
    return {"name": name, "total": len(own), "overdue": overdue, "orders": [_owed(o) for o in own[:5]]}


def _owed(o: Projection) -> dict[str, Any]:
    assert o.due_at is not None
    named = {"order_id": _gid(o), "order_number": o.name}
    return named | {"ship_by": to_text(o.due_at), "owner": o.assigned_to or UNASSIGNED}


def _returns(model: DeskModel, tabs: dict[Tab, list[Projection]]) -> dict[str, Any]:
    due = [r for o in model.orders for r in o.returns if r.state is ReturnState.AWAITING_REFUND]
    return {
        "pending": [_pending(model, o) for o in tabs[Tab.RETURNS][:10]],
        "pending_total": len(tabs[Tab.RETURNS]),
        "refunds_due": len(due),
        "refund_value_usd": sum(r.usd_cents or 0 for r in due) / 100,
    }


def _pending(model: DeskModel, o: Projection) -> dict[str, Any]:
    def age(r: ReturnRow) -> tuple[int, int]:
        return r.since, r.return_id

    oldest = min((r for r in o.returns if not r.state.terminal), key=age)
    return {
        "order_id": _gid(o),
        "order_number": o.name,
        "stage": oldest.state,
        "state": oldest.state,
        "reason": oldest.reason,
        "age_days": round((model.now - oldest.since) / DAY, 2),
        "refund_amount": None if oldest.refund_hundredths is None else oldest.refund_hundredths / 100,
    }


def _blocks(model: DeskModel, stock: dict[str, Stock]) -> dict[str, Any]:
    owed = [(owed.sku, owed) for o in model.orders for owed in o.owed_skus]
    short = {sku for sku, level in stock.items() if level.available is not None and level.available < 0}
    blocked = short | {sku for sku, item in owed if item.held}
    rows = [
        _block(sku, stock.get(sku, Stock(None)), [item.title for other, item in owed if other == sku])
        for sku in blocked
    ]
    rows.sort(key=lambda row: (-row["orders_waiting"], row["sku"]))
    return {"inventory_blocks": rows[:10], "inventory_blocks_total": len(rows)}


def _block(sku: str, level: Stock, titles: list[str]) -> dict[str, Any]:
    return {
        "sku": sku,
        "name": level.title or next(iter(titles), sku),
        "orders_waiting": len(titles),
        "on_hand": level.available or 0,
        "eta": None if level.eta is None else to_text(level.eta),
    }


def _gid(o: Projection) -> str:
    return f"gid://shopify/Order/{o.order_id}"
