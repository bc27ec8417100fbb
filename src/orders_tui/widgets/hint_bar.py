"""The last line: the keys that matter now, most relevant first, with what each would hit; it always ends with the help key."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from orders_tui.widgets.bar import Bar, spread
from orders_tui.widgets.cells import Piece, width
from orders_tui.wording import Tone


@dataclass(frozen=True, slots=True)
class Hint:
    """A key and what it does. A hint that is not `able` is dimmed."""

    key: str
    label: str
    able: bool = True

    @property
    def cells(self) -> int:
        return width(self.key) + 1 + width(self.label)


GAP = "   "


class HintBar(Bar):
    """Draws as many hints as fit, whole; or, for a moment, a sentence."""

    def __init__(self, ellipsis: str = "…", *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(ellipsis, id=id)
        self._hints: tuple[Hint, ...] = ()
        self._help = Hint("?", "help")
        self._said: tuple[str, str] | None = None

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
            return spread([self._said], _pieces(self._help), cells, self.ellipsis)
        return fitting(self._hints, self._help, cells)


def fitting(hints: Sequence[Hint], last: Hint, cells: int) -> list[Piece]:
    """The hints that fit whole in `cells`, from the first on, and the last one always."""
    room = cells - last.cells
    pieces: list[Piece] = []
    for hint in hints:
        if hint.cells + len(GAP) > room:
            break
        pieces += [*_pieces(hint), (GAP, Tone.PLAIN)]
        room -= hint.cells + len(GAP)
    return [*pieces, (" " * max(0, room), Tone.PLAIN), *_pieces(last)]


def _pieces(hint: Hint) -> list[Piece]:
    if not hint.able:
        return [(f"{hint.key} {hint.label}", "faint")]
    return [(hint.key, "key"), (f" {hint.label}", Tone.DIM)]
