"""Text from outside, made safe to show: no control, bidi or zero-width character gets past the decode boundary.

Customer names and notes are written by strangers; a terminal obeys escape sequences wherever they stand, bidi controls make one
thing read as another, and what is invisible shifts columns, because terminals do not agree how wide it is (Unicode calls these
default ignorable). The result of `text` is always one line, and `text(text(s)) == text(s)`. Only a note has more: `lines`.
"""

from __future__ import annotations

import math
import re
from typing import Any

LONGEST = 20_000
"""Characters of one text: the longest that the contract knows has 5,000."""

_LARGEST_NUMBER = 2**53
"""Beyond it a number of JSON is not exact; none of the contract comes near."""

_LINES_IN = "text"
"""The contract's name of what people write in several lines: a note."""

_SPACES = re.compile("\r\n|[\t\n\v\f\r\x85\u2028\u2029]")
_SELECTORS = re.compile("[\ufe00-\ufe0f]")
_UNSAFE = re.compile(
    "["
    "\x00-\x1f\x7f-\x9f"  # C0, DEL, C1: escape sequences start here
    "\u061c\u202a-\u202e\u2066-\u2069"  # bidi marks, embeddings, overrides, isolates
    "\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2060-\u2065\u206a-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"  # with the lines above: invisible
    "\ud800-\udfff"  # halves of surrogate pairs: no terminal encoding has them
    "]"
)
REPLACEMENT = "\ufffd"
"""Stands for what must not be shown."""


_BLANK = "\u200b\u200c\u200d\u2060\ufeff"


def trimmed(value: str) -> str:
    """Without blanks around it, the invisible ones included: contract §1, Blank text is None."""
    before = None
    while before != value:
        before, value = value, value.strip().strip(_BLANK)
    return value


def text(value: str) -> str:
    """One safe line: tabs and line breaks become spaces, everything else that must not reach a terminal U+FFFD.

    A wish for another form of a character (an emoji in colour) is left out.
    """
    if value.isascii() and value.isprintable():
        return value
    return _UNSAFE.sub(REPLACEMENT, _SELECTORS.sub("", _SPACES.sub(" ", value)))


def safe(value: str) -> bool:
    """Whether it can be shown as it is: one line, in which nothing steers a terminal or is invisible."""
    return (value.isascii() and value.isprintable()) or text(value) == value


def lines(value: str) -> str:
    """The same for what may have several lines: each is made safe, their breaks stay."""
    return "\n".join(map(text, value.replace("\r\n", "\n").split("\n")))


def sanitise(value: Any) -> Any:
    """The same JSON value with every string, keys included, made safe and of bounded length, and every number of bounded size;
    a number that is none (an overflow) is None. What a note says keeps its lines.
    """
    if isinstance(value, str):
        return text(value if len(value) <= LONGEST else f"{value[: LONGEST - 1]}…")
    if isinstance(value, dict):
        return {text(key[:LONGEST]): _note(item) if key == _LINES_IN else sanitise(item) for key, item in value.items()}
    if isinstance(value, list):
        return [sanitise(item) for item in value]
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _number(value)
    return value


def _note(item: Any) -> Any:
    if not isinstance(item, str):
        return sanitise(item)
    return lines(item if len(item) <= LONGEST else f"{item[: LONGEST - 1]}…")


def _number(value: float) -> float | None:
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return max(-_LARGEST_NUMBER, min(value, _LARGEST_NUMBER))
