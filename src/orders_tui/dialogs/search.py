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
from orders_tui.dialogs.list_dialog import SearchListDialog
from orders_tui.query import ParsedQuery, complete, parse, render
from orders_tui.widgets.cells import Piece
from orders_tui.widgets.hint_bar import Hint
from orders_tui.widgets.line_list import Line
from orders_tui.wording import Tone

MOST = 6


class SearchDialog(SearchListDialog[None]):
    """Filters the present tab when confirmed."""

    BINDINGS = hidden_bindings({"tab": "complete"})
    SIZE = "wide top"
    NEEDS_TOUCH = False
    HEADING = ("Filter on the server", "empty shows all; several tokens must all hold")
    KEYS = (Hint("enter", "filter"), Hint("tab", "complete"), Hint("↑↓", "choose"))

    def body(self) -> ComposeResult:
        text = render(self.work.session.table.view.query.filters)
        yield Field("/", text, hint="words, or owner:none status:overdue age:>2d tag:gift …", id="text")
        yield self.line_list("suggestions")

    def _parsed(self) -> ParsedQuery | str:
        parsed = parse(self.typed, self.work.name or None)
        return parsed[0].message if isinstance(parsed, list) else parsed

    def problem(self) -> str:
        parsed = self._parsed()
        return parsed if isinstance(parsed, str) else ""

    def result(self) -> None:
        parsed, table = self._parsed(), self.work.session.table
        assert isinstance(parsed, ParsedQuery)
        table.set_filters(parsed.filters, parsed.sort or table.view.query.sort)

    def lines(self, typed: str) -> list[Line]:
        """What the token that is being typed could become: after a blank another one begins, so blanks count."""
        session = self.work.session
        tags = sorted({tag for row in session.table.view.rows for tag in row.order.tags})
        offers = complete(self.query_one(Input).value, [owner.name for owner in session.owners], tags)[:MOST]
        return [Line(offer, ((offer.rsplit(" ", 1)[-1], Tone.PLAIN),)) for offer in offers]

    def action_complete(self) -> None:
        if offer := self.current:
            self.query_one(Field).set(offer if offer.endswith(":") else f"{offer} ")


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
        yield Field("&", self._before, hint="part of a number, name, owner, tag …", id="text")

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
