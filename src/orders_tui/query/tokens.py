"""The tokens of the search language: how the value of each is read, what it may be, and what a `-` before it means.

`-` excludes in those that the contract lets be excluded (§3a, list parameters), and turns ranges round.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from orders_tui.query import ranges
from orders_tui.query.dates import AGE_HELP, DATE_HELP, AgeBound, Unreadable, is_date
from orders_tui.query.filters import Sort
from orders_wire.spelling import meant
from orders_wire.vocabulary import (
    Channel,
    Delivery,
    HasFilter,
    HoldFilter,
    IssueFilter,
    Priority,
    Ready,
    SortField,
    StatusFilter,
)

NOBODY = "none"
ME = "me"

Slots = dict[str, object]
"""Fields of `Filters` (and `sort`) with their values."""

_E = TypeVar("_E", bound=StrEnum)
_NUMBER = re.compile(r"[1-9][0-9]{0,17}", re.ASCII)
_COUNTRY = re.compile(r"[A-Za-z]{2}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Token:
    """`read` takes a value to what it fills, `opposite` that with `-` before the token; None: there is no opposite.

    `about`: what it does, for people; `values`: what is offered while one types. Both readers raise Unreadable.
    """

    read: Callable[[str], Slots]
    about: str
    values: tuple[str, ...] = ()
    opposite: Callable[[str], Slots] | None = None


def _one_of(name: str, words: type[_E]) -> Callable[[str], _E]:
    def read(value: str) -> _E:
        try:
            return words(value.lower())
        except ValueError:
            pass
        if value.startswith("-"):
            raise Unreadable(f"- stands before the token: -{name}:{value.lstrip('-')}")
        raise Unreadable(f"{name}: takes {listed(words)}{meant(value, words)}")

    return read


def _plain(name: str, read: Callable[[str], object], about: str, values: Sequence[str] = ()) -> Token:
    return Token(lambda value: {name: read(value)}, about, tuple(values))


def _excluded(name: str, read: Callable[[str], str], about: str, values: Sequence[str] = ()) -> Token:
    """A parameter that the server turns round by a leading `-`, which is how `Filters` has it."""
    return Token(lambda value: {name: str(read(value))}, about, tuple(values), lambda value: {name: f"-{read(value)}"})


def _ranged(help_text: str, slots: Callable[[ranges.Range], Slots], about: str, values: Sequence[str] = ()) -> Token:
    return Token(
        lambda value: slots(ranges.read(value, help_text)),
        about,
        tuple(values),
        lambda value: slots(ranges.read(value, help_text).opposite),
    )


def _country(value: str) -> str:
    if not _COUNTRY.fullmatch(value):
        raise Unreadable("country: takes the two letters of a country (ISO 3166-1), such as country:DE")
    return value.upper()


def _sku(value: str) -> str:
    sku = value.strip()
    if sku.startswith("-"):
        raise Unreadable(
            rf"a SKU that begins with - is written sku:\{sku}; -sku:{sku.lstrip('-')} asks for orders without it"
        )
    return sku


def _customer(value: str) -> str:
    number = value.strip().removeprefix("gid://shopify/Customer/")
    if not _NUMBER.fullmatch(number):
        raise Unreadable("customer: takes a customer's number, such as customer:6001, or gid://shopify/Customer/6001")
    return number


def _sort(value: str) -> Sort:
    try:
        return Sort.parse(value.lower())
    except ValueError:
        near = meant(value.removeprefix("-"), SortField)
        raise Unreadable(f"sort: takes {listed(SortField)}, with - in front for descending{near}") from None


def _date(value: str) -> str:
    if not is_date(value):
        raise Unreadable(DATE_HELP)
    return value.upper()


def _age(value: str) -> Slots:
    if value[0] not in "<>":
        raise Unreadable(AGE_HELP)
    return {"older_than" if value[0] == ">" else "younger_than": AgeBound.parse(value[1:])}


def _other_age(value: str) -> Slots:
    return _age({"<": ">", ">": "<"}.get(value[0], "") + value[1:] if value[0] in "<>" else value)


def owner(value: str) -> str:
    """A name. Raises Unreadable."""
    if len(value) > 120:
        raise Unreadable("an owner's name has at most 120 characters")
    return value.strip()


def listed(words: Iterable[str]) -> str:
    """Words, as a message lists them."""
    return ", ".join(map(str, words))


TOKENS = {
    "status": _plain("status", _one_of("status", StatusFilter), "overdue, holds, in_transit", tuple(StatusFilter)),
    "owner": _plain("owner", owner, "a name, none or me", (NOBODY, ME)),
    "priority": _plain("priority", _one_of("priority", Priority), listed(Priority), tuple(Priority)),
    "ready": _excluded("ready", _one_of("ready", Ready), "yes, part or no: how much can go now", tuple(Ready)),
    "hold": _excluded("hold", _one_of("hold", HoldFilter), "a reason, any or none", tuple(HoldFilter)),
    "issue": _excluded(
        "issue",
        _one_of("issue", IssueFilter),
        "payment, address, carrier, inventory, manual_check or none",
        tuple(IssueFilter),
    ),
    "delivery": _excluded("delivery", _one_of("delivery", Delivery), listed(Delivery), tuple(Delivery)),
    "country": _excluded("country", _country, "two letters, as in country:DE"),
    "sku": _excluded("sku", _sku, "a whole SKU"),
    "customer": _plain("customer", _customer, "a customer's number, as the order's screen asks for it"),
    "value": _ranged(ranges.AMOUNT_HELP, ranges.cents, "USD: >100, <=50, 50..100", (">100", "<50", "50..100")),
    "tag": _plain("tag", str, "a tag"),
    "has": _excluded("has", _one_of("has", HasFilter), listed(HasFilter), tuple(HasFilter)),
    "channel": _plain("channel", _one_of("channel", Channel), listed(Channel), tuple(Channel)),
    "placed": _ranged(ranges.PLACED_HELP, ranges.days, "a day, >2025-11-01, 2025-11-01..2025-11-30"),
    "from": Token(
        lambda value: {"placed_from": _date(value)},
        "placed on a day or later",
        opposite=lambda value: {"placed_to": ranges.before(_date(value))},
    ),
    "to": Token(
        lambda value: {"placed_to": _date(value)},
        "placed on a day or before",
        opposite=lambda value: {"placed_from": ranges.after(_date(value))},
    ),
    "age": Token(_age, "older >2d, younger <36h", (">1d", ">2d", ">1w", "<24h"), _other_age),
    "sort": _plain(
        "sort", _sort, "a column, - in front: descending", [s + str(f) for f in SortField for s in ("", "-")]
    ),
}
