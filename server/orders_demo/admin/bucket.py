"""The leaky bucket of query points: full at first, refilled steadily, never beyond its size."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

Seconds = Callable[[], float]
"""A monotonic clock."""


@dataclass(slots=True)
class Bucket:
    """Points left. Plus: 20,000 at 1,000 a second; Standard: 2,000 at 100."""

    clock: Seconds
    maximum: float = 20_000
    restore_rate: float = 1_000
    _left: float = field(init=False)
    _seen: float = field(init=False)

    def __post_init__(self) -> None:
        self._left = self.maximum
        self._seen = self.clock()

    @property
    def available(self) -> float:
        """Points that can be spent now."""
        now = self.clock()
        self._left = min(self.maximum, self._left + (now - self._seen) * self.restore_rate)
        self._seen = now
        return self._left

    def take(self, points: int) -> bool:
        """Spend points, if there are so many."""
        if points > self.available:
            return False
        self._left -= points
        return True

    def give_back(self, points: int) -> None:
        """What a query asked for and did not use."""
        self._left = min(self.maximum, self.available + points)

    def set(
        self, *, maximum: float | None = None, available: float | None = None, restore_rate: float | None = None
    ) -> None:
        """Change size, content or rate, for a test."""
        left = self.available
        self.maximum = self.maximum if maximum is None else maximum
        self.restore_rate = self.restore_rate if restore_rate is None else restore_rate
        self._left = min(self.maximum, left if available is None else available)

    def status(self) -> dict[str, float]:
        """`throttleStatus`."""
        return {
            "maximumAvailable": self.maximum,
            "currentlyAvailable": int(self.available),
            "restoreRate": self.restore_rate,
        }
