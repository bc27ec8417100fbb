"""The `/` search language: `status:overdue owner:none age:>2d berlin`.

A word without a prefix is free text; quotes keep spaces together and take a colon literally (`tag:"gift wrap" "10:30"`). What
cannot be read is named together with what is allowed; nothing is guessed, nothing is dropped.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from typing import Any, TypeVar

from orders_tui.query.dates import AGE_HELP, DATE_HELP, AgeBound, Unreadable, is_after, is_date
from orders_tui.query.filters import Filters, Sort
from orders_wire.vocabulary import UNASSIGNED, Channel, Priority, SortField, StatusFilter

NOBODY = "none"
ME = "me"
_FIELDS = {"from": "placed_from", "to": "placed_to", "age:>": "older_than", "age:<": "younger_than"}
"""The fields of `Filters` that are not named like their tokens."""
_WORD = re.compile(r'(?P<name>[A-Za-z_]+):(?P<value>(?:"[^"]*"?|[^\s"])*)|(?P<text>(?:"[^"]*"?|[^\s"])+)')
_E = TypeVar("_E", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class ParsedQuery:
    """A text that could be read: the filters and, where one was given, the sort."""

    filters: Filters
    sort: Sort | None = None


@dataclass(frozen=True, slots=True)
class QueryProblem:
    """One token that could not be read. `message` names it and what is allowed; `start`/`end` are its place in the text."""

    token: str
    message: str
    start: int
    end: int


def parse(text: str, me: str | None = None) -> ParsedQuery | list[QueryProblem]:
    """Reads the search box. `owner:me` becomes `me`, where known."""
    found: dict[str, Any] = {}
    problems: list[QueryProblem] = []
    words: list[str] = []
    for match in _WORD.finditer(text):
        if match["name"] is None:
            words += match["text"].replace('"', "").split()
            continue
        name = match["name"].lower()
        try:
            slot, value = _read(name, match["value"], me)
            if slot in found:
                raise Unreadable(f"{slot} is given twice")
        except Unreadable as error:
            problems.append(QueryProblem(match[0], str(error), match.start(), match.end()))
            continue
        found[slot] = value
    sort = found.pop("sort", None)
    filters = Filters(**{_FIELDS.get(slot, slot): value for slot, value in found.items()}, words=" ".join(words))
    problems += _contradictions(text, filters)
    return problems or ParsedQuery(filters, sort)


def _read(name: str, given: str, me: str | None) -> tuple[str, object]:
    """The slot that a token fills and its value. Raises what `parse` reports."""
    token, value = TOKENS.get(name), given.replace('"', "")
    if token is None:
        known, near = _listed(f"{name}:" for name in TOKENS), _nearest(name, list(TOKENS))
        raise Unreadable(f"there is no {name}:{near}; known are {known}; quotes search for it as text")
    if not value:
        hint = f", such as {name}:{token.values[0]}" if token.values else ""
        raise Unreadable(f"{name}: needs a value{hint}")
    if name == "age":
        if value[0] not in "<>":
            raise Unreadable(AGE_HELP)
        return f"age:{value[0]}", AgeBound.parse(value[1:])
    if name == "owner" and '"' not in given:
        return name, _owner_word(value, me)
    return name, token.read(value)


def _owner_word(value: str, me: str | None) -> str:
    """`none` and `me` are words with a meaning; quoted, they are names."""
    if value.lower() == NOBODY:
        return UNASSIGNED
    if value.lower() != ME:
        return _owner(value)
    if me is None:
        raise Unreadable("the server has not said yet who you are")
    return me


def _member(kind: type[_E], name: str) -> Callable[[str], _E]:
    def read(value: str) -> _E:
        try:
            return kind(value.lower())
        except ValueError:
            near = _nearest(value.lower(), list(kind))
            raise Unreadable(f"{name}: takes {_listed(kind)}{near}") from None

    return read


def _sort(value: str) -> Sort:
    try:
        return Sort.parse(value.lower())
    except ValueError:
        near = _nearest(value.lower().removeprefix("-"), list(SortField))
        raise Unreadable(f"sort: takes {_listed(SortField)}, with - in front for descending{near}") from None


def _date(value: str) -> str:
    if not is_date(value):
        raise Unreadable(DATE_HELP)
    return value.upper()


def _owner(value: str) -> str:
    if len(value) > 120:
        raise Unreadable("an owner's name has at most 120 characters")
    return value.strip()


@dataclass(frozen=True, slots=True)
class Token:
    """How a token's value is read, and the values that are offered while one types."""

    read: Callable[[str], object]
    values: tuple[str, ...] = ()


TOKENS = {
    "status": Token(_member(StatusFilter, "status"), tuple(StatusFilter)),
    "owner": Token(_owner, (NOBODY, ME)),
    "priority": Token(_member(Priority, "priority"), tuple(Priority)),
    "tag": Token(str),
    "channel": Token(_member(Channel, "channel"), tuple(Channel)),
    "from": Token(_date),
    "to": Token(_date),
    "age": Token(AgeBound.parse, (">1d", ">2d", ">1w", "<24h")),
    "sort": Token(_sort, tuple(s + str(f) for f in SortField for s in ("", "-"))),
}


def _contradictions(text: str, filters: Filters) -> list[QueryProblem]:
    """An age and a date that bound the same side: which is meant cannot be told."""
    clashes = []
    if filters.older_than and filters.placed_to:
        clashes.append(("to:", "to: and age:> both say how new an order may be; give one"))
    if filters.younger_than and filters.placed_from:
        clashes.append(("from:", "from: and age:< both say how old an order may be; give one"))
    if filters.placed_from and filters.placed_to and is_after(filters.placed_from, filters.placed_to):
        clashes.append(("to:", f"to: is before from:{filters.placed_from}"))
    return [QueryProblem(token, message, *_place(text, token)) for token, message in clashes]


def _place(text: str, token: str) -> tuple[int, int]:
    match = re.search(rf"{token}\S*", text, re.IGNORECASE)
    return (match.start(), match.end()) if match else (0, len(text))


def _listed(words: Iterable[str]) -> str:
    return ", ".join(map(str, words))


def _nearest(word: str, allowed: Sequence[str]) -> str:
    near = get_close_matches(word, allowed, n=1)
    return f" (did you mean {near[0]}?)" if near else ""
