"""What a row that will not leave does to its order: what its action showed (parcel, number, state of a return) is taken back,
and the desk is alerted.

Contract §3, Fulfil, and §3a: it stands until its row is dead or discarded; §2: `integration_failed`.
"""

from __future__ import annotations

from orders_sync.db import outbox
from orders_sync.db.outbox import OutboxRow
from orders_sync.db.tx import Tx
from orders_sync.instants import SECOND, Ms
from orders_sync.outbox.kinds import Kind
from orders_sync.rules.integration_failed import what
from orders_sync.rules.operator_state import Entry, FailedWrite, OperatorState
from orders_sync.rules.thresholds import Thresholds
from orders_sync.rules.timeline import brief, key
from orders_sync.settle.order import load, settle

_TOLD = frozenset({Kind.TRACKING, Kind.REFUND, Kind.RETURN_DENY})
"""What an order showed as done, so that its timeline has to say when it was not."""

_RETURNS = frozenset({Kind.REFUND, Kind.RETURN_DENY})


def failed(tx: Tx, row: OutboxRow, thresholds: Thresholds, reason: str) -> None:
    """The row died: its order is alerted until somebody decides, and shows no more what was not done."""
    why = brief(" ".join(reason.split()))
    loss = FailedWrite(target=row.target, kind=row.kind, at=tx.now, of=_of(row), reason=why)
    _decide(tx, row, thresholds, loss, f"not done in Shopify: {why}")


def discarded(tx: Tx, row: OutboxRow, thresholds: Thresholds) -> None:
    """Somebody decided that the row is not to leave. What is still to be done without it is an alert of its own."""
    loss = None
    if row.kind == Kind.FULFILLMENT:
        loss = FailedWrite(target=row.target, kind=row.kind, at=tx.now, while_owed=True)
    elif row.kind in _TOLD:
        loss = FailedWrite(
            target=row.target, kind=row.kind, at=tx.now, discarded=True, of=_of(row), reason="it was discarded"
        )
    _decide(tx, row, thresholds, loss, "discarded, and not done in Shopify")


def tried_again(tx: Tx, row: OutboxRow, thresholds: Thresholds) -> None:
    """Somebody sent the row off again: its failure is over."""
    _decide(tx, row, thresholds, None, None)


def noted(tx: Tx, row: OutboxRow, thresholds: Thresholds, note: str) -> None:
    """The row left, and people should know something of what came of it."""
    known = load(tx, row.order_id)
    if known is not None and known.version:
        settle(tx, row.order_id, known.facts, _with_note(tx, known.operator, row, note), thresholds)


def _of(row: OutboxRow) -> int | None:
    """The parcel or the return that the row was about, as the desk knows it."""
    name = {Kind.TRACKING: "fulfillment_id", Kind.REFUND: "return_id", Kind.RETURN_DENY: "return_id"}.get(
        Kind(row.kind)
    )
    value = row.payload.get("entry_id", row.payload.get(name)) if name else None
    return value if isinstance(value, int) else None


def _decide(tx: Tx, row: OutboxRow, thresholds: Thresholds, failure: FailedWrite | None, dropped: str | None) -> None:
    """`dropped`: why what the row's action showed is not so; null where it may still come to be."""
    tx.touch(row.order_id)
    outbox.recount(tx, [row.order_id])
    known = load(tx, row.order_id)
    if known is None or known.version == 0:
        return
    operator = _with_failure(known.operator, row, failure)
    if dropped is not None:
        operator = _taken_back(operator, row)
        operator = _with_note(tx, operator, row, dropped) if row.kind in _TOLD else operator
    if operator != known.operator:
        settle(tx, row.order_id, known.facts, operator, thresholds)


def _with_failure(operator: OperatorState, row: OutboxRow, failure: FailedWrite | None) -> OperatorState:
    others = {row_id: other for row_id, other in operator.failed.items() if row_id != row.id}
    return operator.model_copy(update={"failed": others if failure is None else {**others, row.id: failure}})


def _with_note(tx: Tx, operator: OperatorState, row: OutboxRow, note: str) -> OperatorState:
    ts = Ms(tx.now // SECOND * SECOND)
    entry = Entry(ts=ts, event="note", details=brief(f"{what(row.kind)}: {note}"))
    entries = {**operator.entries, key("note", f"outbox {row.id} {tx.now}"): entry}
    return operator.model_copy(update={"entries": entries})


def _taken_back(operator: OperatorState, row: OutboxRow) -> OperatorState:
    """The decisions without what the row's action showed; what was decided since stays."""
    if row.kind == Kind.FULFILLMENT:
        return _without_acknowledgement(operator, row)
    if row.kind == Kind.TRACKING:
        return _without_number(operator, row)
    return _without_move(operator, row) if row.kind in _RETURNS else operator


def _without_acknowledgement(operator: OperatorState, row: OutboxRow) -> OperatorState:
    ours = operator.acknowledgement
    if ours is None or ours.action_id != row.action_id:
        return operator
    return operator.model_copy(update={"acknowledgement": None})


def _without_number(operator: OperatorState, row: OutboxRow) -> OperatorState:
    numbers = {of: given for of, given in operator.numbers.items() if given.action_id != row.action_id}
    kept: dict[str, object] = {"numbers": numbers}
    ours = operator.acknowledgement
    if row.payload.get("fulfillment_id") is None and ours is not None and ours.number == row.payload.get("number"):
        kept["acknowledgement"] = ours.model_copy(update={"number": None, "carrier": None})
    return operator.model_copy(update=kept)


def _without_move(operator: OperatorState, row: OutboxRow) -> OperatorState:
    returns = {of: move.before if move.action_id == row.action_id else move for of, move in operator.returns.items()}
    kept = {of: move for of, move in returns.items() if move is not None}
    return operator.model_copy(update={"returns": kept})
