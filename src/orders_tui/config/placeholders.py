"""What stands in braces in a text of the configuration, and is filled in later: `{number}`. A brace itself is written twice."""

from __future__ import annotations

from collections.abc import Collection
from string import Formatter
from typing import NamedTuple

from orders_wire.spelling import nearest


class Unknown(NamedTuple):
    """What stands in braces and may not. `guess`: the nearest that may, as the end of a sentence."""

    name: str
    guess: str


def names(text: str) -> frozenset[str]:
    """The placeholders that stand in a text. Raises ValueError where a brace stands alone."""
    return frozenset(name for _, name, _, _ in Formatter().parse(text) if name is not None)


def unknown(text: str, allowed: Collection[str]) -> Unknown | None:
    """The first in a text that is none of these, or is more than a name. Raises ValueError where a brace stands alone."""
    for _, name, form, conversion in list(Formatter().parse(text)):
        if name is not None and (name not in allowed or form or conversion):
            near = nearest(name, allowed) if name not in allowed else None
            return Unknown(name, f" (did you mean {{{near}}}?)" if near else "")
    return None
