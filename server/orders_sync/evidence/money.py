"""Amounts as a shop writes them, as hundredths and back: the one place, so that every way in writes them alike. And in USD."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache

from orders_sync.evidence.entities import MoneyPart
from orders_wire.currencies import decimals

NO_CURRENCY = "XXX"
"""ISO 4217's code for "no currency": an amount whose currency nobody reported."""

_LARGEST = Decimal(2**53)
_CENT = Decimal("0.01")
_MOST_DECIMALS = 6


def money(amount: str | int | float | Decimal, currency: str | None) -> MoneyPart:
    """An amount in hundredths, with the shop's own decimals as text. Raises ValueError for what is no amount.

    REST writes as many decimals as the currency has; GraphQL drops trailing zeros down to one (`10.0`), which is undone here.
    """
    return _money(str(amount).strip(), currency or NO_CURRENCY)


@lru_cache(
    maxsize=4096
)  # a body has the same few amounts again and again; by their text, since equal numbers are written apart
def _money(amount: str, currency: str) -> MoneyPart:
    value = _decimal(amount)
    hundredths = int((value * 100).to_integral_value(ROUND_HALF_UP))
    return MoneyPart(hundredths=hundredths, currency=currency, text=_text(value, currency))


def summed(amounts: Iterable[MoneyPart], currency: str | None, *, less: Iterable[MoneyPart] = ()) -> MoneyPart:
    """The sum of amounts of one currency, `less` others; zero in `currency` where there are none."""
    found, taken = list(amounts), list(less)
    if len(found) == 1 and not taken:
        return found[0]
    value = sum((Decimal(written(each)) for each in found), Decimal("0.0"))
    off = sum(Decimal(written(each)) for each in taken)
    return money(value - off, found[0].currency if found else currency)


def written(part: MoneyPart) -> str:
    """The amount as decimal text."""
    return part.text if part.text is not None else str((Decimal(part.hundredths) / 100).quantize(_CENT))


def usd_cents(part: MoneyPart | None, rates: Mapping[str, float]) -> int | None:
    """Cents of USD by the configured rates (contract §1, `value_usd`); None without the amount or a rate for its currency."""
    if part is None or part.currency == "USD":
        return None if part is None else part.hundredths
    rate = rates.get(part.currency)
    return None if rate is None else round(part.hundredths * rate)


def _decimal(amount: str) -> Decimal:
    try:
        value = Decimal(amount)
    except InvalidOperation as error:
        raise ValueError(f"not an amount: {amount[:40]!r}") from error
    if not value.is_finite() or abs(value) > _LARGEST:
        raise ValueError(f"not an amount: {amount[:40]!r}")
    return value


def _text(value: Decimal, currency: str) -> str:
    exponent = value.as_tuple().exponent
    written_decimals = -exponent if isinstance(exponent, int) and exponent < 0 else 0
    if written_decimals == 1:
        usual = decimals(currency)
        exact = value == value.to_integral_value()
        written_decimals = usual if exact or usual else written_decimals
    return f"{value:.{min(written_decimals, _MOST_DECIMALS)}f}"
