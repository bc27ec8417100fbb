"""A program on a real pseudo-terminal, with a screen that says when each of its bytes arrived."""

from __future__ import annotations

import fcntl
import os
import pty
import signal
import struct
import sys
import termios
import threading
import time
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from typing import Self

import pyte
from wcwidth import wcwidth

from orders_tui.dialogs.dialog import READ_S


class Screen(pyte.Screen):
    """pyte's, without its habit of dropping the rest of a line behind a mark that is not as wide as it is combining."""

    def draw(self, data: str) -> None:
        super().draw("".join(char for char in data if wcwidth(char) != 0 or unicodedata.combining(char)))


class Terminal:
    """Runs `command` on a terminal of `columns` × `rows`; `raw` is all that it wrote, `changed_at` when it last wrote."""

    def __init__(self, command: Sequence[str], env: Mapping[str, str], columns: int = 120, rows: int = 40) -> None:
        self.raw = bytearray()
        self.changed_at = 0.0
        self._status: int | None = None
        self._screen = Screen(columns, rows)
        self._stream = pyte.ByteStream(self._screen)
        self._changed = threading.Condition(threading.RLock())
        size = struct.pack("HHHH", rows, columns, 0, 0)
        given = {name: text for name, text in env.items() if name not in ("COLUMNS", "LINES")}
        self._pid, self._fd = pty.fork()
        if self._pid == 0:
            fcntl.ioctl(0, termios.TIOCSWINSZ, size)
            os.execvpe(command[0], list(command), {**given, "TERM": "xterm-256color", "COLORTERM": "truecolor"})
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._status is None:
            os.kill(self._pid, signal.SIGTERM)
            self._reader.join(timeout=10)
            os.waitpid(self._pid, 0)
        os.close(self._fd)

    def ended(self, timeout_s: float) -> int:
        """The exit status of the program, once it has ended by itself. Raises TimeoutError when it does not."""
        self._reader.join(timeout_s)
        if self._reader.is_alive():
            raise TimeoutError("the program goes on")
        self._status = self._status if self._status is not None else os.waitpid(self._pid, 0)[1]
        return os.waitstatus_to_exitcode(self._status)

    def kill(self) -> None:
        """`kill -9`; returns when it is gone."""
        os.kill(self._pid, signal.SIGKILL)
        self.ended(10)

    def press(self, keys: str) -> float:
        """Types; the instant it was done."""
        os.write(self._fd, keys.encode())
        return time.perf_counter()

    def confirm(self) -> None:
        """Enter in a dialog that is on the screen, once a person could have read it."""
        time.sleep(READ_S)
        self.press("\r")

    def lines(self) -> list[str]:
        """What stands on the screen now."""
        with self._changed:
            return self._display()

    def cells(self) -> list[list[str]]:
        """The same, cell by cell; the right half of a wide character is empty."""
        with self._changed:
            screen = self._screen
            return [[screen.buffer[y][x].data for x in range(screen.columns)] for y in range(screen.lines)]

    def wait_for(self, holds: Callable[[list[str]], bool], timeout_s: float) -> float:
        """When the screen came to what is waited for: the arrival of the bytes that made it so. Raises TimeoutError."""
        deadline = time.perf_counter() + timeout_s
        with self._changed:
            while not holds(self._display()):
                left = deadline - time.perf_counter()
                if left <= 0 or not self._changed.wait(left):
                    raise TimeoutError("\n".join(self._display()))
            return self.changed_at

    def _display(self) -> list[str]:
        """pyte's own does not bear the left half of a wide character being written over."""
        return ["".join(line) for line in self.cells()]

    def _read(self) -> None:
        while True:
            try:
                chunk = os.read(self._fd, 1 << 16)
            except OSError:
                return
            at = time.perf_counter()
            with self._changed:
                self.raw += chunk
                self._stream.feed(chunk)
                self.changed_at = at
                self._changed.notify_all()


def client(server: str, *options: str) -> list[str]:
    """The command that opens the desk of a server."""
    return [sys.executable, "-m", "orders_tui", "--server", server, *options]
