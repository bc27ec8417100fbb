"""A list of lines with a cursor: alerts, owners, menus, logs. Line-API, so that hostile text stays text and updates are cheap.

Invariant: the cursor is on a line's key, not on its number; new lines never move it to another key while that key is there.
Textual's `OptionList` forgets cursor and place with every new set of options, renders all of them anew, and has no right end.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual import events
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from orders_tui.glyphs import UNICODE
from orders_tui.widgets.cells import Piece, fit, length
from orders_tui.widgets.styled import Styled, changed_lines, set_content_size

MARGIN = 1
"""Cells that stay free at the right end: nothing touches a frame, a scroll bar or the screen's edge."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line. `right` is never cut, `left` gives way. A line that cannot be chosen is passed over by the cursor; one that is
    `below` another goes along with it.
    """

    key: str
    left: tuple[Piece, ...]
    right: tuple[Piece, ...] = ()
    choosable: bool = True
    below: bool = False

    @property
    def heads(self) -> bool:
        """Whether it stands above others that can be chosen."""
        return not (self.choosable or self.below)


class LineList(Styled, ScrollView, can_focus=True, inherit_bindings=False):
    """Shows lines. `current` is the key under the cursor; the cursor is moved by whoever holds the keyboard, never past it."""

    always_on = True
    """Whether the cursor shows while another widget has the focus (a list below an input)."""

    DEFAULT_CSS = """
    LineList { overflow-x: hidden; overflow-y: auto; scrollbar-size-vertical: 1; }
    """
    # Textual takes the style sheet of the first base only, and that is not the one that scrolls.

    class Moved(Message):
        """The cursor is on another line."""

    class Chosen(Message):
        """A line was clicked twice."""

    def __init__(
        self,
        cursor: str = UNICODE.cursor,
        ellipsis: str = UNICODE.ellipsis,
        *,
        id: str | None = None,  # noqa: A002
    ) -> None:
        super().__init__(id=id)
        self._lines: tuple[Line, ...] = ()
        self._at = 0
        self._cursor_glyph = cursor
        self._ellipsis = ellipsis
        self._lit = True

    def light(self, lit: bool) -> None:
        """Whether the line under the cursor looks chosen."""
        if lit != self._lit:
            self._lit = lit
            self.refresh()

    @property
    def lines(self) -> tuple[Line, ...]:
        """All of them, from top to bottom."""
        return self._lines

    @property
    def room(self) -> int:
        """Cells for the pieces of a line that has nothing at its right end."""
        return max(0, self.scrollable_content_region.width - 2 - MARGIN)

    @property
    def cursor_line(self) -> int:
        """The number of the line under the cursor."""
        return self._at

    @property
    def current(self) -> str:
        """The key under the cursor; empty when nothing can be chosen."""
        here = self._lines[self._at] if self._at < len(self._lines) else None
        return here.key if here is not None and here.choosable else ""

    def set_lines(self, lines: Sequence[Line], choose: str | None = None) -> None:
        """Takes new lines; the cursor stays on its key, or goes to `choose`, or to the nearest line that can be chosen.

        In a list that was scrolled it stays where it is on the screen, too.
        """
        if tuple(lines) == self._lines and choose is None:
            return
        wanted = choose if choose is not None else self.current
        before, was_at, top = self._lines, self._at, self.scroll_offset.y
        self._lines = tuple(lines)
        found = self._find(wanted)
        self._at = found if found is not None else min(self._choosable, key=lambda at: abs(at - was_at), default=0)
        set_content_size(self, Size(self.size.width, len(self._lines)))
        if found is not None and choose is None and top and found != was_at:
            self.scroll_to(y=top + found - was_at, animate=False)
        for at in changed_lines(before, self._lines) | ({was_at, self._at} if was_at != self._at else set()):
            self.refresh_line(at)
        self._reveal()

    def move(self, step: int) -> None:
        """Moves to the next line that can be chosen, `step` lines on; where there is none, what lies beyond comes into sight."""
        choosable = self._choosable or [self._at]
        here = choosable.index(self._at) if self._at in choosable else 0
        to = choosable[max(0, min(here + step, len(choosable) - 1))]
        if to == self._at:
            self.scroll_to(y=self.scroll_offset.y + step, animate=False)
        self._put(to)

    def choose(self, key: str) -> None:
        """Puts the cursor on a key, if it is there."""
        found = self._find(key)
        if found is not None:
            self._put(found)

    @property
    def _choosable(self) -> list[int]:
        return [at for at, line in enumerate(self._lines) if line.choosable]

    def _find(self, key: str) -> int | None:
        return next((at for at in self._choosable if self._lines[at].key == key), None)

    def _put(self, at: int) -> None:
        if at != self._at:
            self.refresh_line(self._at)
            self.refresh_line(at)
            self._at = at
            self._reveal()
            self.post_message(self.Moved())

    def _reveal(self) -> None:
        """The cursor is in sight, with what belongs to it: headings above it, lines below; none is out of sight for nothing."""
        top, height = self.scroll_offset.y, max(1, self.size.height)
        begins = self._at
        while 0 < begins < len(self._lines) and self._lines[begins - 1].heads:
            begins -= 1
        ends = self._at
        while ends + 1 < len(self._lines) and self._lines[ends + 1].below:
            ends += 1
        lowest, highest = max(0, min(self._at, ends - height + 1)), max(0, len(self._lines) - height)
        wanted = max(lowest, min(top, begins, highest))
        if wanted != top:
            self.scroll_to(y=wanted, animate=False)

    def render_line(self, y: int) -> Strip:
        """A line, or nothing below the last."""
        at, cells = self.scroll_offset.y + y, self.scrollable_content_region.width
        if at >= len(self._lines):
            return Strip.blank(cells, self.own_style("plain"))
        line, right = self._lines[at], length(self._lines[at].right)
        on = self._lit and at == self._at and line.choosable and (self.has_focus or self.always_on)
        room = max(0, cells - 2 - MARGIN - right - bool(right))
        pieces = [(f"{self._cursor_glyph} " if on else "  ", "active"), *fit(line.left, room, self._ellipsis)]
        if right:
            pieces += [(" ", "plain"), *line.right, (" " * MARGIN, "plain")]
        return self.strip(pieces, cells, "cursor" if on else "plain")

    def on_resize(self) -> None:
        """The cursor stays in sight."""
        set_content_size(self, Size(self.size.width, len(self._lines)))
        self._reveal()

    def on_focus(self) -> None:
        """The cursor is lit, or dimmed again."""
        self.refresh()

    on_blur = on_focus

    def on_click(self, event: events.Click) -> None:
        """Once takes the cursor, twice chooses."""
        at = self.scroll_offset.y + event.y
        if at < len(self._lines) and self._lines[at].choosable:
            self._put(at)
            if event.chain == 2:
                self.post_message(self.Chosen())
