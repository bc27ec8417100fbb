"""`:`: a command by its word, with what it takes after it."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from orders_tui.commands import COMMANDS, by_word
from orders_tui.dialogs.dialog import Dialog
from orders_tui.dialogs.field import Field
from orders_tui.widgets.cells import Piece
from orders_tui.widgets.hint_bar import Hint
from orders_tui.widgets.line_list import Line, LineList
from orders_tui.wording import Tone

MOST = 6


class CommandLine(Dialog[str]):
    """Returns what was typed."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("tab", "complete", show=False)]
    SIZE = "wide top"

    def body(self) -> ComposeResult:
        yield Field(":", hint="assign ana, search owner:none, sort -ship_by …", id="line")
        yield LineList(self.work.glyphs.cursor, self.work.glyphs.ellipsis, id="suggestions")

    def prepare(self) -> None:
        self.edited()

    def title_pieces(self) -> list[Piece]:
        return [("Command", "strong")]

    def keys(self) -> list[Hint]:
        return [Hint(self.confirm_key, "do it"), Hint("tab", "complete"), Hint("↑↓", "choose")]

    def problem(self) -> str:
        word = self.query_one(Field).value.partition(" ")[0]
        return "" if not word or by_word(word) or self.query_one(LineList).current else f"there is no command {word}"

    def edited(self) -> None:
        word, space, _ = self.query_one(Field).value.partition(" ")
        fitting = [
            command for command in COMMANDS if command.word.startswith(word) and (not space or command.word == word)
        ]
        lines = []
        for command in fitting:
            takes = f" {command.argument}" if command.argument else ""
            left = ((command.word, Tone.PLAIN), (takes, Tone.ACTIVE), (f"  {command.explanation}", Tone.DIM))
            lines.append(Line(command.id, left, ((self.work.keymap.all_keys(command.id), "key"),)))
        self.query_one(LineList).set_lines(lines, lines[0].key if lines else None)

    def action_complete(self) -> None:
        """Takes the word under the cursor."""
        current = self.query_one(LineList).current
        command = next((command for command in COMMANDS if command.id == current), None)
        if command is not None:
            self.query_one(Field).set(f"{command.word} " if command.argument else command.word)

    def action_choose(self, step: int) -> None:
        self.touched = True
        self.query_one(LineList).move(step)
        self.update()

    def result(self) -> str:
        typed = self.query_one(Field).value
        chosen = next((command for command in COMMANDS if command.id == self.query_one(LineList).current), None)
        exact = by_word(typed.partition(" ")[0])
        return chosen.word if chosen is not None and (exact is None or not typed) else typed
