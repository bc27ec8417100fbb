"""The floor for the client's start: Textual with one table, its rows at hand. `python -m tests.benchmarks.smallest_app FILE`.

The file holds the rows as JSON, the titles first.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from textual.app import App, ComposeResult
from textual.widgets import DataTable


class SmallestApp(App[None]):
    """One table, with a cursor for rows."""

    def __init__(self, rows: list[list[str]]) -> None:
        super().__init__()
        self._rows = rows

    def compose(self) -> ComposeResult:
        yield DataTable(cursor_type="row")

    def on_mount(self) -> None:
        titles, *rows = self._rows
        table = self.query_one(DataTable)
        table.add_columns(*titles)
        table.add_rows(rows)


if __name__ == "__main__":
    SmallestApp(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))).run()
