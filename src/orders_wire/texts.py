"""Text as people meant it: what is blank, and what a search takes for the same (contract §1, "Blank text is null" and `q`).

Server and client read and compare by these same functions.
"""

from __future__ import annotations

from unicodedata import category, normalize

_UNSEEN = "\u200b\u200c\u200d\u2060\ufeff"
"""Zero-width spaces, joiners and the byte order mark: no text consists of them."""

_BLANK = "".join(char for char in map(chr, range(0x3001)) if char.isspace()) + _UNSEEN
"""Every character that is white space (Unicode has none after U+3000), and the unseen ones."""

_BEFORE = str.maketrans({"\u00b4": "'"} | dict.fromkeys([*_UNSEEN, "\u00ad"]))
"""What decomposes to something else than people mean by it: an accent that stands alone for an apostrophe; soft hyphens."""

_LETTERS = str.maketrans(
    dict(zip("ıłøđħŧðŋȷɨƶǥƀȼɇɉɍɏƚɓɗƙƴɲʉⱥⱦĸ", "ilodhtdnjizgbcejrylbdkynuatk", strict=True))
    | {"æ": "ae", "œ": "oe", "þ": "th"}
    | dict.fromkeys("‘’‚‛′‵ʹʻʼʽˈꞌ", "'")
    | dict.fromkeys("‐‑‒–—―−⁃", "-")
)
"""Letters that do not decompose, by their base letters; typographic apostrophes and dashes, as plain ones."""


def trimmed(text: str) -> str | None:
    """The text without white space around it, of any kind; None when nothing is left."""
    return (text.strip() if text.isascii() else text.strip(_BLANK)) or None


def folded(text: str) -> str:
    """What a search compares: blind to case, accents and typography (contract §1, `q`). Idempotent."""
    if text.isascii():
        return text.lower()
    bare = _without_marks(text.translate(_BEFORE)).casefold()
    return _without_marks(bare).translate(_LETTERS)


def words(text: str) -> list[str]:
    """The folded words of what was typed, each once."""
    return list(dict.fromkeys(folded(text).split()))


def _without_marks(text: str) -> str:
    return "".join(char for char in normalize("NFKD", text) if not category(char).startswith("M"))
