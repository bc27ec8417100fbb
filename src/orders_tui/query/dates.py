"""Dates in the search language: a day of the desk zone (`2025-11-01`), or an instant with its offset (RFC 3339)."""

from __future__ import annotations

import re
from datetime import date, datetime

DATE_HELP = "a date is 2025-11-01 (that whole day), or with a time and offset 2025-11-01T08:30:00Z"
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)")


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


def is_after(one: str, other: str) -> bool:
    """True when `one` is certainly later: both days, or both instants. A day against an instant depends on the desk's zone."""
    if _DAY.fullmatch(one) and _DAY.fullmatch(other):
        return one > other
    if _DAY.fullmatch(one) or _DAY.fullmatch(other):
        return False
    return datetime.fromisoformat(one) > datetime.fromisoformat(other)
