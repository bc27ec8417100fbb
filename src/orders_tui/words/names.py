"""The names that `@` completes in a note. Whom a note names is for `orders_wire.mentioned` to say. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from orders_wire.mentioned import in_word


def completion(before: str, after: str, names: Iterable[str]) -> str:
    """What is missing of the name that `before` ends in: the first by the alphabet of those that begin so. Empty where none does,
    where it is whole, and where a word goes on in `after`.
    """
    at = before.rfind("@")
    typed = before[at + 1 :]
    if at < 0 or not typed or any(map(in_word, (*before[max(0, at - 1) : at], *after[:1]))):
        return ""
    folded = typed.casefold()
    fitting = sorted((name for name in names if name.casefold().startswith(folded)), key=str.casefold)
    return fitting[0][len(typed) :] if fitting else ""
