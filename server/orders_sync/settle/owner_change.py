"""Orders that only pass to another owner, which is what operators do in bulk: these are not derived again.

Of an order's row only its owner and two lines of its JSON depend on that. Law: the rows come to what deriving would come to at
that moment. Anything more than another owner, or an instant that has passed meanwhile, is derived.
"""

from __future__ import annotations

from collections.abc import Sequence, Set

import orjson

from orders_sync.db import order_documents, orders
from orders_sync.db.order_documents import Draft
from orders_sync.db.orders import OwnerChange
from orders_sync.db.tx import Tx
from orders_sync.instants import Ms
from orders_sync.rules.operator_state import OperatorState
from orders_sync.rules.timeline import with_assignments
from orders_sync.settle.order_update import OrderUpdate, Settled
from orders_wire.vocabulary import UNASSIGNED

_DECISIONS = frozenset({"assigned_to", "owner_action", "entries"})


def only_owner_changes(update: OrderUpdate, now: Ms) -> bool:
    """Nothing but the owner differs, and the order's row is as it would be derived at this moment."""
    known = update.known
    steady = known.version > 0 and (known.wake_at is None or known.wake_at > now)
    return steady and update.merged is None and only_owner(known.operator, update.operator, update.moved)


def only_owner(before: OperatorState, after: OperatorState, moved: Set[str]) -> bool:
    """True when the decisions differ in the owner, and in nothing else but what the timeline says of that.

    `moved`: those that differ. Who owns an order that was escalated decides whether its alert stands.
    """
    return (
        "assigned_to" in moved
        and moved <= _DECISIONS
        and before.escalation is None
        and before.entries.items() <= after.entries.items()
        and all(entry.event == "assigned" for name, entry in after.entries.items() if name not in before.entries)
    )


def change_owners(tx: Tx, updates: Sequence[OrderUpdate]) -> dict[int, Settled]:
    """Stores the decisions and the rows with their new owners, and touches the orders."""
    if not updates:
        return {}
    order_documents.save(
        tx, [Draft(each.known.order_id, None, each.operator, each.known.stub_since) for each in updates]
    )
    orders.change_owners(tx, [_row(update) for update in updates])
    for each in updates:
        tx.touch(each.known.order_id)
    return {each.known.order_id: Settled(each.known.version + 1, changed=True) for each in updates}


def _row(update: OrderUpdate) -> OwnerChange:
    known, operator = update.known, update.operator
    row = known.row or {}
    card = with_owner(known.card, operator)
    before, counted = row.get("assigned_to"), row.get("counted")
    return OwnerChange(known.order_id, known.version + 1, operator.assigned_to, card, before, counted)


def with_owner(row_json: bytes, operator: OperatorState) -> bytes:
    """The order's stored JSON with its new owner."""
    row = orjson.loads(row_json)
    row["assigned_to"] = operator.assigned_to or UNASSIGNED
    row["timeline"] = with_assignments(row["timeline"], operator.entries)
    return orjson.dumps(row)
