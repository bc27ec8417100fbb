"""What a row that will not leave does to its order: what its action showed (parcel, number, state of a return) is taken back,
and the desk is alerted.

Contract §3, Fulfil, and §3a: it stands until its row is dead or discarded; §2: `integration_failed`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from orders_sync.db import outbox
from orders_sync.db.outbox import OutboxRow
from orders_sync.db.tx import Tx
from orders_sync.instants import SECOND, Ms
from orders_sync.outbox.kinds import Kind, Shown
from orders_sync.rules.integration_failed import what
from orders_sync.rules.operator_state import Entry, FailedWrite, OperatorState
from orders_sync.rules.thresholds import Thresholds
from orders_sync.rules.timeline import brief, key
from orders_sync.settle.order import load, settle


def failed(tx: Tx, row: OutboxRow, thresholds: Thresholds, reason: str) -> None:
    """The row died: its order is alerted until somebody decides, and shows no more what was not done."""
    why = brief(" ".join(reason.split()))
    failure = FailedWrite(target=row.target, kind=row.kind, at=tx.now, of=_subject(row), reason=why)
    _decide(tx, row, thresholds, failure, f"not done in Shopify: {why}")


def discarded(tx: Tx, row: OutboxRow, thresholds: Thresholds) -> None:
    """Somebody decided that the row is not to leave. What is still to be done without it is an alert of its own."""
    failure = None
    if row.kind == Kind.FULFILLMENT:
        failure = FailedWrite(target=row.target, kind=row.kind, at=tx.now, while_owed=True)
    elif Kind(row.kind).subject:
        failure = FailedWrite(
            target=row.target, kind=row.kind, at=tx.now, discarded=True, of=_subject(row), reason="it was discarded"
        )
    _decide(tx, row, thresholds, failure, "discarded, and not done in Shopify")


def tried_again(tx: Tx, row: OutboxRow, thresholds: Thresholds) -> None:
    """Somebody sent the row off again: its failure is over."""
    _decide(tx, row, thresholds, None, None)


def noted(tx: Tx, row: OutboxRow, thresholds: Thresholds, note: str) -> None:
    """The row left, and people should know something of what came of it."""
    known = load(tx, row.order_id)
    if known is not None and known.version:
        settle(tx, row.order_id, known.facts, _with_note(tx, known.operator, row, note), thresholds)


def _subject(row: OutboxRow) -> int | None:
    """The parcel or the return that the row was about, as the desk knows it."""
    name = Kind(row.kind).subject
    value = row.payload.get("entry_id", row.payload.get(name)) if name else None
    return value if isinstance(value, int) else None


def _decide(tx: Tx, row: OutboxRow, thresholds: Thresholds, failure: FailedWrite | None, dropped: str | None) -> None:
    """`dropped`: why what the row's action showed is not so; `None` where it may still come to be. The timeline of an order
    that showed it as done, of a parcel or a return, has to say when it was not."""
    tx.touch(row.order_id)
    outbox.recount(tx, [row.order_id])
    known = load(tx, row.order_id)
    if known is None or known.version == 0:
        return
    others = {row_id: other for row_id, other in known.operator.failed.items() if row_id != row.id}
    failures = others if failure is None else {**others, row.id: failure}
    operator = known.operator.model_copy(update={"failed": failures})
    if dropped is not None:
        kind = Kind(row.kind)
        operator = operator.model_copy(update=TAKEN_BACK[kind.shown](operator, row))
        operator = _with_note(tx, operator, row, dropped) if kind.subject else operator
    if operator != known.operator:
        settle(tx, row.order_id, known.facts, operator, thresholds)


def _with_note(tx: Tx, operator: OperatorState, row: OutboxRow, note: str) -> OperatorState:
    ts = Ms(tx.now // SECOND * SECOND)
    entry = Entry(ts=ts, event="note", details=brief(f"{what(row.kind)}: {note}"))
    entries = {**operator.entries, key("note", f"outbox {row.id} {tx.now}"): entry}
    return operator.model_copy(update={"entries": entries})


Decisions = Mapping[str, object]
"""Fields of the operators' decisions, with what they are without what the row's action showed; what was decided since stays."""


def _without_acknowledgement(operator: OperatorState, row: OutboxRow) -> Decisions:
    ours = operator.acknowledgement
    return {} if ours is None or ours.action_id != row.action_id else {"acknowledgement": None}


def _without_number(operator: OperatorState, row: OutboxRow) -> Decisions:
    numbers = {of: given for of, given in operator.numbers.items() if given.action_id != row.action_id}
    ours = operator.acknowledgement
    if row.payload.get("fulfillment_id") is None and ours is not None and ours.number == row.payload.get("number"):
        return {"numbers": numbers, "acknowledgement": ours.model_copy(update={"number": None, "carrier": None})}
    return {"numbers": numbers}


def _without_move(operator: OperatorState, row: OutboxRow) -> Decisions:
    returns = {of: move.before if move.action_id == row.action_id else move for of, move in operator.returns.items()}
    return {"returns": {of: move for of, move in returns.items() if move is not None}}


TAKEN_BACK: Mapping[Shown, Callable[[OperatorState, OutboxRow], Decisions]] = {
    Shown.NOTHING: lambda _operator, _row: {},
    Shown.ACKNOWLEDGEMENT: _without_acknowledgement,
    Shown.NUMBER: _without_number,
    Shown.RETURN_STATE: _without_move,
}
