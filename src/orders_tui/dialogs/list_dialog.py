"""Dialogs that are a list to choose from: the whole list, or what fits the text that is typed above it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Generic, TypeVar

from textual.app import ComposeResult

from orders_tui.context.screen import hidden_bindings
from orders_tui.dialogs.dialog import Dialog
from orders_tui.dialogs.field import Field
from orders_tui.widgets.line_list import Line, LineList

T = TypeVar("T")


class ListDialog(Dialog[T], Generic[T]):
    """A list, in which j and k move as well; Enter takes the line under the cursor. `LIST` is the list's id."""

    BINDINGS = hidden_bindings({"j": "choose(1)", "k": "choose(-1)"})
    NEEDS_TOUCH = False
    SIZE = "small"
    LIST: ClassVar[str]

    def lines(self) -> Sequence[Line]:
        """What can be chosen."""
        raise NotImplementedError

    def body(self) -> ComposeResult:
        yield self.line_list(self.LIST)

    def prepare(self) -> None:
        self.fill()

    def fill(self, at: str | None = None) -> None:
        """Draws the lines anew; the cursor stays, or goes to the line of that key."""
        self.query_one(LineList).set_lines(self.lines(), at)


class SearchListDialog(Dialog[T], Generic[T]):
    """A field above a list: what is typed decides which lines there are, and the cursor starts on the first of them."""

    def lines(self, typed: str) -> Sequence[Line]:
        """What fits what is typed."""
        raise NotImplementedError

    def prepare(self) -> None:
        self.edited()

    def edited(self) -> None:
        lines = self.lines(self.typed)
        self.query_one(LineList).set_lines(lines, next((line.key for line in lines if line.choosable), None))

    @property
    def typed(self) -> str:
        """What is typed, without blanks around it."""
        return self.query_one(Field).value

    def action_choose(self, step: int) -> None:
        super().action_choose(step)
        self.touched = True
        self.update()


class OfferDialog(SearchListDialog[T], Generic[T]):
    """What is typed means something by itself; a line below is taken once the arrows have chosen it, until something is typed."""

    chosen = False

    def edited(self) -> None:
        self.chosen = False
        super().edited()
        self.query_one(LineList).light(self.lit)

    @property
    def lit(self) -> bool:
        """Whether a line looks chosen while none was."""
        return bool(self.typed)

    def action_choose(self, step: int) -> None:
        """Where nothing looks chosen, the first step takes the first line."""
        begins = not self.lit and not self.chosen
        self.chosen = bool(self.current)
        self.query_one(LineList).light(True)
        super().action_choose(0 if begins else step)
