"""A small gzip file of very much: what a hostile or broken peer may answer with."""

from __future__ import annotations

import zlib
from functools import cache

_PIECE = bytes(1 << 20)
_END = b"\x03\x00"
"""The last block of a deflate stream: an empty one."""


@cache
def gzip_bomb(mebibytes: int) -> bytes:
    """So many MiB of zeros. One MiB is packed and repeated: packing each would take seconds."""
    packing = zlib.compressobj(9, wbits=31)
    head, piece = (packing.compress(_PIECE) + packing.flush(zlib.Z_FULL_FLUSH) for _ in range(2))
    checksum = 0
    for _ in range(mebibytes):
        checksum = zlib.crc32(_PIECE, checksum)
    size = mebibytes << 20
    return head + piece * (mebibytes - 1) + _END + checksum.to_bytes(4, "little") + size.to_bytes(4, "little")
