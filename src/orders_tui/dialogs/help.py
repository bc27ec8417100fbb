"""`?`: every key that works here, by what it is for, as it is bound on this desk. Typing searches, Enter does it."""

from __future__ import annotations

from collections.abc import Callable

from textual.app import ComposeResult

from orders_tui.commands import COMMANDS, Command, Group, Place
from orders_tui.context.context import Context
from orders_tui.dialogs.dialog import Dialog
from orders_tui.dialogs.field import Field
from orders_tui.widgets.cells import Piece
from orders_tui.widgets.hint_bar import Hint
from orders_tui.widgets.line_list import Line, LineList
from orders_tui.wording import Tone

KEYS = 14


class HelpDialog(Dialog[str]):
    """Returns the id of the command to do."""

    SIZE = "wide tall"

    def __init__(self, work: Context, place: Place, why_not: Callable[[str], str]) -> None:
        super().__init__(work)
        self._place = place
        self._why_not = why_not

    def body(self) -> ComposeResult:
        yield Field("Search", hint="a key, a word", id="search")
        yield LineList(self.work.glyphs.cursor, self.work.glyphs.ellipsis, id="commands")

    def prepare(self) -> None:
        self.edited()

    def title_pieces(self) -> list[Piece]:
        return [("Help", "strong"), (f"  the keys of the {self._place}", Tone.DIM)]

    def keys(self) -> list[Hint]:
        return [Hint(self.confirm_key, "do it"), Hint("↑↓", "choose")]

    def escape_word(self) -> str:
        return "close"

    def problem(self) -> str:
        current = self.query_one(LineList).current
        return self._why_not(current) if current else "nothing matches"

    def result(self) -> str:
        return self.query_one(LineList).current

    def edited(self) -> None:
        typed = self.query_one(Field).value.casefold()
        lines: list[Line] = []
        for group in Group:
            fitting = [command for command in COMMANDS if command.group is group and self._fits(command, typed)]
            if fitting:
                lines += [
                    Line(f"heading {group}", ((group.upper(), Tone.ACTIVE),), choosable=False),
                    *map(self._line, fitting),
                ]
        self.query_one(LineList).set_lines(lines, next((line.key for line in lines if line.choosable), None))

    def _fits(self, command: Command, typed: str) -> bool:
        if self._place not in command.places:
            return False
        keys = self.work.keymap.keys.get(command.id, ())
        return typed in keys or typed in f"{command.label} {command.explanation} {command.word}".casefold()

    def _line(self, command: Command) -> Line:
        reason = self._why_not(command.id)
        keys = self.work.keymap.all_keys(command.id) or "unbound"
        remapped = "  (yours)" if self.work.keymap.remapped(command.id) else ""
        tone = Tone.DIM if reason else Tone.PLAIN
        left: tuple[Piece, ...] = (
            (f"{keys:<{KEYS}}", Tone.DIM if reason else "key"),
            (command.explanation, tone),
            (remapped, Tone.ACTIVE),
        )
        return Line(command.id, left, ((reason, Tone.DIM),) if reason and len(reason) < 30 else ())

    def action_choose(self, step: int) -> None:
        self.touched = True
        self.query_one(LineList).move(step)
        self.update()
