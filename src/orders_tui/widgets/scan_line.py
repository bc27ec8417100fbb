"""The line that scans are typed into. Each Enter hands over what stands there and empties it at once, so that the next scan of a
burst begins in an empty line; of what is pasted every whole line is a scan.

Textual lets a key that a widget does not take itself bubble up to the app, and looks there what it is bound to: by then the
letters behind it are in the field. So what has to keep its place among the letters is taken here.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import inf

from textual import events
from textual.message import Message
from textual.widgets import Input

MOST_LINES = 1000
"""So many scans a paste may have."""
REPEAT_S = 0.15
"""Enter so soon after another is the scanner's second, or the keyboard's repeating."""
STEPS = {"up": -1, "down": 1, "pageup": -8, "pagedown": 8}


class ScanLine(Input):
    """Hands over what is typed, in its order. It has the focus whatever is clicked."""

    class Scanned(Message):
        """A line is whole; `repeated`: its Enter came in the wake of another."""

        def __init__(self, text: str, *, repeated: bool = False) -> None:
            super().__init__()
            self.text, self.repeated = text, repeated

    class Left(Message):
        """Esc; `cleared`: there was something in the line, which is empty now."""

        def __init__(self, *, cleared: bool) -> None:
            super().__init__()
            self.cleared = cleared

    class Moved(Message):
        """The cursor of what is chosen from goes so many lines on."""

        def __init__(self, step: int) -> None:
            super().__init__()
            self.step = step

    class TooMany(Message):
        """A paste was not taken: it has so many lines."""

        def __init__(self, lines: int) -> None:
            super().__init__()
            self.lines = lines

    def __init__(self, *, id: str) -> None:  # noqa: A002
        super().__init__(id=id, compact=True, select_on_focus=False)
        self.cursor_blink = False
        self._entered_at = -inf

    def take(self, text: str) -> None:
        """Text behind what stands there; each of its whole lines is a scan."""
        *whole, rest = (self.value + text).replace("\r\n", "\n").replace("\r", "\n").split("\n")
        if len(whole) > MOST_LINES:
            self.post_message(self.TooMany(len(whole)))
            return
        self._set(rest)
        for line in whole:
            self.post_message(self.Scanned(line, repeated=True))

    def replay(self, kept: Sequence[events.Key | events.Paste]) -> None:
        """What was typed before this line was there."""
        for event in kept:
            if isinstance(event, events.Paste):
                self.take(event.text)
            elif not self._press(event.key, event.time) and event.is_printable and event.character:
                self.take(event.character)

    def _press(self, key: str, at: float) -> bool:
        """Does what a key means here; False for all that it leaves alone. A line feed behind an Enter is the rest of that."""
        if key == "enter" or (key == "ctrl+j" and self.value):
            text, gap_s = self.value, at - self._entered_at
            self._entered_at = at
            self._set("")
            self.post_message(self.Scanned(text, repeated=gap_s < REPEAT_S))
        elif key == "escape":
            self.post_message(self.Left(cleared=bool(self.value)))
            self._set("")
        elif key in STEPS:
            self.post_message(self.Moved(STEPS[key]))
        elif key == "backspace":
            self.action_delete_left()
        elif key != "ctrl+j":
            return False
        return True

    def _set(self, text: str) -> None:
        if text != self.value:
            self.value = text
        self.cursor_position = len(text)

    async def _on_key(self, event: events.Key) -> None:
        if self._press(event.key, event.time):
            event.stop()
            event.prevent_default()

    def _on_paste(self, event: events.Paste) -> None:
        event.stop()
        event.prevent_default()
        self.take(event.text)

    def on_blur(self) -> None:
        if self.screen.is_current:
            self.call_after_refresh(self.focus)
