"""Instants and lengths of time as short texts, in the desk's own zone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from orders_tui.wording.amounts import NOTHING

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_UNITS = ((60, 1, "s"), (3600, 60, "m"), (86_400, 3600, "h"), (14 * 86_400, 86_400, "d"), (365 * 86_400, 604_800, "w"))


@lru_cache(maxsize=8)
def zone(name: str) -> tzinfo:
    """The zone of this name; UTC where it is unknown here."""
    try:
        return ZoneInfo(name)
    except (OSError, ValueError, KeyError):
        return UTC


def age(seconds: float) -> str:
    """At most four cells: `now`, `45s`, `12m`, `3h`, `2d`, `5w`, `3y`."""
    whole = int(seconds)
    if whole < 1:
        return "now"
    for limit, size, unit in _UNITS:
        if whole < limit:
            return f"{whole // size}{unit}"
    return f"{min(whole // (365 * 86_400), 999)}y"


def instant(value: datetime | None, now: datetime, zone_name: str = "UTC") -> str:
    """A time in the desk zone: `13:51` today, `Tue 13:51` within six days, `27 Sep 13:51` this year, else `27 Sep 2024`; `–`."""
    if value is None:
        return NOTHING
    there, here = value.astimezone(zone(zone_name)), now.astimezone(zone(zone_name))
    clock = f"{there:%H:%M}"
    if there.date() == here.date():
        return clock
    if abs(there.date() - here.date()) < timedelta(days=7):
        return f"{_DAYS[there.weekday()]} {clock}"
    day = f"{there.day} {_MONTHS[there.month - 1]}"
    return f"{day} {clock}" if there.year == here.year else f"{day} {there.year}"
