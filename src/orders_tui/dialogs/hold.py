"""`H`: holds what is owed and not held yet: why, until when and what then; of one order also which lines and how many.

Orders that are held already are left out, and one key leads to their holds. Where all are held, another reason is added, or
note and time of the hold for the same reason change: they are filled in, and what is emptied is taken away.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from textual.app import ComposeResult
from textual.widgets import Static

from orders_tui import wording
from orders_tui.actions.hold import HoldDraft
from orders_tui.actions.owed_lines import OwedLine
from orders_tui.context.context import Context
from orders_tui.context.screen import hidden_bindings
from orders_tui.context.target import Target
from orders_tui.dialogs.action_dialog import ActionDialog
from orders_tui.dialogs.field import Field
from orders_tui.dialogs.hold_plan import MEANS, HoldPlan
from orders_tui.dialogs.line_counts import LineCounts
from orders_tui.query.dates import Unreadable
from orders_tui.query.until import UNTIL_HELP, until
from orders_tui.session.changes import Change, DetailChanged
from orders_tui.widgets.bar import Bar
from orders_tui.widgets.cells import Piece
from orders_tui.widgets.hint_bar import Hint
from orders_tui.widgets.line_list import Line, LineList
from orders_tui.wording import Tone
from orders_wire.actions import LONGEST_NOTE
from orders_wire.detail import LineItem, OrderDetail
from orders_wire.vocabulary import ActionName, HoldReason, HoldThen

THEN = {HoldThen.REMIND: "then an alert reminds of it", HoldThen.RELEASE: "then it is released by itself"}
NOT_YET = (Line("", (("reading what it owes", Tone.DIM),), choosable=False),)
OTHER_THEN = {HoldThen.REMIND: HoldThen.RELEASE, HoldThen.RELEASE: HoldThen.REMIND}


class HoldDialog(ActionDialog[HoldDraft]):
    """Returns the draft; left with esc, it is kept for the next time."""

    SIZE = "wide"
    BINDINGS = hidden_bindings(
        {"ctrl+t": "then", "ctrl+r": "holds", "space": "take", "plus": "count(1)", "minus": "count(-1)"}
        | {"j": "choose(1)", "k": "choose(-1)", "ctrl+o": "only_noted"}
    )

    def __init__(self, work: Context, target: Target, given: str = "") -> None:
        super().__init__(work, target, given)
        self._kept = kept = self.kept(HoldDraft)
        self._then = kept.then if kept is not None else HoldThen.REMIND
        self._counts = LineCounts(kept.lines if kept is not None else ())
        self._filled = {"note": "", "until": ""}
        """What note and time were filled in with."""
        self._then_chosen = False
        self._reason = self._first_reason()

    def _first_reason(self) -> HoldReason | None:
        """The one that was asked for, was chosen last time, or is the order's issue; None: it has to be chosen."""
        only = self.target.only
        issue = only.issue if only is not None and only.hold is None else None
        likely = self._kept.reason if self._kept is not None else issue
        return next((reason for reason in HoldReason if reason.value in {self.given, likely}), None)

    def body(self) -> ComposeResult:
        note, typed = (self._kept.note, self._kept.typed) if self._kept is not None else ("", "")
        yield self.line_list("why")
        yield Field("Note", note, hint="for whoever reads it later", id="note", max_length=LONGEST_NOTE, prose=True)
        yield Field("Until", typed, hint=UNTIL_HELP, id="until", max_length=40)
        yield self.bar("resolved")
        yield self.line_list("lines")
        yield Static(id="consequence")
        yield Static(id="left-out")

    def prepare(self) -> None:
        self._fill()
        self._fill_in()
        self._why.set_lines(self._reasons(), self._reason)
        self._why.focus()

    @property
    def _why(self) -> LineList:
        return self.query_one("#why", LineList)

    @property
    def _lines(self) -> LineList:
        return self.query_one("#lines", LineList)

    def title_pieces(self) -> list[Piece]:
        only, count, all_of = self.target.only, len(self._plan.ids), len(self.target.ids)
        what = self.target.title if only is not None or count == all_of else f"{count} of {self.target.title}"
        rest = "the rest of " if self._plan.rest else ""
        return [
            (f"Hold {rest}{what}", "strong"),
            (f"  {only.customer_name or ''}" if only is not None else "", Tone.PLAIN),
        ]

    def keys(self) -> list[Hint]:
        count = len(self._plan.ids)
        units = [Hint("space", "take or leave"), Hint("+ -", "count")] if self._lines.has_focus else []
        then = [Hint("ctrl+t", f"{OTHER_THEN[self._then]} then")] if self._typed else []
        held = [Hint("ctrl+r", "its holds" if self.target.only else "their holds")] if self._plan.held else []
        do = "change" if self._plan.noted else f"hold {count}"
        only = [Hint("ctrl+o", "hold more" if self._plan.noted else "only note, time")] if self._plan.either else []
        return [Hint(self.confirm_key, do, able=count > 0), *units, *only, *then, *held, Hint("tab", "next")]

    # -- what is meant

    @property
    def _plan(self) -> HoldPlan:
        return HoldPlan(self.target.ids, self.bound, self._detail, self._reason, self._counts)

    @property
    def _detail(self) -> OrderDetail | None:
        """Of the only order, what is known of it."""
        return self.work.session.table.detail(self.target.ids[0]) if self.target.only is not None else None

    @property
    def _note(self) -> str:
        return self.query_one("#field-note", Field).value

    @property
    def _typed(self) -> str:
        return self.query_one("#field-until", Field).value

    def _until(self) -> datetime | None:
        """The time that is sent; None: none, or the one that is there stays. Raises Unreadable."""
        if not self._typed or self._stays("until"):
            return None
        return until(self._typed, self.work.pace.now(), wording.zone(self.work.zone))

    def _stays(self, name: str) -> bool:
        """Whether note or time of the hold that is there is left as it is."""
        filled = bool(self._filled[name]) and self._value(name) == self._filled[name]
        return filled and not (name == "until" and self._then_chosen)

    def _value(self, name: str) -> str:
        return self._note if name == "note" else self._typed

    def hindrance(self) -> str:
        return self._plan.hindrance()

    def problem(self) -> str:
        if fault := self._plan.hindrance():
            return fault
        try:
            self._until()
        except Unreadable as unreadable:
            return str(unreadable)
        if self._reason is HoldReason.OTHER and not self._note:
            return "for the reason other a note says why"
        return self._plan.problem()

    def result(self) -> HoldDraft:
        assert self._reason is not None
        ids = self._plan.ids
        return HoldDraft(
            ids,
            self._reason,
            "" if self._stays("note") else self._note,
            self._until(),
            self._then,
            self._plan.named_lines(),
            "" if self._stays("until") else self._typed,
            tuple(name for name, filled in self._filled.items() if filled and not self._value(name)),
            since=self.work.pace.now(),
            by=self.work.name or None,
            versions=self.versions(ids),
        )

    def keep_draft(self) -> None:
        if self.touched and self._reason is not None and not self.problem():
            kept = self.result()
            self.work.session.drafts.keep(replace(kept, lines=()) if self._plan.noted else kept)

    # -- what is shown

    def session_changed(self, change: Change) -> None:
        super().session_changed(change)
        if isinstance(change, DetailChanged):
            self._fill()
            self._fill_in()
            self.update()

    def edited(self) -> None:
        """Another time is chosen with what happens then."""
        self._then_chosen = self._then_chosen and bool(self._typed)

    def _fill_in(self) -> None:
        """Note and time of the hold that would change, where nothing else was typed."""
        there = self._plan.terms(wording.zone(self.work.zone))
        for name, text in there.items():
            if text != self._filled[name] and self._value(name) == self._filled[name]:
                self.prefill(name, text)
        self._filled = there

    def _fill(self) -> None:
        """The lines of the order of which something can be held."""
        items = self._detail.line_items if self._detail is not None else []
        self._counts.update(_free(line) for line in items if line.owed > line.held)
        unread = self.target.only is not None and self._detail is None
        self._lines.set_class(unread, "unread")
        self._lines.display, self._lines.can_focus = unread or bool(self._counts), bool(self._counts)

    def _reasons(self) -> list[Line]:
        ours, fmt = self._plan.ours(), self.work.formatter()
        lines = []
        for reason in HoldReason:
            sign = wording.hold_reason(reason)
            left: Piece = (f"{fmt.sign(sign):<13}", sign.tone)
            right = ((f"held for {fmt.age(ours[reason].since)}", Tone.ACTIVE),) if reason in ours else ()
            lines.append(Line(reason, (left, (MEANS[reason], Tone.DIM)), right))
        return lines

    def update(self) -> None:
        super().update()
        self._why.set_lines(self._reasons())
        self._why.light(self._reason is not None)
        self._lines.set_lines(self._counts.lines(self.work.glyphs) if self._counts else NOT_YET)
        self._lines.light(self._lines.has_focus)
        self.query_one("#resolved", Bar).set_pieces([self._resolved()])
        plan = self._plan
        self.show_words("consequence", plan.consequence(self.work.session.me, self.work.key("action.undo")))
        self.show_words("left-out", plan.left_out(), Tone.WARN)
        self.query_one("#left-out").display = bool(plan.left_out())

    def _resolved(self) -> Piece:
        """The instant that is meant, and what happens then."""
        try:
            at = self._until()
        except Unreadable:
            return "", Tone.DIM
        now, zone, hold = self.work.pace.now(), self.work.zone, self._plan.noted
        if at is not None:
            return f"{wording.until(at, now, zone)}; {THEN[self._then]}", Tone.ACTIVE
        if hold is None or hold.until is None:
            return "until somebody releases it", Tone.DIM
        if self._stays("until"):
            return f"its time stays: {wording.until(hold.until, now, zone)}", Tone.DIM
        return "its time is taken away: until somebody releases it", Tone.ACTIVE

    # -- keys

    def action_choose(self, step: int) -> None:
        """Up and down go through the lines where the focus is there, else through the reasons."""
        if self._lines.has_focus:
            self._lines.move(step)
            return
        if self._reason is not None:
            self._why.move(step)
        self._choose_reason()

    def on_descendant_focus(self) -> None:
        """The keys are about what has the focus."""
        self.update()

    def on_line_list_moved(self) -> None:
        """A click chooses a reason as well."""
        if self._why.has_focus:
            self._choose_reason()

    def _choose_reason(self) -> None:
        self._reason = HoldReason(self._why.current)
        self._changed()

    def _changed(self) -> None:
        """What would be done is another thing now."""
        self.touched = True
        self._fill_in()
        self.update()

    def action_take(self) -> None:
        """Takes or leaves the line under the cursor."""
        if self._lines.has_focus:
            self._counts.toggle(self._lines.current)
            self._changed()

    def action_count(self, step: int) -> None:
        """One unit more of the line under the cursor, or less."""
        if self._lines.has_focus:
            self._counts.add(self._lines.current, step)
            self._changed()

    def action_only_noted(self) -> None:
        """Note and time of the hold that is there, or more units."""
        if self._plan.either:
            self._counts.toggle_all()
            self._changed()

    def action_then(self) -> None:
        """At that time a reminder, or the release."""
        if self._typed:
            self._then = OTHER_THEN[self._then]
            self.touched = self._then_chosen = True
            self.update()

    def action_holds(self) -> None:
        """The holds that are there, to be released."""
        if self._plan.held:
            self.leave_for(ActionName.RELEASE)


def _free(line: LineItem) -> OwedLine:
    """What can still be held of a line, all of which is taken at first."""
    free = line.owed - line.held
    return OwedLine(
        line.id, line.sku or "", line.title, free, free, free, f"{line.held} held already" if line.held else ""
    )


DIALOG = HoldDialog
