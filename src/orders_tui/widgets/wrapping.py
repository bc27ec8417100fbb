"""Lines of pieces that are longer than their room, broken between words under their own text. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rich.cells import set_cell_size

from orders_tui.widgets.cells import Piece, length, plain, width

_WORDS = re.compile(r"\s+|\S+")


def wrap(pieces: Sequence[Piece], cells: int, hang: int = 0) -> list[list[Piece]]:
    """The line as lines of at most `cells`, all but the first `hang` cells in, where that leaves half the room. A word that is
    longer than a line is broken, a blank at a break is left out.
    """
    clean = [(plain(text), tone) for text, tone in pieces]
    if length(clean) <= cells or cells < 2:
        return [clean]
    lines = _Lines(cells, hang if hang <= min(cells // 2, cells - 2) else 0)
    for text, tone in clean:
        for word in _WORDS.findall(text):
            lines.add(word, tone)
    return lines.made


class _Lines:
    """`made` so far; `left` cells of the last line are free."""

    def __init__(self, cells: int, hang: int) -> None:
        self._cells, self._hang = cells, hang
        self._left = cells
        self._fresh = False
        self.made: list[list[Piece]] = [[]]

    def add(self, word: str, tone: str) -> None:
        """A word, or the blanks between two."""
        if word.isspace():
            if self._left < width(word):
                self._break()
            elif not self._fresh:
                self._put(word, tone)
            return
        if self._left < width(word) <= self._cells - self._hang:
            self._break()
        for part in self._parts(word):
            self._put(part, tone)

    def _parts(self, word: str) -> Iterator[str]:
        """What fits of a word, line by line."""
        while width(word) > self._left:
            head = set_cell_size(word, self._left).rstrip()
            if head:
                yield head
            word = word[len(head) :]
            self._break()
        if word:
            yield word

    def _put(self, text: str, tone: str) -> None:
        line = self.made[-1]
        if line and line[-1][1] == tone:
            text_before, _ = line.pop()
            line.append((text_before + text, tone))
        else:
            line.append((text, tone))
        self._left -= width(text)
        self._fresh = False

    def _break(self) -> None:
        if not self._fresh:
            self.made.append([(" " * self._hang, "plain")] if self._hang else [])
        self._left, self._fresh = self._cells - self._hang, True
