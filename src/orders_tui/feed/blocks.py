"""A stream cut at its blank lines: whole blocks of bounded size come out, a block that is larger is passed over."""

from __future__ import annotations

import re
from collections.abc import Iterator

from orders_tui.body import LARGEST_EVENT

_BLANK_LINE = re.compile(rb"(?:\r\n|\n|\r(?!\n)){2}")
_LONGEST_BLANK_LINE = 4


class Blocks:
    """Takes the stream's bytes as they come; never holds more than the limit and one chunk."""

    def __init__(self, limit: int = LARGEST_EVENT) -> None:
        self._limit = limit
        self._held = bytearray()
        self._looked = 0
        self._passing_over = False

    def take(self, chunk: bytes) -> Iterator[bytes]:
        """The blocks that this chunk completes, each with the blank line that ends it."""
        self._held += chunk
        while (end := _BLANK_LINE.search(self._held, self._looked)) is not None:
            block = bytes(self._held[: end.end()])
            del self._held[: end.end()]
            self._looked = 0
            if not self._passing_over and len(block) <= self._limit:
                yield block
            self._passing_over = False
        if len(self._held) > self._limit:
            self._passing_over = True
            del self._held[:-_LONGEST_BLANK_LINE]
        self._looked = max(0, len(self._held) - _LONGEST_BLANK_LINE)
