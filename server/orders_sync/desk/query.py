"""What `GET /sync/orders` is asked for: its parameters, read strictly (contract §1). Pure.

A malformed or unlisted value is refused with a message that names the parameter and what is allowed; an unknown parameter is
ignored; nothing is replaced by a default.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar
from zoneinfo import ZoneInfo

from orders_sync.db.selection import EVERYTHING, Amounts, Between, Filters, Selection, Sort, ordering
from orders_sync.desk import dates, list_filters
from orders_sync.instants import Ms
from orders_wire import texts
from orders_wire.cursors import CURSOR_HELP, CursorError, ShopifyCursor, decode
from orders_wire.vocabulary import EXCLUDING, Channel, Direction, Priority, SortField, StatusFilter, Tab

KNOWN = frozenset({
    "tab", "pageSize", "cursor", "direction", "status", "priority", "assigned_to", "date_start", "date_end", "channel", "tag",
    "q", "sort", "minVersion", *EXCLUDING, "customer", "value_min", "value_max",
})  # fmt: skip
"""The parameters; any other is ignored."""

MAX_PAGE_SIZE = 250
DEFAULT_PAGE_SIZE = 12
MAX_SEARCH = 500
"""Characters of `q`."""

T = TypeVar("T")
D = TypeVar("D")
E = TypeVar("E", bound=StrEnum)

_NO_END: tuple[Ms | None, Ms | None] = (None, None)
_NUMBER = re.compile(r"\d{1,18}", re.ASCII)


class BadParameter(ValueError):
    """A parameter that is not allowed; the message names it and lists what is."""


@dataclass(frozen=True, slots=True)
class PageQuery:
    """A page that is wanted. `cursor`: a position, or a key that an earlier page named; None: the first page.

    `shown_end`: the end of the dates as it was read, for `period`.
    """

    selection: Selection = EVERYTHING
    page_size: int = DEFAULT_PAGE_SIZE
    cursor: int | ShopifyCursor | None = None
    direction: Direction = Direction.AFTER
    shown_end: Ms | None = None
    min_version: int = 0

    def __hash__(self) -> int:
        """Of what most pages differ in: a page is looked up more often than it is computed."""
        return hash((self.selection.tab, self.page_size, self.cursor))


def read(parameters: Iterable[tuple[str, str]], zone: ZoneInfo) -> PageQuery:
    """The query that these parameters make. Raises BadParameter."""
    given: dict[str, str] = {}
    for name, value in parameters:
        if name in KNOWN and given.setdefault(name, value) != value:
            raise BadParameter(f"{name}: given twice with different values; give it once")
    end, shown_end = _take(given, "date_end", lambda text: _bound(dates.read_end, text, zone), _NO_END)
    start = _take(given, "date_start", lambda text: _bound(dates.read_start, text, zone), None)
    selection = Selection(
        tab=_take(given, "tab", _one_of(Tab), Tab.ALL),
        sort=_take(given, "sort", _sort, None),
        filters=_filters(given, Between(start, end)),
    )
    return PageQuery(
        selection=selection,
        page_size=_take(given, "pageSize", _page_size, DEFAULT_PAGE_SIZE),
        cursor=_take(given, "cursor", lambda text: _cursor(text, selection), None),
        direction=_take(given, "direction", _one_of(Direction), Direction.AFTER),
        shown_end=shown_end,
        min_version=_take(given, "minVersion", _version, 0),
    )


def _filters(given: dict[str, str], placed: Between) -> Filters:
    return Filters(
        placed=placed,
        status=_take(given, "status", _one_of(StatusFilter), None),
        priority=_take(given, "priority", _one_of(Priority), None),
        assigned_to=_take(given, "assigned_to", _text("an owner's name, or unassigned"), None),
        channel=_take(given, "channel", _one_of(Channel), None),
        tag=_take(given, "tag", _text("a tag"), None),
        words=_take(given, "q", _words, ()),
        customer=_take(given, "customer", list_filters.customer, None),
        value=_value(given),
        **{name: _take(given, name, parse, None) for name, parse in list_filters.MARKS.items()},
    )


def _value(given: dict[str, str]) -> Amounts | None:
    low = _take(given, "value_min", list_filters.least, None)
    high = _take(given, "value_max", list_filters.most, None)
    return _take(
        given, "value_min" if low is not None else "value_max", lambda _: list_filters.value(given, low, high), None
    )


def _take(given: dict[str, str], name: str, parse: Callable[[str], T], default: D) -> T | D:
    text = given.get(name)
    if text is None:
        return default
    try:
        return parse(text)
    except CursorError as error:
        raise BadParameter(f"{name}: {error}") from error
    except ValueError as error:
        raise BadParameter(f"{name}: {_short(text)} is not allowed; allowed: {error}") from error


def _one_of(words: type[E]) -> Callable[[str], E]:
    def parse(text: str) -> E:
        try:
            return words(text)
        except ValueError:
            raise ValueError(", ".join(words)) from None

    return parse


def _page_size(text: str) -> int:
    if not _NUMBER.fullmatch(text) or not 1 <= int(text) <= MAX_PAGE_SIZE:
        raise ValueError(f"a whole number from 1 to {MAX_PAGE_SIZE}")
    return int(text)


def _version(text: str) -> int:
    if not _NUMBER.fullmatch(text):
        raise ValueError("a desk version: a whole number, 0 or more")
    return int(text)


def _sort(text: str) -> Sort:
    field = text.removeprefix("-")
    if field not in list(SortField):
        raise ValueError(", ".join(SortField) + "; with - first for descending")
    return Sort(SortField(field), text.startswith("-"))


def _text(what: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        trimmed = texts.trimmed(text)
        if trimmed is None:
            raise ValueError(what)
        return trimmed

    return parse


def _words(text: str) -> tuple[str, ...]:
    if len(text) > MAX_SEARCH:
        raise ValueError(f"at most {MAX_SEARCH} characters")
    return tuple(texts.words(text))


def _bound(parse: Callable[[str, ZoneInfo], T], text: str, zone: ZoneInfo) -> T:
    try:
        return parse(text, zone)
    except (ValueError, OverflowError):
        raise ValueError(dates.ALLOWED) from None


def _cursor(text: str, selection: Selection) -> int | ShopifyCursor:
    cursor = decode(text)
    if isinstance(cursor, int):
        return cursor
    if (cursor.tab, cursor.sort) != (selection.tab.value, selection.sort_name):
        belongs = f"tab={cursor.tab}" + (f" and sort={cursor.sort}" if cursor.sort else " and no sort")
        raise CursorError(f"this shopifyCursor belongs to {_short(belongs)}; use it there, or an ofs: cursor")
    if not ordering(selection).holds(cursor.last_value):
        raise CursorError(CURSOR_HELP)
    return cursor


def _short(text: str) -> str:
    return repr(text if len(text) <= 60 else text[:57] + "…")
