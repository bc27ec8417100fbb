"""An order that only passes to another owner: what of its row depends on that is its owner, and two lines of its card.

So it is not derived again. Law: the card comes to what deriving it comes to.
"""

from __future__ import annotations

from collections.abc import Set

import orjson

from orders_sync.rules.operator_state import OperatorState
from orders_sync.rules.timeline import with_assignments
from orders_wire.vocabulary import UNASSIGNED

_PASSES = frozenset({"assigned_to", "owner_action", "entries"})


def only(before: OperatorState, after: OperatorState, moved: Set[str]) -> bool:
    """True when the decisions differ in the owner, and in nothing else but what the timeline says of that.

    `moved`: those that differ. Who owns an order that was escalated decides whether its alert stands.
    """
    return (
        "assigned_to" in moved
        and moved <= _PASSES
        and before.escalation is None
        and before.entries.items() <= after.entries.items()
        and all(entry.event == "assigned" for name, entry in after.entries.items() if name not in before.entries)
    )


def card(stored: bytes, operator: OperatorState) -> bytes:
    """The order's card with its new owner."""
    shown = orjson.loads(stored)
    shown["assigned_to"] = operator.assigned_to or UNASSIGNED
    shown["timeline"] = with_assignments(shown["timeline"], operator.entries)
    return orjson.dumps(shown)
