"""Relay connections with Shopify's cursors: base64 of `{"last_id", "last_value"}`, so that a page is found again by value.

`last_value` is written as the recordings show it, which differs: a number, the same as text, or an instant as text.
"""

from __future__ import annotations

import base64
import binascii
import json
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, Literal, TypeVar

from orders_demo.admin.problems import bad_request

T = TypeVar("T")
Key = tuple[Any, int]
"""(sort value, id): the sort value is a number for instants (epoch milliseconds), text for ids and names."""

LARGEST = 250

Style = Literal["number", "text", "instant"]
"""How `last_value` is written. Names are text in any style."""


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page of a connection."""

    nodes: list[T]
    keys: list[Key]
    has_next: bool
    has_previous: bool
    style: Style = "number"

    def cursor(self, key: Key) -> str:
        """A cursor that names the row with this key."""
        value, number = key
        if self.style == "text":
            value = str(value)
        elif self.style == "instant":
            value = datetime.fromtimestamp(value / 1000, UTC).strftime(_INSTANT)
        raw = json.dumps({"last_id": number, "last_value": value}, separators=(",", ":"))
        return base64.b64encode(raw.encode()).decode()


_INSTANT = "%Y-%m-%d %H:%M:%S.%f"


def decode(cursor: str, style: Style = "number") -> Key:
    """The key in a cursor of a connection of this style. Raises GraphQLError for text that is no cursor."""
    try:
        found = json.loads(base64.b64decode(cursor, validate=True))
        value, number = found["last_value"], int(found["last_id"])
        if style == "text":
            value = int(value)
        elif style == "instant":
            value = round(datetime.strptime(value, _INSTANT).replace(tzinfo=UTC).timestamp() * 1000)
    except (binascii.Error, ValueError, KeyError, TypeError) as error:
        raise bad_request(f"`{cursor}` is not a valid cursor.") from error
    return value, number


def by_id(items: Sequence[Any]) -> list[Key]:
    """Keys for items in the order in which they were made."""
    return [(item.id, item.id) for item in items]


def page(
    items: Sequence[T],
    keys: Sequence[Key],
    *,
    first: int | None = None,
    after: str | None = None,
    last: int | None = None,
    before: str | None = None,
    reverse: bool = False,
    style: Style = "number",
    wanted: Callable[[T], bool] | None = None,
) -> Page[T]:
    """Cut a page out of items sorted by ascending keys. `wanted` filters; only as many rows are looked at as needed."""
    size = _size(first, last)
    known = [None if cursor is None else decode(cursor, style) for cursor in (after, before)]
    low, high = _bounds(keys, *known, reverse=reverse)
    forward = last is None
    steps = range(low, high) if forward != reverse else range(high - 1, low - 1, -1)
    found: list[int] = []
    for index in steps:
        if wanted is None or wanted(items[index]):
            found.append(index)
            if len(found) > size:
                break
    more = len(found) > size
    chosen = found[:size] if forward else found[:size][::-1]
    return Page(
        [items[index] for index in chosen],
        [keys[index] for index in chosen],
        has_next=more if forward else before is not None,
        has_previous=after is not None if forward else more,
        style=style,
    )


def _size(first: int | None, last: int | None) -> int:
    size = last if first is None else first
    if size is None:
        raise bad_request("you must provide one of first or last")
    if not 0 <= size <= LARGEST:
        raise bad_request(f"first cannot exceed {LARGEST}" if size > LARGEST else "first must not be negative")
    return size


def _bounds(keys: Sequence[Key], after: Key | None, before: Key | None, *, reverse: bool) -> tuple[int, int]:
    low, high = 0, len(keys)
    try:
        if after is not None:
            low, high = (low, bisect_left(keys, after)) if reverse else (bisect_right(keys, after), high)
        if before is not None:
            low, high = (
                (max(low, bisect_right(keys, before)), high) if reverse else (low, min(high, bisect_left(keys, before)))
            )
    except TypeError as error:
        raise bad_request("The cursor is one of another sort order.") from error
    return low, high
