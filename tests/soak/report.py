"""What a soak tells: how much came in and how fast, what bounded that, how long things took, and every disagreement."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from tests.soak.machine import Cpu
from tests.soak.operator import Operator
from tests.soak.recoveries import Recoveries, quantile
from tests.soak.workplace import Workplace

WANTED = 200
"""Events a second below which the report says what bounded them."""


@dataclass
class Report:
    """What happened, a line each, and every way in which two sides disagree in the end."""

    lines: list[str] = field(default_factory=list)
    disagreements: list[str] = field(default_factory=list)

    def say(self, line: str) -> None:
        self.lines.append(line)


@dataclass(frozen=True, slots=True)
class Storm:
    """Counts of the storm. `taken_in`: webhooks and messages of the ERP, each once; `told`: events on every stream.

    `held_back_s`: how long the shop did nothing, since the fleet had enough under way; `cpu`: null where it cannot be told.
    """

    seconds: float
    taken_in: int
    actions: int
    told: int
    streams: int
    held_back_s: float
    cpu: Cpu | None

    @property
    def rate(self) -> float:
        """What came in a second: webhooks, messages, actions."""
        return (self.taken_in + self.actions) / self.seconds

    def lines(self) -> Iterator[str]:
        yield (
            f"storm: {self.seconds:.0f} s, {self.rate:.0f} events a second came in ({self.taken_in} webhooks and messages, "
            f"{self.actions} actions), {self.told / self.seconds:.0f} a second told on each of {self.streams} streams"
        )
        if self.rate < WANTED:
            yield f"under {WANTED} a second: {', '.join(self._bounds())}"

    def _bounds(self) -> Iterator[str]:
        held = self.held_back_s / self.seconds
        yield f"the shop waited for the fleet {held:.0%} of the time" if held > 0.2 else "the shop had no more to tell"
        if self.cpu is not None and self.cpu.whole:
            busy, ours = self.cpu.busy / self.cpu.whole, self.cpu.ours / self.cpu.whole
            yield f"the machine was {busy:.0%} busy, {ours:.0%} with this"


def acted(operators: Sequence[Operator], workplaces: Sequence[Workplace]) -> Iterator[str]:
    """How actions went."""
    attempts = [attempt for operator in operators for attempt in operator.attempts]
    kinds = Counter(attempt.path for attempt in attempts)
    took = [attempt.took_s for attempt in attempts if attempt.answers]
    repeated = sum(attempt.sent > 1 for attempt in attempts)
    yield (
        f"actions: {', '.join(f'{n} {kind}' for kind, n in kinds.items())} by {len(operators)} operators, "
        f"{sum(len(one.session.actions.log) for one in workplaces)} by {len(workplaces)} real clients; "
        f"answered after {quantile(took, 0.5) * 1000:.0f} ms (p50), {quantile(took, 0.99) * 1000:.0f} ms (p99, faults and all); "
        f"{repeated} asked more than once"
    )


def recovered(recoveries: Recoveries) -> Iterator[str]:
    yield f"recoveries: {'; '.join(recoveries.lines())}"
