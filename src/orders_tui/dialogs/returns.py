"""`r`: what is to become of a return, or of a customer's request for one. The machine is drawn; the present state and the legal
moves are lit, with what they do.

Money and final steps: Enter never does them, ctrl+s does; above a configured amount the amount is typed.
"""

from __future__ import annotations

from textual.app import ComposeResult
from textual.widgets import Static

from orders_tui import wording
from orders_tui.actions.returns import ReturnsDraft, mails, named, outward
from orders_tui.context.context import Context
from orders_tui.context.screen import hidden_bindings
from orders_tui.context.target import Target
from orders_tui.dialogs import return_path
from orders_tui.dialogs.field import Field
from orders_tui.dialogs.mail_box import MailDialog
from orders_tui.widgets.bar import Bar
from orders_tui.widgets.cells import Piece
from orders_tui.widgets.hint_bar import Hint
from orders_tui.widgets.line_list import Line, LineList
from orders_tui.wording import Tone
from orders_wire.actions import LONGEST_NOTE
from orders_wire.orders import Order, ReturnSummary
from orders_wire.vocabulary import ReturnAction


class ReturnDialog(MailDialog[ReturnsDraft]):
    """Returns the draft for the return that was on show."""

    BINDINGS = hidden_bindings({"j": "choose(1)", "k": "choose(-1)"})
    SIZE = "wide"

    def __init__(self, work: Context, target: Target, given: str = "") -> None:
        super().__init__(work, target, given)
        assert self.order.return_ is not None
        self._opened_with = self.order.return_
        kept = self.kept(ReturnsDraft)
        self._note = (kept.note or "") if kept is not None else ""

    @property
    def order(self) -> Order:
        """The order as it is now known."""
        return self.bound[0]

    @property
    def now(self) -> ReturnSummary:
        """The return as it is now known."""
        return self.order.return_ or self._opened_with

    @property
    def move(self) -> ReturnAction | None:
        """The one under the cursor."""
        return ReturnAction(self.current) if self.current else None

    def body(self) -> ComposeResult:
        yield self.bar("way")
        yield self.bar("branch")
        yield self.bar("ends")
        yield self.line_list("actions")
        yield Static(id="consequence")
        yield self.switch("mail", "ctrl+n")
        why = "why, for whoever reads it later"
        yield Field("Note", self._note, hint=why, id="note", max_length=LONGEST_NOTE, prose=True)
        yield Field("Amount", hint=f"type {self._amount()} to confirm", id="amount", max_length=20)

    def prepare(self) -> None:
        allowed = self.now.allowed_actions
        self.query_one(LineList).set_lines(self._lines(), allowed[0] if allowed else None)
        self.query_one(LineList).focus()

    def title_pieces(self) -> list[Piece]:
        amount = f"  {wording.refund(self.now, symbols=not self.work.glyphs.ascii_only)}"
        return [
            (f"Return of {self.order.order_number}", "strong"),
            (f"  {self.order.customer_name or ''}{amount}", Tone.PLAIN),
            (f"  {wording.words(self.now.reason)}", Tone.DIM),
        ]

    @property
    def mail_words(self) -> str:
        """Only an answer to a request is mailed."""
        if not mails(self.move, requested=self.now.requested):
            return ""
        accepts = self.move is ReturnAction.APPROVE_REQUEST
        return "mail the customer how to send it back" if accepts else "mail the customer that it is declined"

    def keys(self) -> list[Hint]:
        return [Hint("ctrl+s", "do it", able=self.move is not None), Hint("↑↓", "choose"), Hint("tab", "note")]

    def problem(self) -> str:
        move, state = self.move, wording.return_sign(self.now).word
        if move is None:
            return f"nothing can be done with a return that is {state}"
        if move not in self.now.allowed_actions:
            return f"{named(move)} is not possible from {state}"
        if self._needs_amount() and self.query_one("#field-amount", Field).value.replace(",", ".") != self._amount():
            return f"the amount has to be typed: {self._amount()}"
        return ""

    def result(self) -> ReturnsDraft:
        assert self.move is not None
        ids, note = self.target.ids, self.query_one("#field-note", Field).value or None
        notify = self.mail if self.mail_words else None
        return ReturnsDraft(ids, self.move, note, self.now.id, notify, versions=self.versions(ids))

    def keep_draft(self) -> None:
        if self.query_one("#field-note", Field).value and self.move is not None:
            self.work.session.drafts.keep(self.result())

    def entered(self) -> None:
        """Money and ends are never an Enter away."""
        self.say("Enter does not do this; ctrl+s does")

    def update(self) -> None:
        super().update()
        at, allowed, glyphs = self.now.state, self.now.allowed_actions, self.work.glyphs
        asked = self.now.requested
        self.query_one("#way", Bar).set_pieces(return_path.way(at, allowed, glyphs, requested=asked))
        self.query_one("#branch", Bar).set_pieces(return_path.branch(at, allowed, glyphs, requested=asked))
        self.query_one("#ends", Bar).set_pieces(return_path.note(at, glyphs))
        self.show_words("consequence", self._consequence(), Tone.PLAIN)
        self.query_one("#mail").display = asked
        amount = self.query_one("#field-amount", Field)
        amount.display, amount.visible = self._is_dear(), self._needs_amount()
        self.query_one(LineList).set_lines(self._lines())

    def _amount(self) -> str:
        return f"{self.now.refund_amount or 0:.2f}"

    def _is_dear(self) -> bool:
        """Whether the amount may have to be typed: its field keeps its place, so that choosing moves nothing."""
        above = (self.now.refund_amount or 0) > self.work.config.typed_amount_above
        return above and ReturnAction.APPROVE_REFUND in self.now.allowed_actions

    def _needs_amount(self) -> bool:
        return self._is_dear() and self.move is ReturnAction.APPROVE_REFUND

    def _lines(self) -> list[Line]:
        """Every move; to accept a request only where there is one."""
        risks = {ReturnAction.APPROVE_REFUND: "money", ReturnAction.DENY: "final"}
        impossible: Piece = (f"not from {wording.return_sign(self.now).word}", "faint")
        lines = []
        for move in ReturnAction:
            if move is ReturnAction.APPROVE_REQUEST and not self.now.requested:
                continue
            allowed = move in self.now.allowed_actions
            left: Piece = (named(move), Tone.PLAIN if allowed else "faint")
            right = (risks.get(move, ""), Tone.WARN) if allowed else impossible
            lines.append(Line(move, (left,), (right,), choosable=allowed))
        return lines

    def _consequence(self) -> str:
        move, state = self.move, self.now.state
        if move is None or move not in self.now.allowed_actions:
            return ""
        undo_key = self.work.key("action.undo")
        does = wording.return_action(move, state, requested=self.now.requested)
        words = does, self._mailed(), outward(move, state, self.work.session.me, undo_key)
        return "; ".join(filter(None, words))

    def _mailed(self) -> str:
        if not self.mail_words:
            return ""
        return "the customer is mailed" if self.mail else "the customer is not mailed"

    def action_choose(self, step: int) -> None:
        self.touched = True
        super().action_choose(step)
        self.update()


DIALOG = ReturnDialog
