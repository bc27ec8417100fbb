"""`?`: every key that works here, by what it is for, as it is bound on this desk. Typing searches, Enter does it."""

from __future__ import annotations

from collections.abc import Callable

from textual.app import ComposeResult

from orders_tui.commands import BY_ID, COMMANDS, Command, Group, Place
from orders_tui.context.context import Context
from orders_tui.dialogs.field import Field
from orders_tui.dialogs.list_dialog import SearchListDialog
from orders_tui.widgets.cells import Piece
from orders_tui.widgets.hint_bar import Hint
from orders_tui.widgets.line_list import Line
from orders_tui.wording import Tone

KEYS = 14


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
        return self._why_not(BY_ID[self.current]) if self.current else "nothing matches"

    def result(self) -> str:
        return self.current

    def lines(self, typed: str) -> list[Line]:
        lines: list[Line] = []
        for group in Group:
            fitting = [
                command for command in COMMANDS if command.group is group and self._fits(command, typed.casefold())
            ]
            if fitting:
                heading = Line(f"heading {group}", ((group.upper(), Tone.ACTIVE),), choosable=False)
                lines += [heading, *map(self._line, fitting)]
        return lines

    def _fits(self, command: Command, typed: str) -> bool:
        keys = self.work.keymap.keys.get(command.id, ())
        words = f"{command.label} {command.explanation} {command.word}".casefold()
        return self._place in command.places and (typed in keys or typed in words)

    def _line(self, command: Command) -> Line:
        reason = self._why_not(command)
        keys = self.work.keymap.all_keys(command.id) or f":{command.word}"
        remapped = "  (yours)" if self.work.keymap.remapped(command.id) else ""
        left: tuple[Piece, ...] = (
            (f"{keys:<{KEYS}}", Tone.DIM if reason else "key"),
            (command.explanation, Tone.DIM if reason else Tone.PLAIN),
            (remapped, Tone.ACTIVE),
        )
        return Line(command.id, left, ((reason, Tone.DIM),) if reason and len(reason) < 30 else ())
