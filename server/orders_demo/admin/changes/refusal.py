"""A mutation's `userErrors`: refused with HTTP 200, nothing changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

Payload = dict[str, Any]


class Refused(Exception):
    """One user error; `field` is the path into the arguments, null for the whole."""

    def __init__(self, field: Sequence[str] | None, message: str, code: str | None = None) -> None:
        super().__init__(message)
        self.error = {"field": list(field) if field else None, "message": message, "code": code, "elementIndex": None}


def refusals(errors: Sequence[Refused], **rest: Any) -> Payload:
    """The payload of a mutation with every error that was found, and what it tells all the same."""
    return {**rest, "userErrors": [error.error for error in errors]}


def refusal(refused: Refused, **nothing: Any) -> Payload:
    """The payload of a refused mutation."""
    return {**nothing, "userErrors": [refused.error]}


def done(**result: Any) -> Payload:
    """The payload of a mutation that did what it was asked."""
    return {**result, "userErrors": []}
