"""Dates and ages in the search language.

A date is a day of the desk zone (`2025-11-01`), or an instant with its offset (RFC 3339). An age is a length of time before now:
`age:>2d` is "placed more than two days ago", resolved against the clock when it is sent.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

DATE_HELP = "a date is 2025-11-01 (that whole day), or with a time and offset 2025-11-01T08:30:00Z"
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)")
_UNITS = {"m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_AGE = re.compile(r"(\d{1,4})([mhdw])", re.IGNORECASE)
AGE_HELP = "an age is >2d (older) or <36h (younger); units are m, h, d and w"


def is_date(text: str) -> bool:
    """True for what the contract's `date_start` and `date_end` take."""
    try:
        if _DAY.fullmatch(text):
            date.fromisoformat(text)
        else:
            datetime.fromisoformat(text.upper())
    except ValueError:
        return False
    return bool(_DAY.fullmatch(text) or _INSTANT.fullmatch(text.upper()))


def is_day(text: str) -> bool:
    """True for a date without a time."""
    return bool(_DAY.fullmatch(text))


def is_after(one: str, other: str) -> bool:
    """True when `one` is certainly later: both days, or both instants. A day against an instant depends on the desk's zone."""
    if _DAY.fullmatch(one) and _DAY.fullmatch(other):
        return one > other
    if _DAY.fullmatch(one) or _DAY.fullmatch(other):
        return False
    return datetime.fromisoformat(one) > datetime.fromisoformat(other)


class Unreadable(ValueError):
    """A value of the search language that cannot be read. The message says what is allowed."""


@dataclass(frozen=True, slots=True)
class AgeBound:
    """A length of time before now, kept as it was typed (`2d`, `36h`, `90m`, `1w`)."""

    amount: int
    unit: str

    @classmethod
    def parse(cls, text: str) -> AgeBound:
        """Reads `2d`. Raises Unreadable."""
        match = _AGE.fullmatch(text)
        if match is None:
            raise Unreadable(AGE_HELP)
        return cls(int(match[1]), match[2].lower())

    def __str__(self) -> str:
        return f"{self.amount}{self.unit}"

    def instant(self, now: datetime) -> datetime:
        """The instant this long before `now`, at its whole minute."""
        then = now.astimezone(UTC) - timedelta(seconds=self.amount * _UNITS[self.unit])
        return then.replace(second=0, microsecond=0)

    def start_param(self, now: datetime) -> str:
        """As `date_start`: placed at or after."""
        return self.instant(now).strftime("%Y-%m-%dT%H:%M:%SZ")

    def end_param(self, now: datetime) -> str:
        """As `date_end`: placed at or before. Never exactly midnight, which would mean the whole day after (contract §1)."""
        return self.instant(now).strftime("%Y-%m-%dT%H:%M:%S.001Z")
