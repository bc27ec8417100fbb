"""`e`: orders to a file, the marked ones, the page, or everything that matches; as CSV or JSON by the file's name."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

from textual.app import ComposeResult
from textual.worker import Worker, WorkerState

from orders_tui import export, wording
from orders_tui.context.context import Context
from orders_tui.dialogs.dialog import Dialog
from orders_tui.dialogs.field import Field
from orders_tui.errors import ClientError
from orders_tui.widgets.hint_bar import Hint
from orders_tui.widgets.line_list import Line, LineList
from orders_tui.wording import Tone
from orders_wire.orders import Order

MARKED, PAGE, MATCHING = "marked", "page", "matching"


class ExportDialog(Dialog[str]):
    """Writes the file when confirmed and returns a sentence that says where it is."""

    NEEDS_TOUCH = False
    HEADING = ("Export", "readable by you alone; never written over a file")
    KEYS = (Hint("enter", "write"), Hint("↑↓", "which orders"), Hint("tab", "file"))

    def __init__(self, work: Context, marked: Sequence[Order]) -> None:
        super().__init__(work)
        self._marked = marked
        view = work.session.table.view
        self._page = tuple(row.order for row in view.rows if row.ghost is None)
        self._file = f"orders-{view.query.tab}-{work.pace.now():%Y%m%d-%H%M%S}.csv"

    def body(self) -> ComposeResult:
        yield self.line_list("which")
        yield Field("File", self._file, hint="ends in .csv or .json", id="file", max_length=1000)

    def prepare(self) -> None:
        choices = {
            MARKED: f"the {len(self._marked)} marked orders",
            PAGE: f"the {len(self._page)} orders of this page",
            MATCHING: f"all {self.work.session.table.view.span.total} that match",
        }
        lines = [Line(key, ((words, Tone.PLAIN),)) for key, words in choices.items() if key != MARKED or self._marked]
        self.query_one(LineList).set_lines(lines)

    def problem(self) -> str:
        suffix = Path(self.query_one(Field).value).suffix
        return "" if suffix in {".csv", ".json"} else "the name has to end in .csv or .json"

    def confirm(self) -> None:
        if problem := self.fault():
            self.say(problem, Tone.WARN)
            return
        self.say("collecting")
        self.run_worker(self._write, name="export", exclusive=True, exit_on_error=False)  # type: ignore[arg-type]

    async def _write(self) -> str:
        what, table = self.current, self.work.session.table
        orders = self._marked if what == MARKED else self._page
        doubt = wording.unread(table.view.unread) if what == PAGE else ""
        if what == MATCHING:
            matching = await self.work.session.collect_matching(
                on_progress=lambda done, of: self.say(f"{done} of {of}")
            )
            orders, doubt = matching.orders, matching.doubt
        path = Path(self.query_one(Field).value)
        written = await asyncio.to_thread(lambda: export.write(orders, path.expanduser().resolve()))
        return "; ".join(part for part in (f"{len(orders)} orders written to {written}", doubt) if part)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """It is written, or it says why not."""
        event.stop()
        if event.state is WorkerState.SUCCESS:
            self.dismiss(str(event.worker.result))
        elif event.state is WorkerState.ERROR:
            error = event.worker.error
            self.say(str(error) if isinstance(error, ClientError) else "the file could not be written", Tone.WARN)
