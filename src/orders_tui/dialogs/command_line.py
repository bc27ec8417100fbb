"""`:`: a command by its word, with what it takes after it."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.fuzzy import Matcher

from orders_tui.commands import BY_ID, COMMANDS, Command, parse_line
from orders_tui.context.screen import hidden_bindings
from orders_tui.dialogs.field import Field
from orders_tui.dialogs.list_dialog import SearchListDialog
from orders_tui.widgets.hint_bar import Hint
from orders_tui.widgets.line_list import Line
from orders_tui.wording import Tone


class CommandLine(SearchListDialog[str]):
    """Returns what was typed."""

    BINDINGS = hidden_bindings({"tab": "complete"})
    SIZE = "wide top"
    HEADING = ("Command", "")

    def body(self) -> ComposeResult:
        yield Field(":", hint="assign ana, search owner:none, sort -ship_by …", id="line")
        yield self.line_list("suggestions")

    def keys(self) -> list[Hint]:
        return [Hint(self.confirm_key, "do it"), Hint("tab", "complete"), Hint("↑↓", "choose")]

    def problem(self) -> str:
        known = not self.typed or parse_line(self.typed)[0] or self.current
        return "" if known else f"there is no command {self.typed.split()[0]}"

    def lines(self, typed: str) -> list[Line]:
        return [self._line(command) for command in _fitting(typed)]

    def _line(self, command: Command) -> Line:
        takes = f" {command.argument}" if command.argument else ""
        left = ((command.word, Tone.PLAIN), (takes, Tone.ACTIVE), (f"  {command.explanation}", Tone.DIM))
        return Line(command.id, left, ((self.work.keymap.all_keys(command.id), "key"),))

    def action_complete(self) -> None:
        command = BY_ID.get(self.current)
        if command is not None:
            self.query_one(Field).set(f"{command.word} " if command.argument else command.word)

    def result(self) -> str:
        """What was typed, with the chosen command's word where a part of one stood."""
        chosen = BY_ID.get(self.current)
        command, word, argument = parse_line(self.typed)
        if chosen is None or (command is chosen and word in command.words):
            return self.typed
        return f"{chosen.word} {argument if chosen.argument else ''}".strip()


def _fitting(typed: str) -> list[Command]:
    """The command that an argument is being typed for; else all that are like what stands there, the most alike first."""
    command, word, _ = parse_line(typed)
    if command is not None and word in command.words and typed.startswith(f"{word} "):
        return [command]
    head = typed if typed.startswith("tab ") else typed.partition(" ")[0]
    scores = {command: _likeness(command, head) for command in COMMANDS}
    return sorted((command for command in COMMANDS if scores[command] > 0), key=lambda one: -scores[one])


def _likeness(command: Command, typed: str) -> float:
    """How much a command's words are like what was typed; 0: not at all. The same word counts most, then what begins so."""
    if not typed:
        return 1
    matcher = Matcher(typed)
    return max(_alike(matcher, word, typed) + (0.1 if word == command.word else 0) for word in command.words)


def _alike(matcher: Matcher, word: str, typed: str) -> float:
    score = matcher.match(word)
    return score + len(typed) / len(word) + 10 * word.startswith(typed) + 10 * (word == typed) if score else -1
