"""The desk's first frame: its first page, to be read and walked in while everything else is still being loaded.

It looks like the desk, part for part, so that nothing moves when the desk takes over with the cursor on the same order.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import parse_qs

from textual import events
from textual.app import ComposeResult
from textual.containers import Container
from textual.screen import Screen

from orders_tui import wording
from orders_tui.commands import Place
from orders_tui.config import Config
from orders_tui.context import breakpoints
from orders_tui.context.preferences import Preferences
from orders_tui.context.screen import MainScreen
from orders_tui.feed.connection import Connection
from orders_tui.glyphs import glyphs
from orders_tui.keymap import Keymap
from orders_tui.startup import first_page
from orders_tui.startup.first_page import PendingPage
from orders_tui.views.pins import READY, pin, unpinned
from orders_tui.widgets.bar import Bar
from orders_tui.widgets.containers import Column, Row
from orders_tui.widgets.first_line import Band
from orders_tui.widgets.formatter import Formatter
from orders_tui.widgets.hint_bar import Hint, HintBar
from orders_tui.widgets.metrics_bar import MetricsBar
from orders_tui.widgets.order_table import OrderTable
from orders_tui.widgets.tab_strip import TabStrip
from orders_tui.widgets.top_bar import TopBar, TopInfo
from orders_wire.vocabulary import Tab

if TYPE_CHECKING:
    from orders_tui.session.view import RowView
    from orders_wire.page import OrdersPage

SLOW_AFTER_S = 0.4
"""After so long there are placeholders, and the rest is loaded without waiting for the rows."""

STEPS = {"go.down": 1, "go.up": -1, "go.half_down": 10, "go.half_up": -10, "go.first": -10_000, "go.last": 10_000}


class FirstFrame(MainScreen, Screen[None]):
    """Shows the first page. `cursor_id` is where the operator stands; `settled` is set when the first rows are on screen,
    or take longer than anybody should wait for them.
    """

    AUTO_FOCUS = "OrderTable"
    HORIZONTAL_BREAKPOINTS = breakpoints.COLUMNS
    VERTICAL_BREAKPOINTS = breakpoints.ROWS

    def __init__(
        self,
        page: PendingPage,
        preferences: Preferences,
        keymap: Keymap,
        config: Config,
        on_the_way: Callable[[], bool] = lambda: False,
    ) -> None:
        super().__init__()
        self._on_the_way = on_the_way
        self._page, self._preferences, self._keymap, self._config = page, preferences, keymap, config
        self._glyphs = glyphs(config.ascii)
        self.moved = False
        self.settled = asyncio.Event()

    def compose(self) -> ComposeResult:
        """As the desk."""
        self.add_class(*breakpoints.classes(self.app.size))
        self.set_class(not self._preferences.sidebar, "-no-side")
        self.set_class(not self._preferences.timeline, "-no-pane")
        ellipsis = self._glyphs.ellipsis
        yield TopBar(Band.of(self._config), ellipsis, id="top")
        yield TabStrip(self._glyphs, id="tabs")
        yield MetricsBar(ellipsis, id="metrics")
        yield Bar(ellipsis, id="query")
        with Row(id="body"):
            with Column(id="main"):
                yield OrderTable(self._formatter, id="orders")
                yield Container(id="pane")
            yield Container(id="side")
        yield HintBar(ellipsis, id="hints")

    def on_mount(self) -> None:
        self.query_one(OrderTable).set_columns(self._preferences.columns_of(self.tab, self._preferences.place))
        self.query_one(TopBar).show(self._top(), self._glyphs.ascii_only, "")
        self.query_one(HintBar).show((), Hint(self._keymap.key("desk.quit"), "quit"))
        if self.answered:
            self._show(self._page.result())
        else:
            self.run_worker(self._wait, exit_on_error=False)  # type: ignore[arg-type]

    @property
    def tab(self) -> Tab:
        """The tab that was asked for."""
        named = parse_qs(self._preferences.query).get("tab", [Tab.UNFULFILLED])[0]
        return Tab(named) if named in list(Tab) else Tab.UNFULFILLED

    @property
    def cursor_id(self) -> str | None:
        """The order under the cursor."""
        row = self.query_one(OrderTable).current
        return row.order.id if row is not None else None

    def _top(self) -> TopInfo:
        """The first line while nothing is known yet."""
        config, sign = self._config, wording.connection(Connection(), datetime.now(UTC))
        return TopInfo(sign, config.profile_shown, name=config.name or "", read_only=config.read_only)

    def _formatter(self) -> Formatter:
        return Formatter(datetime.now(UTC), "UTC", self._glyphs, self._config.name or "")

    @property
    def answered(self) -> bool:
        """True when the request has ended, with or without a page."""
        return self._page.done()

    async def _wait(self) -> None:
        page = asyncio.wrap_future(self._page)
        await asyncio.wait([page], timeout=SLOW_AFTER_S)
        if not page.done():
            table = self.query_one(OrderTable)
            table.show_loading(table.body_height)
            self.settled.set()
        body = await page
        self._show(body if self.is_current else None)

    def _show(self, body: Mapping[str, Any] | None) -> None:
        """Shows the page that came, if one did. Before the first layout it is on screen with the first frame."""
        try:
            if body is not None:
                page = first_page.read(body)
                if rows := cast("tuple[RowView, ...]", first_page.rows(page)):
                    self.query_one(OrderTable).show(rows, self._preferences.order_id or None, fresh=True)
                self._show_tabs(page)
                self.query_one(MetricsBar).show(page, Connection(), self._config.name or "")
        except (ValueError, TypeError, AttributeError, OverflowError):
            self.log("not a page of orders")
        self.call_after_refresh(self.settled.set)

    def _show_tabs(self, page: OrdersPage) -> None:
        """The tabs and the pinned views as they were; at the very first start those that come with the desk."""
        place, ready, first = self._preferences.place, page.metrics.ready, not self._preferences.query
        pinned = [READY] if first else self._preferences.pinned
        pinned = [name for name in pinned if name != READY or ready is not None]
        counts = page.tabs if ready is None else {**page.tabs, pin(READY): ready}
        self.query_one(TabStrip).show(place if unpinned(place) in pinned else self.tab, counts, pinned)

    def on_key(self, event: events.Key) -> None:
        """Walks the rows; what would act has to wait."""
        event.stop()
        event.prevent_default()
        key = event.character if event.is_printable and event.character else event.key
        command, table = self._keymap.find(Place.DESK, key), self.query_one(OrderTable)
        if command is None:
            return
        if command.id in STEPS and table.rows:
            self.moved = True
            table.move_to(table.cursor + STEPS[command.id])
        elif command.id == "desk.quit":
            self.request_quit()
        else:
            self.say("one moment, the desk is being opened")

    def say(self, text: str) -> None:
        self.query_one(HintBar).say(text)

    def request_quit(self) -> None:
        """Nothing is on its way from here yet; from a shop that was left there may be, which the desk asks about."""
        if self._on_the_way():
            self.say("something has no answer yet; one moment, the desk is being opened")
        else:
            self.app.exit()
