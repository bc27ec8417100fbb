"""`:`: a command by its word, with what it takes after it."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.fuzzy import Matcher

from orders_tui.commands import BY_ID, COMMANDS, Command, parse_line
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
        typed = self.query_one(Field).value
        known = not typed.strip() or parse_line(typed)[0] or self.query_one(LineList).current
        return "" if known else f"there is no command {typed.split()[0]}"

    def edited(self) -> None:
        fitting = self._fitting(self.query_one(Field).value)
        lines = []
        for command in fitting:
            takes = f" {command.argument}" if command.argument else ""
            left = ((command.word, Tone.PLAIN), (takes, Tone.ACTIVE), (f"  {command.explanation}", Tone.DIM))
            lines.append(Line(command.id, left, ((self.work.keymap.all_keys(command.id), "key"),)))
        self.query_one(LineList).set_lines(lines, lines[0].key if lines else None)

    def _fitting(self, typed: str) -> list[Command]:
        """The command that an argument is being typed for; else all that are like what stands there, the most alike first."""
        command, word, _ = parse_line(typed)
        if command is not None and word in command.words and typed.startswith(f"{word} "):
            return [command]
        head = typed if typed.startswith("tab ") else typed.partition(" ")[0]
        scores = {command: _likeness(command, head) for command in COMMANDS}
        return sorted((command for command in COMMANDS if scores[command] > 0), key=lambda one: -scores[one])

    def action_complete(self) -> None:
        """Takes the word under the cursor."""
        command = BY_ID.get(self.query_one(LineList).current)
        if command is not None:
            self.query_one(Field).set(f"{command.word} " if command.argument else command.word)

    def action_choose(self, step: int) -> None:
        self.touched = True
        self.query_one(LineList).move(step)
        self.update()

    def result(self) -> str:
        """What was typed, with the chosen command's word where a part of one stood."""
        typed = self.query_one(Field).value.strip()
        chosen = BY_ID.get(self.query_one(LineList).current)
        command, word, argument = parse_line(typed)
        if chosen is None or (command is chosen and word in command.words):
            return typed
        behind = argument if chosen.argument else ""
        return f"{chosen.word} {behind}".strip()


def _likeness(command: Command, typed: str) -> float:
    """How much a command's words are like what was typed; 0: not at all. The same word counts most, then what begins so."""
    if not typed:
        return 1
    matcher = Matcher(typed)
    return max(_alike(matcher, word, typed) + (0.1 if word == command.word else 0) for word in command.words)


def _alike(matcher: Matcher, word: str, typed: str) -> float:
    score = matcher.match(word)
    return score + len(typed) / len(word) + 10 * word.startswith(typed) + 10 * (word == typed) if score else -1
