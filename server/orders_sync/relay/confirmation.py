"""What a write that arrived tells: which fulfilments Shopify made of it. They are its acknowledgement's, and no other row's."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from orders_sync.db import order_documents, outbox
from orders_sync.db.outbox import OutboxRow, Payload
from orders_sync.db.tx import Tx
from orders_sync.outbox.kinds import Kind
from orders_sync.relay import taken_back
from orders_sync.rules.operator_state import OperatorState
from orders_wire.vocabulary import OutboundState

_MADE = "made"
"""Where the payload of a row that was sent has what was made of it."""


def informed(tx: Tx, rows: Iterable[OutboxRow]) -> list[OutboxRow]:
    """Claimed rows as their receiver needs them: a fulfilment that one row made is known to the others of its order as none of
    theirs, and is the one that a number for that parcel goes to; of a hold, whether it is over; of a cancellation, whether it may
    have left."""
    return [_INFORMED.get(Kind(row.kind), _as_it_is)(tx, row) for row in rows]


def _as_it_is(_tx: Tx, row: OutboxRow) -> OutboxRow:
    return row


def _with_others_known(tx: Tx, row: OutboxRow) -> OutboxRow:
    others = [of for action, made_of in _made_of_order(tx, row).items() if action != row.action_id for of in made_of]
    known = row.payload.get("known")
    return _with(row, known=[*(known if isinstance(known, list) else ()), *others]) if others else row


def _with_fulfillment(tx: Tx, row: OutboxRow) -> OutboxRow:
    of = row.payload.get("of")
    own = _made_of_order(tx, row).get(of) if isinstance(of, str) and row.payload.get("fulfillment_id") is None else None
    return _with(row, fulfillment_id=own[0]) if own else row


def _with_whether_over(tx: Tx, row: OutboxRow) -> OutboxRow:
    """A hold that Shopify released itself, before we knew that it was placed, is not placed again."""
    known = order_documents.read(tx.conn, tx.shop_id, row.order_id) if row.claimed_before else None
    return row if known is None or not taken_back.released_in_shop(known.operator, row) else _with(row, over=True)


def _with_what_may_be_sent(tx: Tx, row: OutboxRow) -> OutboxRow:
    """What was claimed from another state than `queued` may have left: it is only looked at what came of it."""
    return _with(row, now=tx.now, sent=row.state is not OutboundState.QUEUED)


def _with(row: OutboxRow, **news: object) -> OutboxRow:
    return row._replace(payload={**row.payload, **news})


def _made_of_order(tx: Tx, row: OutboxRow) -> dict[str | None, list[int]]:
    """By the action whose row made them, the fulfilments that rows of this order have made."""
    rows = outbox.of_kinds(tx.conn, tx.shop_id, row.order_id, [Kind.FULFILLMENT])
    return {each.action_id: made for each in rows if isinstance(made := each.payload.get(_MADE), list)}


_INFORMED = {
    Kind.FULFILLMENT: _with_others_known,
    Kind.TRACKING: _with_fulfillment,
    Kind.HOLD: _with_whether_over,
    Kind.CANCEL: _with_what_may_be_sent,
}


def with_made(row: OutboxRow, fulfillments: Sequence[int]) -> Payload | None:
    """The payload of a row as it is stored, with what its write made, the one with the number first; None: nothing of ours."""
    return {**row.payload, _MADE: list(fulfillments)} if fulfillments and row.action_id is not None else None


def answered(operator: OperatorState, row: OutboxRow, fulfillments: Sequence[int]) -> OperatorState:
    """The decisions, with these fulfilments as its acknowledgement's (contract §3a)."""
    return operator if row.action_id is None else operator.answered(row.action_id, fulfillments)
