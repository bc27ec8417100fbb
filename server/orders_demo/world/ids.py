"""Numeric ids in the sizes Shopify uses: the same sequence for the same history, never one twice."""

from __future__ import annotations

from collections import defaultdict
from zlib import crc32

STRIDE = 32_771
HUGE = 820_000_000_000_000_000
EVERY_HUGE = 29


class Ids:
    """Draws ids per kind of thing. One in 29 lies beyond 2**53, where a float would lose digits."""

    def __init__(self) -> None:
        self._drawn: defaultdict[str, int] = defaultdict(int)

    def next(self, kind: str) -> int:
        """The next id of `kind`, larger than those before unless it is one of the huge ones."""
        drawn = self._drawn[kind]
        self._drawn[kind] = drawn + 1
        small = 4_000_000_000_000 + crc32(kind.encode()) % 997 * 5_000_000_000 + drawn * STRIDE
        return HUGE + small if drawn % EVERY_HUGE == EVERY_HUGE - 1 else small


def gid(kind: str, number: int) -> str:
    """`gid://shopify/Order/1`."""
    return f"gid://shopify/{kind}/{number}"
