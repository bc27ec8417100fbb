"""The tabs in one line: digit, name, count. Where not all fit, those around the active one, with `‹ ›` for the rest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, islice

from textual import events
from textual.message import Message
from textual.strip import Strip

from orders_tui import wording
from orders_tui.glyphs import Glyphs
from orders_tui.widgets.cells import Piece, length
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

    @dataclass
    class Chosen(Message):
        """A tab was clicked."""

        tab: Tab

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
        tabs = list(Tab)
        labels = [self._label(number, tab, 0) for number, tab in enumerate(Tab, start=1)]
        first, last = 0, len(tabs)
        if sum(map(length, labels)) + 2 > cells:
            labels = [self._label(number, tab, 1) for number, tab in enumerate(Tab, start=1)]
            if sum(map(length, labels)) + 2 > cells:
                first, last = self._window(labels, cells)
        shown = labels[first:last]
        widths = accumulate(map(length, shown), initial=1)
        self._ends = list(zip(islice(widths, 1, None), tabs[first:last], strict=True))
        return [
            (self._glyphs.left if first else " ", Tone.DIM),
            *(piece for label in shown for piece in label),
            *([(self._glyphs.right, Tone.DIM)] if last < len(tabs) else ()),
        ]

    def _label(self, number: int, tab: Tab, form: int) -> list[Piece]:
        """Digit, name (its long form is 0, its short one 1) and count of a tab."""
        size, active = self._counts.get(tab), tab is self._active
        urgent = tab in URGENT and bool(size)
        key, name = ("tab-key", "tab") if active else (Tone.DIM, Tone.PLAIN)
        tone = ("tab-warn" if urgent else "tab-dim") if active else (Tone.WARN if urgent else Tone.DIM)
        count = " " if size is None else f" {wording.count(size)} "
        return [(f" {number} ", key), (wording.tab(tab)[form], name), (count, tone)]

    def _window(self, labels: Sequence[Sequence[Piece]], cells: int) -> tuple[int, int]:
        """From where to where the labels fit, with the active one as far in the middle as can be."""
        at = list(Tab).index(self._active)
        first, last = at, at + 1
        while True:
            wider = [(f, n) for f, n in ((first, last + 1), (first - 1, last)) if f >= 0 and n <= len(labels)]
            fits = [(f, n) for f, n in wider if sum(map(length, labels[f:n])) + 2 <= cells]
            if not fits:
                return first, last
            first, last = min(fits, key=lambda span: abs((at - span[0]) - (span[1] - 1 - at)))

    def on_click(self, event: events.Click) -> None:
        """Opens the tab under the pointer."""
        chosen = next((tab for end, tab in self._ends if event.x < end), None)
        if chosen is not None:
            self.post_message(self.Chosen(chosen))
