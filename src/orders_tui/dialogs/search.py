"""`/`: the filter as text, with what each token may be, what is wrong with it, and completion.

`&` hides loaded rows while one types, and says that it looks at the loaded rows only.
"""

from __future__ import annotations

from collections.abc import Callable

from textual.app import ComposeResult
from textual.widgets import Input

from orders_tui.context.context import Context
from orders_tui.context.screen import hidden_bindings
from orders_tui.dialogs.dialog import Dialog
from orders_tui.dialogs.field import Field
from orders_tui.dialogs.list_dialog import OfferDialog
from orders_tui.query import TOKENS, ParsedQuery, complete, parse, render
from orders_tui.widgets.cells import Piece
from orders_tui.widgets.hint_bar import Hint
from orders_tui.widgets.line_list import Line
from orders_tui.wording import Tone

MOST = 12
"""Offers for a token."""

NAME = 10


class SearchDialog(OfferDialog[None]):
    """Filters the present tab when confirmed. What was chosen with the arrows goes into the box; a filter of late is asked."""

    BINDINGS = hidden_bindings({"tab": "complete"})
    SIZE = "wide top"
    NEEDS_TOUCH = False
    HEADING = ("Filter on the server", "empty shows all; several tokens must all hold")

    def body(self) -> ComposeResult:
        text = render(self.work.session.table.view.query.filters)
        yield Field("/", text, hint="words, or owner:none -country:US value:>100", id="text")
        yield self.line_list("suggestions")

    def keys(self) -> list[Hint]:
        return [Hint("enter", self._enters), Hint("tab", "complete"), Hint("↑↓", "choose")]

    @property
    def _enters(self) -> str:
        """What Enter does."""
        if not self._takes:
            return "filter" if self.typed else "show all"
        return "filter again" if self.current in self.work.preferences.asked else "take"

    @property
    def _takes(self) -> bool:
        """Whether Enter is about the line under the cursor."""
        return self.chosen and bool(self.current)

    def _parsed(self) -> ParsedQuery | str:
        parsed = parse(self.typed, self.work.name or None)
        return parsed[0].message if isinstance(parsed, list) else parsed

    def problem(self) -> str:
        parsed = self._parsed()
        return parsed if isinstance(parsed, str) and not self._takes else ""

    def confirm(self) -> None:
        if not self._takes:
            super().confirm()
            return
        again = self.current in self.work.preferences.asked
        self.action_complete()
        self.chosen = False
        if again:
            super().confirm()

    def result(self) -> None:
        parsed, table = self._parsed(), self.work.session.table
        assert isinstance(parsed, ParsedQuery)
        self.work.preferences.remember(render(parsed.filters))
        table.set_filters(parsed.filters, parsed.sort or table.view.query.sort)

    def lines(self, typed: str) -> list[Line]:
        """What the token that is being typed could become; where one begins (after a blank, too) every one there is."""
        text = self.query_one(Input).value
        if not text or text.endswith(" "):
            return [*([] if typed else self._of_late()), *_every_token(text)]
        session = self.work.session
        tags = sorted({tag for row in session.table.view.rows for tag in row.order.tags})
        offers = complete(text, [owner.name for owner in session.owners], tags)[:MOST]
        return [Line(offer, ((offer.rsplit(" ", 1)[-1], Tone.PLAIN),)) for offer in offers]

    def _of_late(self) -> list[Line]:
        asked = self.work.preferences.asked
        return [_heading("last filters"), *(Line(tokens, ((tokens, Tone.PLAIN),)) for tokens in asked)] if asked else []

    def action_complete(self) -> None:
        if offer := self.current:
            whole = offer.endswith(":") or offer in self.work.preferences.asked
            self.query_one(Field).set(offer if whole else f"{offer} ")


def _every_token(text: str) -> list[Line]:
    """Every token, behind what is typed; those that `-` may stand before say so."""
    lines = [_heading("tokens; a - in front, where it is shown, asks for all other orders")]
    for name, token in TOKENS.items():
        sign = "-" if token.opposite is not None else " "
        pieces = ((sign, Tone.DIM), (f"{name + ':':<{NAME}}", "key"), (token.about, Tone.DIM))
        lines.append(Line(f"{text}{name}:", pieces))
    return lines


def _heading(text: str) -> Line:
    return Line(f"# {text}", ((text, Tone.DIM),), choosable=False)


class NarrowDialog(Dialog[str]):
    """Returns the text; calls back with it at every letter."""

    SIZE = "wide top"
    NEEDS_TOUCH = False
    KEYS = (Hint("enter", "keep"),)

    def __init__(self, work: Context, text: str, on_text: Callable[[str], None]) -> None:
        super().__init__(work)
        self._before = text
        self._on_text = on_text

    def body(self) -> ComposeResult:
        yield Field("&", self._before, hint="part of a number, name, owner, tag", id="text")

    def title_pieces(self) -> list[Piece]:
        count = len(self.work.session.table.view.rows)
        return [("Narrow the loaded rows", "strong"), (f"  the {count} on this page; / asks the server", Tone.DIM)]

    def result(self) -> str:
        return self.query_one(Field).value

    def edited(self) -> None:
        self._on_text(self.result())

    def action_leave(self) -> None:
        self._on_text(self._before)
        super().action_leave()
