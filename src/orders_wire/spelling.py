"""What was probably meant by a word that is none: one guess and one way of saying it, for both command lines."""

from __future__ import annotations

from collections.abc import Iterable

MANY = 14
"""More words than this are not listed in a sentence."""

LIKENESS = 0.5
"""How alike two words are at least, of 1, for one to be meant by the other."""

NEARER = 0.85
"""How alike, for it to be meant rather than the only one that begins so."""


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that is most like this one, or the only one that begins so, blind to case and to `-` against `_`; None where
    none is like it.
    """
    from difflib import get_close_matches  # it is slow to import, and a right word needs none

    words = {_plain(each): each for each in known}
    typed = _plain(word)
    begun = [each for plain, each in words.items() if len(typed) > 1 and plain.startswith(typed)]
    near = get_close_matches(typed, words, n=1, cutoff=LIKENESS if len(begun) != 1 else NEARER)
    if near:
        return words[near[0]]
    return begun[0] if len(begun) == 1 else None


def meant(word: str, known: Iterable[str]) -> str:
    """` (did you mean …?)`, to stand behind what is wrong; empty where there is no guess."""
    near = nearest(word, known)
    return f" (did you mean {near}?)" if near else ""


def none_of(word: str, known: Iterable[str], listing: str = "") -> str:
    """`'attic' is none of all, overdue … (did you mean …?)`. Of many the nearest alone, and what lists the others."""
    allowed = [str(each) for each in known]
    if len(allowed) <= MANY or not listing:
        if not word:
            return f"nothing was given; allowed: {', '.join(allowed)}"
        return f"{word!r} is none of {', '.join(allowed)}{meant(word, allowed)}"
    return f"there is no {word!r}{meant(word, allowed)}; {listing} lists them"


def _plain(word: str) -> str:
    return word.strip().casefold().replace("-", "_")
