"""What customers chose or typed for a line: Shopify's `customAttributes`, REST's `properties`.

Whoever can fill a cart writes these, so that how many and how long they are is bounded here, for both ways in.
"""

from __future__ import annotations

from collections.abc import Iterable

from orders_sync.evidence.entities import LinePart, LineProperty
from orders_sync.evidence.json_fields import clean
from orders_wire.texts import trimmed

MOST = 50
"""Properties of one line."""

LONGEST_NAME = 255
LONGEST_VALUE = 5_000
MOST_OF_ORDER = 50_000
"""Characters of all properties of an order: far below what a client takes of one order."""


def properties(pairs: Iterable[tuple[object, object]]) -> tuple[LineProperty, ...]:
    """Names and values as they are kept. What has no name or no value, or is no text, number or flag, is none."""
    texts = ((_text(name, LONGEST_NAME), _text(value, LONGEST_VALUE)) for name, value in pairs)
    return tuple(LineProperty(name=name, value=value) for name, value in texts if name and value)[:MOST]


def bounded(lines: Iterable[LinePart]) -> tuple[LinePart, ...]:
    """The lines, without the properties that would be too much for one order."""
    kept, left = [], MOST_OF_ORDER
    for line in lines:
        if not line.properties:
            kept.append(line)
            continue
        fitting = []
        for each in line.properties:
            size = len(each.name) + len(each.value)
            if size <= left:
                fitting.append(each)
                left -= size
        kept.append(line if len(fitting) == len(line.properties) else _with(line, fitting))
    return tuple(kept)


def _with(line: LinePart, fitting: list[LineProperty]) -> LinePart:
    return line.model_copy(update={"properties": tuple(fitting)})


def _text(value: object, most: int) -> str | None:
    if isinstance(value, bool):
        value = "true" if value else "false"
    if isinstance(value, int | float):
        value = str(value)
    text = trimmed(value) if isinstance(value, str) else None
    return None if text is None else clean(text[:most])
