"""`e`: orders to a file, the marked ones, the page, or everything that matches; as CSV or JSON by the file's name."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.worker import Worker, WorkerState

from orders_tui import export, wording
from orders_tui.dialogs.dialog import Dialog
from orders_tui.dialogs.field import Field
from orders_tui.errors import ClientError
from orders_tui.screens.workplace import Workplace
from orders_tui.widgets.cells import Piece
from orders_tui.widgets.hint_bar import Hint
from orders_tui.widgets.line_list import Line, LineList
from orders_tui.wording import Tone

if TYPE_CHECKING:
    from orders_wire.orders import Order

MARKED, PAGE, MATCHING = "marked", "page", "matching"


class ExportDialog(Dialog[str]):
    """Writes the file when confirmed and returns a sentence that says where it is."""

    NEEDS_TOUCH = False

    def __init__(self, work: Workplace, marked: Sequence[Order]) -> None:
        super().__init__(work)
        self._marked = tuple(marked)
        view = work.session.table.view
        self._page = tuple(row.order for row in view.rows if row.ghost is None)
        self._file = f"orders-{view.query.tab}-{work.pace.now():%Y%m%d-%H%M%S}.csv"

    def body(self) -> ComposeResult:
        yield LineList(self.work.glyphs.cursor, self.work.glyphs.ellipsis, id="which")
        yield Field("File", self._file, hint="ends in .csv or .json", id="file", max_length=1000)

    def prepare(self) -> None:
        total = self.work.session.table.view.span.total
        lines = [Line(MARKED, ((f"the {len(self._marked)} marked orders", Tone.PLAIN),))] if self._marked else []
        lines.append(Line(PAGE, ((f"the {len(self._page)} orders of this page", Tone.PLAIN),)))
        lines.append(Line(MATCHING, ((f"all {total} that match", Tone.PLAIN),)))
        self.query_one(LineList).set_lines(lines)

    def title_pieces(self) -> list[Piece]:
        return [("Export", "strong"), ("  readable by you alone; never written over a file", Tone.DIM)]

    def keys(self) -> list[Hint]:
        return [Hint("enter", "write"), Hint("↑↓", "which orders"), Hint("tab", "file")]

    def problem(self) -> str:
        suffix = Path(self.query_one(Field).value).suffix
        return "" if suffix in {".csv", ".json"} else "the name has to end in .csv or .json"

    def action_choose(self, step: int) -> None:
        self.query_one(LineList).move(step)

    def _try(self) -> None:
        if problem := self.fault():
            self.say(problem, Tone.WARN)
            return
        self.say("collecting …")
        self.run_worker(self._write, name="export", exclusive=True, exit_on_error=False)  # type: ignore[arg-type]

    async def _write(self) -> str:
        what = self.query_one(LineList).current
        orders: Sequence[Order] = self._marked if what == MARKED else self._page
        doubt = wording.unread(self.work.session.table.view.unread) if what == PAGE else ""
        if what == MATCHING:
            matching = await self.work.session.collect_matching(
                on_progress=lambda done, of: self.say(f"{done} of {of}")
            )
            orders, doubt = matching.orders, matching.doubt
        written = await asyncio.to_thread(_write, orders, self.query_one(Field).value)
        return "; ".join(part for part in (f"{len(orders)} orders written to {written}", doubt) if part)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """It is written, or it says why not."""
        event.stop()
        if event.state is WorkerState.SUCCESS:
            self.dismiss(str(event.worker.result))
        elif event.state is WorkerState.ERROR:
            error = event.worker.error
            self.say(str(error) if isinstance(error, ClientError) else "the file could not be written", Tone.WARN)

    def result(self) -> str:
        return ""


def _write(orders: Sequence[Order], name: str) -> Path:
    return export.write(orders, Path(name).expanduser().resolve())
