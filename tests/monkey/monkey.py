"""Presses one stroke after another, begins anew when the client was left, and looks each time whether it is alive and well.

Well is: it ends with status 0 and only when it was asked to, with the terminal as it was; it writes no crash report and no
traceback; and now and then, brought back to the desk, it answers a key with what that key is for.
"""

from __future__ import annotations

import os
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from tests.monkey.strokes import Stroke, stroke
from tests.monkey.window import Hung, Window

TAKES_S, ANSWERS_S, ENDS_S = 60.0, 60.0, 60.0
LOOK_EVERY = 250
"""Strokes between two looks whether the desk still answers."""
LAST = 40
"""Strokes that a failure shows."""
SIGNS = (b"Traceback", b"had to stop", b"something failed", b"went wrong")
OPENED = b"ACT ON ROW OR MARKS"
"""What stands in the help, and nowhere else."""
SETTLE = b"\x1b"


class Crashed(Exception):
    """What the client did, and on which strokes."""


@dataclass
class Monkey:
    """One sandbox: its own home and state, no browser, no editor; `starts` of the client so far."""

    server: str
    folder: Path
    seed: int
    patience: float = 1.0
    """Pauses between strokes are so many times as long as drawn."""
    look_every: int = LOOK_EVERY
    starts: int = 0
    pressed: int = 0
    looks: int = 0
    _began_at: int = 0
    _window: Window | None = None
    _seen: set[Path] = field(default_factory=set)

    def press(self, begin: int, count: int) -> None:
        """Strokes number `begin` to `begin + count`. Raises Crashed."""
        try:
            for number in range(begin, begin + count):
                self._one(number)
                if (number + 1) % self.look_every == 0:
                    self._look(number)
            self._leave(begin + count - 1)
        finally:
            if self._window is not None:
                self._window.close()

    def _one(self, number: int) -> None:
        window = self._window
        if window is None or not window.running:
            window = self._start(number)
        made = stroke(self.seed, number)
        try:
            self._do(window, made)
        except Hung as hung:
            raise self._crash(number, str(hung), window) from hung
        self.pressed += 1

    def _do(self, window: Window, made: Stroke) -> None:
        for size in made.sizes:
            window.resize(size)
        if window.raw or not set(made.sent) & {
            3,
            4,
            0x1A,
            0x1C,
        }:  # else it is a signal to the terminal's programs, and no key
            window.send(made.sent, TAKES_S)
        time.sleep(made.pause_s * self.patience)

    def _start(self, number: int) -> Window:
        if self._window is not None:
            self._ended(self._window, number)
        self.starts += 1
        self._began_at = number
        command = [sys.executable, "-m", "orders_tui", "--server", self.server, "--as", "ana"]
        self._window = Window(command, self._environment(), self.folder, (120, 40))
        return self._window

    def _environment(self) -> dict[str, str]:
        """Nothing leaves the sandbox."""
        home = str(self.folder)
        places = {f"XDG_{name}_HOME": home for name in ("CONFIG", "STATE", "DATA", "CACHE")}
        outside = {"DISPLAY", "WAYLAND_DISPLAY", "SSH_TTY", "TMUX"}
        kept = {
            name: value
            for name, value in os.environ.items()
            if name not in outside and not name.startswith("ORDERS_TUI_")
        }
        return {
            **kept,
            **places,
            "HOME": home,
            "BROWSER": "true",
            "EDITOR": "true",
            "VISUAL": "true",
        }

    def _ended(self, window: Window, number: int) -> None:
        """Looks at a client that has ended. Raises Crashed."""
        status = window.ended(ENDS_S)
        restored = window.restored
        window.close()
        self._window = None
        self._reports(number, window)
        if status != 0:
            raise self._crash(number, f"it ended with status {status}", window)
        if not restored or b"\x1b[?1049l" not in window.written:
            raise self._crash(number, "it left the terminal as no terminal should be", window)

    def _reports(self, number: int, window: Window) -> None:
        reports = set(self.folder.rglob("crash-*.txt")) - self._seen
        self._seen |= reports
        if reports:
            raise self._crash(number, "\n".join(path.read_text(encoding="utf-8") for path in sorted(reports)), window)
        sign = next((sign for sign in SIGNS if sign in window.written), None)
        if sign is not None:
            raise self._crash(number, f"{sign.decode()!r} stands on the terminal", window)

    def _look(self, number: int) -> None:
        """Brings the client back to the desk, and asks for the help. Raises Crashed."""
        window = self._window
        if window is None or not window.running:
            return
        self.looks += 1
        deadline, patience_s = time.monotonic() + ANSWERS_S, 1.5
        window.resize((120, 40))
        try:
            while window.running and time.monotonic() < deadline:
                for _ in range(4):
                    window.send(SETTLE, TAKES_S)
                    time.sleep(0.12)
                written = window.count
                window.send(b"?", TAKES_S)
                if window.wait_for(OPENED, written, patience_s):
                    window.send(b"\x1b", TAKES_S)
                    self._reports(number, window)
                    return
                patience_s *= 1.5  # it may have much to catch up with
        except Hung as hung:
            raise self._crash(number, str(hung), window) from hung
        self._reports(number, window)
        if window.running:
            raise self._crash(number, "the desk does not answer any more", window)

    def _leave(self, number: int) -> None:
        window = self._window
        if window is None:
            return
        deadline, lull = time.monotonic() + ENDS_S, 1.5
        try:
            while window.running:
                if time.monotonic() > deadline:
                    raise Hung("ctrl+q does not end it")
                if window.raw:
                    window.send(SETTLE, TAKES_S)
                    time.sleep(0.15)
                    window.send(b"\x11", TAKES_S)
                    time.sleep(0.4)
                if window.running and window.raw:
                    window.send(b"\x13y", TAKES_S)
                    time.sleep(lull := 1.5 - lull)
            self._ended(window, number)
        except Hung as hung:
            raise self._crash(number, str(hung), window) from hung

    def _crash(self, number: int, what: str, window: Window | None = None) -> Crashed:
        first = max(self._began_at, number - LAST)
        lines = [f"  {at}: {stroke(self.seed, at)}" for at in range(first, number + 1)]
        shown = window.shown() if window is not None else []
        replay = (
            f"python -m tests.monkey --seed {self.seed} --begin {self._began_at} --keys {number + 1 - self._began_at}"
        )
        return Crashed("\n".join([what, f"replay: {replay}", *lines, *shown]))
