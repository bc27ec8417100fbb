"""A view with a name: tab, filters, sort and columns, kept as one line of text that can be read and passed on.

The query language is loaded on first use: preferences are read before the first frame.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from orders_tui.widgets.order_table.columns import BY_KEY
from orders_wire.vocabulary import Tab

if TYPE_CHECKING:
    from orders_tui.query import OrdersQuery

LONGEST_NAME = 40


@dataclass(frozen=True, slots=True)
class SavedView:
    """`tokens` is what the filter box takes, the sort included; `columns` are the keys in order, empty for the tab's own."""

    tab: Tab
    tokens: str = ""
    columns: tuple[str, ...] = ()

    @classmethod
    def of(cls, query: OrdersQuery, columns: tuple[str, ...]) -> SavedView:
        """What is on show."""
        from orders_tui.query import render

        return cls(query.tab, render(query.filters, query.sort), columns)

    @classmethod
    def read(cls, text: str) -> SavedView:
        """From what `write` made. Raises ValueError."""
        tab, _, rest = text.partition(" ")
        columns, _, tokens = rest.partition(" ")
        keys = () if columns == "-" else tuple(key for key in columns.split(",") if key in BY_KEY)
        return cls(Tab(tab), tokens, keys)

    def write(self) -> str:
        """`returns number,return,owner owner:none sort:-age`."""
        return f"{self.tab} {','.join(self.columns) or '-'} {self.tokens}".rstrip()

    def query(self, page_size: int) -> OrdersQuery | None:
        """The first page of it; None where a token is no longer understood."""
        from orders_tui.query import OrdersQuery, ParsedQuery, parse

        parsed = parse(self.tokens)
        if not isinstance(parsed, ParsedQuery):
            return None
        return OrdersQuery(self.tab, parsed.filters, parsed.sort, page_size)
