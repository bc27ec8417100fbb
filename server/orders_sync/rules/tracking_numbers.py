"""Tracking numbers: several in one field, as people and other apps write them, and placeholders.

A comma or a semicolon always separates. Other separators (white space, a line break, `/`, `|`, `&`, `+`) also stand inside one
number, so that they separate only where each piece looks like a number of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from orders_sync.rules.operator_state import Tracking
from orders_wire.texts import trimmed
from orders_wire.vocabulary import PLACEHOLDER_NUMBERS

_LISTED = re.compile(r"[,;，；、]")
_JOINED = re.compile(r"[\s/|&+]+")
_WHOLE = re.compile(r"(?=.*[0-9])[0-9A-Za-z-]{8,}")
"""What may stand alone: groups in which carriers print a number are shorter."""


def several(*texts: str | None) -> tuple[str, ...]:
    """The numbers in these fields, in their order, each once; a blank one is none."""
    return tuple(dict.fromkeys(number for text in texts if text for number in _numbers(text)))


def _numbers(text: str) -> Iterable[str]:
    for listed in _LISTED.split(text):
        number = trimmed(listed)
        if number is not None:
            pieces = _JOINED.split(number)
            yield from pieces if all(map(_WHOLE.fullmatch, pieces)) else (number,)


def page_of(before: Tracking, number: str) -> str | None:
    """The page of a number that takes the place of another: the other's, where that names it; None where it is not known."""
    if before.number is None or before.url is None or before.number == number:
        return before.url
    return before.url.replace(before.number, number) if before.number in before.url else None


@dataclass(frozen=True, slots=True)
class Placeholders:
    """Numbers that are wholly of this pattern: a page invents them; they are shown, never written to the shop (contract §3a)."""

    pattern: str = PLACEHOLDER_NUMBERS

    def match(self, number: str) -> bool:
        """True for a number that nobody but a page knows."""
        return re.fullmatch(self.pattern, number.strip()) is not None
