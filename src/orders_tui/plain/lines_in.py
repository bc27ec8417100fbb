"""The lines of standard input, read in a thread so that the desk goes on meanwhile; ctrl+c leaves the question that is open.

The thread reads the descriptor itself: one that waits in Python's own buffer when the process ends takes the process down.
"""

from __future__ import annotations

import asyncio
import codecs
import os
from threading import Thread

from orders_tui.plain.console import Ended, Interrupted

LONGEST = 5000
"""Characters of a line. What is longer is cut, and the rest is no line of its own."""
CHUNK = 4096


class LinesIn:
    """`line` waits for the next one."""

    def __init__(self, fd: int, encoding: str = "utf-8") -> None:
        self._fd, self._encoding = fd, encoding
        self._loop = asyncio.get_running_loop()
        self._lines: asyncio.Queue[str | Interrupted | Ended] = asyncio.Queue()
        Thread(target=self._read, name="standard input", daemon=True).start()

    def interrupt(self) -> None:
        """ctrl+c."""
        self._lines.put_nowait(Interrupted())

    async def line(self) -> str:
        """The next line. Raises Interrupted after a ctrl+c, Ended at the end."""
        found = await self._lines.get()
        if isinstance(found, str):
            return found
        if isinstance(found, Ended):
            self._lines.put_nowait(found)
        raise found

    def _read(self) -> None:
        decoder = codecs.getincrementaldecoder(self._encoding)(errors="replace")
        held = ""
        try:
            while chunk := os.read(self._fd, CHUNK):
                *lines, held = (held + decoder.decode(chunk)).split("\n")
                for line in lines:
                    self._put(line[:LONGEST])
                held = held[:LONGEST]
            if held:
                self._put(held)
            self._put(Ended())
        except OSError:  # the terminal is gone
            self._put(Ended())

    def _put(self, what: str | Ended) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._lines.put_nowait, what)
