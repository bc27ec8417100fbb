"""The thresholds of contract §6 that the rules depend on, with the contract's defaults."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, time
from enum import StrEnum
from zoneinfo import ZoneInfo

from orders_sync.instants import DAY, HOUR


class ReadyWhen(StrEnum):
    """What an order has to be before the shop ships it: `authorized`: paid, or its payment is authorised; `any`: as it is."""

    PAID = "paid"
    AUTHORIZED = "authorized"
    ANY = "any"


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Durations in milliseconds. `ship_days`: ISO weekdays, 1 = Monday … 7, none for all of them. `usd_rates`: USD per unit of a
    currency. `holidays` are no shipping days; from `cutoff` on, an order waits for the next one. Both are of the zone.

    `rush_shipping`: names of shipping lines, case-folded, that make an order a rush order.
    """

    tracking_pending: int = 2 * HOUR
    delayed: int = 24 * HOUR
    breach: int = 24 * HOUR
    ship_within: int = 24 * HOUR
    quiet: int = 30 * DAY
    ship_days: frozenset[int] = frozenset(range(1, 8))
    cutoff: time | None = None
    holidays: frozenset[date] = frozenset()
    rush_shipping: frozenset[str] = frozenset()
    ready_when: ReadyWhen = ReadyWhen.PAID
    usd_rates: dict[str, float] = field(default_factory=dict)
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))

    @property
    def has_calendar(self) -> bool:
        """True when not every moment of every day counts alike."""
        return bool(self.holidays) or self.cutoff is not None or len(self.ship_days) not in (0, 7)

    def ships_on(self, day: date) -> bool:
        return day not in self.holidays and (not self.ship_days or day.isoweekday() in self.ship_days)
