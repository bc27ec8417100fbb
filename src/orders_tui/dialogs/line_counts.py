"""How many units of each line of an order are taken, as the operator counts them up and down. Pure.

Invariant: of a line no fewer than none and no more than is open are taken, also when the order changes meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterable

from orders_tui.actions.owed_lines import OwedLine, chosen
from orders_tui.dialogs import owed_list
from orders_tui.glyphs import Glyphs
from orders_tui.widgets.line_list import Line


class LineCounts:
    """What is taken of each line. What the operator has set stays set."""

    def __init__(self, kept: Iterable[tuple[str, int]] = ()) -> None:
        """`kept`: line and quantity of all that was taken the last time."""
        self._lines: dict[str, OwedLine] = {}
        self._set: dict[str, int] = {}
        self._kept = dict(kept)

    def __bool__(self) -> bool:
        return bool(self._lines)

    def update(self, lines: Iterable[OwedLine]) -> None:
        """The lines as they are now known."""
        self._lines = {line.id: line for line in lines}
        if self._kept and self._lines:
            self._set, self._kept = {line_id: self._kept.get(line_id, 0) for line_id in self._lines}, {}

    def _counts(self) -> dict[str, int]:
        return chosen(list(self._lines.values()), self._set)

    def add(self, line_id: str, step: int) -> None:
        """Takes so many more units of a line, or fewer."""
        if line_id in self._lines:
            self._set[line_id] = self._counts()[line_id] + step
            self._set = self._counts()

    def toggle(self, line_id: str) -> None:
        """Leaves a line of which something is taken, else takes all of it."""
        if line_id in self._lines:
            self._set[line_id] = 0 if self._counts()[line_id] else self._lines[line_id].open

    def toggle_all(self) -> None:
        """Leaves all lines where something is taken, else takes all of all of them."""
        taken = self.total
        self._set = {line.id: 0 if taken else line.open for line in self._lines.values()}

    def taken(self) -> tuple[tuple[str, int], ...]:
        """Line and quantity, for each line of which something is taken."""
        return tuple((line_id, count) for line_id, count in self._counts().items() if count)

    @property
    def total(self) -> int:
        """So many units are taken of all lines together."""
        return sum(self._counts().values())

    @property
    def most(self) -> int:
        """So many could be."""
        return sum(line.open for line in self._lines.values())

    def lines(self, glyphs: Glyphs) -> list[Line]:
        """For the list."""
        return owed_list.as_lines(list(self._lines.values()), self._counts(), glyphs)
