"""Sections of an order's text, one below the other; a line that is longer than the sheet goes on under its own text."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content
from textual.geometry import Size
from textual.widget import Widget

from orders_tui.widgets.bar import content
from orders_tui.widgets.order_text import Section, Text
from orders_tui.widgets.wrapping import wrap


class Sheet(Widget):
    """As high as its text."""

    DEFAULT_CSS = """
    Sheet { width: 1fr; height: auto; }
    """

    _sections: tuple[Section, ...] = ()
    _wrapped: tuple[int, list[Text]] = -1, []

    def show(self, sections: Sequence[Section]) -> None:
        """Shows these. What is as it was is not drawn again."""
        if tuple(sections) != self._sections:
            self._sections, self._wrapped = tuple(sections), (-1, [])
            self.refresh(layout=True)

    def row_of(self, line: int) -> int:
        """Where this line of the first section begins, in rows from the top."""
        section = self._sections[0]
        return 1 + sum(len(wrap(each, self.size.width, section.hang)) for each in section.lines[:line])

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return len(self._lines(width))

    def render(self) -> Content:
        return Content("\n").join(map(content, self._lines(self.size.width)))

    def _lines(self, cells: int) -> list[Text]:
        """The text as lines of this width."""
        if self._wrapped[0] != cells:
            self._wrapped = cells, [line for section in self._sections for line in _block(section, cells)][:-1]
        return self._wrapped[1]


def _block(section: Section, cells: int) -> list[Text]:
    """A section's lines, and a blank one below."""
    made: list[Text] = [[(section.title, "strong")]]
    for line in section.lines:
        made += wrap(line, cells, section.hang)
    return [*made, []]
