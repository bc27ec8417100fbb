"""Orders as CSV or JSON files: UTF-8 with BOM for CSV, formula cells neutralised, files readable by their owner only."""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from orders_tui.errors import UsageError
from orders_wire.vocabulary import UNASSIGNED

if TYPE_CHECKING:
    from datetime import datetime

    from orders_wire.orders import Order

_STARTS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def cell(text: str) -> str:
    """Text that no spreadsheet runs as a formula: one that could begin one gets an apostrophe in front."""
    return f"'{text}" if text.lstrip(" ").startswith(_STARTS_FORMULA) else text


def csv_text(orders: Iterable[Order]) -> str:
    """A header and a row per order, without the BOM. Times are UTC; empty cells are what is not known."""
    return table_text(_COLUMNS, ([column(order) for column in _COLUMNS.values()] for order in orders))


def table_text(columns: Iterable[str], rows: Iterable[Iterable[str | float]]) -> str:
    """CSV with these columns; no text in it is run as a formula."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([cell(value) if isinstance(value, str) else value for value in row])
    return out.getvalue()


def json_text(orders: Iterable[Order]) -> str:
    """A JSON list of ORDERs as the wire has them."""
    rows = [order.model_dump(mode="json", by_alias=True) for order in orders]
    return json.dumps(rows, ensure_ascii=False, indent=1) + "\n"


def write(orders: Iterable[Order], path: Path) -> Path:
    """Writes by the path's suffix (`.csv`, `.json`), mode 0600, never over an existing file; the path written.

    Raises UsageError for another suffix, an existing file, or a folder that cannot be written.
    """
    writers = {".csv": (csv_text, "utf-8-sig"), ".json": (json_text, "utf-8")}
    if path.suffix.lower() not in writers:
        raise UsageError(f"{path}: a file to write to ends in .csv or .json")
    text, encoding = writers[path.suffix.lower()]
    return _new(path, text(orders).encode(encoding, errors="replace"))


def write_text(text: str, path: Path, encoding: str = "utf-8") -> Path:
    """Writes a text as `write` writes orders."""
    return _new(path, text.encode(encoding, errors="replace"))


def _new(path: Path, body: bytes) -> Path:
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise UsageError(f"{path} is there already; nothing was written") from error
    except OSError as error:
        raise UsageError(f"{path} cannot be written ({error.strerror})") from error
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(body)
    except OSError as error:
        path.unlink(missing_ok=True)  # half a file would pass for a whole one
        raise UsageError(f"{path} cannot be written ({error.strerror})") from error
    return path


def _text(value: str | None) -> str:
    return value or ""


def instant(value: datetime | None) -> str:
    """As the files have it; empty for none."""
    return value.strftime("%Y-%m-%dT%H:%M:%SZ") if value else ""


_COLUMNS: dict[str, Callable[[Order], str | float | int]] = {
    "order_number": lambda o: _text(o.order_number),
    "id": lambda o: o.id,
    "placed_at": lambda o: instant(o.placed_at),
    "ship_by": lambda o: instant(o.ship_by),
    "status": lambda o: o.status.value,
    "priority": lambda o: o.priority.value,
    "customer_name": lambda o: _text(o.customer_name),
    "amount": lambda o: _text(o.total.amount) if o.total else "",
    "currency": lambda o: _text(o.total.currency) if o.total else "",
    "value_usd": lambda o: "" if o.value_usd is None else o.value_usd,
    "owner": lambda o: "" if o.assigned_to == UNASSIGNED else o.assigned_to,
    "issue": lambda o: o.issue.value if o.issue else "",
    "hold": lambda o: o.hold.reason.value if o.hold else "",
    "ready": lambda o: o.ready.value if o.ready else "",
    "blockers": lambda o: _text(", ".join(o.blockers)),
    "together": lambda o: _text(o.together),
    "return_state": lambda o: o.return_.state.value if o.return_ else "",
    "channel": lambda o: o.channel.value,
    "tags": lambda o: _text(", ".join(o.tags)),
    "tracking_numbers": lambda o: _text(", ".join(t.number for t in o.tracking if t.number)),
    "carriers": lambda o: _text(", ".join(dict.fromkeys(t.carrier for t in o.tracking if t.carrier))),
    "support_thread": lambda o: _text(o.support_thread),
    "alerts": lambda o: ", ".join(o.alerts),
}
