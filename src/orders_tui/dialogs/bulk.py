"""Many orders at once: how far it is, and then what became of each, with its reason; just what failed can be tried again.

Progress gives way by itself once every order was done; a result that needs somebody stays.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from textual.app import ComposeResult

from orders_tui import export
from orders_tui.context.context import Context
from orders_tui.context.outcome import changed
from orders_tui.context.screen import hidden_bindings
from orders_tui.dialogs.dialog import Dialog
from orders_tui.errors import UsageError
from orders_tui.session.bulk import BulkRun, OutcomeKind
from orders_tui.session.changes import ActionChanged, ActionSettled, BulkChanged, Change
from orders_tui.widgets.bar import Bar
from orders_tui.widgets.cells import Piece
from orders_tui.widgets.hint_bar import Hint
from orders_tui.widgets.line_list import Line, LineList
from orders_tui.wording import Tone
from orders_wire.orders import Order

SHOWN_NUMBERS = 6
NOT_DONE = (OutcomeKind.FAILED, OutcomeKind.SKIPPED, OutcomeKind.UNKNOWN)


class BulkDialog(Dialog[BulkRun]):
    """Progress, then the result. Returns the run when its failures are to be tried again. Leaving it does not stop anything.

    `undo` takes back what can be; it is the command of the screen below.
    """

    BINDINGS = hidden_bindings(
        {"j": "choose(1)", "k": "choose(-1)", "ctrl+x": "stop", "R": "retry", "u": "undo", "y": "copy", "e": "export"}
    )
    SIZE = "wide"
    UNDOES = True

    def __init__(self, work: Context, run: BulkRun, undo: Callable[[], None]) -> None:
        super().__init__(work)
        self.bulk = run
        self._undo = undo

    def body(self) -> ComposeResult:
        yield self.bar("progress")
        yield self.bar("counts")
        yield self.line_list("reasons")

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
        rest = [Hint("y", "copy numbers"), Hint("e", "CSV")] if self._not_done() else []
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
        counts = self.bulk.counts()
        pieces: list[Piece] = []
        for kind, (glyph, tone) in self._signs().items():
            pieces += [(f"{glyph} {counts[kind]} {kind}", tone if counts[kind] else "faint"), ("   ", Tone.PLAIN)]
        return pieces

    def _reasons(self) -> list[Line]:
        lines = []
        for kind in NOT_DONE:
            glyph, tone = self._signs()[kind]
            for reason, ids in self.bulk.reasons(kind).items():
                words = reason or ("asked again with the same key" if kind is OutcomeKind.UNKNOWN else kind)
                lines.append(Line(f"{kind} {reason}", ((f"{glyph} {len(ids)}  ", tone), (words, Tone.PLAIN))))
                lines.append(Line(f"of {kind} {reason}", ((f"     {self._numbers(ids)}", Tone.DIM),), choosable=False))
        return lines

    def _numbers(self, ids: list[str]) -> str:
        numbers = " ".join(order.order_number for order in self._known_orders(ids[:SHOWN_NUMBERS]))
        return numbers + (f" and {len(ids) - SHOWN_NUMBERS} more" if len(ids) > SHOWN_NUMBERS else "")

    def _not_done(self) -> list[str]:
        return [order_id for kind in NOT_DONE for ids in self.bulk.reasons(kind).values() for order_id in ids]

    def _known_orders(self, ids: list[str]) -> list[Order]:
        """Those of the orders that are known."""
        return [order for order_id in ids if (order := self.work.session.table.order(order_id)) is not None]

    def _signs(self) -> dict[OutcomeKind, tuple[str, Tone]]:
        glyphs = self.work.glyphs
        return {
            OutcomeKind.DONE: (glyphs.done, Tone.GOOD),
            OutcomeKind.FAILED: (glyphs.failed, Tone.BAD),
            OutcomeKind.SKIPPED: (glyphs.skipped, Tone.DIM),
            OutcomeKind.UNKNOWN: (glyphs.unknown, Tone.WARN),
            OutcomeKind.WAITING: (glyphs.ellipsis, Tone.DIM),
        }

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
        numbers = [order.order_number for order in self._known_orders(self._not_done())]
        self.app.copy_to_clipboard("\n".join(numbers))
        self.say(f"{len(numbers)} numbers sent to the terminal's clipboard")

    def action_export(self) -> None:
        """The same orders as a CSV file."""
        path = Path.cwd() / f"orders-not-done-{self.work.pace.now():%Y%m%d-%H%M%S}.csv"
        try:
            self.say(f"written to {export.write(self._known_orders(self._not_done()), path)}")
        except UsageError as error:
            self.say(str(error), Tone.WARN)

    def entered(self) -> None:
        """Nothing to confirm."""

    def action_confirm(self) -> None:
        """Nothing to confirm."""
