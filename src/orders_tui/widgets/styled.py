"""Widgets that draw lines of pieces straight to strips: no markup, no layout of text, each style looked up once per theme."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

from orders_tui.widgets.cells import Piece, plain
from orders_tui.widgets.palette import palette


def changed_lines(before: Sequence[object], after: Sequence[object]) -> set[int]:
    """The numbers of the lines that differ."""
    shared = min(len(before), len(after))
    longer = set(range(shared, max(len(before), len(after))))
    return longer | {at for at in range(shared) if before[at] != after[at]}


class Styled(Widget):
    """Knows the styles of the palette; `plain` is the widget's own."""

    _own: Style | None = None
    _palette: Mapping[str, Style] | None = None

    def own_style(self, name: str) -> Style:
        """A style of the palette, on no ground unless it has one; `plain`: the widget's, with its ground."""
        if name == "plain":
            if self._own is None:
                self._own = self.rich_style
            return self._own
        if self._palette is None:
            self._palette = palette(self.app.theme, self.app.theme_variables)
        return self._palette[name]

    def strip(self, pieces: Iterable[Piece], cells: int, over: str = "plain") -> Strip:
        """The pieces as a line that is exactly so wide; `over` is a style that the whole line is on."""
        base = self.own_style("plain")
        if over != "plain":
            base += self.own_style(over)
        segments = [
            Segment(plain(text), base if style == "plain" else base + self.own_style(style)) for text, style in pieces
        ]
        return Strip(segments).simplify().adjust_cell_length(cells, base)

    def notify_style_update(self) -> None:
        """The theme, a class or the focus has changed."""
        super().notify_style_update()
        self._own = self._palette = None
