"""What `GET /sync/orders` is asked for: its parameters, read strictly (contract §1). Pure.

A malformed or unlisted value is refused with a message that names the parameter and what is allowed; an unknown parameter is
ignored; nothing is replaced by a default.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar
from zoneinfo import ZoneInfo

from orders_sync.db.selection import EVERYTHING, Amounts, Between, Filters, Selection, Sort, ordering
from orders_sync.desk import dates, list_filters
from orders_sync.desk.parameter import NUMBER, named, once, one_of, page_size, short, take
from orders_sync.instants import Ms
from orders_wire import texts
from orders_wire.cursors import CURSOR_HELP, CursorError, ShopifyCursor, decode
from orders_wire.vocabulary import Channel, Direction, Priority, SortField, StatusFilter, Tab

KNOWN = frozenset({
    "tab", "pageSize", "cursor", "direction", "status", "priority", "assigned_to", "date_start", "date_end", "channel", "tag",
    "q", "sort", "minVersion", *list_filters.SIGNED, "customer", "value_min", "value_max",
})  # fmt: skip
"""The parameters; any other is ignored."""

DEFAULT_PAGE_SIZE = 12
MAX_SEARCH = 500
"""Characters of `q`."""

T = TypeVar("T")

_NO_END: tuple[Ms | None, Ms | None] = (None, None)


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
    given = once(parameters, KNOWN)
    end, shown_end = take(given, "date_end", lambda text: _bound(dates.read_end, text, zone), _NO_END)
    start = take(given, "date_start", lambda text: _bound(dates.read_start, text, zone), None)
    selection = Selection(
        tab=take(given, "tab", one_of(Tab), Tab.ALL),
        sort=take(given, "sort", _sort, None),
        filters=_filters(given, Between(start, end)),
    )
    return PageQuery(
        selection=selection,
        page_size=take(given, "pageSize", page_size, DEFAULT_PAGE_SIZE),
        cursor=take(given, "cursor", lambda text: _cursor(text, selection), None),
        direction=take(given, "direction", one_of(Direction), Direction.AFTER),
        shown_end=shown_end,
        min_version=take(given, "minVersion", _version, 0),
    )


def _filters(given: dict[str, str], placed: Between) -> Filters:
    return Filters(
        placed=placed,
        status=take(given, "status", one_of(StatusFilter), None),
        priority=take(given, "priority", one_of(Priority), None),
        assigned_to=take(given, "assigned_to", named("an owner's name, or unassigned"), None),
        channel=take(given, "channel", one_of(Channel), None),
        tag=take(given, "tag", named("a tag"), None),
        words=take(given, "q", _words, ()),
        customer=take(given, "customer", list_filters.customer, None),
        value=_value(given),
        **{name: take(given, name, parse, None) for name, parse in list_filters.SIGNED.items()},
    )


def _value(given: dict[str, str]) -> Amounts | None:
    low = take(given, "value_min", list_filters.least, None)
    high = take(given, "value_max", list_filters.most, None)
    return take(
        given, "value_min" if low is not None else "value_max", lambda _: list_filters.value(given, low, high), None
    )


def _version(text: str) -> int:
    if not NUMBER.fullmatch(text):
        raise ValueError("a desk version: a whole number, 0 or more")
    return int(text)


def _sort(text: str) -> Sort:
    field = text.removeprefix("-")
    if field not in list(SortField):
        raise ValueError(", ".join(SortField) + "; with - first for descending")
    return Sort(SortField(field), text.startswith("-"))


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
        raise CursorError(f"this shopifyCursor belongs to {short(belongs)}; use it there, or an ofs: cursor")
    if not ordering(selection).holds(cursor.last_value):
        raise CursorError(CURSOR_HELP)
    return cursor
