"""The tabs in one line, before them what can leave now, and behind them the pinned views: digit, name, count. Where not all fit,
those around the active one, with `‹ ›` for the rest.

A count that gets shorter moves nothing: it keeps the cells of its longest.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, islice

from textual import events
from textual.message import Message
from textual.strip import Strip

from orders_tui import wording
from orders_tui.glyphs import Glyphs
from orders_tui.views.pins import READY, in_order, pin, unpinned
from orders_tui.widgets.cells import Piece, clip, length
from orders_tui.widgets.styled import Styled
from orders_tui.wording import Tone
from orders_wire.vocabulary import Tab

PINNED_KEY, LONGEST = "0", 16
"""The digit of the first pinned view, and the cells of a pinned view's name."""

URGENT = frozenset({Tab.OVERDUE, Tab.DELAYED, Tab.HOLDS})
"""Tabs whose count should be nothing."""


class TabStrip(Styled):
    """Shows which tab is open and how much is in each."""

    DEFAULT_CSS = """
    TabStrip { height: 1; width: 1fr; padding: 0 1; }
    """

    @dataclass
    class Chosen(Message):
        """A tab was clicked, or a pinned view."""

        place: str

    def __init__(self, glyphs: Glyphs, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._glyphs = glyphs
        self._active: str = Tab.UNFULFILLED
        self._counts: Mapping[str, int] = {}
        self._cells: dict[str, int] = {}
        self._pinned: tuple[str, ...] = ()
        self._changed = False
        self._ends: list[tuple[int, str]] = []

    def show(
        self, active: str, counts: Mapping[str, int], pinned: Sequence[str] = (), *, changed: bool = False
    ) -> None:
        """Takes the open tab, the sizes that are known, and the pinned views; `changed`: the open one is not as it is saved."""
        now = (active, dict(counts), tuple(pinned), changed)
        if now != (self._active, self._counts, self._pinned, self._changed):
            self._active, self._counts, self._pinned, self._changed = now
            for place, count in counts.items():
                self._cells[place] = max(len(wording.count(count)), self._cells.get(place, 0))
            self.refresh()

    def render_line(self, y: int) -> Strip:
        cells = self.size.width
        return self.strip(self._pieces(cells) if y == 0 else (), cells)

    def _pieces(self, cells: int) -> list[Piece]:
        tabs = in_order(Tab, self._pinned)
        labels = self._labels(0)
        first, last = 0, len(tabs)
        if sum(map(length, labels)) + 2 > cells:
            labels = self._labels(1)
            if sum(map(length, labels)) + 2 > cells:
                first, last = self._window(labels, cells, tabs.index(self._active) if self._active in tabs else 0)
        shown = labels[first:last]
        widths = accumulate(map(length, shown), initial=1)
        self._ends = list(zip(islice(widths, 1, None), tabs[first:last], strict=True))
        return [
            (self._glyphs.left if first else " ", Tone.DIM),
            *(piece for label in shown for piece in label),
            *([(self._glyphs.right, Tone.DIM)] if last < len(tabs) else ()),
        ]

    def _labels(self, form: int) -> list[list[Piece]]:
        """Every tab with its name in this form, the long one being 0, the short one 1; the first pinned view has the digit 0."""
        order, labels = in_order(Tab, self._pinned), {}
        for number, tab in enumerate(Tab, start=1):
            labels[str(tab)] = self._label(str(number), tab, wording.tab(tab)[form])
        for at, place in enumerate(place for place in order if unpinned(place)):
            labels[place] = self._label("" if at else PINNED_KEY, place, self._pinned_title(place))
        return [labels[place] for place in order]

    def _pinned_title(self, place: str) -> str:
        star = "*" if place == self._active and self._changed else ""
        name = unpinned(place)
        return f"{name if name == READY else pin(clip(name, LONGEST, self._glyphs.ellipsis))}{star}"

    def _label(self, digit: str, tab: str, title: str) -> list[Piece]:
        size, active = self._counts.get(tab), tab == self._active
        urgent = tab in URGENT and bool(size)
        key, name = ("tab-key", "tab") if active else (Tone.DIM, Tone.PLAIN)
        tone = ("tab-warn" if urgent else "tab-dim") if active else (Tone.WARN if urgent else Tone.DIM)
        count = " " if size is None else f" {wording.count(size):<{self._cells.get(tab, 0)}} "
        return [(f" {digit} " if digit else " ", key), (title, name), (count, tone)]

    def _window(self, labels: Sequence[Sequence[Piece]], cells: int, at: int) -> tuple[int, int]:
        """From where to where the labels fit, with the active one as far in the middle as can be."""
        first, last = at, at + 1
        while True:
            wider = [(f, n) for f, n in ((first, last + 1), (first - 1, last)) if f >= 0 and n <= len(labels)]
            fits = [(f, n) for f, n in wider if sum(map(length, labels[f:n])) + 2 <= cells]
            if not fits:
                return first, last
            first, last = min(fits, key=lambda span: abs((at - span[0]) - (span[1] - 1 - at)))

    def on_click(self, event: events.Click) -> None:
        """Opens the tab under the pointer."""
        at = event.get_content_offset(self)
        chosen = next((tab for end, tab in self._ends if at is not None and at.x < end), None)
        if chosen is not None:
            self.post_message(self.Chosen(chosen))
