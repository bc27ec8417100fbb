"""What the shop shows of an order with its answer to a write: evidence, which stands from then on in the place of what the row's
action showed. A hold that waited for an address ends once Shopify has it (contract §3a, `address`). Pure.
"""

from __future__ import annotations

from collections.abc import Sequence

from orders_sync.db.outbox import OutboxRow
from orders_sync.evidence.facts import OrderFacts
from orders_sync.instants import Ms
from orders_sync.outbox.kinds import Kind
from orders_sync.relay.taken_back import TAKEN_BACK
from orders_sync.rules import hold_ends
from orders_sync.rules.hold_ends import HoldEnd
from orders_sync.rules.operator_state import OperatorState
from orders_sync.rules.order_state import build_order_state
from orders_sync.rules.thresholds import Thresholds

_CORRECTED = "Released: address, it was corrected"


def shown(
    merged: OrderFacts, operator: OperatorState, row: OutboxRow, now: Ms, thresholds: Thresholds
) -> tuple[OperatorState, Sequence[HoldEnd]]:
    """The decisions once the order's facts have what the answer shows of it, and those of its holds that end with that."""
    operator = _with_older_addresses_replaced(operator, row)
    operator = operator.model_copy(update=TAKEN_BACK[Kind(row.kind).shown](operator, row))
    ended = _ended(operator, row)
    state = build_order_state(row.order_id, merged, operator, {}, thresholds) if ended else None
    return (operator, ()) if state is None else (hold_ends.without(state, ended, now), ended)


def _with_older_addresses_replaced(operator: OperatorState, row: OutboxRow) -> OperatorState:
    """An address is always whole: one that was given before this one, and still waits for a review, is not shown again."""
    sent = operator.addresses.get(row.action_id or "")
    if sent is None:
        return operator
    left = {of: each for of, each in operator.addresses.items() if each.at >= sent.at}
    return operator.model_copy(update={"addresses": left})


def _ended(operator: OperatorState, row: OutboxRow) -> list[HoldEnd]:
    """The holds that were to end with this address, as far as they still stand."""
    asked = row.payload.get("release") if row.kind == Kind.ADDRESS else None
    names = [name for name in asked if isinstance(name, str)] if isinstance(asked, list) else []
    standing = (operator.desk_holds[name] for name in names if name in operator.desk_holds)
    return [HoldEnd(hold, None, _CORRECTED, due=True) for hold in standing]
