"""The last line: the keys that matter now, most relevant first, with what each would hit; it always ends with the help key."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from orders_tui.widgets.bar import Bar, spread
from orders_tui.widgets.cells import Piece, fitting, length
from orders_tui.wording import Tone


@dataclass(frozen=True, slots=True)
class Hint:
    """A key and what it does. A hint that is not `able` is dimmed."""

    key: str
    label: str
    able: bool = True

    @property
    def pieces(self) -> list[Piece]:
        if not self.able:
            return [(f"{self.key} {self.label}", "faint")]
        return [(self.key, "key"), (f" {self.label}", Tone.DIM)]


GAP = "   "


class HintBar(Bar):
    """Draws as many hints as fit, whole; or, for a moment, a sentence."""

    _hints: tuple[Hint, ...] = ()
    _help = Hint("?", "help")
    _said: Piece | None = None

    def show(self, hints: Sequence[Hint], help_hint: Hint) -> None:
        """Takes the hints, most relevant first."""
        if (tuple(hints), help_hint) != (self._hints, self._help):
            self._hints, self._help = tuple(hints), help_hint
            self.refresh()

    def say(self, text: str, style: str = Tone.PLAIN) -> None:
        """Shows a sentence instead of the hints until `hush`."""
        self._said = (text, style)
        self.refresh()

    def hush(self) -> None:
        """Back to the hints."""
        if self._said is not None:
            self._said = None
            self.refresh()

    def pieces(self, cells: int) -> list[Piece]:
        """The hints, or the sentence; the help key always."""
        if self._said is not None:
            return spread([self._said], self._help.pieces, cells, self.ellipsis)
        return hint_line(self._hints, self._help, cells)


def hint_line(hints: Sequence[Hint], last: Hint, cells: int) -> list[Piece]:
    """The hints that fit whole in `cells`, from the first on, and the last one always."""
    room = cells - length(last.pieces)
    pieces = fitting(([*hint.pieces, (GAP, Tone.PLAIN)] for hint in hints), room)
    return [*pieces, (" " * max(0, room - length(pieces)), Tone.PLAIN), *last.pieces]
