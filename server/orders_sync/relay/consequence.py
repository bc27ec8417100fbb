"""What an outcome comes to: for its row, its order, and the holds of that. Pure, but for asking after the order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import structlog

from orders_sync.backoff import MAX_TRIES, pause_ms
from orders_sync.db.order_documents import Known
from orders_sync.db.outbox import OutboxRow, Payload
from orders_sync.db.outbox_claims import Settled
from orders_sync.evidence.facts import OrderFacts
from orders_sync.evidence.from_changes import merge
from orders_sync.instants import Ms
from orders_sync.outbox.kinds import UNREPEATED, Kind
from orders_sync.outbox.outcome import Begun, Later, Outcome, Refused, Sent, Undecided, Unknown
from orders_sync.relay import confirmation, departure, failure, shop_answer
from orders_sync.rules.hold_ends import HoldEnd
from orders_sync.rules.operator_state import OperatorState
from orders_sync.rules.thresholds import Thresholds
from orders_sync.settle.order_update import OrderUpdate
from orders_wire.detail import FieldError
from orders_wire.vocabulary import OutboundState

log = structlog.get_logger(__name__)


class Delivered(NamedTuple):
    """What became of a row, as `owner` had claimed it. `dice`: drawn for the pause before the next try, 0 ≤ n < 1."""

    owner: str
    row: OutboxRow
    outcome: Outcome
    dice: float

    @property
    def tries(self) -> int:
        return self.row.attempts + 1

    @property
    def final(self) -> Outcome:
        """The outcome; what is never sent again by itself and cannot be found out is somebody's to decide."""
        given_up = self.tries >= MAX_TRIES and self.row.kind in UNREPEATED
        return Undecided(self.outcome.reason) if given_up and isinstance(self.outcome, Unknown) else self.outcome


@dataclass(frozen=True, slots=True)
class Consequence:
    """What the row is from now on; what it will send, and what its order is to become, where that is something else; and the
    order's holds that ended with that."""

    settled: Settled
    payload: Payload | None = None
    update: OrderUpdate | None = None
    ended: Sequence[HoldEnd] = ()


@dataclass(frozen=True, slots=True)
class Recorded:
    """An outcome that is recorded now. `held`: the row as it is stored; `known`: reads its order, None where that is not on the
    desk."""

    told: Delivered
    held: OutboxRow
    known: Callable[[], Known | None]
    now: Ms
    thresholds: Thresholds

    def consequence(self) -> Consequence:
        """What it comes to."""
        tries = self.told.tries
        match self.told.final:
            case Sent() as sent:
                return self._arrived(sent)
            case Begun(reason, after_ms, kept):
                return self._begun(reason, Ms(self.now + after_ms), {**self.held.payload, **kept})
            case Undecided(reason):
                return self._undecided(reason)
            case Later(reason, after_ms) if tries < MAX_TRIES:
                return self._later(reason, Ms(self.now + pause_ms(tries, self.told.dice, after_ms)))
            case Unknown(reason) if tries < MAX_TRIES:
                due = Ms(self.now + pause_ms(tries, self.told.dice))
                return Consequence(Settled(self.held, OutboundState.UNKNOWN, reason, due))
            case Refused(reason, errors):
                return self._died(reason, errors)
            case Later(reason) | Unknown(reason):
                return self._died(reason)

    def _arrived(self, sent: Sent) -> Consequence:
        row, known = self.told.row, self.known() if sent.made or sent.changes or sent.note is not None else None
        done = Consequence(
            Settled(self.held, OutboundState.DONE, sent.note), confirmation.with_made(self.held, sent.made)
        )
        if known is None:
            return done
        merged = merge(known.facts, sent.changes) if sent.changes else None
        operator = confirmation.answered(known.operator, row, sent.made)
        ended: Sequence[HoldEnd] = ()
        if merged is not None:
            operator, ended = shop_answer.shown(merged, operator, row, self.now, self.thresholds)
        if sent.note is not None:
            operator = failure.noted(operator, row, self.now, sent.note)
        return replace(done, update=_update(known, operator, merged), ended=ended)

    def _begun(self, reason: str, due: Ms, kept: Payload) -> Consequence:
        """It is looked at again, which is no try: it left once."""
        looks = max(1, self.told.row.attempts)
        return Consequence(Settled(self.held, OutboundState.UNKNOWN, reason, due, looks), kept)

    def _undecided(self, reason: str) -> Consequence:
        row, known = self.told.row, self.known()
        log.warning("what became of a write is not known", kind=row.kind, row=row.id, reason=reason)
        operator = None if known is None else failure.undecided(known, row, self.now, reason)
        return Consequence(
            Settled(self.held, OutboundState.NEEDS_REVIEW, reason, self.now), update=_update(known, operator)
        )

    def _later(self, reason: str, due: Ms) -> Consequence:
        known = self.known() if self.told.row.kind == Kind.CANCEL else None
        operator = None if known is None else departure.leaving(known.operator, due)
        return Consequence(Settled(self.held, OutboundState.QUEUED, reason, due), update=_update(known, operator))

    def _died(self, reason: str, errors: Sequence[FieldError] = ()) -> Consequence:
        row, known = self.told.row, self.known()
        log.warning("a write died", target=row.target, kind=row.kind, row=row.id, reason=reason)
        dead = Settled(self.held, OutboundState.DEAD, reason, errors=errors)
        if known is None:
            return Consequence(dead)
        operator = failure.died(known, row, self.now, self.thresholds, reason)
        return Consequence(dead, failure.with_hold(known, self.held), _update(known, operator))


def _update(
    known: Known | None, operator: OperatorState | None, merged: OrderFacts | None = None
) -> OrderUpdate | None:
    """None where nothing differs, and nothing was told."""
    if known is None or operator is None or (merged is None and operator == known.operator):
        return None
    return OrderUpdate(known, merged, operator)
