"""Filters as text and as chips: the way back from `parse`, and what a search box offers while one types."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from orders_tui.query.filters import Filters, OrdersQuery, Sort
from orders_tui.query.language import ParsedQuery, parse
from orders_tui.query.ranges import amount
from orders_tui.query.tokens import ME, NOBODY, TOKENS
from orders_wire.vocabulary import EXCLUDING, UNASSIGNED


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
        *(_excluding(name, getattr(f, name)) for name in EXCLUDING),
        (f.customer, f"customer: {f.customer}", f"customer:{f.customer}"),
        *_value(f.value_min, f.value_max),
        (f.placed_from, f"from {f.placed_from}", f"from:{f.placed_from}"),
        (f.placed_to, f"to {f.placed_to}", f"to:{f.placed_to}"),
        (f.older_than, f"older than {f.older_than}", f"age:>{f.older_than}"),
        (f.younger_than, f"younger than {f.younger_than}", f"age:<{f.younger_than}"),
        (sort, sort and f"by {sort.by.replace('_', ' ')} {'down' if sort.descending else 'up'}", f"sort:{sort}"),
        (f.words, f'"{f.words}"', " ".join(map(_word, f.words.split()))),
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
    minus, name, colon, value = _split(last)
    if not colon:
        able = (token for token, each in TOKENS.items() if each.opposite is not None or not minus)
        return [f"{head}{minus}{token}:" for token in able if last and token.startswith(name)]
    token = TOKENS.get(name)
    known = (*(token.values if token else ()), *{"owner": owners, "tag": tags}.get(name, ()))
    typed = value.strip('"').lower()
    fits = [v for v in known if v.lower().startswith(typed) and v.lower() != typed]
    return [f"{head}{minus}{name}:{_quoted(v)}" for v in fits]


def _split(word: str) -> tuple[str, str, str, str]:
    """`-hold:fr` as its sign, its name, the colon and its value."""
    name, colon, value = word.removeprefix("-").partition(":")
    return "-" * word.startswith("-"), name.lower(), colon, value


def _excluding(name: str, value: str | None) -> tuple[str | None, str, str]:
    """A filter that a leading `-` turns round."""
    if value is None:
        return None, "", ""
    excluded, word = value.startswith("-"), value.removeprefix("-")
    shown = word.removeprefix("\\") if word.startswith("\\-") else word
    if name == "issue":
        shown = word.replace("_", " ")
    whichever = _WHICHEVER.get(value, "") if name in ("hold", "issue") else ""
    label = whichever or f"{'not ' if excluded else ''}{shown}"
    return value, f"{name}: {label}", f"{'-' * excluded}{name}:{_quoted(word)}"


_WHICHEVER = {"-any": "none", "-none": "any"}
"""What it comes to that there is no such thing as any, or none."""


def _value(low: int | None, high: int | None) -> Iterator[tuple[bool, str, str]]:
    """One chip for each bound, in the shortest spelling: what begins a cent above an amount is more than it."""
    if low is not None and low == high:
        yield True, f"value {amount(low)}", f"value:{amount(low)}"
        return
    if low is not None:
        bound = f">{amount(low - 1)}" if low % 100 == 1 else f">={amount(low)}"
        yield True, f"value {bound}", f"value:{bound}"
    if high is not None:
        bound = f"<{amount(high + 1)}" if high % 100 == 99 else f"<={amount(high)}"
        yield True, f"value {bound}", f"value:{bound}"


def _quoted(value: str | None) -> str | None:
    return f'"{value}"' if value and any(c.isspace() for c in value) else value


def _owner(name: str | None) -> str | None:
    return f'"{name}"' if name and name.lower() in {NOBODY, ME} else _quoted(name)


def _word(word: str) -> str:
    return f'"{word}"' if ":" in word else word
