"""Filters as text and as chips: the way back from `parse`, and what a search box offers while one types."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from orders_tui.query.filters import Filters, OrdersQuery, Sort
from orders_tui.query.language import ME, NOBODY, TOKENS, VALUES, ParsedQuery, parse
from orders_wire.vocabulary import UNASSIGNED


@dataclass(frozen=True, slots=True)
class Chip:
    """One active filter as shown: `label` for people (`owner: nobody`), `token` as typed (`owner:none`)."""

    label: str
    token: str


def chips(filters: Filters, sort: Sort | None = None) -> list[Chip]:
    """The active filters, in the order of `render`; free text is one chip."""
    return list(_chips(filters, sort))


def _chips(filters: Filters, sort: Sort | None) -> Iterable[Chip]:
    if filters.status:
        yield Chip(f"status: {filters.status.replace('_', ' ')}", f"status:{filters.status}")
    if filters.owner == UNASSIGNED:
        yield Chip("owner: nobody", f"owner:{NOBODY}")
    elif filters.owner:
        yield Chip(f"owner: {filters.owner}", f"owner:{_owner(filters.owner)}")
    if filters.priority:
        yield Chip(f"priority: {filters.priority}", f"priority:{filters.priority}")
    if filters.tag:
        yield Chip(f"tag: {filters.tag}", f"tag:{_quoted(filters.tag)}")
    if filters.channel:
        yield Chip(f"channel: {filters.channel}", f"channel:{filters.channel}")
    if filters.placed_from:
        yield Chip(f"from {filters.placed_from}", f"from:{filters.placed_from}")
    if filters.placed_to:
        yield Chip(f"to {filters.placed_to}", f"to:{filters.placed_to}")
    if filters.older_than:
        yield Chip(f"older than {filters.older_than}", f"age:>{filters.older_than}")
    if filters.younger_than:
        yield Chip(f"younger than {filters.younger_than}", f"age:<{filters.younger_than}")
    if sort:
        yield Chip(f"by {sort.by.replace('_', ' ')} {'▼' if sort.descending else '▲'}", f"sort:{sort}")
    if filters.words:
        yield Chip(f"“{filters.words}”", " ".join(map(_word, filters.words.split())))


def render(filters: Filters, sort: Sort | None = None) -> str:
    """The text that `parse` reads back to the same filters and sort."""
    return " ".join(chip.token for chip in chips(filters, sort))


def without(query: OrdersQuery, token: str) -> OrdersQuery:
    """The query with the chip of this token taken off, from its first page."""
    left = " ".join(c.token for c in chips(query.filters, query.sort) if c.token != token)
    parsed = parse(left)
    assert isinstance(parsed, ParsedQuery)
    return replace(query, filters=parsed.filters, sort=parsed.sort, cursor=None)


def complete(text: str, owners: Sequence[str] = (), tags: Sequence[str] = ()) -> list[str]:
    """Whole texts that finish the last word of `text`: token names, then their values."""
    head, _, last = text.rpartition(" ")
    head = f"{head} " if head else ""
    name, colon, value = last.partition(":")
    if not colon:
        return [f"{head}{token}:" for token in TOKENS if last and token.startswith(last.lower())]
    known = {**VALUES, "owner": (*VALUES["owner"], *owners), "tag": tuple(tags)}.get(name.lower(), ())
    typed = value.strip('"').lower()
    fits = [v for v in known if v.lower().startswith(typed) and v.lower() != typed]
    return [f"{head}{name}:{_quoted(v)}" for v in fits]


def _quoted(value: str) -> str:
    return f'"{value}"' if any(c.isspace() for c in value) else value


def _owner(name: str) -> str:
    return f'"{name}"' if name.lower() in {NOBODY, ME} else _quoted(name)


def _word(word: str) -> str:
    return f'"{word}"' if ":" in word else word
