"""A box in a dialog with what it stands for and its key: on or off, by the key or by a click."""

from __future__ import annotations

from collections.abc import Iterator

from orders_tui.glyphs import UNICODE
from orders_tui.widgets.cells import Piece
from orders_tui.widgets.hint_bar import Hint, KeyBar, Part
from orders_tui.wording import Tone


class Switch(KeyBar):
    """Shows how it stands; what its key does is the dialog's."""

    def __init__(self, key: str, ellipsis: str = UNICODE.ellipsis, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(ellipsis, id=id)
        self._hint, self._on = Hint(key, ""), False

    def show(self, words: str, *, on: bool) -> None:
        """How it stands, in words."""
        self._hint, self._on = Hint(self._hint.key, words), on
        self.refresh()

    def parts(self, cells: int) -> Iterator[tuple[Piece, Part | None]]:
        """The box, its words, its key: one part."""
        hint, glyphs = self._hint, self.glyphs
        part = Part(hint, hint.key)
        yield (f"{glyphs.box_full} ", Tone.ACTIVE) if self._on else (f"{glyphs.box} ", Tone.DIM), part
        yield (hint.label, Tone.PLAIN), part
        yield (f"  {hint.key}", "key"), part
