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


class BulkRun:
    """One bulk action on its way. `outcomes` has every order of the draft."""

    def __init__(self, run_id: str, draft: Draft, started_s: float, monotonic: Callable[[], float]) -> None:
        self.id = run_id
        self.draft = draft
        self.outcomes: dict[str, Outcome] = dict.fromkeys(draft.order_ids, Outcome(OutcomeKind.WAITING))
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

    def _open(self) -> int:
        """How many orders have no outcome yet."""
        counts = self.counts()
        return counts[OutcomeKind.WAITING] + counts[OutcomeKind.UNKNOWN]

    def fraction(self) -> float:
        """0…1 of the orders that have an outcome."""
        return 1.0 - self._open() / len(self.outcomes) if self.outcomes else 1.0

    def per_second(self) -> float:
        """Orders settled per second so far; 0 before the first."""
        elapsed_s = (self._ended_s if self._ended_s is not None else self._monotonic()) - self._started_s
        counts = self.counts()
        return (counts[OutcomeKind.DONE] + counts[OutcomeKind.FAILED]) / elapsed_s if elapsed_s > 0 else 0.0

    def seconds_left(self) -> float | None:
        """An estimate; None before there is a rate."""
        rate = self.per_second()
        return self._open() / rate if rate else None

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

    def settle(self, order_ids: Iterable[str], kind: OutcomeKind, reason: str = "") -> None:
        """These orders have this outcome."""
        self.outcomes.update(dict.fromkeys(order_ids, Outcome(kind, reason)))

    def follow(self, entry: ActionEntry) -> None:
        """One of its requests moved on."""
        match entry.state:
            case ActionState.UNCONFIRMED:
                words = f"{entry.message}; being asked for again by its key"
                self.settle(entry.order_ids, OutcomeKind.UNKNOWN, words)
            case ActionState.DONE | ActionState.PARTLY:
                self.settle(entry.order_ids, OutcomeKind.DONE)
            case ActionState.FAILED | ActionState.REFUSED:
                self.settle(entry.order_ids, OutcomeKind.FAILED, entry.message)
        for failure in entry.failures:
            kind = OutcomeKind.SKIPPED if failure.code in _GONE else OutcomeKind.FAILED
            self.settle((failure.order_id,), kind, failure.message)

    def end(self) -> None:
        """Nothing more comes."""
        self.settle(self.of(OutcomeKind.WAITING), OutcomeKind.SKIPPED, "stopped before it was sent")
        self._ended_s = self._monotonic()
