"""Whom a text names: the longest known name after an `@`, blind to case, ended by what is in no word (contract §3a, Mentions).

Server and client read by this same function.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import accumulate
from unicodedata import category

_JOINERS = "\u200c\u200d"


def mentioned(text: str, names: Iterable[str], by: str) -> tuple[str, ...]:
    """The people of these names whom a text names, each once, in its order, as they are spelled first; never the writer `by`.

    An `@` within a name that was found begins no other.
    """
    if "@" not in text:
        return ()
    spelled: dict[str, str] = {}
    for name in names:
        spelled.setdefault(name.casefold(), name)
    spelled.pop(by.casefold(), None)
    myself = {by.casefold(): ""}
    found = dict.fromkeys(_found(text, spelled | myself))
    return tuple(spelled[folded] for folded in found if folded in spelled)


def in_word(char: str) -> bool:
    """Whether a character is part of a word, as Unicode has it: letters, digits, marks upon them, connectors and joiners."""
    return char.isalnum() or char in _JOINERS or category(char)[0] == "M" or category(char) == "Pc"


def _found(text: str, names: Mapping[str, str]) -> Iterator[str]:
    """Every name that follows an `@`, folded."""
    parts = [char.casefold() for char in text]
    folded, ends = "".join(parts), set(accumulate(map(len, parts)))
    lengths: dict[str, set[int]] = {}
    for name in filter(None, names):
        lengths.setdefault(name[0], set()).add(len(name))
    longest_first = {first: sorted(found, reverse=True) for first, found in lengths.items()}
    at = folded.find("@")
    while at >= 0:
        start = at + 1
        until = (start + length for length in longest_first.get(folded[start : start + 1], ()))
        end = next((e for e in until if e in ends and folded[start:e] in names and not _goes_on(folded, e)), start)
        if end > start:
            yield folded[start:end]
        at = folded.find("@", end)


def _goes_on(folded: str, end: int) -> bool:
    return end < len(folded) and in_word(folded[end])
