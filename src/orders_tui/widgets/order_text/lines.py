"""What every block of an order's text is made of: facts, moments, and sections of lines. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from orders_tui.widgets.cells import Piece
from orders_tui.widgets.formatter import Formatter
from orders_tui.wording import Tone

Text = list[Piece]

TITLE, SKU, AMOUNT = 26, 14, 10
"""Most cells that a column of names, codes, amounts is padded to, so that a line fits 80 columns."""
LABEL, WHEN, UNDER = 10, 13, 4
"""Cells of a fact's name, of a moment, and so many in stands what is told of a line below it."""


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and its lines; one that is too long goes on below, `hang` cells in."""

    title: str
    lines: tuple[Text, ...]
    hang: int = 0


def fact(name: str, *pieces: Piece) -> Text:
    """A line `name  value`."""
    return [(f"{name:<{LABEL}}", Tone.DIM), *pieces]


def known(**values: str | None) -> Iterator[Text]:
    """A fact for each value that is there."""
    return (fact(name, (value, Tone.PLAIN)) for name, value in values.items() if value)


def when(at: datetime | None, fmt: Formatter) -> Piece:
    """The moment that a line begins with."""
    return f"{fmt.instant(at):<{WHEN - 1}} ", Tone.DIM
