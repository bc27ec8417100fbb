"""Cursors: `ofs:<base36>` positions and `shopifyCursor` keys: contract §1, Cursors. Pure, and each the other's inverse."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_OFS = "ofs:"
_MAX_POSITION = 2**53
"""Positions stay exact in every client, JavaScript included."""

_COMPACT = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False)

CURSOR_HELP = "a cursor is ofs:<base36 position, lower case> or a shopifyCursor from an earlier page"


class CursorError(ValueError):
    """A cursor that is malformed. The message names what is allowed."""


@dataclass(frozen=True, slots=True)
class ShopifyCursor:
    """The key of a page's first row: its id, its value in the tab's order (None: no value), and what it belongs to."""

    last_id: int
    last_value: int | str | None
    tab: str
    sort: str

    def encode(self) -> str:
        """Standard base64, padded, of compact JSON, as Shopify writes its own."""
        body = {"last_id": self.last_id, "last_value": self.last_value, "tab": self.tab, "sort": self.sort}
        return base64.b64encode(_COMPACT.encode(body).encode()).decode()


def encode_offset(position: int) -> str:
    """`ofs:` and the position in base 36, lower case. Raises ValueError below 0."""
    if position < 0:
        raise ValueError("a position is at least 0")
    digits = ""
    while True:
        position, digit = divmod(position, 36)
        digits = _DIGITS[digit] + digits
        if position == 0:
            return _OFS + digits


def decode_offset(cursor: str) -> int:
    """The position that an `ofs:` cursor names. Raises CursorError for any other spelling."""
    digits = cursor.removeprefix(_OFS)
    if not cursor.startswith(_OFS) or not digits or any(c not in _DIGITS for c in digits) or len(digits) > 11:
        raise CursorError(CURSOR_HELP)
    position = int(digits, 36)
    if position > _MAX_POSITION:
        raise CursorError(CURSOR_HELP)
    return position


def decode_shopify(cursor: str) -> ShopifyCursor:
    """The key inside a `shopifyCursor`. Raises CursorError when it is not one of ours."""
    try:
        body = json.loads(base64.b64decode(cursor, validate=True))
    except (binascii.Error, ValueError, RecursionError) as error:
        raise CursorError(CURSOR_HELP) from error
    if not isinstance(body, dict):
        raise CursorError(CURSOR_HELP)
    last_id, last_value, tab, sort = (body.get(k) for k in ("last_id", "last_value", "tab", "sort"))
    if not _is_int64(last_id) or not isinstance(tab, str) or not isinstance(sort, str):
        raise CursorError(CURSOR_HELP)
    if last_value is not None and not isinstance(last_value, str) and not _is_int64(last_value):
        raise CursorError(CURSOR_HELP)
    assert isinstance(last_id, int)
    return ShopifyCursor(last_id, last_value, tab, sort)


def decode(cursor: str) -> int | ShopifyCursor:
    """A position, or a key. Raises CursorError."""
    return decode_offset(cursor) if cursor.startswith(_OFS) else decode_shopify(cursor)


def _is_int64(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and -(2**63) <= value < 2**63
