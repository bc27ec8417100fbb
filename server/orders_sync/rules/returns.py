"""Returns: Shopify's and the ERP's moves in the shop's time order, then operators' moves (contract §3).

What evidence does to a return is `STATE_OF` and `further`; what actions do is in `orders_wire.return_machine`.

A return that Shopify reopens after its end is a new entry in `inspection`; a return of which only a refund, a label or the ERP
is known waits for its body.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from orders_sync.evidence.entities import MoneyPart, RefundPart
from orders_sync.evidence.facts import Fields, OrderFacts, flatten
from orders_sync.evidence.shopify_words import Move
from orders_sync.instants import Ms
from orders_sync.rules.operator_state import OperatorState, ReturnMove
from orders_wire.return_machine import PATH
from orders_wire.vocabulary import ReturnState

_BODY = frozenset({Move.REQUESTED, Move.OPEN, Move.CLOSED, Move.DECLINED, Move.CANCELED, Move.CANCELLED, Move.REOPENED})
"""Moves that report the return itself."""

_BEGINS = frozenset({Move.REQUESTED, Move.OPEN})

_RANK = {move: rank for rank, move in enumerate(Move)}

_S = ReturnState
STATE_OF: Mapping[Move, ReturnState] = {
    Move.REQUESTED: _S.AWAITING_LABEL,
    Move.OPEN: _S.AWAITING_LABEL,
    Move.LABELLED: _S.LABEL_GENERATED,
    Move.ERP_IN_TRANSIT: _S.IN_TRANSIT,
    Move.ERP_RECEIVED: _S.INSPECTION,
    Move.GOODS_CAME: _S.INSPECTION,
    Move.ERP_INSPECTED: _S.AWAITING_REFUND,
    Move.DISPOSED: _S.AWAITING_REFUND,
    Move.ERP_REFUNDED: _S.COMPLETED,
    Move.REFUNDED: _S.COMPLETED,
    Move.CLOSED: _S.COMPLETED,
    Move.DECLINED: _S.DENIED,
    Move.CANCELED: _S.CANCELLED,
    Move.CANCELLED: _S.CANCELLED,
    Move.REOPENED: _S.INSPECTION,
}
"""The state that a piece of evidence carries a return to, from any state before it (contract §3, and §4 for the ERP)."""


@dataclass(frozen=True, slots=True)
class OrderReturn:
    """One return as the desk shows it. `id` is Shopify's, or one of ours for a reopened one, whose `shopify_id` is the same.

    `entered`: when each state was evidenced, for the timeline. `refund`: what was paid back for it, else what Shopify suggests.
    `requested`: a customer asks for it, and neither the shop nor an operator has answered.
    """

    id: int
    shopify_id: int
    reopening: int
    state: ReturnState
    since: Ms
    started_at: Ms
    entered: dict[ReturnState, Ms]
    name: str | None = None
    reason: str | None = None
    note: str | None = None
    refund: MoneyPart | None = None
    number: str | None = None
    label_url: str | None = None
    requested: bool = False

    @property
    def gid(self) -> str:
        """Its id on the wire."""
        suffix = f"?reopened={self.reopening}" if self.reopening else ""
        return f"gid://shopify/Return/{self.shopify_id}{suffix}"


@dataclass(slots=True)
class _Entry:
    reopening: int
    state: ReturnState | None = None
    since: int = 0
    started_at: int = 0
    closed: bool = False
    entered: dict[ReturnState, Ms] = field(default_factory=dict)
    refunds: list[MoneyPart] = field(default_factory=list)

    def reach(self, reached: ReturnState, at: int) -> None:
        after = further(self.state, reached)
        if self.state is None:
            self.started_at = at
        if after is not self.state:
            self.state, self.since = after, at
        if after is reached or not reached.terminal:
            self.entered.setdefault(reached, Ms(at))


@dataclass(frozen=True, slots=True)
class _Evidence:
    at: int
    move: Move
    refund: MoneyPart | None = None


def returns(facts: OrderFacts, operator: OperatorState) -> tuple[OrderReturn, ...]:
    """Every return of the order, oldest first."""
    steps: dict[str, list[_Evidence]] = {}
    for key, instants in facts.instants.get("return", {}).items():
        return_id, _, move = key.partition("/")
        steps.setdefault(return_id, []).extend(_Evidence(at, Move(move)) for at in instants)
    if not steps:
        return ()
    for key, fields in facts.entities("refund"):
        if (moves := steps.get(str(fields.get("return_id")))) is not None:
            refund = RefundPart.model_validate({**fields, "id": int(key)})
            moves.append(_Evidence(refund.created_at, Move.REFUNDED, refund.total))
    found = [each for return_id, moves in steps.items() for each in _entries_of(facts, operator, return_id, moves)]
    return tuple(sorted(found, key=lambda each: (each.started_at, each.id)))


def further(state: ReturnState | None, reached: ReturnState) -> ReturnState:
    """The state after evidence of `reached`: forward only; denial and cancellation from any that is not terminal."""
    if state is None or (reached.terminal and not state.terminal):
        return reached
    return state if state.terminal else max(state, reached, key=PATH.index)


def on_show(found: tuple[OrderReturn, ...]) -> OrderReturn | None:
    """The newest that is not terminal, else the newest: ORDER's `return`, and what an action takes."""
    going = [each for each in found if not each.state.terminal]
    return next(reversed(going or found), None)


def _entries_of(
    facts: OrderFacts, operator: OperatorState, return_id: str, moves: list[_Evidence]
) -> Iterable[OrderReturn]:
    if not any(evidence.move in _BODY for evidence in moves):
        return
    fields = facts.fields("return", return_id) or {}
    asked = all(evidence.move is Move.REQUESTED for evidence in moves) and int(return_id) not in operator.approvals
    created_at = fields.get("created_at")
    if isinstance(created_at, int):
        moves = [*moves, _Evidence(created_at, Move.REQUESTED)]
    for entry in _entries(moves):
        yield _shown(facts, operator, int(return_id), fields, entry, asked=asked)


def _entries(moves: list[_Evidence]) -> list[_Entry]:
    """The return, and once more for every time that Shopify reopened it after its end."""
    entries = [_Entry(0)]
    for evidence in sorted(moves, key=lambda e: (e.at, _RANK[e.move])):
        entry = entries[-1]
        if _reopens(entry, evidence.move):
            entry = _Entry(entry.reopening + 1)
            entries.append(entry)
            entry.reach(ReturnState.INSPECTION, evidence.at)
        elif not (entry.reopening and evidence.move in _BEGINS):
            entry.reach(STATE_OF[evidence.move], evidence.at)
            entry.closed = entry.closed or evidence.move is Move.CLOSED
        if evidence.refund is not None:
            entry.refunds.append(evidence.refund)
    return entries


def _reopens(entry: _Entry, move: Move) -> bool:
    """Shopify says so, or reports an open return after it reported a closed one."""
    ended = entry.state is not None and entry.state.terminal
    return ended and (move is Move.REOPENED or (move is Move.OPEN and entry.closed))


def _shown(
    facts: OrderFacts, operator: OperatorState, return_id: int, fields: Fields, entry: _Entry, *, asked: bool
) -> OrderReturn:
    entry_id = return_id if entry.reopening == 0 else _own_id(return_id, entry.reopening)
    _overrule(entry, operator.returns.get(entry_id))
    number, label_url = _delivery(facts, return_id)
    state = entry.state or ReturnState.AWAITING_LABEL
    return OrderReturn(
        id=entry_id,
        shopify_id=return_id,
        reopening=entry.reopening,
        state=state,
        since=Ms(entry.since),
        started_at=Ms(entry.started_at),
        entered=entry.entered,
        name=_text(fields, "name"),
        reason=_text(fields, "reason"),
        note=_text(fields, "decline_note") or _text(fields, "note"),
        refund=_refund(entry.refunds, fields),
        number=number,
        label_url=label_url,
        requested=asked and state is ReturnState.AWAITING_LABEL,
    )


def _overrule(entry: _Entry, move: ReturnMove | None) -> None:
    """An operator's terminal state stands whatever comes; another one stands until evidence leads further."""
    if move is None or entry.state is None or entry.state is move.state:
        return
    if move.state.terminal:
        entry.entered = {state: at for state, at in entry.entered.items() if not state.terminal}
    elif entry.state.terminal or PATH.index(move.state) <= PATH.index(entry.state):
        return
    entry.state, entry.since = move.state, move.at


def _own_id(return_id: int, reopening: int) -> int:
    """An id that no Shopify return has: negative, the same every time."""
    return -1 - int.from_bytes(hashlib.blake2b(f"{return_id}/{reopening}".encode(), digest_size=7).digest())


def _delivery(facts: OrderFacts, return_id: int) -> tuple[str | None, str | None]:
    """Tracking number and label of the newest way back."""
    newest: tuple[int, str | None, str | None] = (-1, None, None)
    for key, layers in facts.reported.get("reverse_delivery", {}).items():
        fields = flatten(layers) if key.partition("/")[0] == str(return_id) else {}
        number, label_url = _text(fields, "number"), _text(fields, "label_url")
        if number or label_url:
            at = max(facts.instants.get("labelled", {}).get(key, (layers[0].at,)))
            newest = max(newest, (at, number, label_url), key=lambda found: found[0])
    return newest[1:]


def _refund(refunds: list[MoneyPart], fields: Fields) -> MoneyPart | None:
    if refunds:
        currency = refunds[-1].currency
        return MoneyPart(
            hundredths=sum(part.hundredths for part in refunds if part.currency == currency), currency=currency
        )
    suggested = fields.get("refundable")
    return MoneyPart.model_validate(suggested) if isinstance(suggested, dict) else None


def _text(fields: Fields, name: str) -> str | None:
    value = fields.get(name)
    return value if isinstance(value, str) else None
