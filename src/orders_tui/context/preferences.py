"""How the operator likes the desk: columns of each tab, side bar, timeline, theme, saved views. Plain values, kept as texts.

The query language is loaded on first use: preferences are read before the first frame.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from orders_tui.widgets.order_table.columns import BY_KEY, default_columns
from orders_wire.vocabulary import Tab

if TYPE_CHECKING:
    from orders_tui.query import OrdersQuery

VIEW = "view."
LONGEST_NAME = 40
ASKED = "asked."
MOST_ASKED = 8
"""Filters that are kept to be asked again."""

LONGEST_ASKED = 500


@dataclass(frozen=True, slots=True)
class SavedView:
    """A view with a name, as one line of text that can be read and passed on. `tokens` is what the filter box takes, the
    sort included; `columns` are the keys in order, empty for the tab's own.
    """

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


@dataclass(slots=True)
class Preferences:
    """`theme` is empty for the default; `columns` holds only tabs that were changed.

    `mail`: whether customers are mailed of what is sent, as the box was left. `query` (parameters of the page on show) and
    `order_id` are what the next start looks at first. `asked`: filters of late, the last one first.
    """

    theme: str = ""
    sidebar: bool = True
    timeline: bool = True
    mail: bool = False
    columns: dict[Tab, tuple[str, ...]] = field(default_factory=dict)
    views: dict[str, SavedView] = field(default_factory=dict)
    query: str = ""
    order_id: str = ""
    asked: list[str] = field(default_factory=list)

    def remember(self, tokens: str) -> None:
        """A filter was asked for, as the search box has it: it is the first to be offered again."""
        if 0 < len(tokens) <= LONGEST_ASKED:
            self.asked = [tokens, *(other for other in self.asked if other != tokens)][:MOST_ASKED]

    @classmethod
    def read(cls, ui: Mapping[str, str]) -> Preferences:
        """From what `write` made; what cannot be read is left at its default."""
        columns = {tab: _known(ui[f"columns.{tab}"]) for tab in Tab if f"columns.{tab}" in ui}
        return cls(
            theme=ui.get("theme", ""),
            sidebar=ui.get("sidebar") != "no",
            timeline=ui.get("timeline") != "no",
            mail=ui.get("mail") == "yes",
            columns={tab: keys for tab, keys in columns.items() if keys},
            views=dict(_views(ui)),
            query=ui.get("query", ""),
            order_id=ui.get("order_id", ""),
            asked=[ui[key] for n in range(MOST_ASKED) if (key := f"{ASKED}{n}") in ui],
        )

    def write(self) -> dict[str, str]:
        """As texts."""
        shown = {"sidebar": self.sidebar, "timeline": self.timeline, "mail": self.mail}
        return {
            "theme": self.theme,
            "query": self.query,
            "order_id": self.order_id,
            **{name: "yes" if on else "no" for name, on in shown.items()},
            **{f"columns.{tab}": " ".join(keys) for tab, keys in self.columns.items()},
            **{f"{VIEW}{name}": view.write() for name, view in self.views.items()},
            **{f"{ASKED}{n}": tokens for n, tokens in enumerate(self.asked)},
        }

    def columns_of(self, tab: Tab) -> tuple[str, ...]:
        """The keys of a tab's columns, in order."""
        return self.columns.get(tab) or default_columns(tab)


def _views(ui: Mapping[str, str]) -> Iterator[tuple[str, SavedView]]:
    for name, text in ui.items():
        if name.startswith(VIEW):
            with suppress(ValueError):
                yield name.removeprefix(VIEW), SavedView.read(text)


def _known(text: str) -> tuple[str, ...]:
    return tuple(key for key in text.split() if key in BY_KEY)
