"""The `/` search language: `status:overdue owner:none age:>2d berlin`.

A word without a known prefix is free text. What cannot be read is named together with what is allowed; nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from orders_tui.query.filters import Filters, OrdersQuery, Sort


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


@dataclass(frozen=True, slots=True)
class Chip:
    """One active filter as shown: `label` for people (`owner: nobody`), `token` as typed (`owner:none`)."""

    label: str
    token: str


def parse(text: str, me: str | None = None) -> ParsedQuery | list[QueryProblem]:
    """Reads the search box. `owner:me` becomes `me`, where known."""
    raise NotImplementedError


def render(filters: Filters, sort: Sort | None = None) -> str:
    """The text that `parse` reads back to the same filters and sort."""
    raise NotImplementedError


def chips(filters: Filters, sort: Sort | None = None) -> list[Chip]:
    """The active filters, in the order of `render`."""
    raise NotImplementedError


def without(query: OrdersQuery, token: str) -> OrdersQuery:
    """The query with the chip of this token taken off, from its first page."""
    raise NotImplementedError


def complete(text: str, owners: Sequence[str] = (), tags: Sequence[str] = ()) -> list[str]:
    """Whole texts that finish the last word of `text`: token names, then their values."""
    raise NotImplementedError
