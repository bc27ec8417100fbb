"""The client on a pseudo-terminal that takes bytes and sizes, and keeps what was written on it."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import termios
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import pyte
from tests.support.terminal import Screen

KEPT = 1 << 16
"""Bytes of what was written last."""


class Hung(Exception):
    """The client takes no more bytes, or gives no answer."""


class Window:
    """`written` is the tail of what stands on the terminal; bytes can be sent from the moment it is made."""

    def __init__(self, command: Sequence[str], env: Mapping[str, str], folder: Path, size: tuple[int, int]) -> None:
        self.written = bytearray()
        self._status: int | None = None
        self._lock = threading.Lock()
        self.pid, self._fd = pty.fork()
        if self.pid == 0:
            os.chdir(folder)
            os.execvpe(command[0], list(command), {**env, "TERM": "xterm-256color", "COLORTERM": "truecolor"})
        self.before = termios.tcgetattr(self._fd)
        self.resize(size)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def resize(self, size: tuple[int, int]) -> None:
        """Columns and rows; the client hears of it as of any window."""
        fcntl.ioctl(self._fd, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))

    @property
    def raw(self) -> bool:
        """The client has the keyboard: ctrl+c is a key, and no signal."""
        return not termios.tcgetattr(self._fd)[3] & termios.ISIG

    @property
    def restored(self) -> bool:
        """The terminal is as it was before."""
        return termios.tcgetattr(self._fd)[:4] == self.before[:4]

    def send(self, data: bytes, within_s: float) -> bool:
        """Sends as fast as the client takes it; False when it has ended. Raises Hung."""
        deadline = time.monotonic() + within_s
        os.set_blocking(self._fd, False)
        while data and self.running:
            if not select.select([], [self._fd], [], 0.2)[1]:
                if time.monotonic() > deadline:
                    raise Hung("no byte was taken")
                continue
            try:
                data = data[os.write(self._fd, data) :]
            except BlockingIOError:
                time.sleep(0.002)
            except OSError:
                break
        return self.running

    def wait_for(self, text: bytes, since: int, within_s: float) -> bool:
        """True as soon as `text` was written after `since` (a value of `count`)."""
        deadline = time.monotonic() + within_s
        while time.monotonic() < deadline and self.running:
            if text in self.since(since):
                return True
            time.sleep(0.01)
        return False

    count = 0
    """Bytes written so far."""

    def since(self, count: int) -> bytes:
        with self._lock:
            return bytes(self.written[len(self.written) - min(len(self.written), self.count - count) :])

    @property
    def running(self) -> bool:
        if self._status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            self._status = status if pid else None
        return self._status is None

    def shown(self) -> list[str]:
        """What stands on the terminal, as far as its last bytes tell."""
        self.resize((119, 39))
        time.sleep(1)
        screen = Screen(119, 39)
        pyte.ByteStream(screen).feed(self.since(0))
        return ["".join(screen.buffer[y][x].data for x in range(119)).rstrip() for y in range(39)]

    def signal(self, number: signal.Signals) -> None:
        if self.running:
            os.kill(self.pid, number)

    def ended(self, within_s: float) -> int:
        """The exit status. Raises Hung when there is none in time."""
        deadline = time.monotonic() + within_s
        while self.running:
            if time.monotonic() > deadline:
                raise Hung("it does not end")
            time.sleep(0.005)
        self._reader.join(5)
        assert self._status is not None
        return os.waitstatus_to_exitcode(self._status)

    def close(self) -> None:
        """Ends whatever still runs, and the terminal."""
        if self.running:
            os.kill(self.pid, signal.SIGKILL)
            self.ended(10)
        os.set_blocking(self._fd, True)
        fd, self._fd = self._fd, -1
        os.close(fd)
        self._reader.join(5)

    def _read(self) -> None:
        fd = self._fd
        while True:
            try:
                select.select([fd], [], [], 1)
                chunk = os.read(fd, 1 << 16)
            except BlockingIOError:
                continue
            except (OSError, ValueError):
                return
            if not chunk:
                return
            with self._lock:
                self.written += chunk
                del self.written[:-KEPT]
                self.count += len(chunk)
