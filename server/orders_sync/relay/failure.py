"""What a row that will not leave does to its order: what its action showed (parcel, number, state of a return, hold, release) is
taken back, and the desk is alerted.

Contract §3, Fulfil, and §3a: it stands until its row is dead or discarded; §2: `integration_failed`.
"""

from __future__ import annotations

from orders_sync.db import outbox
from orders_sync.db.order_documents import Known
from orders_sync.db.outbox import OutboxRow, Payload
from orders_sync.db.tx import Tx
from orders_sync.evidence.facts import OrderFacts
from orders_sync.instants import SECOND, Ms
from orders_sync.outbox.kinds import Kind, Shown
from orders_sync.relay import departure, taken_back
from orders_sync.rules.integration_failed import what
from orders_sync.rules.operator_state import Entry, FailedWrite, OperatorState, UnitsOfLine, parcel_id
from orders_sync.rules.order_state import build_order_state
from orders_sync.rules.thresholds import Thresholds
from orders_sync.rules.timeline import brief, key
from orders_sync.settle.order import load, settle
from orders_wire.vocabulary import OutboundState

_NOTED = frozenset({Shown.TAGS, Shown.ADDRESS, Shown.CANCELLING})
"""What the timeline says of the order itself: it has to say as well when that was not done."""


def died(known: Known, row: OutboxRow, now: Ms, thresholds: Thresholds, reason: str) -> OperatorState:
    """The row is dead: its order is alerted until somebody decides, and shows no more what was not done."""
    why = brief(" ".join(reason.split()))
    return _decided(
        known, row, now, thresholds, failure=_failure(row, now, reason=why), dropped=f"not done in Shopify: {why}"
    )


def with_hold(known: Known, row: OutboxRow) -> Payload | None:
    """The payload of a row for a hold, with what stands here of that, should it be tried again; None: nothing does."""
    held = taken_back.held_by(known.operator, row)
    return None if held is None else {**row.payload, taken_back.HELD: held.model_dump(mode="json")}


def over(tx: Tx, row: OutboxRow) -> bool:
    """What the row is for is over: it is not worth sending any more."""
    known = load(tx, row.order_id) if row.kind in (Kind.HOLD, Kind.CANCEL) else None
    return known is not None and taken_back.is_over(known.operator, row)


def discarded(tx: Tx, row: OutboxRow, thresholds: Thresholds) -> None:
    """Somebody decided that the row is not to leave. What is still to be done without it is an alert of its own."""
    failure = None
    if row.kind == Kind.FULFILLMENT:
        failure = _failure(row, tx.now, while_owed=True)
    elif Kind(row.kind).subject or Kind(row.kind).shown in _NOTED:
        failure = _failure(row, tx.now, discarded=True, reason="it was discarded")
    reviewed = row.state is OutboundState.NEEDS_REVIEW and row.claimed_before
    unknown = row.state is OutboundState.UNKNOWN or reviewed
    done = "discarded; Shopify may have done it all the same" if unknown else "discarded, and not done in Shopify"
    _decide(tx, row, thresholds, failure, done)


def tried_again(tx: Tx, row: OutboxRow, thresholds: Thresholds) -> None:
    """Somebody sent the row off again: its failure is over."""
    _decide(tx, row, thresholds, None, None)


def _failure(
    row: OutboxRow, at: Ms, *, reason: str | None = None, while_owed: bool = False, discarded: bool = False
) -> FailedWrite:
    lines, before = row.payload.get("lines") if row.kind == Kind.FULFILLMENT else None, row.payload.get("before")
    return FailedWrite(
        target=row.target,
        kind=row.kind,
        at=at,
        while_owed=while_owed,
        discarded=discarded,
        of=_subject(row),
        reason=reason,
        lines=tuple(UnitsOfLine(id=line, quantity=quantity) for line, quantity in lines)
        if isinstance(lines, list)
        else None,
        before=before if isinstance(before, str) else None,
    )


def undecided(known: Known, row: OutboxRow, now: Ms, reason: str) -> OperatorState:
    """Nobody can say what became of the row: what its action showed stands, and its order is alerted until somebody decides."""
    operator = known.operator
    if taken_back.is_over(operator, row):
        return operator
    failure = _failure(row, now, reason=brief(" ".join(reason.split())))
    alerted = operator.model_copy(update={"failed": {**operator.failed, row.id: failure}})
    return departure.leaving(alerted, None)


def noted(operator: OperatorState, row: OutboxRow, now: Ms, note: str) -> OperatorState:
    """The decisions, with what people should know of what came of the row, or of why it did not leave."""
    ts = Ms(now // SECOND * SECOND)
    entry = Entry(ts=ts, event="note", details=brief(f"{what(row.kind)}: {note}"))
    entries = {**operator.entries, key("note", f"outbox {row.id} {now}"): entry}
    return operator.model_copy(update={"entries": entries})


def _subject(row: OutboxRow) -> int | None:
    """The parcel or the return that the row was about, as the desk knows it."""
    name = Kind(row.kind).subject
    value = row.payload.get("entry_id", row.payload.get(name)) if name else None
    of = row.payload.get("of")
    return value if isinstance(value, int) else parcel_id(of) if isinstance(of, str) else None


def _decide(tx: Tx, row: OutboxRow, thresholds: Thresholds, failure: FailedWrite | None, dropped: str | None) -> None:
    tx.touch(row.order_id)
    outbox.recount(tx, [row.order_id])
    known = load(tx, row.order_id)
    if known is None or known.version == 0:
        return
    operator = _decided(known, row, tx.now, thresholds, failure=failure, dropped=dropped)
    if operator != known.operator:
        settle(tx, row.order_id, known.facts, operator, thresholds)


def _decided(
    known: Known,
    row: OutboxRow,
    now: Ms,
    thresholds: Thresholds,
    *,
    failure: FailedWrite | None = None,
    dropped: str | None = None,
) -> OperatorState:
    """`dropped`: why what the row's action showed is not so; `None` where it may still come to be. The timeline of an order
    that showed it as done, of a parcel or a return, has to say when it was not."""
    others = {row_id: other for row_id, other in known.operator.failed.items() if row_id != row.id}
    over = taken_back.is_over(known.operator, row)
    failures = others if failure is None or over else {**others, row.id: failure}
    operator = known.operator.model_copy(update={"failed": failures})
    if dropped is None:
        return operator if over else operator.model_copy(update=taken_back.shown_again(operator, row, now))
    kind = Kind(row.kind)
    operator = _with_heirs_known(operator, row, known.facts, thresholds)
    operator = operator.model_copy(update=taken_back.TAKEN_BACK[kind.shown](operator, row))
    told = not over and (kind.subject or kind.shown in _NOTED)
    return noted(operator, row, now, dropped) if told else operator


def _with_heirs_known(
    operator: OperatorState, row: OutboxRow, facts: OrderFacts, thresholds: Thresholds
) -> OperatorState:
    """Fulfilments that have the place of the acknowledgement which ends take no other's afterwards."""
    if len(operator.acknowledgements) < 2 or operator.acknowledged_by(row.action_id or "") is None:
        return operator
    state = build_order_state(row.order_id, facts, operator, {}, thresholds)
    settled = () if state is None else state.settled
    heirs = {of for each in settled if each.acknowledgement.action_id == row.action_id for of in each.heirs}
    known = (each.model_copy(update={"known": (*each.known, *heirs)}) for each in operator.acknowledgements)
    return operator.model_copy(update={"acknowledgements": tuple(known)}) if heirs else operator
