"""The thresholds of contract §6 that the rules depend on, with the contract's defaults."""

from __future__ import annotations

from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from orders_sync.instants import DAY, HOUR


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Durations in milliseconds. `ship_days`: ISO weekdays, 1 = Monday … 7. `usd_rates`: USD per unit of a currency.

    `rush_shipping`: names of shipping lines, case-folded, that make an order a rush order.
    """

    tracking_pending: int = 2 * HOUR
    delayed: int = 24 * HOUR
    breach: int = 24 * HOUR
    ship_within: int = 24 * HOUR
    quiet: int = 30 * DAY
    ship_days: frozenset[int] = frozenset(range(1, 8))
    rush_shipping: frozenset[str] = frozenset()
    usd_rates: dict[str, float] = field(default_factory=dict)
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
