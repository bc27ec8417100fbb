"""Money, counts, ages and instants as short texts; times in the desk's own zone."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, tzinfo
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from orders_wire.currencies import decimals

if TYPE_CHECKING:
    from orders_wire.orders import Money

NOTHING, DOT = "–", " · "
_SYMBOLS = {"EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥"}
_SIZES = ((1_000_000_000, "G"), (1_000_000, "M"), (1_000, "k"))
_WRITTEN = re.compile(r"(?<![\w-])\d{4}-\d\d-\d\d \d\d:\d\d(?![\w:-])", re.ASCII)
_MOST_DIGITS = 18
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_LONG_UNITS = ((1440, "d"), (60, "h"), (1, "min"))
_UNITS = ((60, 1, "s"), (3600, 60, "m"), (86_400, 3600, "h"), (14 * 86_400, 86_400, "d"), (365 * 86_400, 604_800, "w"))


def money(value: Money | None, symbols: bool = True) -> str:
    """`89.90 €`, `1,204.00 USD`; as many decimals as the currency has; `–` for None; as it came when it is no number."""
    return NOTHING if value is None else price(value.amount, value.currency, symbols)


def price(amount: str, currency: str, symbols: bool = True) -> str:
    """An amount as decimal text with its ISO 4217 currency, as `money` writes it."""
    currency = currency.upper()
    unit = _SYMBOLS.get(currency, currency) if symbols else currency
    try:
        value = Decimal(amount)
    except InvalidOperation:
        return f"{amount} {unit}"
    written = value.is_finite() and abs(value.adjusted()) <= _MOST_DIGITS
    return f"{value:,.{decimals(currency)}f} {unit}" if written else f"{amount} {unit}"


def usd(value: float | None) -> str:
    """A USD figure, `$1,204.00`; `–` for None."""
    return NOTHING if value is None else f"${value:,.2f}" if value >= 0 else f"-${-value:,.2f}"


def unread(number: int) -> str:
    """`1 order could not be read`; empty where every one could."""
    return f"{number:,} order{'s' if number != 1 else ''} could not be read" if number else ""


def count(value: int) -> str:
    """At most five cells: `312`, `4.2k`, `31k`, `1.2M`."""
    if value < 1_000:
        return str(value)
    size, unit = next((size, unit) for size, unit in _SIZES if value >= size)
    tenths = value // (size // 10)
    return f"{tenths / 10:.1f}{unit}" if tenths < 100 else f"{tenths // 10}{unit}"


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


def left(seconds: float) -> str:
    """How long something still can be done: `9 s`, from two minutes on `15 min`."""
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"


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


def dated(text: str, now: datetime, zone_name: str = "UTC") -> str:
    """A sentence of the server with the times in it (`2026-03-11 18:00`, in the desk zone) as the client writes them."""
    return _WRITTEN.sub(lambda found: _rewritten(found[0], now, zone_name), text)


def about(message: str, number: str | None, now: datetime, zone_name: str = "UTC") -> str:
    """An alert's sentence without the order's number, which stands before it; with times as the client writes them."""
    openings = (f"Order {number}", number) if number else ()
    opening = next((words for words in openings if message.startswith(words)), "")
    return dated(message.removeprefix(opening).lstrip(" :"), now, zone_name)


def _rewritten(written: str, now: datetime, zone_name: str) -> str:
    try:
        return instant(datetime.fromisoformat(written).replace(tzinfo=zone(zone_name)), now, zone_name)
    except (ValueError, OverflowError):
        return written


def until(value: datetime, now: datetime, zone_name: str = "UTC") -> str:
    """A time to come, in full and in the desk zone: `Mon 2026-12-07 09:00, in 6 d`; `…, over` once it has come."""
    there, minutes = value.astimezone(zone(zone_name)), round((value - now).total_seconds() / 60)
    size, unit = next((size, unit) for size, unit in _LONG_UNITS if minutes >= size or size == 1)
    left = "over" if value <= now else f"in {minutes // size} {unit}"
    return f"{_DAYS[there.weekday()]} {there:%Y-%m-%d %H:%M}, {left}"
