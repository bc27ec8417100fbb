"""Money and counts as short texts."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from orders_wire.currencies import decimals

if TYPE_CHECKING:
    from orders_wire.orders import Money

NOTHING = "–"
_SYMBOLS = {"EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥"}
_SIZES = ((1_000_000_000, "G"), (1_000_000, "M"), (1_000, "k"))
_MOST_DIGITS = 18


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
