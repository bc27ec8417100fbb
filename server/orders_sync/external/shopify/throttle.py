"""The shop's cost bucket: how long to wait before the next request. Pure; the figures all come from the shop's answers.

Points restore at a rate; a request needs its whole requested cost up front and is refunded what it did not use.
"""

from __future__ import annotations

from dataclasses import dataclass

from orders_sync.instants import SECOND, Ms


@dataclass(frozen=True, slots=True)
class ThrottleStatus:
    """What an answer says of the bucket, in points and points per second."""

    maximum: float
    available: float
    restore_rate: float


class Bucket:
    """What is left, as far as the last answer and the requests still under way tell. Knows nothing before the first answer."""

    def __init__(self) -> None:
        self._told: ThrottleStatus | None = None
        self._at = Ms(0)
        self._under_way = 0.0

    def wait_s(self, cost: float, now: Ms) -> float:
        """Seconds until `cost` points are there; 0 when they are, or while nothing is known."""
        told = self._told
        if told is None or told.restore_rate <= 0:
            return 0.0
        restored = told.restore_rate * max(0, now - self._at) / SECOND
        available = min(told.maximum, told.available + restored) - self._under_way
        return max(0.0, (min(cost, told.maximum) - available) / told.restore_rate)

    def sent(self, cost: float) -> None:
        """A request of this cost is under way."""
        self._under_way += cost

    def answered(self, cost: float, told: ThrottleStatus | None, now: Ms) -> None:
        """The request that was `sent` with this cost is over; `told` is what its answer says, if it says anything."""
        self._under_way = max(0.0, self._under_way - cost)
        if told is not None:
            self._told, self._at = told, now
