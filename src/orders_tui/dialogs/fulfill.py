"""`f`: one order is marked as fulfilled, whole or in part, with a tracking number and its carrier.

It opens at once from the row. The lines follow with the order's detail; until they are there, all that is owed is meant. What can
be sent is chosen already. Several orders, and an order that owes nothing, have dialogs of their own.
"""

from __future__ import annotations

from typing import Any

from textual.app import ComposeResult
from textual.widgets import Static

from orders_tui.actions import owed_lines
from orders_tui.actions.draft import Draft
from orders_tui.actions.fulfill import FulfillDraft, Parcel, outward
from orders_tui.actions.owed_lines import OwedLine, Part
from orders_tui.context.context import Context
from orders_tui.context.screen import hidden_bindings
from orders_tui.context.target import Target
from orders_tui.dialogs import owed_list, parcel_lines
from orders_tui.dialogs.action_dialog import ActionDialog
from orders_tui.dialogs.carrier_guesses import CarrierDialog
from orders_tui.widgets.cells import Piece
from orders_tui.widgets.hint_bar import Hint
from orders_tui.widgets.line_list import Line, LineList
from orders_tui.wording import Tone
from orders_wire.vocabulary import Status

NOT_YET = (Line("", (("reading what it owes", Tone.DIM),), choosable=False),)
_HERE = {Status.AWAITING_FULFILLMENT, Status.CANCELLED, Status.REFUNDED}
"""What owes something, or is over; of any other order that was sent its parcels are meant."""


class FulfillDialog(CarrierDialog[Draft]):
    """Returns the draft; of one that went on to the order's parcels, theirs."""

    BINDINGS = hidden_bindings(
        {
            "space": "take",
            "plus": "count(1)",
            "minus": "count(-1)",
            "j": "choose(1)",
            "k": "choose(-1)",
            "ctrl+o": "parcels",
        }
    )

    def __init__(self, work: Context, target: Target, given: str = "") -> None:
        super().__init__(work, target, given)
        kept = self.kept(FulfillDraft)
        parcel = kept.parcels.get(self.order.id) if kept is not None else None
        part = kept.parts.get(self.order.id) if kept is not None else None
        self._number = given or (parcel.number if parcel else "")
        self._carrier = (parcel.carrier or "") if parcel else ""
        self._counts: dict[str, int] = dict(part.units) if part is not None else {}
        self._lines: list[OwedLine] | None = None

    @classmethod
    def about(cls, work: Context, target: Target, given: str = "") -> ActionDialog[Any]:
        """Of an order that owes nothing: its parcels."""
        if target.only is None:
            from orders_tui.dialogs.fulfill_several import FulfillSeveralDialog

            return FulfillSeveralDialog(work, target, given)
        if target.only.status in _HERE or not target.only.tracking:
            return cls(work, target, given)
        from orders_tui.dialogs.tracking import TrackingDialog

        return TrackingDialog(work, target, given)

    def body(self) -> ComposeResult:
        yield from self.number_fields(self._number, self._carrier, hint="number, or empty: none yet")
        yield self.line_list("guesses")
        yield self.line_list("items")
        yield self.switch("mail", "ctrl+n")
        yield Static(id="consequence")

    def prepare(self) -> None:
        super().prepare()
        self.fill()
        self._items.set_class(self._lines is None, "unread")
        self.edited()

    @property
    def _items(self) -> LineList:
        return self.query_one("#items", LineList)

    def title_pieces(self) -> list[Piece]:
        lines, number = self._lines or (), self.order.order_number
        customer: Piece = (f"  {self.order.customer_name or ''}", Tone.PLAIN)
        if not lines:
            return [(f"Fulfil {number}", "strong"), customer]
        return [(f"Fulfil {self._sent} of {owed_lines.total(lines)}", "strong"), (f"  {number}", "strong"), customer]

    def keys(self) -> list[Hint]:
        number = f"{self._sent} of {owed_lines.total(self._lines)}" if self._lines else "1"
        do = Hint(self.confirm_key, f"fulfil {number}", able=not self.hindrance())
        parcels = [Hint("ctrl+o", "parcels")] if self.order.tracking else []
        if self._items.has_focus:
            return [do, Hint("space", "take or leave"), Hint("+ -", "count"), *parcels]
        guess = [Hint("ctrl+y", "take carrier")] if self.guessed else []
        return [do, *guess, Hint("tab", "items"), *parcels]

    # -- what is sent

    @property
    def _quantities(self) -> dict[str, int]:
        return owed_lines.chosen(self._lines or (), self._counts)

    @property
    def _sent(self) -> int:
        return sum(self._quantities.values())

    @property
    def _part(self) -> Part | None:
        """The units that are sent; None: all that is owed."""
        return owed_lines.part_of(self._lines, self._quantities) if self._lines else None

    def _nothing_chosen(self) -> bool:
        return bool(self._lines) and not self._sent and any(line.open for line in self._lines or ())

    def hindrance(self) -> str:
        if self.order.cancelling is None and self._nothing_chosen():
            return "nothing is chosen: space takes a line of the items, + counts"
        return self._draft().obstacle(self.order) or ""

    def problem(self) -> str:
        return self.hindrance() or self.number_fault(optional=True)

    def result(self) -> Draft:
        return self._draft()

    def _draft(self) -> FulfillDraft:
        ids, part, parcel = self.target.ids, self._part, self._parcel()
        return FulfillDraft(
            ids,
            {self.order.id: parcel} if parcel is not None else {},
            {self.order.id: part} if part is not None and part.units else {},
            notify=self.mail,
            versions=self.versions(ids),
        )

    def _parcel(self) -> Parcel | None:
        number = parcel_lines.written(self.number)
        return Parcel(number, self.carrier or self.guess or None) if number else None

    def keep_draft(self) -> None:
        if self.touched and (self._parcel() is not None or self._counts):
            self.work.session.drafts.keep(self._draft())

    # -- what is on show

    def fill(self) -> None:
        """The lines as they are known now; what was counted stays, as far as it still can be sent."""
        detail = self.work.session.table.detail(self.order.id)
        if detail is not None:
            self._lines = owed_lines.owed_lines(detail)

    def update(self) -> None:
        super().update()
        lines, problem = self._lines, self.work.session.table.detail_problem(self.order.id)
        if lines is not None:
            self._items.set_lines(owed_list.as_lines(lines, self._quantities, self.work.glyphs))
        elif problem is None:
            self._items.set_lines(NOT_YET)
        else:
            why = ((f"what it owes cannot be shown: {problem}", Tone.WARN),)
            self._items.set_lines((Line("", why, choosable=False),))
        self._items.light(self._items.has_focus)
        self.show_words("consequence", self._consequence())

    def _consequence(self) -> str:
        """That a number is missing, what stays owed, and what is sent."""
        draft = self._draft()
        if draft.obstacle(self.order) or self._nothing_chosen():
            return ""
        part, me = self._part, self.work.session.me
        words = (
            "" if draft.parcels else "without a number",
            f"{part.left} stay{'s' if part.left == 1 else ''} owed, ship by stays" if part is not None else "",
            outward([self.order], draft.parcels, me, self.work.key("action.undo"), notify=self.mail),
        )
        return "; ".join(filter(None, words))

    # -- keys

    def on_descendant_focus(self) -> None:
        """The keys are about what has the focus."""
        self.call_after_refresh(self.update)

    def action_choose(self, step: int) -> None:
        """Among the items once they have the focus, else among the carriers; where there is none, down goes to the items."""
        if self._items.has_focus:
            before = self._items.current
            self._items.move(step)
            if step < 0 and self._items.current == before:
                self.query_one("#number").focus()
        elif self.guessed:
            super().action_choose(step)
        elif step > 0:
            self._items.focus()

    def action_take(self) -> None:
        """The line under the cursor goes, with what can be sent of it, or stays."""
        line = self._line()
        if line is not None:
            self._count(line, 0 if self._quantities[line.id] else line.ready or line.open)

    def action_count(self, step: int) -> None:
        """One more, or one less, of the line under the cursor."""
        line = self._line()
        if line is not None:
            self._count(line, self._quantities[line.id] + step)

    def _line(self) -> OwedLine | None:
        return next((line for line in self._lines or () if line.id == self._items.current), None)

    def _count(self, line: OwedLine, quantity: int) -> None:
        self.touched = True
        self._counts[line.id] = max(0, min(quantity, line.open))
        self.update()
        if quantity > line.open or not line.open:
            kept = f"; {line.reason}" if line.open < line.owed else ""
            self.say(f"{line.open} of {line.owed} can be sent at most{kept}", Tone.WARN)

    def action_parcels(self) -> None:
        """What was sent of the order already, in the place of this dialog; left there, it is here again."""
        from orders_tui.dialogs.tracking import TrackingDialog

        frame = self.query_one("#dialog")

        def answered(draft: Draft | None) -> None:
            frame.visible = True
            if draft is not None:
                self.dismiss(draft)

        if self.order.tracking:
            frame.visible = False
            self.app.push_screen(TrackingDialog(self.work, Target.of(self.order)), answered)


DIALOG = FulfillDialog
