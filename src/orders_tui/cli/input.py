"""Orders as CSV on stdin.

It has a header line (`order` and the columns of the action) or is one order per line. Cells are parted by a comma, or, as
spreadsheets of many countries write it, by a semicolon or a tab. A byte order mark, blank lines and the apostrophe that our own
export puts before formulas do not matter.
"""

from __future__ import annotations

import csv
import io
import itertools
from collections.abc import Iterator, Mapping, Sequence
from typing import TextIO

from orders_tui.errors import UsageError

_ORDER_COLUMNS = ("order", "order_number", "id", "order_id")
_DELIMITERS = ",;\t"
"""The first wins where none, or as many of each, is found."""


def rows(columns: Sequence[str], stdin: TextIO) -> Iterator[Mapping[str, str]]:
    """The lines as cells by column, `order` among them; none at a terminal. Raises UsageError naming what cannot be read.

    `columns` are those that would be understood beside `order`.
    """
    if stdin.isatty():
        return
    lines = _lines(stdin)
    if not lines:
        return
    lines[0][0] = lines[0][0].lstrip("\ufeff")
    header = [cell.strip().lower() for cell in lines[0]]
    key = next((name for name in _ORDER_COLUMNS if name in header), None)
    if key is None:
        if len(header) > 1:
            wanted = ", ".join(("order", *columns))
            raise UsageError(f"the CSV on stdin needs a header line with some of: {wanted}")
        yield from ({"order": _cell(line[0])} for line in lines)
        return
    for number, line in enumerate(lines[1:], start=2):
        row = {name: _cell(cell) for name, cell in zip(header, line, strict=False)}
        if not row.get(key):
            raise UsageError(f"line {number} of the CSV on stdin names no order")
        yield {**row, "order": row[key]}


def _lines(stdin: TextIO) -> list[list[str]]:
    """The lines that are not blank."""
    if isinstance(stdin, io.TextIOWrapper):
        stdin.reconfigure(encoding="utf-8", errors="strict")
    try:
        first = stdin.readline()
    except UnicodeDecodeError as error:
        raise UsageError(f"the CSV on stdin is not UTF-8 (at byte {error.start})") from error
    reader = csv.reader(itertools.chain([first], stdin), strict=True, delimiter=_delimiter(first))
    try:
        return [line for line in reader if any(cell.strip() for cell in line)]
    except csv.Error as error:
        raise UsageError(f"line {reader.line_num} of the CSV on stdin cannot be read: {error}") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"the CSV on stdin is not UTF-8 (at byte {error.start})") from error


def _delimiter(first: str) -> str:
    """What parts the cells of the first line; a comma where nothing else does."""
    return max(_DELIMITERS, key=first.count)


def _cell(text: str) -> str:
    text = text.strip()
    return text[1:] if text[:2] in {"'=", "'+", "'-", "'@"} else text
