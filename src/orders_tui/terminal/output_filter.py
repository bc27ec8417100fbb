"""The last line of defence: nothing that a terminal could obey leaves the program, whatever the shop's customers typed.

Text is cleaned where it is decoded; this filter, applied by Textual to every line it writes, catches what anything in between
let through. Control characters (C0, DEL, C1) and bidirectional overrides become U+FFFD.
"""

from __future__ import annotations

from collections.abc import Sequence
from unicodedata import normalize

from rich.cells import cell_len
from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
_OBEYED = (*range(0x20), *range(0x7F, 0xA0), *range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C)
_TABLE = dict.fromkeys(_OBEYED, REPLACEMENT)


class NoControlCharacters(LineFilter):
    """Replaces every character that steers a terminal or reorders a line."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The same segments, as wide as before; those without such a character are passed on untouched."""
        return [_cleaned(segment) for segment in segments]


def _cleaned(segment: Segment) -> Segment:
    text = segment.text
    if text.isascii() and text.isprintable():
        return segment
    clean = text.translate(_TABLE)
    return segment if clean == text else Segment(clean, segment.style)


class FilterChain(LineFilter):
    """Several filters as one. Textual looks for the outcome of each filter by itself, for every line of every frame."""

    def __init__(self, filters: Sequence[LineFilter]) -> None:
        super().__init__()
        self.filters = tuple(filters)

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The segments after the last of them."""
        for each in self.filters:
            segments = each.apply(segments, background)
        return segments


_SPELLED = str.maketrans(
    {
        **dict(zip("–—…·•│─€£↑↓←→“”’‘", "--~-*|-EL^v<>\"\"''", strict=True)),
        **dict.fromkeys("╭╮╰╯┌┐└┘├┤┬┴┼", "+"),
        **dict.fromkeys("▏▎▕║┃", "|"),
        **dict.fromkeys("━═▔▁", "-"),
        **dict.fromkeys("▂▃▄▅▆▇█", " "),
    }
)


class AsciiOnly(LineFilter):
    """For terminals whose encoding is not Unicode: a letter loses its accents; what has no such letter becomes `?`.

    Where the terminal has Unicode and its font no signs nothing is filtered: the screen draws in ASCII by itself (`Glyphs`), and
    what people are called stays as it is.
    """

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The same segments in ASCII, as wide as before."""
        return [each if each.text.isascii() else Segment(_spelled(each.text), each.style) for each in segments]


def _spelled(text: str) -> str:
    return "".join(char if char.isascii() else _nearest(char) for char in text.translate(_SPELLED))


def _nearest(char: str) -> str:
    """The letter below the accents, or question marks; as many cells as before."""
    bare = normalize("NFD", char)[0]
    return bare if bare.isascii() and cell_len(char) == 1 else "?" * cell_len(char)
