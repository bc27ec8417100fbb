"""A tracking number with its carrier, which is guessed from the number: the guesses say why, and none is a gate."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

from textual.widget import Widget

from orders_tui.actions.draft import Draft
from orders_tui.carriers import guesses
from orders_tui.context.screen import hidden_bindings
from orders_tui.dialogs import parcel_lines
from orders_tui.dialogs.field import Field
from orders_tui.dialogs.mail_box import MailDialog
from orders_tui.session.changes import Change, DetailChanged, RowsChanged
from orders_tui.widgets.line_list import Line, LineList
from orders_tui.wording import Tone
from orders_wire.actions import LONGEST_CARRIER, LONGEST_NUMBER
from orders_wire.orders import Order

D = TypeVar("D", bound=Draft)
MOST = 5


class CarrierDialog(MailDialog[D]):
    """A dialog about one order, with fields for a number and a carrier, and a list `guesses` below them."""

    BINDINGS = hidden_bindings({"ctrl+y,right": "take_guess"})
    SIZE = "wide"

    @property
    def order(self) -> Order:
        """The order as it is now known."""
        return self.bound[0]

    def session_changed(self, change: Change) -> None:
        super().session_changed(change)
        news = isinstance(change, DetailChanged) and change.order_id == self.order.id
        if news or (isinstance(change, RowsChanged) and self.order.id in change.order_ids):
            self.fill()
            self.update()

    def fill(self) -> None:
        """Takes in what is known of the order now."""
        raise NotImplementedError

    def number_fields(self, number: str, carrier: str, *, hint: str) -> Iterator[Widget]:
        """The fields, for the body."""
        yield Field("Tracking", number, hint=hint, id="number", max_length=LONGEST_NUMBER)
        yield Field("Carrier", carrier, hint="guessed from the number", id="carrier", max_length=LONGEST_CARRIER)

    def prepare(self) -> None:
        self._guesses.can_focus = False

    @property
    def _guesses(self) -> LineList:
        return self.query_one("#guesses", LineList)

    @property
    def number(self) -> str:
        """The number as it is typed."""
        return self.query_one("#field-number", Field).value

    @property
    def carrier(self) -> str:
        """The carrier as it is typed."""
        return self.query_one("#field-carrier", Field).value

    @property
    def guess(self) -> str:
        """The guess under the cursor, else empty."""
        return self._guesses.current

    @property
    def guessed(self) -> bool:
        """Whether the number looks like one of a carrier's."""
        return bool(guesses(self.number))

    def number_fault(self, *, optional: bool = False) -> str:
        """What is wrong with the number; that there is none is no fault where it is `optional`."""
        if self.query_one("#field-number", Field).blank:
            without = "; take them out to fulfil without a number" if optional else ""
            return f"the number is empty: it holds nothing but blanks{without}"
        numbers = parcel_lines.numbers(self.number)
        several = f"{len(numbers)} numbers, and one parcel takes one here: {', '.join(numbers)}"
        return several if len(numbers) > 1 else ""

    def edited(self) -> None:
        """The guesses follow the number."""
        offers = [
            Line(guess.carrier, ((guess.carrier, Tone.PLAIN),), ((guess.reason, _tone(guess.checked)),))
            for guess in guesses(self.number)[:MOST]
        ]
        self._guesses.set_lines(offers, offers[0].key if offers else None)

    def action_choose(self, step: int) -> None:
        self._guesses.move(step)

    def action_take_guess(self) -> None:
        """The carrier under the cursor goes into its field."""
        if self.guess:
            self.query_one("#field-carrier", Field).set(self.guess)


def _tone(checked: bool | None) -> Tone:
    return Tone.DIM if checked is None else Tone.GOOD if checked else Tone.WARN
