"""How much a text is like what was typed. Pure.

It takes time in proportion to both texts. Names and tags are written by strangers, and a matcher that weighs every way in which
the letters can be found (as Textual's does) is kept busy for minutes by forty of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import TypeVar

T = TypeVar("T")

LONGEST = 200
"""Characters of what is typed, and of a text, that are looked at."""

BEGINS = 3.0
"""From so much likeness on, a word of the text begins with what was typed."""
SCATTERED = 3
"""So many letters at least have to be found apart from each other: two are in every other word."""

_BLANKS = str.maketrans("-_.", "   ")
_WORDS = re.compile(r"\S+")


def ranked(typed: str, items: Iterable[T], texts: Callable[[T], Iterable[str]]) -> list[T]:
    """The items of which a text is like what was typed, the most alike first; all of them while nothing is typed."""
    scored = [(max((likeness(typed, text) for text in texts(item)), default=0.0), item) for item in items]
    return [item for score, item in sorted(scored, key=lambda each: -each[0]) if score > 0]


def likeness(typed: str, text: str) -> float:
    """0 where there is none. Most is the same text; then one that begins so, that has a word that begins so, that holds it, that
    has its letters in this order from the beginning of a word. Case, blanks, dashes and underscores do not matter.
    """
    wanted, there = _plain(typed), _plain(text)
    if not wanted:
        return 1.0
    if wanted == there:
        return 6.0
    share = len(wanted) / len(there) if there else 0.0
    if there.startswith(wanted):
        return 4.0 + share
    if f" {wanted}" in there:
        return BEGINS + share
    if wanted in there:
        return 2.0 + share
    pieces = _pieces(wanted, there) if len(wanted) >= SCATTERED else 0
    return 1.0 + share / pieces if pieces else 0.0


def _plain(text: str) -> str:
    return text[:LONGEST].casefold().translate(_BLANKS).strip()


def _pieces(wanted: str, there: str) -> int:
    """In how many pieces the letters lie, taken as early as they come; 0 where they do not all lie there."""
    first = next((word.start() for word in _WORDS.finditer(there) if word[0].startswith(wanted[0])), None)
    if first is None:
        return 0
    at, pieces = first, 1
    for letter in wanted[1:]:
        found = there.find(letter, at + 1)
        if found < 0:
            return 0
        pieces += found != at + 1
        at = found
    return pieces
