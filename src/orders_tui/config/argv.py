"""A program and its arguments, as the configuration writes them: a list of texts, no shell, in which placeholders may stand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from orders_tui.config import placeholders


def problem(value: Any, allowed: Sequence[str], example: str, why: str) -> str:
    """What is wrong with one, as the rest of a sentence that begins with its key; empty when nothing is.

    `allowed`: the placeholders of its arguments; `why`: why there are no others.
    """
    if not isinstance(value, list) or not value or not all(isinstance(each, str) for each in value):
        return f"is a list of texts, the program first, such as {example}"
    if any("\0" in each for each in value):
        return "cannot hold the character 0"
    wrong = next((found for each in value if (found := _wrong_placeholder(each, allowed, why))), "")
    program = value[0]
    if not wrong and placeholders.names(program):
        wrong = "takes no placeholder in the program itself"
    if not wrong and (not program.strip() or ("/" in program and not program.startswith(("/", "~/")))):
        wrong = f"begins with a program: a path from / or ~/, or a name that is on PATH, not {program!r}"
    return wrong


def _wrong_placeholder(argument: str, allowed: Sequence[str], why: str) -> str:
    said = " and ".join(f"{{{name}}}" for name in allowed)
    try:
        unknown = placeholders.unknown(argument, allowed)
    except ValueError:
        return f"takes {said}, and a brace that is meant as one is written twice: {argument!r}"
    return "" if unknown is None else f"takes {said} alone, not {argument!r}{unknown.guess}: {why}"
