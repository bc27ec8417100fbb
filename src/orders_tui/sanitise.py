"""Text from outside, made safe to show: no control, bidi or zero-width character gets past the decode boundary."""

from __future__ import annotations

from typing import Any


def sanitise(value: Any) -> Any:
    """The same JSON value with every string, keys included, made safe."""
    raise NotImplementedError


def text(value: str) -> str:
    """One safe line: tabs and line breaks become spaces, everything else that must not reach a terminal U+FFFD."""
    raise NotImplementedError
