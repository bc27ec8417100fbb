"""`date_start` and `date_end`: which instants they let in (contract §1). Pure.

A date without a time is that day of the desk zone, whole. A `date_end` at exactly midnight of its own offset includes the 24
hours that follow, since deployed clients send the midnight of the last wanted day.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from orders_sync.db.selection import Between
from orders_sync.instants import DAY, Ms, to_datetime

ALLOWED = "a date (2025-09-27) or an RFC 3339 time (2025-09-27T18:30:00Z, 2025-09-27T18:30:00.5+02:00)"

_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_TIME = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)", re.ASCII)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def read_start(text: str, zone: ZoneInfo) -> Ms:
    """The first instant that a `date_start` lets in. Raises ValueError."""
    moment = _midnight(_date(text), zone) if _DATE.fullmatch(text) else _moment(text)
    return _shown(-((_EPOCH - moment) // _MILLISECOND))


def read_end(text: str, zone: ZoneInfo) -> tuple[Ms, Ms]:
    """The first instant that a `date_end` no longer lets in, and the end as it is shown. Raises ValueError."""
    if _DATE.fullmatch(text):
        following = _shown(_floor(_midnight(_date(text) + timedelta(days=1), zone)))
        return following, following
    moment = _moment(text)
    at = _shown(_floor(moment))
    if moment.time() == time():
        following = _shown(at + DAY)
        return following, following
    return Ms(at + 1), at


def day_start(now: Ms, zone: ZoneInfo, days: int = 0) -> Ms:
    """Midnight of the desk zone's current day, or of the day so many days later."""
    today = datetime.fromtimestamp(now / 1000, zone).date()
    return Ms(_floor(_midnight(today + timedelta(days=days), zone)))


def _date(text: str) -> date:
    return date.fromisoformat(text)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone)


def _moment(text: str) -> datetime:
    if not _TIME.fullmatch(text):
        raise ValueError(ALLOWED)
    return datetime.fromisoformat(text.upper())


def _floor(moment: datetime) -> int:
    return (moment - _EPOCH) // _MILLISECOND


def _shown(instant: int) -> Ms:
    """The instant, if an answer can spell it. Raises ValueError or OverflowError."""
    to_datetime(instant)
    return Ms(instant)


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
