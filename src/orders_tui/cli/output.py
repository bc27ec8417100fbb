"""What stands on stdout and stderr: tables, and the encodings of both."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterable, Sequence

from orders_tui.sanitise import text


def write_what_can_be_shown() -> None:
    """What is for people takes the encoding of the terminal, and loses what that does not know."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def write_utf8() -> None:
    """JSON and CSV are UTF-8 wherever they go."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", errors="replace")


def close_stdout() -> None:
    """Whoever read us has gone: nothing more is written, also not by the interpreter at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def table(headers: Sequence[str], rows: Iterable[Sequence[str]], right: Sequence[str] = ()) -> str:
    """Columns as wide as their widest cell; those named in `right` are aligned right. Empty without rows.

    No cell holds what a terminal would obey.
    """
    from rich.cells import cell_len

    lines = [list(headers), *([text(cell) for cell in row] for row in rows)]
    if len(lines) == 1:
        return ""
    widths = [max(cell_len(line[column]) for line in lines) for column in range(len(headers))]

    def padded(cell: str, width: int, header: str) -> str:
        space = " " * (width - cell_len(cell))
        return space + cell if header in right else cell + space

    return "\n".join("  ".join(map(padded, line, widths, headers)).rstrip() for line in lines) + "\n"
