"""The list parameters of contract §3a, read strictly. Pure.

Each reader raises ValueError with what is allowed; `query` names the parameter.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from enum import StrEnum

from orders_sync.db.selection import ANY, Amounts, Dimension, Wanted
from orders_wire import texts
from orders_wire.vocabulary import EXCLUDING, Delivery, HasFilter, HoldFilter, IssueFilter, Ready

_NONE = "none"
_EXCLUDES = "; with - first: rows without it"
_AMOUNT = re.compile(r"[0-9]{1,13}(\.[0-9]{1,6})?", re.ASCII)
_CUSTOMER = re.compile(r"(gid://shopify/Customer/)?([0-9]{1,18})", re.ASCII)
_COUNTRY = re.compile(r"[A-Za-z]{2}", re.ASCII)

COUNTRY_HELP = "a country as ISO 3166-1 alpha-2, such as DE"
SKU_HELP = r"a whole SKU; \- first where it begins with -"
CUSTOMER_HELP = "a customer's id: gid://shopify/Customer/<number>, or the number"
AMOUNT_HELP = "an amount in USD: a decimal number, 0 or more"


def _word(words: type[StrEnum]) -> Callable[[str], Wanted]:
    """A word; `none` is the exclusion of whichever."""

    def parse(text: str) -> Wanted:
        if text not in list(words):
            raise ValueError(", ".join(words))
        return Wanted(ANY, excluded=True) if text == _NONE and words is not Delivery else Wanted(text)

    return parse


def _country(text: str) -> Wanted:
    if not _COUNTRY.fullmatch(text):
        raise ValueError(COUNTRY_HELP)
    return Wanted(text.upper())


def _sku(text: str) -> Wanted:
    sku = texts.trimmed(text.removeprefix("\\") if text.startswith("\\-") else text)
    if sku is None:
        raise ValueError(SKU_HELP)
    return Wanted(sku)


def _excluding(parse: Callable[[str], Wanted]) -> Callable[[str], Wanted]:
    """A leading `-` turns it round."""

    def parse_either(text: str) -> Wanted:
        try:
            found = parse(text.removeprefix("-"))
        except ValueError as error:
            raise ValueError(f"{error}{_EXCLUDES}") from None
        return Wanted(found.value, excluded=found.excluded is not text.startswith("-"))

    return parse_either


_PLAIN: Mapping[str, Callable[[str], Wanted]] = {
    "ready": _word(Ready),
    Dimension.HOLD: _word(HoldFilter),
    Dimension.ISSUE: _word(IssueFilter),
    Dimension.DELIVERY: _word(Delivery),
    Dimension.HAS: _word(HasFilter),
    Dimension.COUNTRY: _country,
    Dimension.SKU: _sku,
}

SIGNED: Mapping[str, Callable[[str], Wanted]] = {name: _excluding(_PLAIN[name]) for name in EXCLUDING}
"""Those that a leading `-` turns round, by parameter."""


def customer(text: str) -> int:
    """A customer's number."""
    match = _CUSTOMER.fullmatch(text)
    if match is None:
        raise ValueError(CUSTOMER_HELP)
    return int(match[2])


def least(text: str) -> int:
    """The first whole cent that is not below the amount."""
    return int((_amount(text) * 100).to_integral_value(ROUND_CEILING))


def most(text: str) -> int:
    """The last whole cent that is not above the amount."""
    return int((_amount(text) * 100).to_integral_value(ROUND_FLOOR))


def value(given: Mapping[str, str], low: int | None, high: int | None) -> Amounts | None:
    """Both bounds, as they were read from `given`. Raises ValueError where no amount lies between them as they were given."""
    if low is None and high is None:
        return None
    if low is not None and high is not None and _amount(given["value_min"]) > _amount(given["value_max"]):
        raise ValueError(f"at most value_max, which is {given['value_max']}")
    return Amounts(low, high)


def _amount(text: str) -> Decimal:
    if not _AMOUNT.fullmatch(text):
        raise ValueError(AMOUNT_HELP)
    return Decimal(text)
