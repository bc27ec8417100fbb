"""The tabs in one line: digit, name, count. Where not all fit, those around the active one, with `‹ ›` for the rest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from textual import events
from textual.message import Message
from textual.strip import Strip

from orders_tui import wording
from orders_tui.glyphs import Glyphs
from orders_tui.widgets.cells import Piece, width
from orders_tui.widgets.styled import Styled
from orders_tui.wording import Tone
from orders_wire.vocabulary import Tab

URGENT = frozenset({Tab.OVERDUE, Tab.DELAYED, Tab.HOLDS})
"""Tabs whose count should be nothing."""


class TabStrip(Styled):
    """Shows which tab is open and how much is in each."""

    DEFAULT_CSS = """
    TabStrip { height: 1; width: 1fr; }
    """

    class Chosen(Message):
        """A tab was clicked."""

        def __init__(self, tab: Tab) -> None:
            super().__init__()
            self.tab = tab

    def __init__(self, glyphs: Glyphs, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._glyphs = glyphs
        self._active = Tab.UNFULFILLED
        self._counts: Mapping[str, int] = {}
        self._ends: list[tuple[int, Tab]] = []

    def show(self, active: Tab, counts: Mapping[str, int]) -> None:
        """Takes the open tab and the size of every tab."""
        if (active, counts) != (self._active, self._counts):
            self._active, self._counts = active, dict(counts)
            self.refresh()

    def render_line(self, y: int) -> Strip:
        cells = self.size.width
        return self.strip(self._pieces(cells) if y == 0 else (), cells)

    def _pieces(self, cells: int) -> list[Piece]:
        tabs, labels = self._fitting(cells)
        pieces: list[Piece] = [(self._glyphs.left if tabs[0] is not Tab.ALL else " ", Tone.DIM)]
        self._ends, x = [], 1
        for tab, (digit, title, count) in zip(tabs, labels, strict=True):
            pieces += self._label_pieces(tab, digit, title, count)
            x += _label_width(digit, title, count)
            self._ends.append((x, tab))
        if tabs[-1] is not list(Tab)[-1]:
            pieces.append((self._glyphs.right, Tone.DIM))
        return pieces

    def _label_pieces(self, tab: Tab, digit: str, title: str, count: str) -> list[Piece]:
        active = tab is self._active
        urgent = tab in URGENT and self._counts.get(tab, 0) > 0
        key, name = ("tab-key", "tab") if active else (Tone.DIM, Tone.PLAIN)
        number = ("tab-warn" if urgent else "tab-dim") if active else (Tone.WARN if urgent else Tone.DIM)
        return [(f" {digit} ", key), (title, name), (f" {count} " if count else " ", number)]

    def _fitting(self, cells: int) -> tuple[Sequence[Tab], list[tuple[str, str, str]]]:
        for short in (False, True):
            labels = [self._label(number, tab, short) for number, tab in enumerate(Tab, start=1)]
            if sum(_label_width(*label) for label in labels) + 2 <= cells:
                return list(Tab), labels
        first, last = self._window(labels, cells)
        return list(Tab)[first:last], labels[first:last]

    def _window(self, labels: Sequence[tuple[str, str, str]], cells: int) -> tuple[int, int]:
        at = list(Tab).index(self._active)
        first, last = at, at + 1
        while True:
            wider = [(f, n) for f, n in ((first, last + 1), (first - 1, last)) if f >= 0 and n <= len(labels)]
            fitting = [(f, n) for f, n in wider if sum(_label_width(*label) for label in labels[f:n]) + 2 <= cells]
            if not fitting:
                return first, last
            first, last = min(fitting, key=lambda span: abs((at - span[0]) - (span[1] - 1 - at)))

    def _label(self, number: int, tab: Tab, short: bool) -> tuple[str, str, str]:
        count = self._counts.get(tab)
        return str(number), wording.tab(tab)[1 if short else 0], "" if count is None else wording.count(count)

    def on_click(self, event: events.Click) -> None:
        """Opens the tab under the pointer."""
        chosen = next((tab for end, tab in self._ends if event.x < end), None)
        if chosen is not None:
            self.post_message(self.Chosen(chosen))


def _label_width(digit: str, title: str, count: str) -> int:
    return len(digit) + 2 + width(title) + (len(count) + 1 if count else 0) + 1
