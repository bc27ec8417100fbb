"""`:cancel`: one order is cancelled in Shopify: why, what becomes of its money and its stock, whether the customer is mailed.

What stands against it is said before anything is chosen, and nothing can be sent then. It is money, and final: Enter never does
it, ctrl+s does; above a configured amount what is paid back is typed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.widgets import Static

from orders_tui import wording
from orders_tui.actions.cancel import CancelDraft, Payback, against, payback, units
from orders_tui.context.context import Context
from orders_tui.context.screen import hidden_bindings
from orders_tui.context.target import Target
from orders_tui.dialogs.field import Field
from orders_tui.dialogs.mail_box import MailDialog
from orders_tui.session.changes import Change, DetailChanged
from orders_tui.widgets.cells import Piece
from orders_tui.widgets.hint_bar import Hint
from orders_tui.widgets.line_list import Line, LineList
from orders_tui.widgets.switch import Switch
from orders_tui.wording import Tone, cancelling
from orders_wire.actions import LONGEST_CANCEL_NOTE
from orders_wire.orders import Order
from orders_wire.vocabulary import CancelReason, CancelRefund

if TYPE_CHECKING:
    from orders_wire.detail import OrderDetail


class CancelDialog(MailDialog[CancelDraft]):
    """Returns the draft; left with esc, it is kept for the next time."""

    SIZE = "wide"
    BINDINGS = hidden_bindings(
        {"ctrl+r": "refund", "ctrl+t": "restock", "j": "choose(1)", "k": "choose(-1)"},
    )

    def __init__(self, work: Context, target: Target, given: str = "") -> None:
        super().__init__(work, target, given)
        kept = self.kept(CancelDraft)
        self._note = kept.note if kept is not None else ""
        self._pays = kept is None or kept.refund is CancelRefund.ORIGINAL
        self._restocks = kept is None or kept.restock
        if kept is not None and kept.notify is not None:
            self.mail = kept.notify
        likely = {given, kept.reason if kept is not None else None}
        self._reason = next((reason for reason in CancelReason if reason.value in likely), None)

    def body(self) -> ComposeResult:
        yield self.line_list("why")
        yield self.switch("refund", "ctrl+r")
        yield self.switch("restock", "ctrl+t")
        yield self.switch("mail", "ctrl+n")
        hint = "for the shop's staff, in Shopify"
        yield Field("Note", self._note, hint=hint, id="note", max_length=LONGEST_CANCEL_NOTE, prose=True)
        yield Field("Amount", id="amount", max_length=40)
        yield Static(id="consequence")

    def prepare(self) -> None:
        self._why.set_lines(_reasons(self.work), self._reason)
        self._why.focus()

    @property
    def _why(self) -> LineList:
        return self.query_one("#why", LineList)

    def title_pieces(self) -> list[Piece]:
        total = self.order.total
        amount = f"  {self.work.formatter().money(total)}" if total is not None else ""
        return [
            (f"Cancel {self.order.order_number}", "strong"),
            (f"  {self.order.customer_name or ''}{amount}", Tone.PLAIN),
        ]

    def keys(self) -> list[Hint]:
        able = not self.hindrance()
        return [Hint("ctrl+s", "cancel it", able=able), Hint("↑↓", "why"), Hint("tab", "note")]

    def escape_word(self) -> str:
        """`cancel` would mean something else here."""
        return "leave it"

    # -- what is meant

    @property
    def order(self) -> Order:
        """The order as it is now known."""
        return self.bound[0]

    @property
    def _detail(self) -> OrderDetail | None:
        return self.work.session.table.detail(self.order.id)

    @property
    def _known(self) -> Order:
        """All that is known of it."""
        return self._detail or self.order

    @property
    def _back(self) -> Payback:
        return payback(self._known)

    @property
    def _refund(self) -> CancelRefund:
        return CancelRefund.ORIGINAL if self._pays and not self._back.nothing else CancelRefund.NONE

    @property
    def _confirmation(self) -> tuple[str, str]:
        """What is typed to confirm, in words and as it is typed."""
        return cancelling.confirmation(self._back, self.order)

    def _is_dear(self) -> bool:
        return not self._back.nothing and self._back.above(self.work.config.typed_amount_above)

    def hindrance(self) -> str:
        if stands := against(self._known) or against(self.order):
            return f"it cannot be cancelled: {self.order.order_number} {stands}"
        problem = self.work.session.table.detail_problem(self.order.id)
        if self._detail is None:
            return f"the order could not be read: {problem}" if problem else "reading the order"
        return ""

    def problem(self) -> str:
        if hindrance := self.hindrance():
            return hindrance
        if self._reason is None:
            return "why is it cancelled? choose a reason"
        if not (self._is_dear() and self._refund is CancelRefund.ORIGINAL):
            return ""
        typed = self.query_one("#field-amount", Field).value
        what, wanted = self._confirmation
        return "" if typed.replace(",", ".") == wanted else f"{what} has to be typed: {wanted}"

    def result(self) -> CancelDraft:
        assert self._reason is not None
        ids, note = self.target.ids, self.query_one("#field-note", Field).value
        draft = CancelDraft(
            ids, self._reason, self._refund, self._restocks, self.mail, note, versions=self.versions(ids)
        )
        return draft.ordered(self.work.pace.now(), self.work.session.me, self.work.name)

    def keep_draft(self) -> None:
        if self.touched and self._reason is not None:
            self.work.session.drafts.keep(self.result())

    def entered(self) -> None:
        """Money and ends are never an Enter away."""
        self.say("Enter does not do this; ctrl+s does")

    # -- what is shown

    def session_changed(self, change: Change) -> None:
        super().session_changed(change)
        if isinstance(change, DetailChanged):
            self.update()

    def update(self) -> None:
        super().update()
        self._why.light(self._reason is not None)
        self._show_boxes()
        amount = self.query_one("#field-amount", Field)
        amount.display = self._is_dear()
        amount.visible = self._refund is CancelRefund.ORIGINAL
        amount.advise(f"type {self._confirmation[1]} to confirm")
        failed = "" if self.touched else cancelling.failure(self._known)
        if failed:
            self.show_words("consequence", f"it was tried, and not cancelled: {failed}", Tone.WARN)
        else:
            self.show_words("consequence", self._consequence(), Tone.PLAIN)

    def _show_boxes(self) -> None:
        symbols, back = not self.work.glyphs.ascii_only, self._back
        much = cancelling.amount(back, symbols) or "what was paid"
        pays = "nothing was paid, so nothing is paid back" if back.nothing else f"pay {much} back the way it came"
        self.query_one("#refund", Switch).show(pays, on=self._refund is CancelRefund.ORIGINAL)
        count = units(self._known)
        what = "the units" if count is None else f"{count} {'unit' if count == 1 else 'units'}"
        self.query_one("#restock", Switch).show(f"put {what} back into stock", on=self._restocks)

    def _consequence(self) -> str:
        if self.hindrance():
            return ""
        draft = CancelDraft(self.target.ids, CancelReason.OTHER, self._refund, self._restocks, self.mail)
        key, symbols = self.work.key("action.undo"), not self.work.glyphs.ascii_only
        return cancelling.consequence(draft, self._known, self.work.session.me, key, symbols)

    # -- keys

    def action_choose(self, step: int) -> None:
        """Up and down go through the reasons, wherever the focus is."""
        if self._reason is not None:
            self._why.move(step)
        self._choose_reason()

    def on_line_list_moved(self) -> None:
        """A click chooses a reason as well."""
        self._choose_reason()

    def _choose_reason(self) -> None:
        self._reason = CancelReason(self._why.current)
        self._changed()

    def _changed(self) -> None:
        self.touched = True
        self.update()

    def action_refund(self) -> None:
        """What was paid goes back, or stays."""
        if not self._back.nothing:
            self._pays = not self._pays
            self._changed()

    def action_restock(self) -> None:
        """The units go back into stock, or do not."""
        self._restocks = not self._restocks
        self._changed()


def _reasons(work: Context) -> list[Line]:
    fmt = work.formatter()
    lines = []
    for reason in CancelReason:
        sign = wording.cancel_reason(reason)
        left: Piece = (f"{fmt.sign(sign):<13}", sign.tone)
        lines.append(Line(reason, (left, (cancelling.MEANS[reason], Tone.DIM))))
    return lines


DIALOG = CancelDialog
