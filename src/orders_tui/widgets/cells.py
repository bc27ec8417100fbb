"""Text in cells of a fixed width: whatever a customer is called, a column stays where it is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.cells import cell_len, set_cell_size

from orders_tui import sanitise
from orders_tui.wording import Tone

Piece = tuple[str, str]
"""A text, and the name of its style: a `Tone`, or one of the table's own."""

Cell = tuple[Piece, ...]


def plain(text: str) -> str:
    """The text in one line, without anything a terminal could obey."""
    return sanitise.text(text)


def width(text: str) -> int:
    """Cells the text takes."""
    return len(text) if text.isascii() else cell_len(text)


def length(pieces: Iterable[Piece]) -> int:
    """Cells the pieces take together."""
    return sum(width(text) for text, _ in pieces)


def column(texts: Iterable[str], most: int) -> list[str]:
    """The texts padded to the widest, at most to so many cells: what is longer pushes its own line only."""
    clean = [plain(text) for text in texts]
    cells = min(most, max(map(width, clean), default=0))
    return [text + " " * max(0, cells - width(text)) for text in clean]


def clip(text: str, cells: int, ellipsis: str) -> str:
    """The text in at most `cells` cells; a cut is shown by the ellipsis."""
    if width(text) <= cells:
        return text
    if cells <= 0:
        return ""
    return set_cell_size(text, cells - 1).rstrip() + ellipsis


def fit(cell: Cell, cells: int, ellipsis: str, *, right: bool = False) -> list[Piece]:
    """The pieces in exactly `cells` cells, padded on the side that alignment leaves free."""
    out: list[Piece] = []
    left = cells
    for text, tone in cell:
        clean = plain(text)
        clipped = clip(clean, left, ellipsis)
        left -= width(clipped)
        out.append((clipped, tone))
        if left <= 0 or clipped is not clean:
            break
    padding = (" " * left, Tone.PLAIN)
    if left > 0:
        out.insert(0, padding) if right else out.append(padding)
    return out


def fitting(groups: Iterable[Sequence[Piece]], cells: int) -> list[Piece]:
    """The groups that fit whole in `cells`, from the first on."""
    pieces: list[Piece] = []
    for group in groups:
        cells -= length(group)
        if cells < 0:
            break
        pieces += group
    return pieces


def text_of(pieces: Iterable[Piece]) -> str:
    """The pieces without their tones."""
    return "".join(text for text, _ in pieces)
