"""`?`: every key that works here, by what it is for, as it is bound on this desk. Typing searches, Enter does it."""

from __future__ import annotations

from collections.abc import Callable

from textual.app import ComposeResult

from orders_tui.commands import Command, Group, Place
from orders_tui.context.context import Context
from orders_tui.dialogs.field import Field
from orders_tui.dialogs.list_dialog import SearchListDialog
from orders_tui.widgets.cells import Piece
from orders_tui.widgets.hint_bar import Hint
from orders_tui.widgets.line_list import Line, LineList
from orders_tui.wording import Tone
from orders_tui.words.line import score

KEYS = 14
ITS_KEY = 1000.0
"""More than any word is like what was typed."""


class HelpDialog(SearchListDialog[str]):
    """Returns the id of the command to do. `why_not` says why a command cannot be done now."""

    SIZE = "wide tall"

    def __init__(self, work: Context, place: Place, why_not: Callable[[Command], str]) -> None:
        super().__init__(work)
        self._place = place
        self._why_not = why_not

    def body(self) -> ComposeResult:
        yield Field("Search", hint="a key, a word", id="search")
        yield self.line_list("commands")

    def title_pieces(self) -> list[Piece]:
        return [("Help", "strong"), (f"  the keys of the {self._place}", Tone.DIM)]

    def keys(self) -> list[Hint]:
        return [Hint(self.confirm_key, "do it"), Hint("↑↓", "choose")]

    def escape_word(self) -> str:
        return "close"

    def problem(self) -> str:
        return self._why_not(self.work.keymap.commands[self.current]) if self.current else "nothing matches"

    def result(self) -> str:
        return self.current

    def edited(self) -> None:
        """The cursor is on what is most like what was typed."""
        super().edited()
        here = [command for command in self.work.keymap.commands if self._likeness(command) > 0]
        if self.typed and here:
            self.query_one(LineList).choose(max(here, key=self._likeness).id)

    def lines(self, typed: str) -> list[Line]:
        lines: list[Line] = []
        for group in Group:
            fitting = [
                command
                for command in self.work.keymap.commands
                if command.group is group and self._likeness(command) > 0
            ]
            if fitting:
                heading = Line(f"heading {group}", ((group.upper(), Tone.ACTIVE),), choosable=False)
                lines += [heading, *map(self._line, fitting)]
        return lines

    def _likeness(self, command: Command) -> float:
        """How much a command that works here is like what was typed: its very key, its words, its explanation."""
        if self._place not in command.places:
            return 0.0
        keys = self.work.keymap.keys.get(command.id, ())
        return ITS_KEY if self.typed in keys else score(self.typed, command)

    def _line(self, command: Command) -> Line:
        reason = self._why_not(command)
        keys = self.work.glyphs.spell(self.work.keymap.all_keys(command.id)) or f":{command.word}"
        remapped = "  (yours)" if self.work.keymap.remapped(command.id) else ""
        left: tuple[Piece, ...] = (
            (f"{keys:<{KEYS}}", Tone.DIM if reason else "key"),
            (command.explanation, Tone.DIM if reason else Tone.PLAIN),
            (remapped, Tone.ACTIVE),
        )
        return Line(command.id, left, ((reason, Tone.DIM),) if reason and len(reason) < 30 else ())
