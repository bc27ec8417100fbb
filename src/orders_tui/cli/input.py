"""What an action is to be done on: orders on the command line, or CSV on stdin.

CSV has a header line (`order` and the columns of the action) or is one order per line. Cells are parted by a comma, or, as
spreadsheets of many countries write it, by a semicolon or a tab. A byte order mark, blank lines and the apostrophe that our own
export puts before formulas do not matter.
"""

from __future__ import annotations

import csv
import io
import itertools
from argparse import Namespace
from collections.abc import Iterable, Iterator, Mapping
from typing import TextIO

from orders_tui.drafts import (
    AssignDraft,
    Draft,
    FulfillDraft,
    InventoryDraft,
    Parcel,
    ReturnsDraft,
    SupportDraft,
    UndoDraft,
)
from orders_tui.errors import UsageError
from orders_wire.vocabulary import ReturnAction

_ORDER_COLUMNS = ("order", "order_number", "id", "order_id")
_COLUMNS = {
    "assign": ("assignee", "owner"),
    "fulfill": ("tracking", "number", "tracking_number", "carrier"),
    "support": ("note", "conversation"),
    "returns": ("action", "note", "return_id"),
}

_DELIMITERS = ",;\t"
"""The first wins where none, or as many of each, is found."""

ME = "me"
"""Stands for the operator until the server has said who that is."""

Row = Mapping[str, str]


def drafts(given: Namespace, stdin: TextIO) -> list[Draft]:
    """What the command line and stdin ask for. Raises UsageError naming what is missing or wrong."""
    if given.command == "undo":
        return [UndoDraft(action_id) for action_id in given.actions]
    if given.command == "inventory":
        return [InventoryDraft(given.sku, tuple(given.orders), given.note)]
    rows: list[Row] = [{"order": order} for order in given.orders] or list(_from_csv(given.command, stdin))
    if not rows:
        raise UsageError(f"{given.command}: no orders; name them, or give CSV on stdin")
    match given.command:
        case "assign":
            return list(_assign(rows, ME if given.me else given.to))
        case "fulfill":
            return [_fulfill(rows, given)]
        case "support":
            return [_support(row, given) for row in rows]
        case _:
            return [_returns(row, given) for row in rows]


def _from_csv(command: str, stdin: TextIO) -> Iterator[Row]:
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
            wanted = ", ".join(("order", *_COLUMNS[command]))
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


def _assign(rows: Iterable[Row], to: str | None) -> Iterator[Draft]:
    """One draft per owner, in the order in which owners appear."""
    orders_of: dict[str, list[str]] = {}
    for row in rows:
        owner = to or row.get("assignee") or row.get("owner")
        if not owner:
            raise UsageError(f"assign: to whom does {row['order']} go? --to NAME, --me, or a CSV column assignee")
        orders_of.setdefault(owner, []).append(row["order"])
    yield from (AssignDraft(tuple(orders), owner) for owner, orders in orders_of.items())


def _fulfill(rows: list[Row], given: Namespace) -> Draft:
    if given.tracking and len(rows) > 1:
        raise UsageError("fulfill: a tracking number belongs to one order; give several as CSV with a column tracking")
    if given.carrier and not given.tracking and not any(map(_number, rows)):
        raise UsageError("fulfill: --carrier goes with a tracking number")
    numbers = {row["order"]: given.tracking or _number(row) for row in rows}
    carriers = {row["order"]: given.carrier or row.get("carrier") or None for row in rows}
    parcels = {order: Parcel(number, carriers[order]) for order, number in numbers.items() if number}
    return FulfillDraft(tuple(row["order"] for row in rows), parcels)


def _number(row: Row) -> str:
    return row.get("tracking") or row.get("number") or row.get("tracking_number") or ""


def _support(row: Row, given: Namespace) -> Draft:
    note = given.note or row.get("note")
    if not note:
        raise UsageError(f"support: what is it about {row['order']}? --note TEXT, or a CSV column note")
    return SupportDraft((row["order"],), note, given.conversation or row.get("conversation") or None)


def _returns(row: Row, given: Namespace) -> Draft:
    text = given.action or row.get("action") or ""
    if text not in list(ReturnAction):
        known = ", ".join(ReturnAction)
        raise UsageError(
            f"returns: {text or 'no action'} for {row['order']}; --action or a CSV column action is one of {known}"
        )
    return ReturnsDraft(
        (row["order"],),
        ReturnAction(text),
        given.note or row.get("note") or None,
        given.return_id or row.get("return_id") or None,
    )
