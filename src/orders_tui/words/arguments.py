"""What may stand behind a command: what is offered while one types, and what is wrong with what was typed. Pure.

Kinds differ in one thing: of some (a theme, a field to sort by) every value is known, and nothing else is right; of others (an
owner, a number) any text may be, and what is known is only offered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from orders_tui.commands import Argument
from orders_tui.query import TOKENS, complete, parse
from orders_tui.query.tokens import listed
from orders_tui.words.matching import ranked
from orders_wire import spelling

LISTED = 9
"""So many values are named in a sentence."""


@dataclass(frozen=True, slots=True)
class Value:
    """What an argument may be, as it is typed, and a word about it, by which it is found too."""

    text: str
    about: str = ""


Known = Mapping[Argument, Sequence[Value]]
"""The values that this client knows of, by kind."""

CLOSED: Mapping[Argument, str] = {
    Argument.REASON: "reason",
    Argument.CANCEL_REASON: "reason to cancel",
    Argument.SORT: "field to sort by",
    Argument.VIEW: "view",
    Argument.TAB: "tab",
    Argument.THEME: "theme",
    Argument.COLUMN: "column to show or hide",
    Argument.PROFILE: "profile",
    Argument.ALERTS: "kind of alert",
}
"""The kinds of which nothing is right but what is known, and what one is called."""


def offers(kind: Argument, typed: str, known: Known) -> list[Value]:
    """What could stand there, whole, the likeliest first. A `-` in front asks for those with one."""
    if kind in _SPECIAL:
        return _SPECIAL[kind](typed, known)
    values = known.get(kind, ())
    signed = [value for value in values if value.text.startswith("-")] if typed.startswith("-") else values
    return ranked(typed, signed, lambda value: (value.text, value.about))


def meant(kind: Argument, typed: str, known: Known) -> str:
    """The argument as it is spelled: where all values are known, case does not matter, and a blank is as good as a dash."""
    if kind not in CLOSED:
        return typed
    wanted = _plain(typed)
    return next((value.text for value in known.get(kind, ()) if _plain(value.text) == wanted), typed)


def _plain(text: str) -> str:
    return text.casefold().replace(" ", "-")


def fault(kind: Argument, argument: str, known: Known, me: str | None = None) -> str:
    """What is wrong with an argument, with what is allowed and the nearest that is; empty where nothing is."""
    if kind is Argument.FILTER:
        parsed = parse(argument, me or "you")
        return parsed[0].message if isinstance(parsed, list) else ""
    allowed = [value.text for value in known.get(kind, ())]
    if kind not in CLOSED or argument in allowed:
        return ""
    return f"there is no {CLOSED[kind]} {argument}{spelling.meant(argument.casefold(), allowed)}; {there_are(allowed)}"


def there_are(allowed: Sequence[str]) -> str:
    """What there is, named as far as a sentence has room."""
    plain = [text for text in allowed if not text.startswith("-")] or list(allowed)
    more = f" and {len(plain) - LISTED} more" if len(plain) > LISTED else ""
    return f"there are {listed(plain[:LISTED])}{more}" if plain else "there is none"


def _tags(typed: str, known: Known) -> list[Value]:
    """What finishes the last of several tags between commas; a `-` before one takes it off."""
    head, comma, last = typed.rpartition(",")
    sign = "-" * last.strip().startswith("-")
    fitting = ranked(last.strip().removeprefix("-"), known.get(Argument.TAGS, ()), lambda value: (value.text,))
    begins = f"{head}{comma} " if comma else ""
    about = "take it off" if sign else ""
    return [Value(f"{begins}{sign}{value.text}", about or value.about) for value in fitting]


def _filters(typed: str, known: Known) -> list[Value]:
    """What the `/` box offers: filters of late and every token first, then what finishes the last word."""
    if not typed or typed.endswith(" "):
        of_late = [] if typed else list(known.get(Argument.FILTER, ()))
        return [*of_late, *(Value(f"{typed}{name}:", token.about) for name, token in TOKENS.items())]
    return [Value(text) for text in complete(typed, _texts(known, Argument.OWNER), _texts(known, Argument.TAGS))]


def _texts(known: Known, kind: Argument) -> list[str]:
    return [value.text for value in known.get(kind, ())]


_SPECIAL: Mapping[Argument, Callable[[str, Known], list[Value]]] = {
    Argument.TAGS: _tags,
    Argument.FILTER: _filters,
}


def signed(values: Iterable[Value], first: str = "") -> list[Value]:
    """Each value, and with `-` in front the other way round; `first` before all others."""
    both = [each for value in values for each in (value, Value(f"-{value.text}", f"{value.about}, descending"))]
    return sorted(both, key=lambda value: value.text != first)
