"""Shopify's search syntax: terms joined by AND (or a space), OR, NOT or `-`, parentheses; `field:value` with comparators.

An unknown field or an unreadable value is no error: the term is ignored, a warning says so, and so it may match everything.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

T = TypeVar("T")
Test = Callable[[T], bool]
Compare = Callable[[Any, Any], bool]

_TOKEN = re.compile(
    r"""\s*(?:(?P<paren>[()])|(?P<not>-(?=\S))|(?P<term>(?:(?P<field>[\w.]+):(?P<op><=|>=|<|>)?)?(?P<value>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|[^\s()]+)))"""
)
_COMPARE: Mapping[str, Compare] = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}


@dataclass(frozen=True, slots=True)
class Filter(Generic[T]):
    """How a field is searched: `read` the record, `parse` the text (ValueError: a warning), compare with `ordered` ones too."""

    read: Callable[[T], Any]
    parse: Callable[[str], Any] = str.casefold
    ordered: bool = False


@dataclass(slots=True)
class Query(Generic[T]):
    """A parsed query: `test` a record; `warnings` as `extensions.search` shows them."""

    test: Test[T]
    warnings: list[dict[str, str]] = field(default_factory=list)


def instant(text: str) -> datetime:
    """A time in a query: RFC 3339, or a day, UTC where it names no zone. Raises ValueError for anything else."""
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def parse(text: str | None, filters: Mapping[str, Filter[T]], default: Callable[[T, str], bool]) -> Query[T]:
    """Read a query. `default` decides about a word without a field."""
    if not text or not text.strip():
        return Query(lambda _: True)
    return _Parser(text, filters, default).query()


class _Parser(Generic[T]):
    """Recursive descent: any of (all of (not? term))."""

    def __init__(self, text: str, filters: Mapping[str, Filter[T]], default: Callable[[T, str], bool]) -> None:
        self._tokens = [match for match in _TOKEN.finditer(text) if match.group().strip()]
        self._at = 0
        self._filters = filters
        self._default = default
        self._warnings: list[dict[str, str]] = []

    def query(self) -> Query[T]:
        test = self._any()
        return Query(test, self._warnings)

    def _peek(self) -> str | None:
        return self._tokens[self._at].group().strip() if self._at < len(self._tokens) else None

    def _any(self) -> Test[T]:
        tests = [self._all()]
        while self._peek() == "OR":
            self._at += 1
            tests.append(self._all())
        return tests[0] if len(tests) == 1 else lambda record: any(test(record) for test in tests)

    def _all(self) -> Test[T]:
        tests: list[Test[T]] = []
        while (word := self._peek()) not in (None, "OR", ")"):
            if word == "AND":
                self._at += 1
                continue
            if test := self._one():
                tests.append(test)
        return tests[0] if len(tests) == 1 else lambda record: all(test(record) for test in tests)

    def _one(self) -> Test[T] | None:
        token = self._tokens[self._at]
        self._at += 1
        word = token.group().strip()
        if word in ("NOT", "-"):
            inner = self._one() if self._peek() else None
            return _negated(inner) if inner else None
        if word == "(":
            group = self._any()
            if self._peek() == ")":
                self._at += 1
            return group
        return None if word == ")" else self._term(token)

    def _term(self, token: re.Match[str]) -> Test[T] | None:
        name, sign, raw = token.group("field"), token.group("op"), token.group("value")
        value = raw[1:-1] if raw[0] in "'\"" and raw[-1] == raw[0] and len(raw) > 1 else raw
        if name is None:
            return lambda record: self._default(record, value)
        known = self._filters.get(name)
        if known is None:
            self._ignored(name, "Invalid search field for this query.", "invalid_field")
            return None
        if sign and not known.ordered:
            self._ignored(name, f"`{sign}` is not allowed for this field.", "invalid_comparator")
            return None
        try:
            wanted = known.parse(value)
        except ValueError:
            self._ignored(name, f"Input `{value}` is not an accepted value.", "invalid_value")
            return None
        return _matching(known.read, _COMPARE[sign] if sign else None, wanted)

    def _ignored(self, name: str, message: str, code: str) -> None:
        self._warnings.append({"field": name, "message": message, "code": code})


def _negated(test: Test[T]) -> Test[T]:
    return lambda record: not test(record)


def _matching(read: Callable[[T], Any], compare: Compare | None, wanted: Any) -> Test[T]:
    def test(record: T) -> bool:
        found = read(record)
        if isinstance(found, list | set | tuple):
            return wanted in found
        return found is not None and (compare(found, wanted) if compare else bool(found == wanted))

    return test
