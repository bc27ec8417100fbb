"""A page answered by counting everything again, in plain SQL: no counters, no code of the server, the whole history each time.

What the server answers has to be equal to this before it is timed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import orjson
from tests.benchmarks.questions import PAGE_SIZE, Question

from orders_sync.instants import DAY, HOUR, Ms, to_text
from orders_wire.cursors import ShopifyCursor, encode_offset
from orders_wire.vocabulary import Tab

Fetch = Callable[[str], Sequence[tuple[Any, ...]]]

LISTED = 10
MESSAGES = 50
_PENDING = "state NOT IN ('completed', 'denied', 'cancelled')"


class Recount:
    """Expected answers of one desk at one moment, under the default thresholds and in UTC."""

    def __init__(self, fetch: Fetch, now: Ms) -> None:
        self._fetch = fetch
        self._now = now
        self._open = f"live_at > {now - 30 * DAY}"
        self._late = f"late_prone AND open_order AND last_update > {now - 30 * DAY} AND last_update <= {now - DAY}"
        self._tabs = {
            Tab.ALL: "TRUE",
            Tab.UNFULFILLED: "due_at IS NOT NULL",
            Tab.OVERDUE: f"due_at < {now}",
            Tab.AWAITING_TRACKING: f"untracked_at IS NOT NULL AND {self._open}",
            Tab.TRACKING_PENDING: f"unnumbered_at < {now - 2 * HOUR} AND {self._open}",
            Tab.DELAYED: f"id IN (SELECT order_id FROM parcels WHERE {self._late})",
            Tab.HOLDS: "held_at IS NOT NULL",
            Tab.RETURNS: "return_at IS NOT NULL",
            Tab.REFUNDED: "refunded_at IS NOT NULL",
        }
        self._sizes = {tab: self._count("orders", rule) for tab, rule in self._tabs.items()}
        self._without = self._dealt()

    def answer(self, question: Question) -> dict[str, Any]:
        """The whole body."""
        total = self._count("orders", question.condition)
        (desk,) = self._fetch("SELECT desk_id, event_n FROM desk")
        today = self._now // DAY * DAY
        start, end = question.dates or (today - 6 * DAY, today + DAY)
        return {
            "period": {
                "label": "Custom" if question.dates else "Last 7 days",
                "start": to_text(start),
                "end": to_text(end),
            },
            "metrics": self._metrics(total, start, end),
            "orders": self._orders(question, total),
            "shipments": self._shipments(today),
            "returns": self._returns(),
            "work": self._work(today),
            **self._blocks(),
            **self._messages("alerts", "order_id <> 0"),
            **self._messages("data_gaps", "order_id = 0"),
            "tabs": {tab.value: size for tab, size in self._sizes.items()},
            "desk": {"id": desk[0], "version": desk[1], "state": "no_shop", "backfill": None},
        }

    def _count(self, table: str, condition: str) -> int:
        ((n,),) = self._fetch(f"SELECT count(*) FROM {table} WHERE {condition}")
        return int(n)

    def _metrics(self, total: int, start: int, end: int) -> dict[str, Any]:
        awaiting, overdue = self._sizes[Tab.UNFULFILLED], self._sizes[Tab.OVERDUE]
        ((n, took),) = self._fetch(
            "SELECT count(*), sum(first_fulfilled_at - placed_at) FROM orders"
            f" WHERE first_fulfilled_at >= {start} AND first_fulfilled_at < {end}"
        )
        return {
            "total_orders": total,
            "awaiting_fulfillment": awaiting,
            "awaiting_tracking": self._sizes[Tab.AWAITING_TRACKING],
            "overdue": overdue,
            "overdue_pct": round(overdue / awaiting, 2) if awaiting else 0,
            "avg_fulfillment_hours": round(int(took) / n / HOUR, 1) if n else 0,
            "breaches": self._count("orders", f"due_at <= {self._now - DAY}"),
            "ready": self._ready(),
        }

    def _ready(self) -> int:
        return sum(
            order_id not in self._without for (order_id,) in self._fetch("SELECT id FROM orders WHERE ready = 'yes'")
        )

    def _dealt(self) -> dict[int, dict[str, int]]:
        """What orders go without, by SKU, of what they could send: all that is there, dealt out to all who owe."""
        found: dict[int, dict[str, int]] = {}
        for sku, available in self._fetch("SELECT sku, available FROM stock WHERE available < 0"):
            owed = self._fetch(
                f"SELECT order_id, units, stuck FROM owed_units WHERE sku = '{sku}' ORDER BY turn, due, order_id"
            )
            there = max(0, sum(units for _, units, _ in owed) + available)
            for order_id, units, stuck in owed:
                given = min(there, units)
                there -= given
                if given < units:
                    of_order = found.setdefault(order_id, {})
                    of_order[sku] = of_order.get(sku, 0) + max(0, units - given - stuck)
        return found

    def _orders(self, question: Question, total: int) -> dict[str, Any]:
        way = "DESC" if question.descending else "ASC"
        late = f"EXISTS (SELECT 1 FROM parcels WHERE order_id = orders.id AND {self._late})"
        rows = self._fetch(
            f"SELECT id, {question.key}, card, version, placed_at, static_issue, {late}, ready, blockers, sendable FROM orders"
            f" WHERE {question.condition} ORDER BY {question.key} {way}, id {way}"
            f" LIMIT {PAGE_SIZE} OFFSET {question.position}"
        )
        return {"items": [self._item(row) for row in rows], "page_info": _page_info(question, rows, total)}

    def _item(self, row: tuple[Any, ...]) -> dict[str, Any]:
        order_id, _, card, version, placed_at, issue, late, own, blockers, sendable = row
        lost = self._without.get(order_id, {})
        left = sendable - sum(lost.values())
        strong = issue not in (None, "manual_check")
        item: dict[str, Any] = orjson.loads(bytes(card))
        return item | {
            "age_hours": round((self._now - placed_at) / HOUR, 2),
            "issue": "carrier" if late and not strong else issue,
            "alerts": [],
            "outbound": {"waiting": 0, "failed": 0},
            "version": version,
            "ready": ("part" if left > 0 else "no") if lost else own,
            "blockers": [*orjson.loads(blockers), *(f"stock:{sku}" for sku in sorted(lost))],
            "together": None,
        }

    def _shipments(self, today: int) -> dict[str, Any]:
        pending = self._fetch(
            f"SELECT id, name, ship_by, assigned_to FROM orders WHERE {self._tabs[Tab.TRACKING_PENDING]}"
            f" ORDER BY unnumbered_at, id LIMIT {LISTED}"
        )
        delayed = self._fetch(
            "SELECT id, name, carrier, last_update FROM parcels JOIN orders ON id = order_id"
            f" WHERE {self._late} ORDER BY last_update, id LIMIT {LISTED}"
        )
        return {
            "tracking_pending": [
                {
                    **_named(row),
                    "expected_ship_date": None if row[2] is None else to_text(row[2]),
                    "owner": row[3] or "unassigned",
                }
                for row in pending
            ],
            "tracking_pending_total": self._sizes[Tab.TRACKING_PENDING],
            "delayed": [
                {
                    **_named(row),
                    "carrier": row[2],
                    "delay_hours": round((self._now - row[3]) / HOUR, 2),
                    "last_update": to_text(row[3]),
                }
                for row in delayed
            ],
            "delayed_total": self._sizes[Tab.DELAYED],
            "delivered_today": self._count("parcels", f"delivered_at >= {today} AND delivered_at < {today + DAY}"),
        }

    def _work(self, today: int) -> dict[str, Any]:
        owed = self._fetch(
            f"SELECT id, name, due_at, assigned_to FROM orders WHERE {self._tabs[Tab.UNFULFILLED]} ORDER BY 3, 1"
        )
        ahead, unowned = [row for row in owed if row[2] >= self._now], [row for row in owed if row[3] is None]
        soon = [row for row in ahead if row[2] < self._now + 2 * HOUR]
        owners = {row[3]: [own for own in owed if own[3] == row[3]] for row in owed if row[3] is not None}
        return {
            "due_soon": [_owed(row) for row in soon[:LISTED]],
            "due_soon_total": len(soon),
            "due_today": sum(row[2] < today + DAY for row in ahead),
            "unowned": [_owed(row) for row in ahead if row[3] is None][:LISTED],
            "unowned_total": len(unowned),
            "unowned_overdue": sum(row[2] < self._now for row in unowned),
            "owners": [
                {"name": name, "total": len(own), "overdue": sum(row[2] < self._now for row in own)}
                | {"orders": [_owed(row) for row in own[:5]]}
                for name, own in sorted(owners.items(), key=lambda item: (-len(item[1]), item[0]))
            ],
        }

    def _returns(self) -> dict[str, Any]:
        pending = self._fetch(
            "SELECT o.id, o.name, r.state, r.reason, r.since, r.refund_minor FROM returns r JOIN orders o"
            f" ON o.id = r.order_id WHERE r.{_PENDING} ORDER BY o.return_at, o.id LIMIT {LISTED}"
        )
        ((due, usd),) = self._fetch("SELECT count(*), sum(usd_minor) FROM returns WHERE state = 'awaiting_refund'")
        return {
            "pending": [
                {
                    **_named(row),
                    "stage": row[2],
                    "state": row[2],
                    "reason": row[3],
                    "age_days": round((self._now - row[4]) / DAY, 2),
                    "refund_amount": row[5] / 100,
                }
                for row in pending
            ],
            "pending_total": self._sizes[Tab.RETURNS],
            "refunds_due": due,
            "refund_value_usd": int(usd) / 100,
        }

    def _blocks(self) -> dict[str, Any]:
        blocked = "SELECT sku FROM stock WHERE available < 0 UNION SELECT sku FROM owed_skus WHERE held"
        rows = self._fetch(
            "SELECT b.sku, max(coalesce(s.title, w.title)), count(w.order_id), max(coalesce(s.available, 0))"
            f" FROM ({blocked}) b LEFT JOIN owed_skus w ON w.sku = b.sku LEFT JOIN stock s ON s.sku = b.sku GROUP BY b.sku"
        )
        most = sorted(rows, key=lambda row: (-row[2], row[0]))[:LISTED]
        blocks = [
            {"sku": sku, "name": name, "orders_waiting": waiting, "on_hand": on_hand, "eta": None}
            for sku, name, waiting, on_hand in most
        ]
        return {"inventory_blocks": blocks, "inventory_blocks_total": len(rows)}

    def _messages(self, name: str, whose: str) -> dict[str, Any]:
        rows = self._fetch(f"SELECT message FROM alerts WHERE state = 'open' AND {whose} ORDER BY opened_at DESC")
        return {name: [row[0] for row in rows[:MESSAGES]], f"{name}_total": len(rows)}


def _named(row: tuple[Any, ...]) -> dict[str, Any]:
    return {"order_id": f"gid://shopify/Order/{row[0]}", "order_number": row[1]}


def _owed(row: tuple[Any, ...]) -> dict[str, Any]:
    return {**_named(row), "ship_by": to_text(row[2]), "owner": row[3] or "unassigned"}


def _page_info(question: Question, rows: Sequence[tuple[Any, ...]], total: int) -> dict[str, Any]:
    position, more = question.position, question.position + len(rows) < total
    return {
        "cursor": encode_offset(position),
        "startCursor": encode_offset(position),
        "endCursor": encode_offset(position + len(rows) - 1),
        "nextCursor": encode_offset(position + len(rows)) if more else None,
        "previousCursor": encode_offset(position - PAGE_SIZE) if position else None,
        "hasNextPage": more,
        "hasPreviousPage": position > 0,
        "page": position // PAGE_SIZE + 1,
        "pageSize": PAGE_SIZE,
        "totalPages": -(-total // PAGE_SIZE),
        "shopifyCursor": ShopifyCursor(rows[0][0], rows[0][1], question.tab.value, "").encode(),
    }
