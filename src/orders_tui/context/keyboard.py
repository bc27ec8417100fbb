"""The keyboard, as far as its timing matters: keys typed ahead, Enter repeated, a window that has just been chosen.

On a slow line a burst such as `a`, `frosmo`, Enter arrives in one read. Without care the letters go to the table, where each is a
command, and Enter confirms a dialog that nobody has seen. So: from the key that opens a dialog until its field has the focus,
keys wait here; then the letters go into the field, and everything from the first other key on (Enter above all) is dropped, but
for an Esc: that is never wrong, and closes what was opened.
"""

from __future__ import annotations

from math import inf
from typing import NamedTuple

from textual import events

REPEAT_S = 0.15
"""Enter so soon after another is the keyboard's repeating, not a decision."""


class TypedAhead(NamedTuple):
    """`text` in the order of typing; whether what came after it was an Esc (`left`), or something that is `dropped`."""

    text: str
    dropped: bool = False
    left: bool = False


class Keyboard:
    """Keeps key and paste events while `holding`. Times are monotonic seconds.

    `focused_at`: when the terminal's window was last chosen; `enter_gap_s`: between the last two presses of Enter.
    """

    def __init__(self) -> None:
        self.holding = False
        self.focused_at = -inf
        self.enter_gap_s = inf
        self._enter_at = -inf
        self._kept: list[events.Key | events.Paste] = []

    def enter_pressed(self, at: float) -> None:
        """Notes an Enter, so that key repeat can be told from a decision."""
        self.enter_gap_s, self._enter_at = at - self._enter_at, at

    @property
    def enter_repeated(self) -> bool:
        """Whether the last Enter came from the key being held down."""
        return self.enter_gap_s < REPEAT_S

    def hold(self) -> None:
        """Keys wait from now on."""
        self.holding = True

    def keep(self, event: events.Key | events.Paste) -> None:
        """Takes an event out of circulation."""
        event.stop()
        event.prevent_default()
        self._kept.append(event)

    def hand_over(self) -> list[events.Key | events.Paste]:
        """What was typed meanwhile, key by key."""
        kept, self._kept, self.holding = sorted(self._kept, key=lambda event: event.time), [], False
        return kept

    def release(self) -> TypedAhead:
        """What was typed meanwhile."""
        text = ""
        for event in self.hand_over():
            if isinstance(event, events.Paste):
                text += event.text
            elif event.is_printable and event.character:
                text += event.character
            else:
                left = isinstance(event, events.Key) and event.key == "escape"
                return TypedAhead(text, dropped=not left, left=left)
        return TypedAhead(text)
