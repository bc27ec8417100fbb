"""Many orders at once: chunks of 250, progress, stop, and an outcome for every single order."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from orders_tui.drafts import Draft


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
    """One bulk action on its way. Read it; only the session moves it."""

    id: str
    draft: Draft
    outcomes: dict[str, Outcome]
    stopped: bool
    finished: bool
    keys: list[str]

    def counts(self) -> Counter[OutcomeKind]:
        """How many orders stand where."""
        raise NotImplementedError

    def reasons(self, kind: OutcomeKind) -> dict[str, list[str]]:
        """Order ids by reason, most frequent reason first."""
        raise NotImplementedError

    def fraction(self) -> float:
        """0…1 of the orders that have an outcome."""
        raise NotImplementedError

    def per_second(self) -> float:
        """Orders settled per second so far; 0 before the first."""
        raise NotImplementedError

    def seconds_left(self) -> float | None:
        """An estimate; None before there is a rate."""
        raise NotImplementedError

    def stop(self) -> None:
        """Sends no further chunk; what is not sent yet becomes skipped."""
        raise NotImplementedError
