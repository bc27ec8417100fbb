"""Many orders at once: how far it is, and then what became of each, with its reason; just what failed can be tried again.

Progress gives way by itself once every order was done; a result that needs somebody stays.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from orders_tui import export
from orders_tui.dialogs.dialog import Dialog
from orders_tui.errors import UsageError
from orders_tui.screens.outcome import changed
from orders_tui.screens.workplace import Workplace
from orders_tui.session.bulk import BulkRun, OutcomeKind
from orders_tui.session.changes import ActionChanged, ActionSettled, BulkChanged, Change
from orders_tui.widgets.bar import Bar
from orders_tui.widgets.cells import Piece
from orders_tui.widgets.hint_bar import Hint
from orders_tui.widgets.line_list import Line, LineList
from orders_tui.wording import Tone

SHOWN_NUMBERS = 6


class BulkDialog(Dialog[BulkRun]):
    """Progress, then the result. Returns the run when its failures are to be tried again. Leaving it does not stop anything.

    `undo` takes back what can be; it is the command of the screen below.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "choose(1)", show=False),
        Binding("k", "choose(-1)", show=False),
        Binding("ctrl+x", "stop", show=False),
        Binding("R", "retry", show=False),
        Binding("u", "undo", show=False),
        Binding("y", "copy", show=False),
        Binding("e", "export", show=False),
    ]
    SIZE = "wide"
    UNDOES = True

    def __init__(self, work: Workplace, run: BulkRun, undo: Callable[[], None]) -> None:
        super().__init__(work)
        self.bulk = run
        self._undo = undo

    def body(self) -> ComposeResult:
        ellipsis = self.work.glyphs.ellipsis
        yield Bar(ellipsis, id="progress")
        yield Bar(ellipsis, id="counts")
        yield LineList(self.work.glyphs.cursor, ellipsis, id="reasons")

    def prepare(self) -> None:
        self.query_one(LineList).focus()

    def title_pieces(self) -> list[Piece]:
        what = f"{self.bulk.draft.word.capitalize()} {len(self.bulk.outcomes)} orders"
        state = "  stopped" if self.bulk.stopped else "  done" if self.bulk.finished else ""
        return [(what, "strong"), (state, Tone.DIM)]

    def keys(self) -> list[Hint]:
        count = changed(self.work.session.actions.undoables())
        undo = [Hint("u", f"undo {count}")] if count else []
        if not self.bulk.finished:
            return [Hint("ctrl+x", "stop the unsent rest"), *undo]
        retry = [Hint("R", "retry failed")] if self.bulk.retryable else []
        rest = [Hint("y", "copy numbers"), Hint("e", "CSV")] if self._unhappy() else []
        return [*retry, *undo, *rest]

    def escape_word(self) -> str:
        return "close" if self.bulk.finished else "hide, it goes on"

    def session_changed(self, change: Change) -> None:
        ours = isinstance(change, BulkChanged) and change.run is self.bulk
        if ours and self.bulk.finished and not self.bulk.needs_somebody and self.app.screen is self:
            self.dismiss(None)
        elif isinstance(change, BulkChanged | ActionChanged | ActionSettled):
            self.update()

    def update(self) -> None:
        super().update()
        self.query_one("#progress", Bar).set_pieces(self._progress())
        self.query_one("#counts", Bar).set_pieces(self._counts())
        self.query_one(LineList).set_lines(self._reasons())

    def _progress(self) -> list[Piece]:
        glyphs, run = self.work.glyphs, self.bulk
        full = round(run.fraction() * 30)
        left = run.seconds_left()
        rest = "" if run.finished or left is None else f"  {run.per_second():.0f}/s  about {left:.0f} s"
        return [
            (glyphs.filled * full, Tone.ACTIVE),
            (glyphs.unfilled * (30 - full), "faint"),
            (f"  {run.fraction():.0%}", "strong"),
            (rest, Tone.DIM),
        ]

    def _counts(self) -> list[Piece]:
        counts, glyphs = self.bulk.counts(), self.work.glyphs
        kinds = (
            (OutcomeKind.DONE, glyphs.done, Tone.GOOD),
            (OutcomeKind.FAILED, glyphs.failed, Tone.BAD),
            (OutcomeKind.SKIPPED, glyphs.skipped, Tone.DIM),
            (OutcomeKind.UNKNOWN, glyphs.unknown, Tone.WARN),
            (OutcomeKind.WAITING, glyphs.ellipsis, Tone.DIM),
        )
        pieces: list[Piece] = []
        for kind, glyph, tone in kinds:
            pieces += [(f"{glyph} {counts[kind]} {kind}", tone if counts[kind] else "faint"), ("   ", Tone.PLAIN)]
        return pieces

    def _reasons(self) -> list[Line]:
        glyphs = self.work.glyphs
        signs = {OutcomeKind.FAILED: (glyphs.failed, Tone.BAD), OutcomeKind.SKIPPED: (glyphs.skipped, Tone.DIM)}
        signs[OutcomeKind.UNKNOWN] = (glyphs.unknown, Tone.WARN)
        lines = []
        for kind, (glyph, tone) in signs.items():
            for reason, ids in self.bulk.reasons(kind).items():
                words = reason or ("asked again with the same key" if kind is OutcomeKind.UNKNOWN else kind)
                lines.append(Line(f"{kind} {reason}", ((f"{glyph} {len(ids)}  ", tone), (words, Tone.PLAIN))))
                lines.append(Line(f"of {kind} {reason}", ((f"     {self._numbers(ids)}", Tone.DIM),), choosable=False))
        return lines

    def _numbers(self, ids: list[str]) -> str:
        orders = [self.work.session.table.order(order_id) for order_id in ids[:SHOWN_NUMBERS]]
        numbers = " ".join(order.order_number for order in orders if order is not None)
        return numbers + (f" and {len(ids) - SHOWN_NUMBERS} more" if len(ids) > SHOWN_NUMBERS else "")

    def _unhappy(self) -> list[str]:
        kinds = (OutcomeKind.FAILED, OutcomeKind.SKIPPED, OutcomeKind.UNKNOWN)
        return [order_id for kind in kinds for ids in self.bulk.reasons(kind).values() for order_id in ids]

    def action_choose(self, step: int) -> None:
        self.query_one(LineList).move(step)

    def action_stop(self) -> None:
        """What is not sent stays unsent."""
        if not self.bulk.finished:
            self.bulk.stop()
            self.update()

    def action_retry(self) -> None:
        """Just what failed."""
        if self.bulk.retryable:
            self.dismiss(self.bulk)

    def action_undo(self) -> None:
        """What `u` does everywhere."""
        self._undo()
        self.update()

    def action_copy(self) -> None:
        """The numbers of everything that was not done."""
        orders = [self.work.session.table.order(order_id) for order_id in self._unhappy()]
        numbers = [order.order_number for order in orders if order is not None]
        self.app.copy_to_clipboard("\n".join(numbers))
        self.say(f"{len(numbers)} numbers sent to the terminal's clipboard")

    def action_export(self) -> None:
        """The same orders as a CSV file."""
        orders = [self.work.session.table.order(order_id) for order_id in self._unhappy()]
        path = Path.cwd() / f"orders-not-done-{self.work.pace.now():%Y%m%d-%H%M%S}.csv"
        try:
            self.say(f"written to {export.write([order for order in orders if order is not None], path)}")
        except UsageError as error:
            self.say(str(error), Tone.WARN)

    def entered(self) -> None:
        """Nothing to confirm."""

    def action_confirm(self) -> None:
        """Nothing to confirm."""
