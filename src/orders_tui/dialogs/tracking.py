"""The parcels of an order: what is in each, where it is, how far it is known to Shopify; and their numbers, which can be given
and corrected there.

The fields are about the parcel under the cursor; what was typed for another one stays until it is sent, all of it at once.
"""

from __future__ import annotations

from textual import events
from textual.app import ComposeResult
from textual.widgets import Static

from orders_tui.actions.draft import ending
from orders_tui.actions.tracking import ParcelNumber, TrackingDraft, outward, parcels_of
from orders_tui.context.context import Context
from orders_tui.context.screen import hidden_bindings
from orders_tui.context.target import Target
from orders_tui.dialogs import parcel_lines, parcel_list
from orders_tui.dialogs.carrier_guesses import CarrierDialog
from orders_tui.dialogs.field import Field
from orders_tui.dialogs.parcel_list import Typed
from orders_tui.widgets.cells import Piece
from orders_tui.widgets.hint_bar import Hint
from orders_tui.widgets.line_list import Line, LineList
from orders_tui.wording import Tone
from orders_wire.actions import LONGEST_URL
from orders_wire.detail import Fulfillment

_NOT_YET = (Line("", (("reading its parcels", Tone.DIM),), choosable=False),)


class TrackingDialog(CarrierDialog[TrackingDraft]):
    """Returns the draft: the numbers of all parcels that were changed."""

    BINDINGS = hidden_bindings({"j": "choose(1)", "k": "choose(-1)"})

    def __init__(self, work: Context, target: Target, given: str = "", why: str = "") -> None:
        """`why`: what the server said when it was asked before, so that a parcel has to be chosen."""
        super().__init__(work, target, given)
        self._why = why
        self._parcels: list[Fulfillment] | None = None
        self._failure = ""
        self._shown = ""
        """The parcel that the fields are about."""
        self._begun = Typed()
        """What was given for no parcel in particular: it goes along to the one that is chosen."""
        kept = self.kept(TrackingDraft)
        self._kept = {number.parcel: Typed.given(number) for number in kept.numbers} if kept is not None else {}
        self._typed: dict[str, Typed] = {parcel: typed for parcel, typed in self._kept.items() if parcel is not None}

    def body(self) -> ComposeResult:
        yield self.line_list("parcels")
        first = self._kept.get(None, Typed())
        yield from self.number_fields(self.given or first.number, first.carrier, hint="the number on the parcel")
        yield Field(
            "Page", first.url, hint="where it is followed; empty: the carrier's own", id="url", max_length=LONGEST_URL
        )
        yield self.line_list("guesses")
        yield self.switch("mail", "ctrl+n")
        yield Static(id="consequence")

    def prepare(self) -> None:
        super().prepare()
        self.fill()
        self._list.set_class(self._parcels is None, "unread")
        lacking = self._parcels is None or any(not parcel.number for parcel in self._parcels)
        typing = (lacking or self.given) and not self._why
        (self.query_one("#number") if typing else self._list).focus()
        self.edited()

    @property
    def _list(self) -> LineList:
        return self.query_one("#parcels", LineList)

    def title_pieces(self) -> list[Piece]:
        parcels = self._parcels or []
        lacking = sum(not parcel.number for parcel in parcels)
        count = f"{len(parcels)} parcel{'s' if len(parcels) != 1 else ''}" if self._parcels is not None else ""
        missing = f", {lacking} without a number" if lacking else ""
        return [
            (f"Parcels of {self.order.order_number}", "strong"),
            (f"  {self.order.customer_name or ''}", Tone.PLAIN),
            (f"  {count}{missing}", Tone.DIM),
        ]

    def keys(self) -> list[Hint]:
        count = len(self._numbers())
        do = Hint(self.confirm_key, f"send {count} numbers" if count > 1 else "send the number", able=count > 0)
        if self._list.has_focus:
            return [
                Hint("enter", "edit", able=bool(self._shown)),
                Hint("↑↓", "parcel"),
                Hint("ctrl+s", do.label, able=do.able),
            ]
        guess = [Hint("ctrl+y", "carrier")] if self.guessed else []
        return [do, *guess, Hint("S-tab", "parcels")] if len(self._parcels or ()) > 1 else [do, *guess]

    # -- what is sent

    def _numbers(self) -> list[ParcelNumber]:
        """What is to be sent. Before the parcels are known it is for the one that the server finds."""
        if self._parcels is None:
            typed = self._read()
            return [self._number(None, typed)] if typed.number else []
        changed = ((parcel, self._typed.get(parcel.id)) for parcel in self._parcels)
        return [
            self._number(parcel, typed) for parcel, typed in changed if typed is not None and typed != Typed.of(parcel)
        ]

    def _number(self, parcel: Fulfillment | None, typed: Typed) -> ParcelNumber:
        shown = parcel.id if parcel is not None else ""
        guess = self.guess if shown == self._shown else ""
        return ParcelNumber(
            self.order.id,
            parcel_lines.written(typed.number),
            typed.carrier or guess or None,
            typed.url or None,
            parcel.id if parcel is not None else None,
            parcel.number if parcel is not None else None,
        )

    def hindrance(self) -> str:
        if self.order.cancelling is not None:
            return ending(self.order) or ""
        if self._parcels == [] or (self._parcels is None and not self.order.tracking):
            return "no parcel yet: nothing was sent of it"
        return "" if self.touched else self._why

    def problem(self) -> str:
        if hindrance := self.hindrance():
            return hindrance
        numbers = self._numbers()
        if not numbers:
            return self.number_fault() or "nothing is changed"
        for number in numbers:
            if fault := self._fault(number):
                return fault
        return ""

    def _fault(self, number: ParcelNumber) -> str:
        parcel = next((parcel for parcel in self._parcels or () if parcel.id == number.parcel), None)
        name = (parcel.name if parcel is not None else None) or "the parcel"
        if not number.number:
            return f"{name} needs a number: one that it has can be corrected, not taken away"
        several = parcel_lines.numbers(number.number)
        if len(several) > 1:
            return f"{len(several)} numbers, and one parcel takes one here: {', '.join(several)}"
        if number.url is not None and not number.url.lower().startswith(("http://", "https://")):
            return f"the page of {name} has to begin with http:// or https://"
        return ""

    def result(self) -> TrackingDraft:
        return self._draft()

    def _draft(self) -> TrackingDraft:
        ids = self.target.ids
        return TrackingDraft(ids, tuple(self._numbers()), self.mail, versions=self.versions(ids))

    def keep_draft(self) -> None:
        if self.touched and self._numbers():
            self.work.session.drafts.keep(self._draft())

    # -- what is on show

    def fill(self) -> None:
        """The parcels as they are known now. What was typed for none of them goes to the first that lacks a number."""
        detail = self.work.session.table.detail(self.order.id)
        if detail is None:
            return
        self._remember()
        unplaced = self._read() if self._parcels is None else self._typed.get(self._shown, Typed())
        self._parcels, self._failure = parcels_of(detail), parcel_list.failure(detail)
        if any(parcel.id == self._shown for parcel in self._parcels):
            self._show(self._shown)
        elif self._parcels:
            chosen = next((parcel for parcel in self._parcels if not parcel.number), self._parcels[0])
            if unplaced.number:
                self._begun = self._typed[chosen.id] = unplaced
            self._draw_parcels(chosen.id)
            self._show(chosen.id)

    def _read(self) -> Typed:
        return Typed(self.number, self.carrier, self.query_one("#field-url", Field).value)

    def _show(self, parcel_id: str) -> None:
        """The fields are about this parcel now."""
        parcel = next((parcel for parcel in self._parcels or () if parcel.id == parcel_id), None)
        self._shown = parcel.id if parcel is not None else ""
        if parcel is not None:
            self._put(self._typed.get(parcel.id, Typed.of(parcel)))

    def _put(self, typed: Typed) -> None:
        if typed == self._read():
            return
        for name, value in (("number", typed.number), ("carrier", typed.carrier), ("url", typed.url)):
            self.prefill(name, value)

    def edited(self) -> None:
        """The page of an old number does not lead to the new one."""
        super().edited()
        was, typed = self._before(), self._read()
        if was is not None and was.url and typed.url == was.url and typed.number != was.number:
            self.query_one("#field-url", Field).set("")
        self._remember()

    def _remember(self) -> None:
        """What stands in the fields is for the parcel that they are about."""
        was, typed = self._before(), self._read()
        if was is None or typed == was:
            self._typed.pop(self._shown, None)
        else:
            self._typed[self._shown] = typed

    def _before(self) -> Typed | None:
        """What is known of the parcel that the fields are about."""
        parcel = next((parcel for parcel in self._parcels or () if parcel.id == self._shown), None)
        return Typed.of(parcel) if parcel is not None else None

    def update(self) -> None:
        super().update()
        self._draw_parcels()
        self.show_words("consequence", self._consequence())

    def _draw_parcels(self, choose: str | None = None) -> None:
        problem = self.work.session.table.detail_problem(self.order.id)
        if self._parcels is not None:
            lines = parcel_list.as_lines(self._parcels, self._typed, self._failure, self.work.formatter())
            self._list.set_lines(lines, choose)
        elif problem is None:
            self._list.set_lines(_NOT_YET)
        else:
            why = ((f"its parcels cannot be shown: {problem}", Tone.WARN),)
            self._list.set_lines((Line("", why, choosable=False),))

    def _consequence(self) -> str:
        numbers = self._numbers()
        if not numbers:
            return ""
        return outward(numbers, self.work.session.me, self.work.key("action.undo"), notify=self.mail)

    # -- keys

    def on_descendant_focus(self) -> None:
        """The keys are about what has the focus."""
        self.call_after_refresh(self.update)

    def on_line_list_moved(self) -> None:
        """Another parcel: the fields are about it, and what was typed for the last one stays."""
        if self._list.current != self._shown:
            if self._begun.number and self._typed.get(self._shown) == self._begun:
                self._typed[self._list.current] = self._typed.pop(self._shown)
            self._show(self._list.current)
        self.update()

    def action_choose(self, step: int) -> None:
        """Among the parcels, or among the carriers while a number is typed."""
        if self.guessed and not self._list.has_focus:
            super().action_choose(step)
        else:
            self._list.move(step)

    def on_key(self, event: events.Key) -> None:
        """A number that is typed on the list went nowhere."""
        super().on_key(event)
        if self._list.has_focus and event.is_printable:
            self.say("enter goes to the number of this parcel")

    def entered(self) -> None:
        """On a parcel: its number is edited."""
        if self._list.has_focus:
            self.query_one("#number").focus()
        else:
            super().entered()


DIALOG = TrackingDialog
