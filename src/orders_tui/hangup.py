"""What is done when the terminal goes away under the client: a window closed, a line of ssh that dropped.

The screen cannot be drawn any more, and Textual would wait for ever to draw it. So nothing is drawn: what the operator had on
show is written down, and the process ends as a hang-up ends one.
"""

from __future__ import annotations

import os
import select
import signal
import sys
import threading
from collections.abc import Callable
from types import FrameType

STATUS = 128 + signal.SIGHUP


def on_hangup(put_away: Callable[[], None]) -> None:
    """Ends the process with `STATUS` after `put_away`, at SIGHUP or when stdin's terminal is gone. Call from the main thread.

    The second is watched for too: SIGHUP reaches only the processes whose controlling terminal it is.
    """

    def end(_signal: int, _frame: FrameType | None) -> None:
        try:
            put_away()
        finally:
            os._exit(STATUS)

    signal.signal(signal.SIGHUP, end)
    threading.Thread(target=_watch, args=(sys.stdin.fileno(),), name="hangup", daemon=True).start()


def _watch(fd: int) -> None:
    """Sleeps until the terminal hangs up, and says so as the kernel does."""
    poll = select.poll()
    poll.register(fd, 0)
    poll.poll()
    os.kill(os.getpid(), signal.SIGHUP)
