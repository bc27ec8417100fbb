"""The body of an action as it came: JSON, checked against its model, distinguished from others by value."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

import orjson
from pydantic import ValidationError

from orders_sync.http.problems import Refused, invalid_body
from orders_wire.actions import MAX_ORDER_IDS, Action
from orders_wire.vocabulary import ErrorCode

A = TypeVar("A", bound=Action)

_NUL = b"\\u0000"
"""The one way in which JSON can spell it."""


def read(raw: bytes, model: type[A]) -> tuple[A, str]:
    """The body, and a digest of it as a JSON value (contract §3, Idempotency-Key). Raises Refused.

    Types are taken strictly: a number in quotes is none. NUL is refused, since PostgreSQL holds none.
    """
    value = _json_object(raw)
    try:
        body = model.model_validate_json(raw, strict=True)
    except ValidationError as error:
        raise invalid_body(error) from None
    for path, text in _texts("", body.model_dump(mode="json", by_alias=True)) if _NUL in raw else ():
        if "\0" in text:
            raise Refused(ErrorCode.INVALID_REQUEST, f"{path}: a NUL character is not allowed")
    if len(getattr(body, "order_ids", None) or ()) > MAX_ORDER_IDS:
        raise Refused(ErrorCode.TOO_LARGE, f"orderIds: at most {MAX_ORDER_IDS} at once")
    return body, _digest(value)


def _json_object(raw: bytes) -> dict[str, Any]:
    try:
        value = orjson.loads(raw)
    except orjson.JSONDecodeError:
        raise Refused(ErrorCode.INVALID_REQUEST, "The body is not JSON") from None
    if not isinstance(value, dict):
        raise Refused(ErrorCode.INVALID_REQUEST, "The body must be a JSON object")
    return value


def _digest(value: Mapping[str, Any]) -> str:
    """The same for equal values: the order of names counts for nothing, and 5.0 is 5."""
    plain = {
        name: int(v) if isinstance(v, float) and v.is_integer() and abs(v) < 2**53 else v for name, v in value.items()
    }
    return hashlib.blake2b(orjson.dumps(plain, option=orjson.OPT_SORT_KEYS), digest_size=16).hexdigest()


def _texts(path: str, value: object) -> Iterator[tuple[str, str]]:
    """Every text in a value, with where it stands."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for name, part in value.items():
            yield from _texts(f"{path}.{name}".lstrip("."), name)
            yield from _texts(f"{path}.{name}".lstrip("."), part)
    elif isinstance(value, list):
        for n, part in enumerate(value):
            yield from _texts(f"{path}.{n}", part)
