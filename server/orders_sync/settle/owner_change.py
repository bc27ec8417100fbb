"""Orders that only pass to another owner: their rows are told of it. Nothing else that is kept of them depends on it.

Invariant: the rows are as if they had been derived again (`rules.handover`).
"""

from __future__ import annotations

from collections.abc import Sequence

from orders_sync.db import order_documents, orders
from orders_sync.db.order_documents import Draft
from orders_sync.db.orders import HandedOn
from orders_sync.db.tx import Tx
from orders_sync.instants import Ms
from orders_sync.rules import owner_change
from orders_sync.settle.change import Change, Settled


def passes(change: Change, now: Ms) -> bool:
    """Nothing but the owner differs, and the order's row is as it would be derived at this moment."""
    known = change.known
    steady = known.version > 0 and (known.wake_at is None or known.wake_at > now)
    return steady and change.merged is None and owner_change.only(known.operator, change.operator, change.moved)


def hand_on(tx: Tx, changes: Sequence[Change]) -> dict[int, Settled]:
    """Stores the decisions, tells the rows, and touches the orders."""
    if not changes:
        return {}
    order_documents.save(
        tx, [Draft(each.known.order_id, None, each.operator, each.known.stub_since) for each in changes]
    )
    handed_on = [_handed_on(change) for change in changes]
    orders.hand_on(tx, handed_on)
    for each in handed_on:
        tx.touch(each.order_id)
    return {each.order_id: Settled(each.version, changed=True) for each in handed_on}


def _handed_on(change: Change) -> HandedOn:
    known, operator = change.known, change.operator
    return HandedOn(known.order_id, known.version + 1, operator.assigned_to, owner_change.card(known.card, operator))
