"""What a row that will not leave does to its order: the acknowledgement that it stood for is dropped, and the desk is alerted.

Contract §3, Fulfil: an acknowledgement stands until its row is dead or discarded; §2: `integration_failed`.
"""

from __future__ import annotations

from orders_sync.db import outbox
from orders_sync.db.outbox import OutboxRow
from orders_sync.db.tx import Tx
from orders_sync.outbox.kinds import Kind
from orders_sync.rules.figures import Figures
from orders_sync.rules.operator_state import FailedWrite, OperatorState
from orders_sync.settle.order import load, settle


def failed(tx: Tx, row: OutboxRow, figures: Figures) -> None:
    """The row died: its order is alerted until somebody decides."""
    _decide(tx, row, figures, FailedWrite(target=row.target, kind=row.kind, at=tx.now))


def discarded(tx: Tx, row: OutboxRow, figures: Figures) -> None:
    """Somebody decided that the row is not to leave. A fulfilment that is still owed is an alert of its own."""
    loss = FailedWrite(target=row.target, kind=row.kind, at=tx.now, while_owed=True)
    _decide(tx, row, figures, loss if row.kind == Kind.FULFILLMENT else None)


def tried_again(tx: Tx, row: OutboxRow, figures: Figures) -> None:
    """Somebody sent the row off again: its failure is over."""
    _decide(tx, row, figures, None, dropping=False)


def _decide(tx: Tx, row: OutboxRow, figures: Figures, failure: FailedWrite | None, *, dropping: bool = True) -> None:
    tx.touch(row.order_id)
    outbox.recount(tx, [row.order_id])
    known = load(tx, row.order_id)
    if known is None or known.version == 0:
        return
    operator = _with_failure(known.operator, row, failure)
    operator = _without_acknowledgement(operator, row) if dropping else operator
    if operator != known.operator:
        settle(tx, row.order_id, known.facts, operator, figures)


def _with_failure(operator: OperatorState, row: OutboxRow, failure: FailedWrite | None) -> OperatorState:
    others = {row_id: other for row_id, other in operator.failed.items() if row_id != row.id}
    return operator.model_copy(update={"failed": others if failure is None else {**others, row.id: failure}})


def _without_acknowledgement(operator: OperatorState, row: OutboxRow) -> OperatorState:
    ours = operator.acknowledgement
    if row.kind != Kind.FULFILLMENT or ours is None or ours.action_id != row.action_id:
        return operator
    return operator.model_copy(update={"acknowledgement": None})
