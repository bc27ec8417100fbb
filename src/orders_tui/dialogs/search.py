"""`/`: the filter as text, with what each token may be, what is wrong with it, and completion."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Input

from orders_tui.dialogs.dialog import Dialog
from orders_tui.dialogs.field import Field
from orders_tui.query import ParsedQuery, complete, parse, render
from orders_tui.screens.workplace import Workplace
from orders_tui.widgets.cells import Piece
from orders_tui.widgets.hint_bar import Hint
from orders_tui.widgets.line_list import Line, LineList
from orders_tui.wording import Tone

MOST = 6


class SearchDialog(Dialog[None]):
    """Filters the present tab when confirmed."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("tab", "complete", show=False)]
    SIZE = "wide top"
    NEEDS_TOUCH = False

    def __init__(self, work: Workplace) -> None:
        super().__init__(work)
        self._text = render(work.session.table.view.query.filters)

    def body(self) -> ComposeResult:
        yield Field("/", self._text, hint="words, or owner:none status:overdue age:>2d tag:gift …", id="text")
        yield LineList(self.work.glyphs.cursor, self.work.glyphs.ellipsis, id="suggestions")

    def prepare(self) -> None:
        self.edited()

    def title_pieces(self) -> list[Piece]:
        return [("Filter on the server", "strong"), ("  empty shows all; several tokens must all hold", Tone.DIM)]

    def keys(self) -> list[Hint]:
        return [Hint("enter", "filter"), Hint("tab", "complete"), Hint("↑↓", "choose")]

    @property
    def text(self) -> str:
        return self.query_one(Field).value

    def _parsed(self) -> ParsedQuery | str:
        parsed = parse(self.text, self.work.name or None)
        return parsed[0].message if isinstance(parsed, list) else parsed

    def problem(self) -> str:
        parsed = self._parsed()
        return parsed if isinstance(parsed, str) else ""

    def result(self) -> None:
        parsed = self._parsed()
        assert isinstance(parsed, ParsedQuery)
        self.work.session.table.set_filters(parsed.filters, parsed.sort or self.work.session.table.view.query.sort)

    def edited(self) -> None:
        owners = [owner.name for owner in self.work.session.owners]
        tags = sorted({tag for row in self.work.session.table.view.rows for tag in row.order.tags})
        offers = complete(self.query_one(Input).value, owners, tags)[:MOST]
        lines = [Line(offer, ((offer.rsplit(" ", 1)[-1], Tone.PLAIN),)) for offer in offers]
        self.query_one(LineList).set_lines(lines, offers[0] if offers else None)

    def action_complete(self) -> None:
        """Takes the suggestion under the cursor."""
        offer = self.query_one(LineList).current
        if offer:
            self.query_one(Field).set(offer if offer.endswith(":") else f"{offer} ")

    def action_choose(self, step: int) -> None:
        self.query_one(LineList).move(step)
