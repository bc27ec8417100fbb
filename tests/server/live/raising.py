"""Short ways to make things happen on a desk: alerts raised and cleared, pings, silent history."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from orders_sync.alerts import alerts
from orders_sync.alerts.alerts import OrderCauses
from orders_sync.db import events
from orders_sync.db.engine import Database
from orders_sync.db.events import EventDraft
from orders_sync.db.tx import Tx
from orders_sync.rules.projection import Cause
from orders_wire.vocabulary import AlertType, EventType, Severity


def overdue(order_id: int, due: int = 1, severity: Severity = Severity.WARNING) -> Cause:
    return Cause(AlertType.ORDER_OVERDUE, f"due {due}", f"#{order_id} is overdue since {due}", severity)


def held(order_id: int, hold: int = 1) -> Cause:
    return Cause(AlertType.INVENTORY_HOLD, f"hold {hold}", f"#{order_id} is held for stock", Severity.CRITICAL)


def raising(
    order_id: int, *causes: Cause, reopen: Sequence[Cause] = (), silent: bool = False
) -> Callable[[Tx], frozenset[AlertType]]:
    """A job after which exactly these causes hold for an order."""

    def job(tx: Tx) -> frozenset[AlertType]:
        tx.silent = silent
        return alerts.reconcile(tx, [OrderCauses(order_id, f"#{order_id}", causes, reopen)])[order_id]

    return job


def mentioning(addressee: str, order_id: int = 1) -> Callable[[Tx], int]:
    """A job that tells somebody of a note."""
    draft = EventDraft(
        EventType.MENTION, order_id=order_id, order_number=f"#{order_id}", note_id="n1", by="bo", addressee=addressee
    )
    return lambda tx: events.append(tx, draft)


async def ping(db: Database, *order_ids: int) -> None:
    """A change of these orders, or of the desk."""

    def job(tx: Tx) -> None:
        tx.ping()
        tx.touched.update(order_ids)

    await db.write(job, order_ids)
