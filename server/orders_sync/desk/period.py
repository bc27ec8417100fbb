"""`period`: the days that `avg_fulfillment_hours` is about (contract §1). Pure."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from orders_sync.db.selection import Between
from orders_sync.desk.span import day_start
from orders_sync.instants import Ms

DAYS = 7
"""Without dates: today in the desk zone and the six days before."""


@dataclass(frozen=True, slots=True)
class Period:
    """`start` ≤ t < `end`; `shown_end` is what stands in the answer."""

    label: str
    start: Ms
    end: Ms
    shown_end: Ms


def period(placed: Between, shown_end: Ms | None, first_order: Ms | None, now: Ms, zone: ZoneInfo) -> Period:
    """The period for these dates; a missing bound is the end of today, or the first order (today where there is none)."""
    today, tomorrow = day_start(now, zone), day_start(now, zone, 1)
    if not placed.bounded:
        return Period("Last 7 days", day_start(now, zone, 1 - DAYS), tomorrow, tomorrow)
    end = tomorrow if placed.end is None else placed.end
    shown = end if shown_end is None else shown_end
    start = placed.start if placed.start is not None else min(shown, today if first_order is None else first_order)
    return Period("Custom", start, end, shown)
