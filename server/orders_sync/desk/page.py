"""`GET /sync/orders`: one answer, read in one snapshot at one moment (contract §1)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import orjson

from orders_sync.db import counters
from orders_sync.db.counters import Count, Counted
from orders_sync.db.cutoffs import Cutoffs
from orders_sync.db.overview import Overview, first_placed
from orders_sync.db.page_rows import PageRow, Reader
from orders_sync.db.panels import read as read_panels
from orders_sync.db.selection import ANY_TIME, UNFILTERED, Between
from orders_sync.db.tx import Reading
from orders_sync.desk import panels
from orders_sync.desk.dates import Period, day_start, period
from orders_sync.desk.query import PageQuery
from orders_sync.desk.rows import items
from orders_sync.desk.state import WEBHOOKS_ALONE, Progress, ShopConnection
from orders_sync.desk.state import read as read_progress
from orders_sync.instants import MINUTE, Ms, to_text
from orders_sync.rules.thresholds import Thresholds
from orders_wire.cursors import ShopifyCursor, encode_offset
from orders_wire.vocabulary import Direction

FRESH = MINUTE
"""How old a figure that only ages may be."""


@dataclass(frozen=True)
class View:
    """Whose desk is looked at, when, under which thresholds, and how its shop is connected."""

    shop_id: int
    now: Ms
    thresholds: Thresholds
    connected: ShopConnection = WEBHOOKS_ALONE

    @cached_property
    def cutoffs(self) -> Cutoffs:
        return Cutoffs.at(self.now, self.thresholds)

    @cached_property
    def today(self) -> Between:
        """The desk zone's current day."""
        return Between(day_start(self.now, self.thresholds.zone), self.week.end)

    @cached_property
    def week(self) -> Period:
        """The days that a page without dates is about."""
        return period(ANY_TIME, None, None, self.now, self.thresholds.zone)


@dataclass(frozen=True, slots=True)
class DeskSummary:
    """What is the same on every page of one state of the desk: counts and panels. `fulfilled`: in the week that ends today.

    `until`: until when time alone leaves it, and every row, true; ages apart, which are a minute old by then.
    """

    overview: Overview
    fulfilled: Count
    panels: dict[str, Any]
    progress: Progress
    until: Ms


@dataclass(frozen=True, slots=True)
class Answer:
    """A body, and what is around its rows."""

    body: bytes
    summary: DeskSummary


def summarise(conn: Reading, view: View) -> DeskSummary:
    """The counts and panels of this view."""
    week = Between(view.week.start, view.week.end)
    counted, fulfilled, lists = read_panels(conn, view.shop_id, view.cutoffs, view.today, week)
    ends = [Ms(view.now + FRESH), view.today.end, counted.until]
    progress = read_progress(conn, view.shop_id, view.connected)
    until = min(end for end in ends if end is not None)
    return DeskSummary(counted, fulfilled, panels.shown(counted, lists, view.now), progress, until)


def answer(conn: Reading, view: View, query: PageQuery, known: DeskSummary | None = None) -> Answer:
    """The whole answer; `known`: counts and panels that still hold."""
    summary = known or summarise(conn, view)
    reader = Reader(conn, view.shop_id, query.selection, view.cutoffs)
    counted = known is None and query.selection.filters == UNFILTERED
    position, wanted = _window(query, reader)
    rows, total = reader.page(position, wanted, summary.overview.tabs[query.selection.tab] if counted else None)
    days_of = _period(conn, view, query)
    fulfilled = summary.fulfilled
    if query.selection.filters.placed.bounded:
        fulfilled = counters.count(conn, view.shop_id, Counted.FULFILLED, Between(days_of.start, days_of.end))
    body = {
        "period": {"label": days_of.label, "start": to_text(days_of.start), "end": to_text(days_of.shown_end)},
        "metrics": panels.metrics(summary.overview, total, fulfilled),
        "orders": {
            "items": items(rows, view.now),
            "page_info": page_info(Window(position, len(rows), total, query.page_size), _first(query, rows)),
        },
        **summary.panels,
        "tabs": summary.overview.tabs,
        "desk": {"id": summary.overview.desk_id, "version": summary.overview.version, **summary.progress.as_json()},
    }
    return Answer(orjson.dumps(body), summary)


def _window(query: PageQuery, reader: Reader) -> tuple[int, int]:
    """The position of the first row that is wanted, and how many. An `ofs:` cursor names its page whatever the direction."""
    cursor = query.cursor
    if not isinstance(cursor, ShopifyCursor):
        return cursor or 0, query.page_size
    position = reader.position(cursor.last_value, cursor.last_id)
    if query.direction is Direction.AFTER:
        return position, query.page_size
    start = max(0, position - query.page_size)
    return start, position - start


def _first(query: PageQuery, rows: list[PageRow]) -> ShopifyCursor | None:
    if not rows:
        return None
    return ShopifyCursor(rows[0].id, rows[0].key, query.selection.tab.value, query.selection.sort_name)


def _period(conn: Reading, view: View, query: PageQuery) -> Period:
    placed = query.selection.filters.placed
    if not placed.bounded:
        return view.week
    first = first_placed(conn, view.shop_id) if placed.start is None else None
    return period(placed, query.shown_end, first, view.now, view.thresholds.zone)


@dataclass(frozen=True, slots=True)
class Window:
    """Where a page lies: `position` of its first row, how many rows it has, and how many there are in all."""

    position: int
    rows: int
    total: int
    page_size: int


def page_info(window: Window, first: ShopifyCursor | None) -> dict[str, Any]:
    """`page_info` of a page; `first` is the key of its first row, None for an empty page."""
    w = window
    after = w.position + w.rows
    more = after < w.total
    previous = _previous(w)
    return {
        "cursor": encode_offset(w.position),
        "startCursor": encode_offset(w.position) if w.rows else None,
        "endCursor": encode_offset(after - 1) if w.rows else None,
        "nextCursor": encode_offset(after) if more else None,
        "previousCursor": None if previous is None else encode_offset(previous),
        "hasNextPage": more,
        "hasPreviousPage": previous is not None,
        "page": w.position // w.page_size + 1,
        "pageSize": w.page_size,
        "totalPages": max(1, -(-w.total // w.page_size)),
        "shopifyCursor": first.encode() if first is not None else None,
    }


def _previous(w: Window) -> int | None:
    """Position − pageSize, at least 0; past the end, where the last page starts; None at 0 and where there are no rows."""
    if w.position == 0 or w.total == 0:
        return None
    if w.position >= w.total:
        return (w.total - 1) // w.page_size * w.page_size
    return max(0, w.position - w.page_size)
