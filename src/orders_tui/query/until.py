"""Until when a hold is to last, as it is typed: `3d`, `mon 9:00`, `2026-12-24`. Read in the desk's zone; pure.

A length of time counts from now: minutes and hours as they pass, days and weeks by the calendar, so that `3d` is the same time
of day on both sides of a change of the clocks. A day without a time begins at 0:00. A weekday, or a time alone, is the next there
is. A local time that a change of the clocks leaves out is as much later; of one that comes twice it is the first.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from orders_tui.query.dates import Unreadable
from orders_wire.spelling import meant

UNTIL_HELP = "2h, 3d, tomorrow, mon 9:00, 2026-12-24 [9:00]"
_SPAN = re.compile(r"(\d{1,4})\s?(m|h|d|w)")
_CLOCK = re.compile(r"(?:(?P<day>.+?)[ t]\s*)?(?P<hour>\d{1,2}):(?P<minute>\d\d)")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dt\d\d:\d\d(:\d\d(\.\d{1,6})?)?(z|[+-]\d\d:\d\d)")
_PASSING = {"m": "minutes", "h": "hours"}
_BY_CALENDAR = {"d": 1, "w": 7}
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_SHORTEST_WEEKDAY = 3
_AHEAD = {"today": 0, "tomorrow": 1}


class Past(Unreadable):
    """A time that is over."""


def until(text: str, now: datetime, zone: tzinfo) -> datetime:
    """The instant that is meant, in UTC. Raises Unreadable, or Past of what is over, saying what is allowed."""
    typed = " ".join(text.casefold().split())
    try:
        at = _read(typed, now.astimezone(zone))
    except (ValueError, OverflowError):
        raise Unreadable(f"{text} is no time: {UNTIL_HELP}{_meant_day(typed)}") from None
    if at <= now:
        raise Past(f"{text} is past: {UNTIL_HELP}")
    return at


def _meant_day(text: str) -> str:
    """A guess at a day that is written out."""
    first = next((word for word in text.split() if word.isalpha()), "")
    return meant(first, (*_WEEKDAYS, *_AHEAD)) if first and _weekday(first) is None else ""


def _read(text: str, now: datetime) -> datetime:
    if match := _SPAN.fullmatch(text):
        return _later(int(match[1]), match[2], now)
    if _INSTANT.fullmatch(text):
        return datetime.fromisoformat(text.upper()).astimezone(UTC)
    if match := _CLOCK.fullmatch(text):
        return _at(match["day"], time(int(match["hour"]), int(match["minute"])), now)
    return _at(text, time(), now)


def _later(amount: int, unit: str, now: datetime) -> datetime:
    if unit in _PASSING:
        return now.astimezone(UTC).replace(microsecond=0) + timedelta(**{_PASSING[unit]: amount})
    day = now.date() + timedelta(days=amount * _BY_CALENDAR[unit])
    return _instant(day, now.time().replace(microsecond=0), now.tzinfo)


def _at(day: str | None, clock: time, now: datetime) -> datetime:
    """The next such time of day; of a weekday the next one whose time is still to come."""
    today = now.date()
    if day is None:
        days = [today, today + timedelta(days=1)]
    elif day in _AHEAD:
        days = [today + timedelta(days=_AHEAD[day])]
    elif (weekday := _weekday(day)) is not None:
        first = today + timedelta(days=(weekday - today.weekday()) % 7)
        days = [first, first + timedelta(days=7)]
    else:
        days = [date.fromisoformat(day)]
    ahead = [_instant(each, clock, now.tzinfo) for each in days]
    return next((at for at in ahead if at > now), ahead[-1])


def _weekday(text: str) -> int | None:
    names = [
        number for number, name in enumerate(_WEEKDAYS) if name.startswith(text) and len(text) >= _SHORTEST_WEEKDAY
    ]
    return names[0] if names else None


def _instant(day: date, clock: time, zone: tzinfo | None) -> datetime:
    return datetime.combine(day, clock, zone).astimezone(UTC)
