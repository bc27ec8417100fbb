"""The shop's scalars as they are read here: integer ids, instants in milliseconds, money in minor units, enums in lower case.

What a database cannot hold is not read: the field raises, and the object that it is in with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import BeforeValidator, Field

from orders_sync.ingest.changes import MoneyPart
from orders_sync.ingest.money import money
from orders_sync.instants import EARLIEST, LATEST, Ms, parse_instant

_LARGEST = 2**63 - 1


def number(gid: str) -> int:
    """The number in `gid://shopify/Type/N`, whatever parameters follow it. Raises ValueError."""
    return int(gid.rpartition("/")[2].partition("?")[0])


def gid(kind: str, entity: int) -> str:
    """The GraphQL id of an entity."""
    return f"gid://shopify/{kind}/{entity}"


def _instant(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        found = parse_instant(value)
    except OverflowError as error:
        raise ValueError("no time from 1900 to 2999") from error
    if not EARLIEST <= found <= LATEST:
        raise ValueError("no time from 1900 to 2999")
    return found


def _money(value: object) -> object:
    """A MoneyV2, or the shop's side of a MoneyBag."""
    if not isinstance(value, Mapping):
        return value
    inner = value.get("shopMoney", value)
    if not isinstance(inner, Mapping) or not {"amount", "currencyCode"} <= inner.keys():
        raise ValueError("no amount with its currency")
    return money(inner["amount"], inner["currencyCode"])


Whole = Annotated[int, Field(ge=-_LARGEST, le=_LARGEST)]
"""A count that a database can hold."""

Id = Annotated[Whole, BeforeValidator(lambda value: number(value) if isinstance(value, str) else value)]
Instant = Annotated[Ms, BeforeValidator(_instant)]
Money = Annotated[MoneyPart, BeforeValidator(_money)]
Word = Annotated[str, BeforeValidator(lambda value: value.lower() if isinstance(value, str) else value)]
