"""A view with a name: a tab, a filter, a sort and columns. Pinned, it stands among the tabs."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from orders_tui.errors import UsageError
from orders_tui.query import OrdersQuery, ParsedQuery, parse, render
from orders_tui.query.tokens import ME
from orders_wire.vocabulary import Tab

LONGEST_NAME = 40
_OWNER = re.compile(r'(?<![^ ])owner:("[^"]*"|[^ "]+)')


@dataclass(frozen=True, slots=True)
class SavedView:
    """`filter` is what the `/` box takes, in which `owner:me` is whoever opens it; `sort` as its parameter is spelled; `columns`
    are keys in order, empty for the tab's own.
    """

    tab: Tab
    filter: str = ""
    sort: str = ""
    columns: tuple[str, ...] = ()
    pinned: bool = False

    @classmethod
    def of(cls, query: OrdersQuery, columns: tuple[str, ...], me: str = "") -> SavedView:
        """What is on show; the operator's own orders are `owner:me`, so that a colleague who opens it gets theirs."""
        text = render(query.filters)
        if me and query.filters.owner == me:
            text = _OWNER.sub(f"owner:{ME}", text, count=1)
        return cls(query.tab, text, str(query.sort or ""), columns)

    @classmethod
    def from_line(cls, line: str) -> SavedView:
        """From `line`. Raises ValueError."""
        tab, _, rest = line.partition(" ")
        columns, _, tokens = rest.partition(" ")
        parsed = parse(tokens, ME)
        if not isinstance(parsed, ParsedQuery):
            raise ValueError(parsed[0].message)
        keys = () if columns == "-" else tuple(columns.split(","))
        return cls(Tab(tab), render(parsed.filters), str(parsed.sort or ""), keys)

    def line(self, me: str = "") -> str:
        """As one line, in which releases keep views that have no files for them; these know no `owner:me`."""
        tokens = _OWNER.sub(f'owner:"{me}"', self.tokens, count=1) if me and self.mine else self.tokens
        return f"{self.tab} {','.join(self.columns) or '-'} {tokens}".rstrip()

    def same(self, other: SavedView) -> bool:
        """Whether another shows the same, whoever `owner:me` is."""
        if self.mine:
            other = replace(other, filter=_OWNER.sub(f"owner:{ME}", other.filter, count=1))
        return self.saved == other.saved

    @property
    def mine(self) -> bool:
        """Whether it is about the orders of whoever opens it."""
        found = _OWNER.search(self.filter)
        return found is not None and found[0] == f"owner:{ME}"

    @property
    def tokens(self) -> str:
        """Filter and sort as they are typed."""
        return " ".join(filter(None, (self.filter, self.sort and f"sort:{self.sort}")))

    @property
    def saved(self) -> str:
        """What tells whether it was saved otherwise since."""
        return f"{self.tab} {','.join(self.columns)} {self.tokens}"

    def query(self, page_size: int, me: str | None = None) -> OrdersQuery:
        """The first page of it. Raises UsageError naming what is not understood, and what is."""
        parsed = parse(self.tokens, me)
        if not isinstance(parsed, ParsedQuery):
            raise UsageError(parsed[0].message)
        return OrdersQuery(self.tab, parsed.filters, parsed.sort, page_size)
