"""Plain tables: columns as wide as their widest cell, on a terminal as in a file. No cell holds what a terminal would obey."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.cells import cell_len

from orders_tui.sanitise import text


def table(headers: Sequence[str], rows: Iterable[Sequence[str]], right: Sequence[str] = ()) -> str:
    """Lines with two spaces between columns; the columns named in `right` are aligned right. Empty without rows."""
    lines = [list(headers), *([text(cell) for cell in row] for row in rows)]
    if len(lines) == 1:
        return ""
    widths = [max(cell_len(line[column]) for line in lines) for column in range(len(headers))]
    pad_left = [header in right for header in headers]
    return "\n".join("  ".join(map(_padded, line, widths, pad_left)).rstrip() for line in lines) + "\n"


def _padded(cell: str, width: int, left: bool) -> str:
    space = " " * (width - cell_len(cell))
    return space + cell if left else cell + space
