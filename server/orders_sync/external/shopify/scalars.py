"""The shop's scalars as they are read here: integer ids, instants in milliseconds, money in hundredths, enums in lower case.

What a database cannot hold is not read: the field raises, and the object that it is in with it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Annotated

import orjson
from pydantic import AfterValidator, BeforeValidator, Field

from orders_sync.evidence.entities import MoneyPart
from orders_sync.evidence.json_fields import MOST_NAME, MOST_UNITS, clean
from orders_sync.evidence.money import money
from orders_sync.instants import EARLIEST, LATEST, Ms, parse_instant
from orders_wire.texts import trimmed

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


Whole = Annotated[int, Field(ge=-MOST_UNITS, le=MOST_UNITS)]
"""A count of units."""

Id = Annotated[
    int,
    Field(ge=-_LARGEST, le=_LARGEST),
    BeforeValidator(lambda value: number(value) if isinstance(value, str) else value),
]
Instant = Annotated[Ms, BeforeValidator(_instant)]
Money = Annotated[MoneyPart, BeforeValidator(_money)]
Name = Annotated[str, AfterValidator(lambda value: value[:MOST_NAME])]
"""Text that is cut where a webhook's is."""

Word = Annotated[str, BeforeValidator(lambda value: value.lower() if isinstance(value, str) else value)]


_NUL = b"\\u0000"
MOST_LEVELS = 100
"""Several times what any document of ours nests."""


def decoded(content: bytes) -> object:
    """The JSON value of an answer, its texts read as webhooks' are: trimmed, and blank ones are null (contract §1). NUL and lone
    surrogates become U+FFFD, so that one character that no database takes stops no poll. A blank text in a list is left out.

    Raises ValueError.
    """
    try:
        value, odd = orjson.loads(content), _NUL in content
    except orjson.JSONDecodeError:
        value, odd = _lenient(content), True
    return _read(value, odd, MOST_LEVELS)


def _lenient(content: bytes) -> object:
    """Python's own reader takes lone surrogates."""
    try:
        value: object = json.loads(content)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    return value


def _read(value: object, odd: bool, levels: int) -> object:
    """`odd`: there may be characters that no database takes. `levels`: how many more there may be."""
    if isinstance(value, str):
        text = trimmed(value)
        return clean(text) if odd and text is not None else text
    if isinstance(value, dict | list) and not levels:
        raise ValueError("nested too deeply")
    if isinstance(value, dict):
        return {name: _read(inner, odd, levels - 1) for name, inner in value.items()}
    if isinstance(value, list):
        read = ((inner, _read(inner, odd, levels - 1)) for inner in value)
        return [found for inner, found in read if found is not None or not isinstance(inner, str)]
    return value
