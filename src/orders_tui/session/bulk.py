"""Many orders at once: chunks of 250, progress, stop, and an outcome for every single order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from orders_tui.session.log import ActionEntry, ActionState
from orders_wire.vocabulary import ErrorCode

if TYPE_CHECKING:
    from orders_tui.actions.draft import Draft

_GONE = {ErrorCode.ORDER_CLOSED, ErrorCode.NOT_FOUND}
_STOPPED = "stopped before it was sent"


class OutcomeKind(StrEnum):
    """`waiting`: not sent yet. `skipped`: not sent, or the order had closed meanwhile. `unknown`: sent, being re-checked."""

    WAITING = "waiting"
    DONE = "done"
    FAILED = "failed"
    SKIPPED = "skipped"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one order, and why."""

    kind: OutcomeKind
    reason: str = ""


_WAITING = Outcome(OutcomeKind.WAITING)
_DONE = Outcome(OutcomeKind.DONE)


class BulkRun:
    """One bulk action on its way. `outcomes` has every order of the draft; `keys` the requests sent so far."""

    def __init__(self, run_id: str, draft: Draft, started_s: float, monotonic: Callable[[], float]) -> None:
        self.id = run_id
        self.draft = draft
        self.outcomes: dict[str, Outcome] = dict.fromkeys(draft.order_ids, _WAITING)
        self.keys: list[str] = []
        self.stopped = False
        self.retried = False
        self._started_s = started_s
        self._ended_s: float | None = None
        self._monotonic = monotonic

    @property
    def finished(self) -> bool:
        """True once nothing more is sent and every order has its outcome."""
        return self._ended_s is not None

    def counts(self) -> Counter[OutcomeKind]:
        """How many orders stand where."""
        return Counter(outcome.kind for outcome in self.outcomes.values())

    def reasons(self, kind: OutcomeKind) -> dict[str, list[str]]:
        """Order ids by reason, most frequent reason first."""
        grouped: dict[str, list[str]] = {}
        for order_id, outcome in self.outcomes.items():
            if outcome.kind is kind:
                grouped.setdefault(outcome.reason, []).append(order_id)
        return dict(sorted(grouped.items(), key=lambda item: -len(item[1])))

    def of(self, kind: OutcomeKind) -> tuple[str, ...]:
        """The orders that stand there."""
        return tuple(order_id for order_id, outcome in self.outcomes.items() if outcome.kind is kind)

    def fraction(self) -> float:
        """0…1 of the orders that have an outcome."""
        counts = self.counts()
        open_ = counts[OutcomeKind.WAITING] + counts[OutcomeKind.UNKNOWN]
        return 1.0 - open_ / len(self.outcomes) if self.outcomes else 1.0

    def per_second(self) -> float:
        """Orders settled per second so far; 0 before the first."""
        elapsed_s = (self._ended_s if self._ended_s is not None else self._monotonic()) - self._started_s
        counts = self.counts()
        settled = counts[OutcomeKind.DONE] + counts[OutcomeKind.FAILED]
        return settled / elapsed_s if elapsed_s > 0 else 0.0

    def seconds_left(self) -> float | None:
        """An estimate; None before there is a rate."""
        rate = self.per_second()
        counts = self.counts()
        return (counts[OutcomeKind.WAITING] + counts[OutcomeKind.UNKNOWN]) / rate if rate else None

    @property
    def needs_somebody(self) -> bool:
        """True once it has ended and not every order was done."""
        return self.finished and self.counts()[OutcomeKind.DONE] < len(self.outcomes)

    @property
    def retryable(self) -> bool:
        """True while orders have failed that were not tried again."""
        return self.finished and not self.retried and bool(self.counts()[OutcomeKind.FAILED])

    def since_end_s(self) -> float:
        """Seconds since it ended; 0 while it runs."""
        return self._monotonic() - self._ended_s if self._ended_s is not None else 0.0

    def stop(self) -> None:
        """Sends no further chunk; what is not sent yet becomes skipped."""
        self.stopped = True

    def skip(self, order_ids: Iterable[str], reason: str) -> None:
        """These are not sent."""
        self.outcomes.update(dict.fromkeys(order_ids, Outcome(OutcomeKind.SKIPPED, reason)))

    def moved(self, entry: ActionEntry) -> None:
        """One of its requests moved on."""
        if entry.state is ActionState.UNCONFIRMED:
            unknown = Outcome(OutcomeKind.UNKNOWN, f"{entry.message}; being asked for again by its key")
            self.outcomes.update(dict.fromkeys(entry.order_ids, unknown))
        elif entry.state in {ActionState.DONE, ActionState.PARTLY}:
            self.outcomes.update(dict.fromkeys(entry.order_ids, _DONE))
        elif entry.state in {ActionState.FAILED, ActionState.REFUSED}:
            self.outcomes.update(dict.fromkeys(entry.order_ids, Outcome(OutcomeKind.FAILED, entry.message)))
        for failure in entry.failures:
            kind = OutcomeKind.SKIPPED if failure.code in _GONE else OutcomeKind.FAILED
            self.outcomes[failure.order_id] = Outcome(kind, failure.message)

    def end(self) -> None:
        """Nothing more comes."""
        self.skip(self.of(OutcomeKind.WAITING), _STOPPED)
        self._ended_s = self._monotonic()
