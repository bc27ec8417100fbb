"""`L`: what was done here, newest first: when, what, to which orders, and what came of it."""

from __future__ import annotations

from collections.abc import Sequence

from orders_tui import wording
from orders_tui.context.outcome import orders
from orders_tui.glyphs import Glyphs
from orders_tui.screens.list_screen import ListScreen, text_line
from orders_tui.session.changes import ActionChanged, ActionSettled, Change
from orders_tui.session.log import ActionEntry, ActionState
from orders_tui.widgets.cells import Piece
from orders_tui.widgets.line_list import Line
from orders_tui.wording import Tone


class LogScreen(ListScreen):
    """The action log of this session."""

    def title_pieces(self) -> list[Piece]:
        entries = self.work.session.actions.log
        failed = sum(entry.state in {ActionState.FAILED, ActionState.PARTLY} for entry in entries)
        bad: list[Piece] = [(f"  {failed} with failures", Tone.BAD)] if failed else []
        return [("Action log", "strong"), (f"  {len(entries)} since the start", Tone.DIM), *bad]

    def lines(self) -> Sequence[Line]:
        entries = self.work.session.actions.log
        return [self._line(entry) for entry in reversed(entries)] or [text_line("nothing was done yet")]

    def _line(self, entry: ActionEntry) -> Line:
        glyph, tone = _sign(entry.state, self.work.glyphs)
        when = wording.instant(entry.started_at, self.work.pace.now(), self.work.zone)
        left = (
            (f"{when:<10} ", Tone.DIM),
            (f"{glyph} {entry.state:<12} ", tone),
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

    def full_text(self, key: str) -> str:
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
        if isinstance(change, ActionChanged | ActionSettled):
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
