"""Alerts follow their causes: opened and cleared in the transaction that changes the order (contract §2).

Invariant: one alert per (type, order, cause), the same `alert_id` on its `open` and its `cleared` event; a cause that ended
never opens again, except where the caller names it as brought back by undo. No two open alerts of an order have the same text:
deployed clients recognise repeats by it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from itertools import count

from orders_sync.db import alerts, events
from orders_sync.db.alerts import AlertRow
from orders_sync.db.events import EventDraft
from orders_sync.db.tx import Tx
from orders_sync.rules.projection import Cause
from orders_wire.vocabulary import AlertType, EventType, Gap, OpenClosed


@dataclass(frozen=True, slots=True)
class OrderCauses:
    """The causes that hold for one order now.

    `reopen`: those of them that an undo brings back, which alone may open again after they ended. `is_new`: nothing was known of
    the order before, so that it never had any.
    """

    order_id: int
    order_number: str | None
    causes: Collection[Cause]
    reopen: Collection[Cause] = ()
    is_new: bool = False


@dataclass(slots=True)
class _Plan:
    """What has to be written, in the order of its events: the ends first."""

    ended: list[AlertRow] = field(default_factory=list)
    added: list[AlertRow] = field(default_factory=list)
    reopened: list[AlertRow] = field(default_factory=list)


def reconcile(tx: Tx, orders: Sequence[OrderCauses]) -> dict[int, frozenset[AlertType]]:
    """Opens and clears these orders' alerts so that they match their causes; returns each one's open types.

    In a fixed number of statements. No causes: all is cleared (the order was deleted). The caller holds the orders' rows, so that
    nobody else reconciles them at the same time.
    """
    known: dict[int, list[AlertRow]] = {order.order_id: [] for order in orders}
    older = [order.order_id for order in orders if not order.is_new]
    for row in alerts.of_orders(tx.conn, tx.shop_id, older) if older else ():
        known[row.order_id].append(row)
    plan = _Plan()
    types = {order.order_id: _plan(plan, tx, order, known[order.order_id]) for order in orders}
    _write(tx, plan)
    return types


def with_id(tx: Tx, row: AlertRow, previous: str = "") -> AlertRow:
    """An alert raised in this transaction, under its id; `previous` is the id it had before, if its cause opens again."""
    name = "\x00".join([row.type.value, str(row.order_id), row.cause, str(tx.now), previous])
    return row._replace(alert_id=hashlib.blake2b(name.encode(), digest_size=9).hexdigest())


def event(row: AlertRow, status: OpenClosed) -> EventDraft:
    """The event that raises an alert or a gap, which alone has a message, or takes it back."""
    is_gap = row.type is EventType.DATA_GAP
    return EventDraft(
        EventType(row.type.value),
        status=status,
        message=row.message if status is OpenClosed.OPEN else None,
        severity=row.severity,
        alert_id=row.alert_id,
        order_id=None if is_gap else row.order_id,
        order_number=row.order_number,
        gap=Gap(row.cause.partition(" ")[0]) if is_gap else None,
    )


def _plan(plan: _Plan, tx: Tx, order: OrderCauses, known: Sequence[AlertRow]) -> frozenset[AlertType]:
    rows = {(row.type, row.cause): row for row in known}
    causes = {(cause.type, cause.key): cause for cause in order.causes}
    brought_back = {(cause.type, cause.key) for cause in order.reopen}
    plan.ended += [row for key, row in rows.items() if row.open and key not in causes]
    still_open = [key for key in causes if key in rows and rows[key].open]
    open_types = {kind for kind, _ in still_open}
    texts = {rows[key].message for key in still_open}
    for key, cause in causes.items():
        row = rows.get(key)
        if row is not None and (row.open or key not in brought_back):
            continue
        text = _distinct(cause.message, texts)
        texts.add(text)
        new = AlertRow(
            "", cause.type, order.order_id, cause.key, text, cause.severity, open=True, order_number=order.order_number
        )
        opening = plan.added if row is None else plan.reopened
        opening.append(with_id(tx, new, "" if row is None else row.alert_id))
        open_types.add(cause.type)
    return frozenset(open_types)


def _distinct(text: str, taken: Collection[str]) -> str:
    """Two parcels of one minute read alike: the second has a number."""
    numbered = (f"{text} ({n})" for n in count(2))
    return text if text not in taken else next(other for other in numbered if other not in taken)


def _write(tx: Tx, plan: _Plan) -> None:
    opening = plan.added + plan.reopened
    drafts = [event(row, OpenClosed.CLEARED) for row in plan.ended] + [event(row, OpenClosed.OPEN) for row in opening]
    event_rows = events.append_all(tx, drafts)[len(plan.ended) :]
    alerts.end(tx, [row.alert_id for row in plan.ended])
    alerts.add(tx, plan.added, event_rows[: len(plan.added)])
    alerts.reopen(tx, plan.reopened, event_rows[len(plan.added) :])
