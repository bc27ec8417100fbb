"""How badly deliveries behave: how many come twice, late, or out of order, and how failures are retried."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random


@dataclass(frozen=True, slots=True)
class Manners:
    """Shares lie between 0 and 1; times are in seconds."""

    twice: float = 0.05
    late: float = 0.06
    swapped: float = 0.25
    prompt_s: float = 0.25
    late_s: tuple[float, float] = (2.0, 25.0)
    tries: int = 8
    first_wait_s: float = 1.0
    longest_wait_s: float = 3600.0
    connect_s: float = 1.0
    total_s: float = 5.0

    def delay(self, rng: Random) -> float:
        """How long one delivery takes to set out."""
        wait = rng.uniform(0, self.prompt_s)
        return wait + rng.uniform(*self.late_s) if rng.random() < self.late else wait

    def wait(self, attempt: int, rng: Random) -> float:
        """How long to wait after a failed attempt (0 is the first): doubling up to the longest, with a little jitter."""
        return min(self.longest_wait_s, self.first_wait_s * float(2**attempt)) * rng.uniform(0.9, 1.1)


POLITE = Manners(twice=0, late=0, swapped=0, prompt_s=0)
"""Once each, at once, in order: for tests that want to know what comes when."""
