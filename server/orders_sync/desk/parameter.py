"""Reading the parameters of a request strictly (contract §1). Pure.

A malformed or unlisted value is refused with a message that names the parameter and what is allowed; nothing is replaced by a
default.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from enum import StrEnum
from typing import TypeVar

from orders_wire import texts
from orders_wire.cursors import CursorError

MAX_PAGE_SIZE = 250

T = TypeVar("T")
D = TypeVar("D")
E = TypeVar("E", bound=StrEnum)

NUMBER = re.compile(r"\d{1,18}", re.ASCII)


class BadParameter(ValueError):
    """A parameter that is not allowed; the message names it and lists what is."""


def once(parameters: Iterable[tuple[str, str]], known: Collection[str]) -> dict[str, str]:
    """The parameters that are known. Raises BadParameter for one that is given twice with different values."""
    given: dict[str, str] = {}
    for name, value in parameters:
        if name in known and given.setdefault(name, value) != value:
            raise BadParameter(f"{name}: given twice with different values; give it once")
    return given


def take(given: Mapping[str, str], name: str, parse: Callable[[str], T], default: D) -> T | D:
    """What the value of a parameter means; `default` where it is not given. Raises BadParameter."""
    text = given.get(name)
    if text is None:
        return default
    try:
        return parse(text)
    except CursorError as error:
        raise BadParameter(f"{name}: {error}") from error
    except ValueError as error:
        raise BadParameter(f"{name}: {short(text)} is not allowed; allowed: {error}") from error


def one_of(words: type[E]) -> Callable[[str], E]:
    """Reads a word of a closed set."""

    def parse(text: str) -> E:
        try:
            return words(text)
        except ValueError:
            raise ValueError(", ".join(words)) from None

    return parse


def page_size(text: str) -> int:
    """Reads how many are wanted at once."""
    if not NUMBER.fullmatch(text) or not 1 <= int(text) <= MAX_PAGE_SIZE:
        raise ValueError(f"a whole number from 1 to {MAX_PAGE_SIZE}")
    return int(text)


def named(what: str) -> Callable[[str], str]:
    """Reads text that is not blank; `what`: what it is."""

    def parse(text: str) -> str:
        trimmed = texts.trimmed(text)
        if trimmed is None:
            raise ValueError(what)
        return trimmed

    return parse


def short(text: str) -> str:
    """The value as it stands in a message."""
    return repr(text if len(text) <= 60 else text[:57] + "…")
