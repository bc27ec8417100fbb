"""A bar code of an order's number: Code 128, as any wedge scanner reads it, encoded by python-barcode and drawn as one path."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import groupby

QUIET = 10
"""Modules of white that a scanner needs on either side."""
WIDEST_MM, MODULE_MM = 84.0, 0.5
"""The whole drawing, and one module of it where there is room."""

_CONTENT = re.compile(r"[ -~]{1,24}")
"""What is worth a bar code: it can be typed, and fits beside the number on paper."""


@dataclass(frozen=True, slots=True)
class Bars:
    """`content` is what a scanner types; `path` is an SVG path over `modules` × 1."""

    content: str
    modules: int
    path: str

    @property
    def width_mm(self) -> float:
        """How wide it is drawn."""
        return round(min(MODULE_MM * self.modules, WIDEST_MM), 1)


def content_of(number: str) -> str:
    """What stands in the bar code of an order number: the number without its `#`."""
    return number.removeprefix("#").strip()


def bars(number: str) -> Bars | None:
    """The bar code of an order number; None for one that no bar code of this size can hold."""
    content = content_of(number)
    if not _CONTENT.fullmatch(content):
        return None
    from barcode.codex import Code128  # type: ignore[import-untyped]

    (modules,) = Code128(content).build()
    path, at = "", QUIET
    for dark, run in groupby(modules):
        width = len(list(run))
        path += f"M{at} 0h{width}v1h-{width}z" if dark == "1" else ""
        at += width
    return Bars(content, at + QUIET, path)
