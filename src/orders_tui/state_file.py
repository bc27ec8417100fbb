"""What survives a restart in `state.json`: how each tab was left, hidden alerts, the screen's choices.

A file that cannot be read or written is never an error for the operator: the client starts fresh, and works on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from orders_tui import private_files
from orders_tui.query import NO_FILTERS, Filters, ParsedQuery, Sort, parse, render
from orders_tui.views.pins import pin, unpinned
from orders_wire.vocabulary import Tab


@dataclass(frozen=True, slots=True)
class TabMemory:
    """How a tab or a pinned view was left: its filters, sort, place (a cursor; `top` when that was the first page) and order.

    `saved` is how a view was saved then.
    """

    filters: Filters = NO_FILTERS
    sort: Sort | None = None
    cursor: str | None = None
    order_id: str | None = None
    top: bool = True
    saved: str = ""


@dataclass(frozen=True, slots=True)
class Remembered:
    """The last session: the tab on show, the memory of every tab and pinned view, hidden alerts (until when; None: for good), the
    screen's choices.
    """

    tab: Tab = Tab.UNFULFILLED
    tabs: Mapping[str, TabMemory] = field(default_factory=dict)
    hidden_alerts: Mapping[str, datetime | None] = field(default_factory=dict)
    ui: Mapping[str, str] = field(default_factory=dict)


class StateFile:
    """`state.json` of one server address."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def load(self) -> Remembered:
        """What was remembered; defaults when there is nothing readable."""
        body = private_files.read_json(self.path)
        try:
            return Remembered(
                tab=Tab(body.get("tab", Tab.UNFULFILLED)),
                tabs={
                    **{Tab(tab): _memory(item) for tab, item in body.get("tabs", {}).items()},
                    **{pin(name): _memory(item) for name, item in body.get("views", {}).items()},
                },
                hidden_alerts={
                    str(alert_id): None if until is None else datetime.fromisoformat(until)
                    for alert_id, until in body.get("hidden_alerts", {}).items()
                },
                ui={str(name): str(value) for name, value in body.get("ui", {}).items()},
            )
        except (KeyError, TypeError, ValueError, AttributeError):
            return Remembered()

    def save(self, remembered: Remembered) -> bool:
        """Replaces the file as a whole. False when it could not be written."""
        places = {place: _written(memory) for place, memory in remembered.tabs.items()}
        tabs = {place: written for place, written in places.items() if not unpinned(place)}
        views = {name: written for place, written in places.items() if (name := unpinned(place))}
        hidden = {alert_id: until and until.isoformat() for alert_id, until in remembered.hidden_alerts.items()}
        return private_files.write_json(
            self.path,
            {
                "tab": remembered.tab,
                "tabs": tabs,
                "views": views,
                "hidden_alerts": hidden,
                "ui": dict(remembered.ui),
            },
        )


def _written(memory: TabMemory) -> Mapping[str, object]:
    query = render(memory.filters, memory.sort)
    written = {"query": query, "cursor": memory.cursor, "order_id": memory.order_id, "top": memory.top}
    return written | ({"saved": memory.saved} if memory.saved else {})


def _memory(item: Mapping[str, Any]) -> TabMemory:
    parsed = parse(item["query"])
    known = parsed if isinstance(parsed, ParsedQuery) else ParsedQuery(NO_FILTERS)
    return TabMemory(
        known.filters,
        known.sort,
        item.get("cursor"),
        item.get("order_id"),
        bool(item.get("top", True)),
        str(item.get("saved", "")),
    )
