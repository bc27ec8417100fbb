"""Filters as text and as chips: the way back from `parse`, and what a search box offers while one types."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from orders_tui.query.filters import Filters, OrdersQuery, Sort
from orders_tui.query.language import ME, NOBODY, TOKENS, ParsedQuery, parse
from orders_wire.vocabulary import UNASSIGNED


@dataclass(frozen=True, slots=True)
class Chip:
    """One active filter as shown: `label` for people (`owner: nobody`), `token` as typed (`owner:none`)."""

    label: str
    token: str


def chips(filters: Filters, sort: Sort | None = None) -> list[Chip]:
    """The active filters, in the order of `render`; free text is one chip."""
    f, nobody = filters, filters.owner == UNASSIGNED
    given = (
        (f.status, f"status: {str(f.status).replace('_', ' ')}", f"status:{f.status}"),
        (f.owner, f"owner: {'nobody' if nobody else f.owner}", f"owner:{NOBODY if nobody else _owner(f.owner)}"),
        (f.priority, f"priority: {f.priority}", f"priority:{f.priority}"),
        (f.tag, f"tag: {f.tag}", f"tag:{_quoted(f.tag)}"),
        (f.channel, f"channel: {f.channel}", f"channel:{f.channel}"),
        (f.placed_from, f"from {f.placed_from}", f"from:{f.placed_from}"),
        (f.placed_to, f"to {f.placed_to}", f"to:{f.placed_to}"),
        (f.older_than, f"older than {f.older_than}", f"age:>{f.older_than}"),
        (f.younger_than, f"younger than {f.younger_than}", f"age:<{f.younger_than}"),
        (sort, sort and f"by {sort.by.replace('_', ' ')} {'▼' if sort.descending else '▲'}", f"sort:{sort}"),
        (f.words, f"“{f.words}”", " ".join(map(_word, f.words.split()))),
    )
    return [Chip(label or "", token) for value, label, token in given if value]


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
    token = TOKENS.get(name.lower())
    known = (*(token.values if token else ()), *{"owner": owners, "tag": tags}.get(name.lower(), ()))
    typed = value.strip('"').lower()
    fits = [v for v in known if v.lower().startswith(typed) and v.lower() != typed]
    return [f"{head}{name}:{_quoted(v)}" for v in fits]


def _quoted(value: str | None) -> str | None:
    return f'"{value}"' if value and any(c.isspace() for c in value) else value


def _owner(name: str | None) -> str | None:
    return f'"{name}"' if name and name.lower() in {NOBODY, ME} else _quoted(name)


def _word(word: str) -> str:
    return f'"{word}"' if ":" in word else word
