"""Several lines to type in. What a terminal could obey, or does not show, takes the cells that it has and no others.

A name behind `@` is completed: what is missing of it stands faint behind the cursor, and tab, → and ctrl+y take it. While nothing
stands there, those keys do what they always do.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from rich.cells import cell_len, split_graphemes
from rich.segment import Segment
from textual import events
from textual.document._document import EditResult
from textual.document._edit import Edit
from textual.strip import Strip
from textual.widgets import TextArea
from textual.widgets.text_area import Selection

from orders_tui import sanitise
from orders_tui.words.names import completion

TAKES = frozenset({"tab", "right", "ctrl+y"})
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
"""No keyboard types these, and no text needs them: what is pasted of them shows as U+FFFD, and is sent so."""


class TextBox(TextArea):
    """`names`: whom `@` completes."""

    def __init__(
        self,
        text: str = "",
        *,
        placeholder: str = "",
        soft_wrap: bool = True,
        names: Sequence[str] = (),
        id: str,  # noqa: A002
    ) -> None:
        self.names = names
        super().__init__(text, id=id, compact=True, tab_behavior="focus", soft_wrap=soft_wrap, placeholder=placeholder)

    def put_edited(self, text: str) -> None:
        """All of the text is another now; undo brings the old one back."""
        self.replace(text, self.document.start, self.document.end)
        self.move_cursor(self.document.end)

    def edit(self, edit: Edit) -> EditResult:
        """Every change of the text comes through here."""
        text = _CONTROL.sub(sanitise.REPLACEMENT, edit.text.replace("\r\n", "\n"))
        return super().edit(edit if text == edit.text else replace(edit, text=text))

    def update_suggestion(self) -> None:
        """What is missing of the name that stands before the cursor."""
        row, column = self.cursor_location
        line = self.document.get_line(row)
        self.suggestion = completion(line[:column], line[column:], self.names) if self.selection.is_empty else ""

    def _watch_selection(self, previous: Selection, selection: Selection) -> None:
        super()._watch_selection(previous, selection)
        self.update_suggestion()

    async def _on_key(self, event: events.Key) -> None:
        if self.suggestion and event.key in TAKES:
            event.stop()
            event.prevent_default()
            self.insert(self.suggestion)
            return
        await super()._on_key(event)

    def render_line(self, y: int) -> Strip:
        strip = super().render_line(y)
        if sanitise.safe(strip.text):
            return strip
        return Strip([_shown(each) for each in strip]).adjust_cell_length(strip.cell_length)


def _shown(segment: Segment) -> Segment:
    """The segment without what is not shown, as wide as before."""
    text = segment.text
    if sanitise.safe(text):
        return segment
    spans, _ = split_graphemes(text)
    return Segment("".join(_cluster(text[start:end], cells) for start, end, cells in spans), segment.style)


def _cluster(text: str, cells: int) -> str:
    """What people take as one character, in so many cells: of one that is joined of several its first."""
    kept = ""
    for char in text:
        clean = sanitise.text(char)
        if clean == char and cell_len(kept + char) <= cells:
            kept += char
    return kept + " " * (cells - cell_len(kept))
