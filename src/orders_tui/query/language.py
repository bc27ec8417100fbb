"""The `/` search language: `status:overdue owner:none age:>2d -country:US berlin`.

A word without a prefix is free text; quotes keep spaces together and take a colon literally (`tag:"gift wrap" "10:30"`); `-`
before a token asks for the orders without it. What cannot be read is named together with what is allowed; nothing is guessed,
nothing is dropped.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from orders_tui.query.dates import Unreadable, is_after
from orders_tui.query.filters import Filters, Sort
from orders_tui.query.ranges import amount
from orders_tui.query.tokens import ME, NOBODY, TOKENS, Slots, Token, listed, owner
from orders_wire.spelling import meant
from orders_wire.vocabulary import UNASSIGNED

_WORD = re.compile(r'(?P<minus>-?)(?P<name>[A-Za-z_]+):(?P<value>(?:"[^"]*"?|[^\s"])*)|(?P<text>(?:"[^"]*"?|[^\s"])+)')


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
        try:
            slots = _read(match["name"].lower(), match["value"], me, excluded=bool(match["minus"]))
            if slots.keys() & found.keys():
                raise Unreadable(f"{match['name'].lower()}: is given twice")
        except Unreadable as error:
            problems.append(QueryProblem(match[0], str(error), match.start(), match.end()))
            continue
        found |= slots
    sort = found.pop("sort", None)
    filters = Filters(**found, words=" ".join(words))
    problems += _contradictions(text, filters)
    return problems or ParsedQuery(filters, sort)


def _read(name: str, given: str, me: str | None, *, excluded: bool) -> Slots:
    """What a token fills. Raises what `parse` reports."""
    token, value = TOKENS.get(name), given.replace('"', "")
    if token is None:
        known, near = listed(f"{name}:" for name in TOKENS), meant(name, TOKENS)
        raise Unreadable(f"there is no {name}:{near}; known are {known}; quotes search for it as text")
    if not value.strip():
        hint = f", such as {name}:{token.values[0]}" if token.values else f": {token.about}"
        raise Unreadable(f"{name}: needs a value{hint}")
    if excluded:
        return _opposite(name, token)(value)
    if name == "owner" and '"' not in given:
        return {name: _owner_word(value, me)}
    return token.read(value)


def _opposite(name: str, token: Token) -> Callable[[str], Slots]:
    if token.opposite is None:
        able = listed(f"{name}:" for name, each in TOKENS.items() if each.opposite is not None)
        raise Unreadable(f"- cannot stand before {name}: it can before {able}")
    return token.opposite


def _owner_word(value: str, me: str | None) -> str:
    """`none` and `me` are words with a meaning; quoted, they are names."""
    if value.lower() == NOBODY:
        return UNASSIGNED
    if value.lower() != ME:
        return owner(value)
    if me is None:
        raise Unreadable("the server has not said yet who you are")
    return me


def _contradictions(text: str, filters: Filters) -> list[QueryProblem]:
    """An age and a date that bound the same side: which is meant cannot be told. Bounds between which nothing lies."""
    clashes = []
    if filters.older_than and filters.placed_to:
        clashes.append(("to:", "to: and age:> both say how new an order may be; give one"))
    if filters.younger_than and filters.placed_from:
        clashes.append(("from:", "from: and age:< both say how old an order may be; give one"))
    if filters.placed_from and filters.placed_to and is_after(filters.placed_from, filters.placed_to):
        clashes.append(("to:", f"to: is before from:{filters.placed_from}"))
    low, high = filters.value_min, filters.value_max
    if low is not None and high is not None and low > high:
        clashes.append(("value:", f"value: no amount is at least {amount(low)} and at most {amount(high)}"))
    return [QueryProblem(token, message, *_place(text, token)) for token, message in clashes]


def _place(text: str, token: str) -> tuple[int, int]:
    match = re.search(rf"{token}\S*", text, re.IGNORECASE)
    return (match.start(), match.end()) if match else (0, len(text))
