"""The bytes of an answer as JSON whose texts every database takes, as webhooks' are: one odd character stops no poll. Pure."""

from __future__ import annotations

import json

import orjson

from orders_sync.ingest.reading import clean

_NUL = b"\\u0000"


def decoded(content: bytes) -> object:
    """The JSON value. NUL and lone surrogates become U+FFFD; what has neither is read the fast way. Raises ValueError."""
    try:
        value: object = orjson.loads(content)
    except orjson.JSONDecodeError:
        return _lenient(content)
    return _cleaned(value) if _NUL in content else value


def _lenient(content: bytes) -> object:
    """Python's own reader takes lone surrogates."""
    try:
        return _cleaned(json.loads(content))
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def _cleaned(value: object) -> object:
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, dict):
        return {name: _cleaned(inner) for name, inner in value.items()}
    return [_cleaned(inner) for inner in value] if isinstance(value, list) else value
