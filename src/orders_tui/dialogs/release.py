"""The holds of an order, and which of them end: those of this desk are chosen; others can be tried, and Shopify may refuse.

Of several orders the holds of this desk end, whatever else holds them.
"""

from __future__ import annotations

from collections import Counter

from textual.app import ComposeResult
from textual.widgets import Static

from orders_tui import wording
from orders_tui.actions.draft import Eligibility
from orders_tui.actions.release import ReleaseDraft, may_release, needs_lead, unsent
from orders_tui.actions.sending import goes
from orders_tui.context.context import Context
from orders_tui.context.screen import hidden_bindings
from orders_tui.context.target import Target
from orders_tui.dialogs.action_dialog import ActionDialog
from orders_tui.dialogs.field import Field
from orders_tui.session.changes import Change, DetailChanged
from orders_tui.widgets import hold_text
from orders_tui.widgets.cells import Piece
from orders_tui.widgets.hint_bar import Hint
from orders_tui.widgets.line_list import Line, LineList
from orders_tui.wording import Tone
from orders_wire.actions import LONGEST_NOTE
from orders_wire.detail import HoldEntry, OrderDetail
from orders_wire.people import Me
from orders_wire.vocabulary import ActionName, Role

ABOUT_LINES = 3
WITHDRAWN = "the hold still waits and is withdrawn: nothing is sent"


class ReleaseDialog(ActionDialog[ReleaseDraft]):
    """Returns the draft."""

    SIZE = "wide"
    BINDINGS = hidden_bindings({"space,x": "take", "ctrl+t": "hold", "j": "choose(1)", "k": "choose(-1)"})

    def __init__(self, work: Context, target: Target, given: str = "") -> None:
        super().__init__(work, target, given)
        self._chosen: dict[str, bool] = {}
        """What the operator has set; of the others, what is ours and may be released is chosen."""

    def body(self) -> ComposeResult:
        yield self.line_list("holds")
        yield Static(id="about")
        kept = self.kept(ReleaseDraft)
        why = "why, for the timeline"
        yield Field(
            "Note", kept.note if kept is not None else "", hint=why, id="note", max_length=LONGEST_NOTE, prose=True
        )
        yield Static(id="consequence")

    def prepare(self) -> None:
        self._list.can_focus = self._one
        if self._one:
            self._list.focus()
        self._fill()

    @property
    def _one(self) -> bool:
        return len(self.target.ids) == 1

    @property
    def _list(self) -> LineList:
        return self.query_one("#holds", LineList)

    @property
    def _detail(self) -> OrderDetail | None:
        return self.work.session.table.detail(self.target.ids[0]) if self._one else None

    @property
    def _holds(self) -> list[HoldEntry]:
        detail = self._detail
        return detail.holds if detail is not None else []

    def title_pieces(self) -> list[Piece]:
        only, count = self.target.only, len(self._ids())
        if only is not None:
            return [(f"Holds of {only.order_number}", "strong"), (f"  {only.customer_name or ''}", Tone.PLAIN)]
        of = f" of {len(self.target.ids)}" if count != len(self.target.ids) else ""
        return [(f"Release {count}{of} orders", "strong")]

    def keys(self) -> list[Hint]:
        count = len(self._taken()) if self._holds else len(self._ids())
        take = [Hint("space", "choose")] if self._holds else []
        return [
            Hint(self.confirm_key, f"release {count}", able=not self.problem()),
            *take,
            Hint("ctrl+t", "hold more" if self._one else "hold"),
            Hint("tab", "note"),
        ]

    # -- what is meant

    def _taken(self) -> list[HoldEntry]:
        return [hold for hold in self._holds if self._is_taken(hold)]

    def _is_taken(self, hold: HoldEntry) -> bool:
        return self._chosen.get(hold.id, hold.ours) and may_release(hold.reason, self.work.role)

    def _eligibility(self) -> Eligibility:
        found = {order.id: order for order in self.bound}
        return ReleaseDraft(self.target.ids).eligibility(found.get)

    def _ids(self) -> tuple[str, ...]:
        """The orders that are held, without those that only a lead may free."""
        lead = self._holds or self.work.role.includes(Role.LEAD)
        barred = set() if lead else {order.id for order in self.bound if needs_lead(order)}
        return tuple(order_id for order_id in self._eligibility().sendable if order_id not in barred)

    def hindrance(self) -> str:
        found = self._eligibility()
        if not found.sendable:
            return next(iter(found.skipped), "none of these is held")
        if self._holds and not any(may_release(hold.reason, self.work.role) for hold in self._holds):
            return self._barred(self._holds[0])
        return "" if self._holds or self._ids() else f"payment: only a lead releases it; you are {self.work.role}"

    def _barred(self, hold: HoldEntry) -> str:
        return f"{hold.reason}: only a lead releases it; you are {self.work.role}"

    def problem(self) -> str:
        if hindrance := self.hindrance():
            return hindrance
        return "no hold is chosen: space chooses one" if self._holds and not self._taken() else ""

    def result(self) -> ReleaseDraft:
        ids, taken = self._ids(), self._taken()
        frees = bool(taken) and len(taken) == len(self._holds)
        note = self.query_one("#field-note", Field).value
        return ReleaseDraft(ids, tuple(hold.id for hold in taken), note, frees, versions=self.versions(ids))

    def keep_draft(self) -> None:
        if self.query_one("#field-note", Field).value and self._ids():
            self.work.session.drafts.keep(self.result())

    # -- what is shown

    def session_changed(self, change: Change) -> None:
        super().session_changed(change)
        if isinstance(change, DetailChanged):
            self._fill()
            self.update()

    def _fill(self) -> None:
        """One line for each hold; for several orders, for each reason."""
        fmt = self.work.formatter()
        if self._holds:
            lines = [
                hold_text.heading(fmt),
                *(hold_text.line(hold, fmt, taken=self._is_taken(hold)) for hold in self._holds),
            ]
        else:
            held = [order.hold for order in self.bound if order.hold is not None and order.id in self._ids()]
            counted = Counter(hold.reason for hold in held)
            lines = [_counted(fmt.piece(wording.issue(reason)), count) for reason, count in counted.most_common()]
        self._list.set_class(self._one and self._detail is None, "unread")
        self._list.set_lines(lines)

    def update(self) -> None:
        super().update()
        self._fill()
        self.show_words("about", *self._about(), most=ABOUT_LINES)
        self.show_words("consequence", self._consequence())

    def _about(self) -> tuple[str, Tone]:
        """More of the hold under the cursor; of several orders, what is left out."""
        hold = next((hold for hold in self._holds if hold.id == self._list.current), None)
        if hold is None:
            loading = self._one and self._detail is None
            return ("loading its holds", Tone.DIM) if loading else (self._left_out(), Tone.WARN)
        if not may_release(hold.reason, self.work.role):
            return self._barred(hold), Tone.WARN
        held = f"{hold_text.what(hold)}{f': {hold.note}' if hold.note else ''}"
        if not hold.ours:
            return f"another app's: it can be tried, and Shopify may refuse; {held}", Tone.WARN
        return held, Tone.DIM

    def _left_out(self) -> str:
        words = [f"{len(ids)} {why}" for why, ids in self._eligibility().skipped.items()]
        if barred := len(self._eligibility().sendable) - len(self._ids()):
            words.append(f"{barred} held for payment: only a lead releases it")
        return f"left out: {', '.join(words)}" if words and not self._one else ""

    def _consequence(self) -> str:
        """What is free then, and what is sent of it."""
        if not self._ids() or self.problem():
            return ""
        me, undo_key = self.work.session.me, self.work.key("action.undo")
        if not self._holds:
            return self._of_rows(me, undo_key)
        left = len(self._holds) - len(self._taken())
        stay = "one hold stays" if left == 1 else f"{left} holds stay"
        stays = f"{stay}, so the order is still held" if left else "the order is free then"
        return f"{stays}; {WITHDRAWN if self._unsent() else goes(1, me, undo_key, alone=True)}"

    def _unsent(self) -> bool:
        """Whether none of the holds that end was sent yet."""
        outbox = self._detail.outbox if self._detail is not None else []
        return all(unsent(hold, outbox) for hold in self._taken())

    def _of_rows(self, me: Me | None, undo_key: str) -> str:
        """As far as rows tell whose holds they are: another app's operator is seldom known."""
        ids = set(self._ids())
        ours = sum(order.hold is not None and order.hold.by is not None for order in self.bound if order.id in ids)
        sent = goes(ours, me, undo_key, alone=True) if ours else "none is known to be this desk's"
        return f"the holds of this desk end, those of other apps stay; {sent}"

    # -- keys

    def action_choose(self, step: int) -> None:
        super().action_choose(step)
        self.update()

    def action_take(self) -> None:
        """Chooses the hold under the cursor, or leaves it."""
        hold = next((hold for hold in self._holds if hold.id == self._list.current), None)
        if hold is None:
            return
        if not may_release(hold.reason, self.work.role):
            self.say(self._barred(hold), Tone.WARN)
            return
        self._chosen[hold.id] = not self._is_taken(hold)
        self.touched = True
        self.update()

    def action_hold(self) -> None:
        """The form of a hold: for what is not held, or for another reason."""
        self.leave_for(ActionName.HOLD)

    def on_line_list_moved(self) -> None:
        self.update()


def _counted(reason: Piece, count: int) -> Line:
    return Line(reason[0], (reason,), ((f"{count} orders" if count != 1 else "1 order", Tone.DIM),), choosable=False)


DIALOG = ReleaseDialog
