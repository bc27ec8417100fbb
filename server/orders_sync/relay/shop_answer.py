"""What the shop shows of an order with its answer to a write: evidence, which stands from then on in the place of what the row's
action showed. A hold that waited for an address ends once Shopify has it (contract §3a, `address`).
"""

from __future__ import annotations

from collections.abc import Sequence

from orders_sync.db.outbox import OutboxRow
from orders_sync.db.tx import Tx
from orders_sync.evidence.changes import OrderChange
from orders_sync.evidence.from_changes import merge
from orders_sync.outbox import holds
from orders_sync.outbox.kinds import Kind
from orders_sync.relay.taken_back import TAKEN_BACK
from orders_sync.rules import hold_ends
from orders_sync.rules.hold_ends import HoldEnd
from orders_sync.rules.operator_state import OperatorState
from orders_sync.rules.order_state import build_order_state
from orders_sync.rules.thresholds import Thresholds
from orders_sync.settle.order import load, settle_all
from orders_sync.settle.order_update import OrderUpdate

_CORRECTED = "Released: address, it was corrected"


def shown(tx: Tx, row: OutboxRow, changes: Sequence[OrderChange], thresholds: Thresholds) -> None:
    """Takes in what the answer shows."""
    known = load(tx, row.order_id) if changes else None
    if known is None or known.version == 0:
        return
    merged = merge(known.facts, changes)
    operator = _with_older_addresses_replaced(known.operator, row)
    operator = operator.model_copy(update=TAKEN_BACK[Kind(row.kind).shown](operator, row))
    ended = _ended(operator, row)
    state = build_order_state(row.order_id, merged, operator, {}, thresholds) if ended else None
    if state is not None:
        operator = hold_ends.without(state, ended, tx.now)
    settle_all(tx, [OrderUpdate(known, merged, operator)], thresholds)
    if state is not None:
        holds.ended(tx, row.order_id, [end.hold for end in ended], operator.released)


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
