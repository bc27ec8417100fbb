"""What a scanned code means: a line's barcode, else its SKU. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeVar


class Coded(Protocol):
    """What has codes by which it is found."""

    @property
    def sku(self) -> str: ...
    @property
    def barcode(self) -> str: ...


C = TypeVar("C", bound=Coded)


def named(code: str, lines: Sequence[C]) -> list[C]:
    """The lines that a code means: by barcode, exactly; else by the same article number with or without its leading zero; else by
    SKU, blind to case. All of them, in the order's own order.
    """
    if not code:
        return []
    article = _article(code)
    return (
        [line for line in lines if line.barcode == code]
        or [line for line in lines if article and _article(line.barcode) == article]
        or [line for line in lines if line.sku and line.sku.casefold() == code.casefold()]
    )


def _article(code: str) -> str:
    """An EAN-13, also where the scanner leaves its leading zero out and sends the UPC-A of 12 digits; empty for all else."""
    return code.zfill(13) if len(code) in (12, 13) and code.isascii() and code.isdigit() else ""


def looks_like_an_item(code: str) -> bool:
    """Whether it is an article number (EAN-8, UPC-A, EAN-13) by its digits and its check digit."""
    from stdnum import ean

    return len(code) in (8, 12, 13) and bool(ean.is_valid(code))
