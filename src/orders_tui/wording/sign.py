"""A state as it is shown: a glyph, a word and what its colour is chosen by."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Tone(StrEnum):
    """What a colour is chosen by."""

    PLAIN = "plain"
    DIM = "dim"
    GOOD = "good"
    ACTIVE = "active"
    WARN = "warn"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Sign:
    """`glyph` (one cell), its `ascii` twin, the `word`, a `short` word (at most 9 cells), the tone."""

    glyph: str
    ascii: str
    word: str
    short: str
    tone: Tone = Tone.PLAIN

    def mark(self, ascii_only: bool = False) -> str:
        """The glyph to use."""
        return self.ascii if ascii_only else self.glyph
