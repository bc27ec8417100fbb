"""`f`: marks orders as fulfilled, with tracking numbers. One order: a number and its carrier; several: a number each, pasted."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.widgets import Static, TextArea

from orders_tui.actions.draft import Eligibility
from orders_tui.actions.fulfill import FulfillDraft, Parcel, outward
from orders_tui.carriers import guesses
from orders_tui.context.context import Context
from orders_tui.context.screen import hidden_bindings
from orders_tui.context.target import Target
from orders_tui.dialogs import parcel_lines
from orders_tui.dialogs.action_dialog import ActionDialog
from orders_tui.dialogs.field import Field
from orders_tui.dialogs.parcel_lines import ParcelLines
from orders_tui.widgets.cells import Piece
from orders_tui.widgets.hint_bar import Hint
from orders_tui.widgets.line_list import Line, LineList
from orders_tui.wording import Tone
from orders_wire.actions import LONGEST_CARRIER, LONGEST_NUMBER
from orders_wire.orders import Order

TYPED_FROM = 20
NAMED = 3


class FulfillDialog(ActionDialog[FulfillDraft]):
    """Returns the draft; orders that cannot be fulfilled are left out, and it says which."""

    BINDINGS = hidden_bindings({"ctrl+y,right": "take_guess"})

    def __init__(self, work: Context, target: Target, given: str = "") -> None:
        super().__init__(work, target, given)
        kept = self.kept(FulfillDraft) if target.only else None
        parcel = kept.parcels.get(target.ids[0]) if kept is not None else None
        self._number = given or (parcel.number if parcel else "")
        self._carrier = (parcel.carrier or "") if parcel else ""

    @property
    def _one(self) -> bool:
        return len(self.target.ids) == 1

    @property
    def _many(self) -> bool:
        """So many that a slip would be dear: the number is typed."""
        return len(self.target.ids) >= TYPED_FROM

    def body(self) -> ComposeResult:
        if self._one:
            number, carrier = "number, or empty: none yet", "guessed from the number"
            yield Field("Tracking", self._number, hint=number, id="number", max_length=LONGEST_NUMBER)
            yield Field("Carrier", self._carrier, hint=carrier, id="carrier", max_length=LONGEST_CARRIER)
        else:
            yield TextArea(
                id="numbers",
                compact=True,
                soft_wrap=False,
                tab_behavior="focus",
                placeholder="one line each: order, tracking number, carrier\nor just the numbers, in the order of the list",
            )
        yield self.line_list("list")
        if self._many:
            yield Field("Orders", hint=f"type {len(self._ids())} to confirm so many", id="count", max_length=6)
        yield Static(id="consequence")
        yield Static(id="left-out")

    def prepare(self) -> None:
        self.query_one(LineList).can_focus = False
        self.edited()

    def title_pieces(self) -> list[Piece]:
        only = self.target.only
        who = f"  {only.customer_name or ''}" if only is not None else ""
        return [(f"Fulfil {self.target.title}", "strong"), (who, Tone.PLAIN)]

    def keys(self) -> list[Hint]:
        count = len(self._ids())
        guess = [Hint("ctrl+y", "take carrier")] if self._one and self._offers() else []
        key = self.confirm_key if self._one else "ctrl+s"
        return [Hint(key, f"fulfil {count}", able=count > 0), *guess]

    def hindrance(self) -> str:
        found = self._eligibility()
        return "" if found.sendable else next(iter(found.skipped), "none of these can be fulfilled")

    def problem(self) -> str:
        if hindrance := self.hindrance():
            return hindrance
        if fault := self._number_fault() if self._one else next(iter(self._lines().faults), ""):
            return fault
        count = str(len(self._ids()))
        typed = self.query_one("#field-count", Field).value if self._many else count
        return "" if typed == count else f"the number of orders has to be typed: {count}"

    def result(self) -> FulfillDraft:
        ids = self._ids()
        parcels = {order_id: parcel for order_id, parcel in self._parcels().items() if order_id in ids}
        return FulfillDraft(ids, parcels, versions=self.versions(ids))

    def keep_draft(self) -> None:
        if self.touched and self._one and self._parcels():
            self.work.session.drafts.keep(self.result())

    def _eligibility(self) -> Eligibility:
        return FulfillDraft(self.target.ids).eligibility({order.id: order for order in self.bound}.get)

    def _ids(self) -> tuple[str, ...]:
        return self._eligibility().sendable

    def _lines(self) -> ParcelLines:
        return parcel_lines.read(self.query_one(TextArea).text, self.target.orders)

    def _number_fault(self) -> str:
        """What is wrong with the one number; that there is none is no fault."""
        field = self.query_one("#field-number", Field)
        if field.blank:
            return "the number is empty: it holds nothing but blanks; take them out to fulfil without a number"
        numbers = parcel_lines.numbers(field.value)
        several = f"{len(numbers)} numbers, and one order takes one here: {', '.join(numbers)}"
        return several if len(numbers) > 1 else ""

    def _parcels(self) -> dict[str, Parcel]:
        if not self._one:
            return dict(self._lines().parcels)
        number = parcel_lines.written(self.query_one("#field-number", Field).value)
        carrier = self.query_one("#field-carrier", Field).value or (self.current or None)
        return {self.target.ids[0]: Parcel(number, carrier)} if number else {}

    def _offers(self) -> list[Line]:
        number = self.query_one("#field-number", Field).value
        return [
            Line(guess.carrier, ((guess.carrier, Tone.PLAIN),), ((guess.reason, _tone(guess.checked)),))
            for guess in guesses(number)[:5]
        ]

    def edited(self) -> None:
        """Guesses for one order; what was understood for several."""
        if self._one:
            offers = self._offers()
            self.query_one(LineList).set_lines(offers, offers[0].key if offers else None)
            return
        parcels, skipped = self._parcels(), self._eligibility().skipped
        reasons = {order_id: reason for reason, ids in skipped.items() for order_id in ids}
        lines = [_preview(order, parcels.get(order.id), reasons.get(order.id)) for order in self.bound]
        self.query_one(LineList).set_lines(lines)

    def update(self) -> None:
        super().update()
        left_out = "" if self._one else self._left_out()
        self.show_words("consequence", self._consequence())
        self.show_words("left-out", left_out, Tone.WARN)
        self.query_one("#left-out").display = bool(left_out)

    def _consequence(self) -> str:
        """What is sent of it, and that a number is missing."""
        ids, parcels = set(self._ids()), self._parcels()
        known = [order for order in self.bound if order.id in ids]
        bare = len(ids) - sum(order_id in parcels for order_id in ids)
        missing = "" if not bare else "without a number; " if len(ids) == 1 else f"{bare} without a number; "
        undo_key = self.work.key("action.undo")
        words = outward(known, parcels, self.work.session.me, undo_key) if known else ""
        return f"{missing}{words}"

    def _left_out(self) -> str:
        """Which orders are left out and why: `5 left out: 4 fulfilled already (#1, #2, #3 …), 1 cancelled (#9)`."""
        numbers = {order.id: order.order_number for order in self.bound}
        words, count = [], 0
        for reason, ids in sorted(self._eligibility().skipped.items(), key=lambda item: -len(item[1])):
            more = f" {self.work.glyphs.ellipsis}" if len(ids) > NAMED else ""
            words.append(f"{len(ids)} {reason} ({', '.join(numbers[order_id] for order_id in ids[:NAMED])}{more})")
            count += len(ids)
        return f"{count} left out: {', '.join(words)}" if words else ""

    def on_text_area_changed(self) -> None:
        """Pasting is touching."""
        self.touched = True
        self.edited()
        self.update()

    def action_take_guess(self) -> None:
        """The carrier under the cursor goes into its field."""
        if self._one and self.current:
            self.query_one("#field-carrier", Field).set(self.current)


def _tone(checked: bool | None) -> Tone:
    return Tone.DIM if checked is None else Tone.GOOD if checked else Tone.WARN


def _preview(order: Order, parcel: Parcel | None, obstacle: str | None) -> Line:
    if obstacle is not None:
        right: Piece = (f"left out: {obstacle}", Tone.WARN)
    elif parcel is None:
        right = ("no number", Tone.DIM)
    else:
        carrier = parcel.carrier or next((guess.carrier for guess in guesses(parcel.number)), "")
        right = (f"{parcel.number}  {carrier}", Tone.GOOD)
    return Line(order.id, ((order.order_number, Tone.PLAIN),), (right,), choosable=False)


DIALOG = FulfillDialog
