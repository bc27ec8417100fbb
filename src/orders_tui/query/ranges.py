"""Ranges in the search language: `>100`, `>=100`, `<100`, `<=100`, `50..100`, `50..`, `..100`, `100`. And their opposites.

What a bound is of (amounts, dates) knows the smallest step beyond it, so that what is sent has both ends included.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from orders_tui.query.dates import DATE_HELP, Unreadable, is_date, is_day

_BOUND = re.compile(r"(>=|<=|>|<)(.*)")
_AMOUNT = re.compile(r"\$?([0-9]{1,12}(\.[0-9]{1,4})?)", re.ASCII)
_INSTANT = timedelta(milliseconds=1)

AMOUNT_HELP = "value: takes an amount in USD: >100, >=100, <100, <=100, 50..100 or 100"
PLACED_HELP = f"placed: takes a date, or >, >=, <, <= before one, or two with .. between; {DATE_HELP}"


@dataclass(frozen=True, slots=True)
class Bound:
    """`strict`: what equals it is out."""

    text: str
    strict: bool = False

    @property
    def turned(self) -> Bound:
        """The end of what lies on its other side."""
        return Bound(self.text, not self.strict)


@dataclass(frozen=True, slots=True)
class Range:
    """From `low` to `high`; None: no bound."""

    low: Bound | None = None
    high: Bound | None = None

    @property
    def opposite(self) -> Range:
        """Everything else, which is one range where this has one end. Raises Unreadable."""
        if self.low is not None and self.high is not None:
            ends = "what lies below" if self.low != self.high else "less"
            raise Unreadable(f"- before a range with two ends would be two ranges; ask for {ends} (<) or for more (>)")
        return Range(self.high and self.high.turned, self.low and self.low.turned)


def read(text: str, help_text: str) -> Range:
    """Reads a range. Raises Unreadable."""
    if match := _BOUND.fullmatch(text):
        bound = Bound(match[2].strip(), strict=match[1] in "<>")
        found = Range(low=bound) if match[1][0] == ">" else Range(high=bound)
    elif ".." in text:
        low, high = (Bound(part.strip()) if part.strip() else None for part in text.split("..", 1))
        found = Range(low, high)
    else:
        found = Range(Bound(text), Bound(text))
    if found == Range() or any(bound is not None and not bound.text for bound in (found.low, found.high)):
        raise Unreadable(help_text)
    return found


def cents(wanted: Range) -> dict[str, object]:
    """As the whole cents that lie within, both ends included. Raises Unreadable."""
    low = None if wanted.low is None else _cents(wanted.low, ROUND_FLOOR, 1, ROUND_CEILING)
    high = None if wanted.high is None else _cents(wanted.high, ROUND_CEILING, -1, ROUND_FLOOR)
    if high is not None and high < 0:
        raise Unreadable("value: no order is worth less than 0")
    return _given({"value_min": low, "value_max": high})


def days(wanted: Range) -> dict[str, object]:
    """As the days or instants that orders were placed from and to, both included. Raises Unreadable."""
    for bound in (wanted.low, wanted.high):
        if bound is not None and not is_date(bound.text):
            raise Unreadable(PLACED_HELP)
    low, high = wanted.low, wanted.high
    return _given(
        {
            "placed_from": low and (_moved(low.text, 1) if low.strict else low.text.upper()),
            "placed_to": high and (_moved(high.text, -1) if high.strict else _end(high.text)),
        }
    )


def before(start: str) -> str:
    """The last date before `from:start`, as the end of what lies before it."""
    return _moved(start, -1)


def after(end: str) -> str:
    """The first date after `to:end`, which at midnight includes the day that follows (contract §1)."""
    return _moved(end, 1, timedelta(days=1) if _at_midnight(end) else _INSTANT)


def _end(text: str) -> str:
    """The date as an end that is no more than that: midnight would be read as a whole day."""
    return _moved(text, 1) if _at_midnight(text) else text.upper()


def _at_midnight(text: str) -> bool:
    return not is_day(text) and datetime.fromisoformat(text.upper()).time() == time()


def _moved(text: str, way: int, step: timedelta = _INSTANT) -> str:
    """The next day, or the next instant; `way` -1: the one before."""
    try:
        if is_day(text):
            return (date.fromisoformat(text) + timedelta(days=way)).isoformat()
        moment = datetime.fromisoformat(text.upper()) + way * step
    except OverflowError:
        raise Unreadable(DATE_HELP) from None
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _cents(bound: Bound, strict: str, step: int, rounding: str) -> int:
    match = _AMOUNT.fullmatch(bound.text)
    if match is None:
        raise Unreadable(AMOUNT_HELP)
    exact = Decimal(match[1]) * 100
    return int(exact.to_integral_value(strict)) + step if bound.strict else int(exact.to_integral_value(rounding))


def _given(bounds: dict[str, object]) -> dict[str, object]:
    return {name: bound for name, bound in bounds.items() if bound is not None}


def amount(value_cents: int) -> str:
    """`100`, `99.99`: as it is typed and sent."""
    whole, rest = divmod(value_cents, 100)
    return f"{whole}.{rest:02}" if rest else str(whole)
