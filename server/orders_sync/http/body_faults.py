"""What is wrong with the body of a request, in plain sentences: each names its field as the request has it (`lines[0].quantity`).

Values are not echoed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError

MAX_FIELDS = 20
"""Fields of a body whose faults are named."""

_AN_OBJECT = "has to be a JSON object"
_WHOLE = "has to be a whole number"
_SENTENCES: Mapping[str, str] = {
    "missing": "is needed",
    "string_type": "has to be text",
    "string_too_short": "needs at least {min_length} character(s)",
    "string_too_long": "has at most {max_length} characters",
    "list_type": "has to be a list",
    "too_short": "needs at least {min_length} of them",
    "bool_type": "has to be true or false",
    "int_type": _WHOLE,
    "int_from_float": _WHOLE,
    "float_type": "has to be a number",
    "float_parsing": "has to be a number",
    "finite_number": "has to be a number",
    "greater_than_equal": "has to be {ge} or more",
    "less_than_equal": "has to be {le} or less",
    "enum": "allowed are {expected}",
    "timezone_aware": "needs its offset from UTC, as in 2025-09-27T18:30:00Z",
    "dict_type": _AN_OBJECT,
    "model_type": _AN_OBJECT,
    "model_attributes_type": _AN_OBJECT,
}


def faults(error: ValidationError) -> str:
    """Each field, and what is wrong with it."""
    found = [
        f"{_path(each['loc'])}: {_sentence(each['type'], each.get('ctx', {}), each['msg'], blank=each['input'] is None)}"
        for each in error.errors(include_url=False)
    ]
    more = [f"and {len(found) - MAX_FIELDS} more"] if len(found) > MAX_FIELDS else []
    return "; ".join(found[:MAX_FIELDS] + more)


def _path(place: Sequence[str | int]) -> str:
    parts = [f"[{part}]" if isinstance(part, int) else f".{part}" for part in place]
    return "".join(parts).removeprefix(".") or "body"


def _sentence(kind: str, context: Mapping[str, Any], said: str, *, blank: bool) -> str:
    if kind == "string_type" and blank:
        return "may be neither null nor blank"
    bounds = {name: f"{value:g}" if isinstance(value, float) else value for name, value in context.items()}
    words = _SENTENCES.get(kind)
    return said.removeprefix("Value error, ") if words is None else words.format_map(bounds)
