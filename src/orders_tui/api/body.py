"""What may come out of an answer's body: so many bytes, so many values, and nothing in them that JSON does not know.

A body is counted while it is unpacked, so that a small one that unpacks to a large one costs no more than the bound; what is
parsed is counted before, because a byte of JSON may become a hundred in memory.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import AsyncIterable
from typing import Any

from orders_tui.sanitise import sanitise

LARGEST = 8 * 1024 * 1024
"""Bytes of an answer, unpacked."""

LARGEST_DETAIL = 1024 * 1024
"""Bytes of one order's detail: some dozens of them are kept."""

MOST_KEPT = 32 * 1024 * 1024
"""Bytes of all the answers that are kept as pages, as they came."""

LARGEST_EVENT = 1024 * 1024
"""Bytes of one event of a stream."""

LARGEST_PRESENCE = 8 * 1024
"""Characters of what is said of one person's whereabouts: thousands of them are kept."""

MOST_NESTED = 100_000
"""Objects and lists of an answer: a page of 250 orders has some thousands."""

MOST_VALUES = 1_000_000

LONGEST_POSITION = 200
"""Characters: positions are sent back in a header."""

_PACKED = {"gzip", "x-gzip", "deflate"}
_ANY_HEADER = 32 + zlib.MAX_WBITS
"""zlib tells gzip from deflate by itself."""


class UnusableBody(ValueError):
    """A body that is not read. The message says why, without any of it."""


async def read_body(chunks: AsyncIterable[bytes], encoding: str, limit: int = LARGEST) -> bytes:
    """The body, unpacked. Raises UnusableBody when it is over the limit, or packed in a way that was not asked for."""
    encoding = encoding.strip().lower()
    if encoding not in {"", "identity", *_PACKED}:
        raise UnusableBody("it is packed in a way that was not asked for")
    unpacking = zlib.decompressobj(_ANY_HEADER) if encoding in _PACKED else None
    body = bytearray()
    async for chunk in chunks:
        try:
            body += chunk if unpacking is None else unpacking.decompress(chunk, limit + 1 - len(body))
        except zlib.error as error:
            raise UnusableBody("it cannot be unpacked") from error
        if len(body) > limit:
            raise UnusableBody(f"it is larger than {limit // (1024 * 1024)} MiB")
    if unpacking is not None and body and not unpacking.eof:
        raise UnusableBody("it was cut short")
    return bytes(body)


def parse(body: bytes | str) -> Any:
    """The JSON value as it came; NaN and the infinities, which are no JSON, are None. Raises ValueError, RecursionError."""
    raw = body.encode(errors="replace") if isinstance(body, str) else body
    if raw.count(b"{") + raw.count(b"[") > MOST_NESTED or raw.count(b",") > MOST_VALUES:
        raise UnusableBody("it holds too many values")
    return json.loads(body, parse_constant=lambda _: None)


def parse_safe(body: bytes | str) -> Any:
    """`parse`, with every string in it safe to show."""
    return sanitise(parse(body))


def position_of(value: str | None) -> str | None:
    """An event id or cursor to go on after; None for one that cannot be sent back."""
    fits = value is not None and 0 < len(value) <= LONGEST_POSITION and value.isascii() and value.isprintable()
    return value if fits else None
