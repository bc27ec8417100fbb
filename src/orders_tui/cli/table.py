"""Tables on stdout: whole where they are piped, one line for each row at the width of a terminal, with the desk's tones.

No cell holds what a terminal would obey.
"""

from __future__ import annotations

import shutil
import sys
import textwrap
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from orders_tui.cli.output import painted
from orders_tui.sanitise import text

if TYPE_CHECKING:
    from orders_tui.wording import Sign

    Cell = str | Sequence[Sign]

Piece = tuple[str, str]
"""A text and its tone."""

Line = list[list[Piece]]
"""The pieces of each cell of a row."""

GAP = 2
NARROWEST = 8
"""Cells that a column keeps which gives way."""


def table(
    headers: Sequence[str],
    rows: Iterable[Sequence[Cell]],
    right: Collection[str] = (),
    narrow: Collection[str] = (),
) -> str:
    """Columns as wide as their widest cell; those named in `right` are aligned right. Empty without rows.

    On a terminal that is too narrow signs are told by their short words, columns in `narrow` are cut, and without any the last
    column is wrapped below itself.
    """
    given = list(rows)
    if not given:
        return ""
    columns = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    head = [[(header, "dim")] for header in headers]
    lines = [head, *(_line(row, short=False) for row in given)]
    if columns is not None and _total(_widths(lines)) > columns:
        lines = [head, *(_line(row, short=True) for row in given)]
    widths = _widths(lines)
    if columns is not None:
        _give_way(widths, columns, [headers.index(name) for name in narrow] or [len(headers) - 1])
    aligned = [header in right for header in headers]
    return "".join(
        f"{shown}\n"
        for line in lines
        for shown in _shown(line, widths, aligned, wraps=columns is not None and not narrow)
    )


def wrapped(line: str, hang: int) -> str:
    """A line as a terminal shows it best, broken between words under its own beginning; whole where it is piped."""
    if not sys.stdout.isatty():
        return line
    width = max(shutil.get_terminal_size().columns, 2 * hang)
    return textwrap.fill(line, width, subsequent_indent=" " * hang, break_on_hyphens=False) or line


def _line(row: Sequence[Cell], *, short: bool) -> Line:
    return [list(_pieces(cell, short=short)) for cell in row]


def _pieces(cell: Cell, *, short: bool) -> Iterator[Piece]:
    if isinstance(cell, str):
        yield text(cell), "plain"
        return
    for number, sign in enumerate(cell):
        yield (", " if number else "") + text(sign.short if short else sign.word), sign.tone


def _cells(pieces: Iterable[Piece]) -> int:
    from rich.cells import cell_len

    return sum(cell_len(part) for part, _ in pieces)


def _widths(lines: Sequence[Line]) -> list[int]:
    return [max(map(_cells, column)) for column in zip(*lines, strict=True)]


def _total(widths: Sequence[int]) -> int:
    return sum(widths) + GAP * (len(widths) - 1)


def _give_way(widths: list[int], columns: int, able: Sequence[int]) -> None:
    """Takes from the widest of those that can give until all fit."""
    while _total(widths) > columns:
        widest = max(able, key=lambda column: widths[column])
        if widths[widest] <= NARROWEST:
            return
        widths[widest] -= 1


def _shown(line: Line, widths: Sequence[int], right: Sequence[bool], *, wraps: bool) -> Iterator[str]:
    *most, last = line
    if wraps and _cells(last) > widths[-1]:
        parts = textwrap.wrap("".join(part for part, _ in last), widths[-1], break_on_hyphens=False)
        yield _joined([*most, [(parts[0], last[0][1])]], widths, right)
        indent = " " * (_total(widths) - widths[-1])
        yield from (indent + painted(part, last[0][1], sys.stdout) for part in parts[1:])
        return
    yield _joined(line, widths, right)


def _joined(line: Line, widths: Sequence[int], right: Sequence[bool]) -> str:
    cells = []
    for pieces, width, at_right in zip(line, widths, right, strict=True):
        kept = list(_cut(pieces, width))
        space = " " * (width - _cells(kept))
        shown = "".join(painted(part, tone, sys.stdout) for part, tone in kept)
        cells.append(space + shown if at_right else shown + space)
    return (" " * GAP).join(cells).rstrip()


def _cut(pieces: Sequence[Piece], width: int) -> Iterator[Piece]:
    """The pieces in so many cells, the last with an ellipsis where something is left out."""
    from rich.cells import cell_len, set_cell_size

    if _cells(pieces) <= width:
        yield from pieces
        return
    left = width
    for part, tone in pieces:
        if cell_len(part) < left:
            yield part, tone
            left -= cell_len(part)
        else:
            yield set_cell_size(part, max(left - 1, 0)) + "…", tone
            return
