"""Plain tables: columns as wide as their widest cell, on a terminal as in a file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.cells import cell_len


def table(headers: Sequence[str], rows: Iterable[Sequence[str]], right: Sequence[str] = ()) -> str:
    """Lines with two spaces between columns; the columns named in `right` are aligned right. Empty without rows."""
    lines = [list(headers), *(list(row) for row in rows)]
    if len(lines) == 1:
        return ""
    widths = [max(cell_len(line[column]) for line in lines) for column in range(len(headers))]
    pad_left = [header in right for header in headers]
    return "\n".join("  ".join(map(_padded, line, widths, pad_left)).rstrip() for line in lines) + "\n"


def _padded(text: str, width: int, left: bool) -> str:
    space = " " * (width - cell_len(text))
    return space + text if left else text + space
