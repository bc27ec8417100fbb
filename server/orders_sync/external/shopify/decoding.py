"""The bytes of an answer as JSON whose texts are read as webhooks' are. Pure.

Every database takes them, so that one odd character stops no poll; they are trimmed, and blank ones are null (contract §1).
"""

from __future__ import annotations

import json

import orjson

from orders_sync.ingest.reading import clean
from orders_wire.texts import trimmed

_NUL = b"\\u0000"


def decoded(content: bytes) -> object:
    """The JSON value. NUL and lone surrogates become U+FFFD; a blank text in a list is left out. Raises ValueError."""
    try:
        value: object = orjson.loads(content)
    except orjson.JSONDecodeError:
        return _lenient(content)
    return _read(value, odd=_NUL in content)


def _lenient(content: bytes) -> object:
    """Python's own reader takes lone surrogates."""
    try:
        return _read(json.loads(content), odd=True)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def _read(value: object, *, odd: bool) -> object:
    """`odd`: there may be characters that no database takes."""
    if isinstance(value, str):
        text = trimmed(value)
        return clean(text) if odd and text is not None else text
    if isinstance(value, dict):
        return {name: _read(inner, odd=odd) for name, inner in value.items()}
    if isinstance(value, list):
        return [read for inner in value if (read := _read(inner, odd=odd)) is not None or not isinstance(inner, str)]
    return value
