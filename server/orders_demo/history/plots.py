"""The register of stories: how many of 2,000 orders each has, and how old such an order may be."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from orders_demo.history.script import Script

PER = 2_000
DAY = 24.0
OLDEST = 57 * DAY


@dataclass(frozen=True, slots=True)
class Plot:
    """A story. `count` of 2,000 orders have it; age in hours, between `youngest` and `oldest`."""

    name: str
    count: int
    youngest: float
    oldest: float
    play: Callable[[Script], None]


PLOTS: list[Plot] = []


def plot(count: int, youngest: float, oldest: float) -> Callable[[Callable[[Script], None]], Callable[[Script], None]]:
    """Register a story."""

    def register(play: Callable[[Script], None]) -> Callable[[Script], None]:
        PLOTS.append(Plot(play.__name__, count, youngest, oldest, play))
        return play

    return register


def cast(rng: Random, orders: int, usual: Plot) -> list[Plot]:
    """One plot per order. From 2,000 orders on every plot has at least its count; a few orders draw from the mix."""
    if orders < len(PLOTS) * 4:
        mix = cast(rng, PER, usual)
        return rng.sample(mix, orders)
    chosen = [entry for entry in PLOTS for _ in range(max(1, entry.count * orders // PER))]
    chosen += [usual] * (orders - len(chosen))
    return chosen
