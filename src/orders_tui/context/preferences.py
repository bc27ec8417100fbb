"""How the operator likes the desk: columns of each tab, side bar, timeline, theme. Plain values, kept as texts.

They are read before the first frame, which shows the tabs: so the names of pinned views are kept here as well.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from orders_tui.views.pins import VIEW, VIEWS_IN_FILES
from orders_tui.widgets.order_table.columns import BY_KEY, default_columns
from orders_wire.vocabulary import Tab

COLUMNS, PINNED = "columns.", "pinned."
ASKED = "asked."
MOST_ASKED = 8
"""Filters that are kept to be asked again."""

LONGEST_ASKED = 500


@dataclass(slots=True)
class Preferences:
    """`theme` is empty for the default; `columns` holds only tabs that were changed, and pinned views that were shown. `place` is
    the tab or pinned view on show, `pinned` the names of those that there are.

    `mail`: whether customers are mailed of what is sent, as the box was left. `query` (parameters of the page on show) and
    `order_id` are what the next start looks at first. `asked`: filters of late, the last one first.
    """

    theme: str = ""
    sidebar: bool = True
    timeline: bool = True
    mail: bool = False
    columns: dict[str, tuple[str, ...]] = field(default_factory=dict)
    place: str = ""
    pinned: list[str] = field(default_factory=list)
    lines: dict[str, str] = field(default_factory=dict)
    """Views that are in no file yet, as lines."""
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
        columns = {name: _known(keys) for name, keys in _named(ui, COLUMNS).items()}
        return cls(
            theme=ui.get("theme", ""),
            sidebar=ui.get("sidebar") != "no",
            timeline=ui.get("timeline") != "no",
            mail=ui.get("mail") == "yes",
            columns={name: keys for name, keys in columns.items() if keys},
            place=ui.get("place", ""),
            pinned=list(_named(ui, PINNED).values()),
            lines={} if VIEWS_IN_FILES in ui else _named(ui, VIEW),
            query=ui.get("query", ""),
            order_id=ui.get("order_id", ""),
            asked=[ui[key] for n in range(MOST_ASKED) if (key := f"{ASKED}{n}") in ui],
        )

    def write(self, views: Mapping[str, str] | None = None) -> dict[str, str]:
        """As texts; `views` are those of files, as lines."""
        shown = {"sidebar": self.sidebar, "timeline": self.timeline, "mail": self.mail}
        return {
            "theme": self.theme,
            "query": self.query,
            "order_id": self.order_id,
            **{name: "yes" if on else "no" for name, on in shown.items()},
            "place": self.place,
            **{f"{PINNED}{n}": name for n, name in enumerate(self.pinned)},
            **{f"{COLUMNS}{name}": " ".join(keys) for name, keys in self.columns.items()},
            **{f"{VIEW}{name}": line for name, line in {**(views or {}), **self.lines}.items()},
            **({} if self.lines else {VIEWS_IN_FILES: "files"}),
            **{f"{ASKED}{n}": tokens for n, tokens in enumerate(self.asked)},
        }

    def columns_of(self, tab: Tab, place: str = "") -> tuple[str, ...]:
        """The keys of the columns of a tab, or of a pinned view that shows it, in order."""
        return self.columns.get(place or tab) or default_columns(tab)


def _named(ui: Mapping[str, str], prefix: str) -> dict[str, str]:
    return {name.removeprefix(prefix): text for name, text in ui.items() if name.startswith(prefix)}


def _known(text: str) -> tuple[str, ...]:
    return tuple(key for key in text.split() if key in BY_KEY)
