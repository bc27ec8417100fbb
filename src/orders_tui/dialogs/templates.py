"""`ctrl+t` in a note: the templates of the configuration. What is typed finds one by its name or its text."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult

from orders_tui.config import placeholders
from orders_tui.config.templates import OF_ONE_ORDER
from orders_tui.context.context import Context
from orders_tui.context.target import Target
from orders_tui.dialogs.field import Field
from orders_tui.dialogs.list_dialog import SearchListDialog
from orders_tui.widgets.hint_bar import Hint
from orders_tui.widgets.line_list import Line
from orders_tui.wording import Tone

NONE = "no templates yet: in the configuration, [templates] holds texts by name"
NAME = 16
"""Cells that names are padded to, so that the texts stand in a column."""


class TemplatesDialog(SearchListDialog[str]):
    """Returns the name of a template."""

    HEADING = ("Templates", "for a note")
    KEYS = (Hint("enter", "take"), Hint("↑↓", "choose"))
    NEEDS_TOUCH = False

    def __init__(self, work: Context, target: Target) -> None:
        super().__init__(work)
        self._target = target

    def body(self) -> ComposeResult:
        yield Field("Search", hint="a name, a word", id="search")
        yield self.line_list("templates")

    def problem(self) -> str:
        if not self.current:
            return "no template is called so"
        return self._reason(self.work.config.templates[self.current])

    def result(self) -> str:
        return self.current

    def lines(self, typed: str) -> Sequence[Line]:
        wanted, found = typed.casefold(), self.work.config.templates.items()
        return [self._line(name, text) for name, text in found if wanted in f"{name} {text}".casefold()]

    def _line(self, name: str, text: str) -> Line:
        reason = self._reason(text)
        first = " ".join(text.split())
        tone = Tone.DIM if reason else Tone.PLAIN
        return Line(name, ((f"{name:<{NAME}}  ", tone), (first, Tone.DIM)), ((reason, Tone.WARN),) if reason else ())

    def _reason(self, text: str) -> str:
        """Why it cannot be taken here; empty where it can."""
        return "of one order" if self._target.only is None and placeholders.names(text) & OF_ONE_ORDER else ""
