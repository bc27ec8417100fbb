"""Which columns stand where, for a width. Pure.

Invariant: the order number is always there, columns never overlap, none is shown in part, and the columns shown keep the order
the operator chose. While the columns are not scrolled, the least important give way first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from orders_tui.widgets.order_table.columns import Column

GUTTER = 4
"""Cursor, mark, state, a blank."""

GAP = 2


@dataclass(frozen=True, slots=True)
class Placed:
    """A column at its place: `x` is the first cell, `width` how many."""

    column: Column
    x: int
    width: int


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns that are seen, and whether there are more on either side."""

    placed: tuple[Placed, ...]
    more_left: bool
    more_right: bool


def arrange(columns: Sequence[Column], width: int, first: int = 0) -> Layout:
    """The layout for a width in cells, the last of which stays free.

    `first` is 0 for the most important columns, else the place of the column that follows the order number.
    """
    if not columns:
        return Layout((), False, False)
    room = width - GUTTER - 1
    shown = _by_priority(columns, room) if first == 0 else _in_order(columns, room, first)
    more_right = len(shown) < len(columns) if first == 0 else shown[-1] is not columns[-1]
    return Layout(_place(shown, room), first > 0, more_right)


def last_first(columns: Sequence[Column], width: int) -> int:
    """The largest useful `first`: the one at which the last column is in sight."""
    return next((n for n in range(len(columns)) if not arrange(columns, width, n).more_right), max(0, len(columns) - 1))


def _needed(columns: Sequence[Column]) -> int:
    return sum(column.width for column in columns) + GAP * max(0, len(columns) - 1)


def _by_priority(columns: Sequence[Column], room: int) -> list[Column]:
    shown = list(columns)
    while len(shown) > 1 and _needed(shown) > room:
        shown.remove(max(shown[1:], key=lambda column: column.priority))
    return shown


def _in_order(columns: Sequence[Column], room: int, first: int) -> list[Column]:
    shown = [columns[0]]
    for column in columns[first:]:
        if _needed([*shown, column]) > room:
            break
        shown.append(column)
    return shown


def _place(shown: Sequence[Column], room: int) -> tuple[Placed, ...]:
    widths = {column.key: column.width for column in shown}
    spare = max(0, room - _needed(shown))
    for column in sorted((c for c in shown if c.grow), key=lambda c: c.priority):
        extra = min(spare, column.grow - column.width)
        widths[column.key] += extra
        spare -= extra
    placed, x = [], GUTTER
    for column in shown:
        placed.append(Placed(column, x, widths[column.key]))
        x += widths[column.key] + GAP
    return tuple(placed)
