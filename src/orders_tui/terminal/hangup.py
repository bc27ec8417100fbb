"""What is done when the client is ended from outside: a window closed, a line of ssh that dropped, a machine that shuts down.

The screen may not be drawable any more, and Textual would wait for ever to draw it. So nothing is drawn: what the operator had on
show is written down, the terminal is given back as far as it is still there, and the process ends as the signal ends one.
"""

from __future__ import annotations

import os
import select
import signal
import sys
import termios
import threading
from collections.abc import Callable
from contextlib import suppress
from types import FrameType

STATUS = 128 + signal.SIGHUP
SCREEN = 2
"""Textual draws on stderr."""
TAKES_S = 0.5

_GIVE_BACK = (
    b"\x1b[?2004l\x1b[?7h\x1b[?2048l\x1b[?1000l\x1b[?1003l\x1b[?1015l\x1b[?1006l\x1b[?1016l"
    b"\x1b[<u\x1b[?1049l\x1b[?25h\x1b[?1004l"
)
"""Pastes, wrapping, sizes, mouse, keyboard, screen, cursor and focus: as Textual's driver leaves them at a usual end."""


def on_hangup(save: Callable[[], None]) -> None:
    """Ends the process after `save`, with 128 + the signal: at SIGTERM, at SIGINT, at SIGHUP, or when stdin's terminal is gone,
    which is taken as the latter. Call from the main thread, while the terminal is as it was found.

    SIGINT comes of a ctrl+c before the keyboard is taken: left to asyncio, it would cancel an app that is half built.
    The terminal is watched too: SIGHUP reaches only the processes whose controlling terminal it is.
    """
    fd = sys.stdin.fileno()
    found = termios.tcgetattr(fd)

    def end(number: int, _frame: FrameType | None) -> None:
        try:
            save()
        finally:
            _give_back(fd, found)
            os._exit(128 + number)

    for number in (signal.SIGHUP, signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
    threading.Thread(target=_watch, args=(fd,), name="hangup", daemon=True).start()


def _give_back(keys: int, found: list[int | list[bytes | int]]) -> None:
    """The terminal as it was found; where it is gone, or takes nothing, it is left."""
    with suppress(OSError, termios.error):
        termios.tcsetattr(keys, termios.TCSANOW, found)
        if select.select([], [SCREEN], [], TAKES_S)[1]:
            os.write(SCREEN, _GIVE_BACK)


def _watch(fd: int) -> None:
    """Sleeps until the terminal hangs up, and says so as the kernel does."""
    poll = select.poll()
    poll.register(fd, 0)
    poll.poll()
    os.kill(os.getpid(), signal.SIGHUP)
