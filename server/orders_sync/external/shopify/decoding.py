"""The bytes of an answer as JSON whose texts are read as webhooks' are. Pure.

Every database takes them, so that one odd character stops no poll; they are trimmed, and blank ones are null (contract §1).
"""

from __future__ import annotations

import json

import orjson

from orders_sync.ingest.reading import clean
from orders_wire.texts import trimmed

_NUL = b"\\u0000"
MOST_LEVELS = 100
"""Several times what any document of ours nests."""


def decoded(content: bytes) -> object:
    """The JSON value. NUL and lone surrogates become U+FFFD; a blank text in a list is left out. Raises ValueError."""
    try:
        value, odd = orjson.loads(content), _NUL in content
    except orjson.JSONDecodeError:
        value, odd = _lenient(content), True
    return _read(value, odd, MOST_LEVELS)


def _lenient(content: bytes) -> object:
    """Python's own reader takes lone surrogates."""
    try:
        value: object = json.loads(content)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    return value


def _read(value: object, odd: bool, levels: int) -> object:
    """`odd`: there may be characters that no database takes. `levels`: how many more there may be."""
    if isinstance(value, str):
        text = trimmed(value)
        return clean(text) if odd and text is not None else text
    if isinstance(value, dict | list) and not levels:
        raise ValueError("nested too deeply")
    if isinstance(value, dict):
        return {name: _read(inner, odd, levels - 1) for name, inner in value.items()}
    if isinstance(value, list):
        read = ((inner, _read(inner, odd, levels - 1)) for inner in value)
        return [told for inner, told in read if told is not None or not isinstance(inner, str)]
    return value
