"""`L`: what was done here, newest first: when, what, to which orders, and what came of it; own commands among the rest."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from orders_tui import wording
from orders_tui.context.outcome import orders
from orders_tui.context.screen import hidden_bindings
from orders_tui.glyphs import Glyphs
from orders_tui.programs.runner import Run, RunState
from orders_tui.screens.list_screen import ListScreen, text_line
from orders_tui.session.changes import ActionChanged, ActionSettled, Change, ProgramChanged
from orders_tui.session.log import ActionEntry, ActionState
from orders_tui.widgets.cells import Piece
from orders_tui.widgets.hint_bar import Hint
from orders_tui.widgets.line_list import Line, LineList
from orders_tui.widgets.wrapping import wrap
from orders_tui.wording import Tone

WHEN, STATE = 10, 12
UNDER = WHEN + 1 + 2 + STATE + 1
"""Cells before what was done."""


class LogScreen(ListScreen):
    """The action log of this session."""

    BINDINGS = hidden_bindings({"enter": "open"})

    def title_pieces(self) -> list[Piece]:
        entries, runs = self.work.session.actions.log, self.work.programs.log
        failed = sum(entry.state in {ActionState.FAILED, ActionState.PARTLY} for entry in entries)
        failed += sum(run.state is RunState.FAILED for run in runs)
        bad: list[Piece] = [(f"  {failed} with failures", Tone.BAD)] if failed else []
        return [("Action log", "strong"), (f"  {len(entries) + len(runs)} since the start", Tone.DIM), *bad]

    def lines(self) -> Sequence[Line]:
        dated = [(entry.started_at, self._line(entry)) for entry in self.work.session.actions.log]
        dated += [(run.started_at, self._run_line(run)) for run in self.work.programs.log]
        lines = [line for _, line in sorted(dated, key=lambda each: each[0])]
        return [part for line in reversed(lines) for part in self._wrapped(line)] or [text_line("nothing was done yet")]

    def _wrapped(self, line: Line) -> Iterator[Line]:
        """What does not fit goes on below, under what was done."""
        first, *more = wrap(line.left, self.query_one(LineList).room, UNDER)
        yield Line(line.key, tuple(first))
        for number, part in enumerate(more):
            yield Line(f"{number} below {line.key}", tuple(part), choosable=False, below=True)

    def on_resize(self) -> None:
        """Another width breaks lines elsewhere."""
        self.call_after_refresh(self.show)

    def own_hints(self) -> list[Hint]:
        return [Hint("enter", "output")] if self._run(self.current) else []

    def _run(self, key: str) -> Run | None:
        return next((run for run in self.work.programs.log if run.key == key), None)

    def _run_line(self, run: Run) -> Line:
        glyph, tone = _run_sign(run.state, self.work.glyphs)
        when = wording.instant(run.started_at, self.work.pace.now(), self.work.zone)
        said = f"  {run.words}  {run.last_line}".rstrip()
        left = (
            (f"{when:<{WHEN}} ", Tone.DIM),
            (f"{glyph} {run.state:<{STATE}} ", tone),
            (f"{run.title} ", "strong"),
            (run.command.name, Tone.PLAIN),
            (said, tone if tone == Tone.BAD else Tone.DIM),
        )
        return Line(run.key, left)

    def _line(self, entry: ActionEntry) -> Line:
        glyph, tone = _sign(entry.state, self.work.glyphs)
        when = wording.instant(entry.started_at, self.work.pace.now(), self.work.zone)
        left = (
            (f"{when:<{WHEN}} ", Tone.DIM),
            (f"{glyph} {entry.state:<{STATE}} ", tone),
            (f"{self._orders(entry)} ", "strong"),
            (entry.draft.done, Tone.PLAIN),
            (f"  {_reason(entry)}", tone if tone == Tone.BAD else Tone.DIM),
        )
        return Line(entry.key, left)

    def _orders(self, entry: ActionEntry) -> str:
        if len(entry.order_ids) != 1:
            return orders(entry.order_ids, None)
        order = self.work.session.table.order(entry.order_ids[0])
        return order.order_number if order is not None else entry.order_ids[0]

    def action_open(self) -> None:
        """What an own command wrote, once it has ended."""
        run = self._run(self.current)
        if run is None:
            self.say("only a command of your own has an output")
        elif not run.ended:
            self.say("it has not ended yet")
        else:
            from orders_tui.screens.output import OutputScreen

            self.app.push_screen(OutputScreen(self.work, run))

    def on_line_list_chosen(self) -> None:
        self.action_open()

    def full_text(self, key: str) -> str:
        if (run := self._run(key)) is not None:
            when = f"{run.started_at:%Y-%m-%d %H:%M:%S}Z"
            return "  ".join(filter(None, (when, run.title, run.command.name, run.state, run.words, run.last_line)))
        entry = next(entry for entry in self.work.session.actions.log if entry.key == key)
        parts = (
            f"{entry.started_at:%Y-%m-%d %H:%M:%S}Z",
            self._orders(entry),
            entry.draft.done,
            entry.state,
            _reason(entry),
            f"action {entry.action_id}" if entry.action_id else "",
            f"key {entry.key}",
            f"{entry.attempts} tries" if entry.attempts > 1 else "",
        )
        return "  ".join(filter(None, parts))

    def session_changed(self, change: Change) -> None:
        if isinstance(change, ActionChanged | ActionSettled | ProgramChanged):
            self.show()


def _reason(entry: ActionEntry) -> str:
    return "; ".join(dict.fromkeys(failure.message for failure in entry.failures)) or entry.message


def _sign(state: ActionState, glyphs: Glyphs) -> tuple[str, Tone]:
    match state:
        case ActionState.DONE:
            return glyphs.done, Tone.GOOD
        case ActionState.FAILED | ActionState.PARTLY:
            return glyphs.failed, Tone.BAD
        case ActionState.UNCONFIRMED | ActionState.REFUSED:
            return glyphs.unknown, Tone.WARN
        case ActionState.UNDONE:
            return glyphs.skipped, Tone.DIM
    return glyphs.trying, Tone.ACTIVE


def _run_sign(state: RunState, glyphs: Glyphs) -> tuple[str, Tone]:
    match state:
        case RunState.DONE:
            return glyphs.done, Tone.GOOD
        case RunState.FAILED:
            return glyphs.failed, Tone.BAD
    return glyphs.trying, Tone.ACTIVE
