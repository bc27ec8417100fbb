"""`f` on marked orders: whole, or only what of each is in stock; with numbers, pasted one line each.

What each sends and what stays is shown before. What an order owes is read where that needs it: of all where only stock is sent,
else of those that are held, since an open part of them goes. A number of an order that owes nothing is for its parcel.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from textual.app import ComposeResult
from textual.widgets import Static

from orders_tui.actions import owed_lines
from orders_tui.actions.fulfill import FulfillDraft, outward
from orders_tui.carriers import guesses
from orders_tui.context.context import Context
from orders_tui.context.screen import hidden_bindings
from orders_tui.context.target import Target
from orders_tui.dialogs import parcel_lines
from orders_tui.dialogs.field import Field
from orders_tui.dialogs.mail_box import MailDialog
from orders_tui.dialogs.read_orders import ReadOrders
from orders_tui.dialogs.shipment_plan import plan
from orders_tui.dialogs.text_box import TextBox
from orders_tui.widgets.cells import Piece
from orders_tui.widgets.hint_bar import Hint
from orders_tui.widgets.line_list import Line, LineList
from orders_tui.widgets.switch import Switch
from orders_tui.wording import Tone
from orders_wire.orders import Order

TYPED_FROM = 20
"""So many that a slip would be dear: their number is typed."""
NAMED = 3


class FulfillSeveralDialog(MailDialog[FulfillDraft]):
    """Returns the draft; orders that cannot be fulfilled are left out, and it says which."""

    BINDINGS = hidden_bindings({"ctrl+t": "stock"})
    SIZE = "wide"

    def __init__(self, work: Context, target: Target, given: str = "") -> None:
        super().__init__(work, target, given)
        self._in_stock = False
        self._read = ReadOrders(work.session)
        self._text = ""
        self._look()

    def _look(self) -> None:
        """What is pasted and known, as it is now."""
        self._given = parcel_lines.read(self._text, self.target.orders, self._read.parcels)
        self._plan = plan(self.target.ids, self.bound, self._given, self._read, in_stock=self._in_stock)
        self._numbers: dict[str, list[tuple[str, str | None]]] = {}
        for order_id, parcel in self._given.parcels.items():
            self._numbers[order_id] = [(parcel.number, parcel.carrier)]
        for number in self._given.numbers:
            self._numbers.setdefault(number.order_id, []).append((number.number, number.carrier))

    @property
    def _many(self) -> bool:
        return len(self.target.ids) >= TYPED_FROM

    def body(self) -> ComposeResult:
        yield TextBox(
            id="numbers",
            soft_wrap=False,
            placeholder="one line each: order, number, carrier, parcel (of one that was sent)\n"
            "or just the numbers, in the order of the list",
        )
        yield self.line_list("list")
        yield self.switch("stock", "ctrl+t")
        yield self.switch("mail", "ctrl+n")
        if self._many:
            yield Field("Orders", id="count", max_length=6)
        yield Static(id="consequence")
        yield Static(id="left-out")

    def prepare(self) -> None:
        self.query_one(LineList).can_focus = False

    def title_pieces(self) -> list[Piece]:
        return [
            (f"Fulfil {self.target.title}", "strong"),
            ("  only what is in stock" if self._in_stock else "", Tone.DIM),
        ]

    def keys(self) -> list[Hint]:
        count = len(self._plan.ids)
        other = "whole orders" if self._in_stock else "in stock"
        return [Hint("ctrl+s", f"fulfil {count}", able=count > 0), Hint("ctrl+t", other)]

    # -- what is sent

    def hindrance(self) -> str:
        if self._plan.ids or self._reading():
            return ""
        return next(iter(self._plan.skipped()), "none of these can be fulfilled")

    def problem(self) -> str:
        if reading := self._reading():
            return f"{reading}: what of them is sent is not known yet"
        if problem := self.hindrance() or next(iter(self._given.faults), ""):
            return problem
        count = str(len(self._plan.ids))
        typed = self.query_one("#field-count", Field).value if self._many else count
        return "" if typed == count else f"the number of orders has to be typed: {count}"

    def result(self) -> FulfillDraft:
        return replace(self._plan.draft, notify=self.mail, versions=self.versions(self._plan.ids))

    # -- what is on show

    def _reading(self) -> str:
        """How far the reading is: `reading 12 of 40 orders`; empty when nothing is read."""
        wanted = {*self._plan.to_read, *self._given.unknown}
        left = self._read.left(wanted)
        return f"reading {len(wanted) - left} of {len(wanted)} orders" if left else ""

    def _read_on(self) -> None:
        """Reads what has to be known and is not."""
        unknown = (order for order in self.bound if order.id in self._given.unknown)
        if ids := self._read.begin([*self._plan.to_read.values(), *unknown]):
            self.run_worker(self._read.run(ids, self._came), group="orders", exit_on_error=False)

    def _came(self) -> None:
        if self.is_mounted:
            self.update()

    def update(self) -> None:
        self._look()
        self._read_on()
        super().update()
        self.query_one(LineList).set_lines([self._preview(order) for order in self.bound])
        left_out = self._left_out()
        self.query_one("#stock", Switch).show("only what is in stock", on=self._in_stock)
        if self._many:
            self.query_one("#field-count", Field).advise(self._advice())
        self.show_words("consequence", self._consequence())
        self.show_words("left-out", left_out, Tone.WARN)
        self.query_one("#left-out").display = bool(left_out)

    def _preview(self, order: Order) -> Line:
        left: Piece = (f"{order.order_number}  ", Tone.PLAIN)
        if obstacle := self._plan.reasons.get(order.id):
            return Line(order.id, (left,), ((f"left out: {obstacle}", Tone.WARN),), choosable=False)
        return Line(
            order.id, (left, self._what(order)), tuple(_numbers(self._numbers.get(order.id, []))), choosable=False
        )

    def _what(self, order: Order) -> Piece:
        """What of an order is sent."""
        part, lines = self._plan.draft.parts.get(order.id), self._read.lines.get(order.id)
        if part is not None:
            sent, left = sum(quantity for _, quantity in part.units), part.left or 0
            return f"{sent} of {sent + left}, {left} stay{'s' if left == 1 else ''} owed", Tone.ACTIVE
        if order.id in self._numbers and order.id not in self._given.parcels:
            return "a parcel that was sent", Tone.DIM
        if order.id in self._plan.to_read and lines is None:
            return f"reading {self.work.glyphs.ellipsis}", Tone.DIM
        return f"all {owed_lines.total(lines)}" if lines else "all that is owed", Tone.DIM

    def _consequence(self) -> str:
        """How many numbers are missing, what stays owed, and what is sent."""
        if reading := self._reading():
            return f"{reading} {self.work.glyphs.ellipsis}"
        draft, me, ids = self._plan.draft, self.work.session.me, set(self._plan.ids)
        known = [order for order in self.bound if order.id in ids]
        bare = len(ids - {*draft.parcels} - {number.order_id for number in draft.numbers})
        left, undo_key = sum(part.left or 0 for part in draft.parts.values()), self.work.key("action.undo")
        words = (
            f"{bare} without a number" if bare else "",
            f"{left} unit{' stays' if left == 1 else 's stay'} owed, ship by stays" if left else "",
            outward(known, draft.parcels, me, undo_key, numbers=draft.numbers, notify=self.mail) if known else "",
        )
        return "; ".join(filter(None, words))

    def _advice(self) -> str:
        """What has to be typed: how many these are is known once all that matters was read."""
        return f"type {'how many' if self._reading() else len(self._plan.ids)} to confirm so many"

    def _left_out(self) -> str:
        """Which orders are left out and why: `5 left out: 4 fulfilled already (#1, #2, #3 …), 1 cancelled (#9)`."""
        numbers = {order.id: order.order_number for order in self.bound}
        words, count = [], 0
        for reason, ids in self._plan.skipped().items():
            more = f" {self.work.glyphs.ellipsis}" if len(ids) > NAMED else ""
            named = ", ".join(numbers.get(order_id, order_id) for order_id in ids[:NAMED])
            words.append(f"{len(ids)} {reason} ({named}{more})")
            count += len(ids)
        return f"{count} left out: {', '.join(words)}" if words else ""

    # -- keys

    def on_text_area_changed(self) -> None:
        """Pasting is touching."""
        self._text = self.query_one(TextBox).text
        self.touched = True
        self.update()

    def action_stock(self) -> None:
        """Only what is in stock, or all that is owed."""
        self._in_stock = not self._in_stock
        self.touched = True
        self.update()


def _numbers(given: Sequence[tuple[str, str | None]]) -> Iterator[Piece]:
    """The numbers that are given to an order, with their carriers."""
    for number, carrier in given:
        guessed = carrier or next((guess.carrier for guess in guesses(number)), "")
        yield f"  {number}  {guessed}", Tone.GOOD
    if not given:
        yield "no number", Tone.DIM
