"""The desk's layout: its widgets from top to bottom, what is on show in them, where the cursor is, what an action would hit."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import Protocol

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from orders_tui.alerts import Alert
from orders_tui.context import breakpoints
from orders_tui.context.context import Context
from orders_tui.context.target import Target
from orders_tui.screens.command_screen import CommandScreen
from orders_tui.screens.desk.selection import Selection
from orders_tui.session.view import RowView
from orders_tui.widgets import side_bar
from orders_tui.widgets.alert_lines import Alerts
from orders_tui.widgets.banner import Banner
from orders_tui.widgets.containers import Column, Row
from orders_tui.widgets.hint_bar import HintBar
from orders_tui.widgets.metrics_bar import MetricsBar
from orders_tui.widgets.order_pane import OrderPane
from orders_tui.widgets.order_table import OrderTable
from orders_tui.widgets.query_bar import QueryBar
from orders_tui.widgets.side_bar import SideBar
from orders_tui.widgets.tab_strip import TabStrip
from orders_tui.widgets.top_bar import TopBar
from orders_wire.orders import Order
from orders_wire.texts import folded, words

SIDE_ONLY, TABLE_ONLY = "-side-only", "-table-only"
"""Which pane has the room of the others, as class names of the desk's screen."""


class Part(Enum):
    """In the order of drawing: what comes later reads what came before."""

    PAGE = "page"
    QUERY = "query"
    SUMMARY = "summary"
    SIDE = "side"
    ORDER = "order"
    TOP = "top"


class Draws(Protocol):
    """Draws parts of the desk: now, before the next frame, or in a moment when the cursor has moved."""

    def draw(self, *parts: Part) -> None: ...
    def schedule(self, part: Part) -> None: ...
    def schedule_all(self) -> None: ...
    def follow_cursor(self) -> None: ...


class DeskLayout(CommandScreen):
    """What the desk's commands work on. It keeps what is only the operator's: marks, narrowing, which pane has the focus."""

    renderer: Draws

    def __init__(self, work: Context) -> None:
        super().__init__(work)
        self.set_class(work.config.band_color is not None, "-banded")
        self.selection = Selection()
        self.collected: dict[str, Order] = {}
        """Marked orders that no page on show holds, as they were when they were collected."""
        self.narrow = ""
        self.view = work.session.table.view

    def compose(self) -> ComposeResult:
        """Top to bottom, as it is seen."""
        self.add_class(*breakpoints.classes(self.app.size))
        self.apply_preferences()
        glyphs = self.work.glyphs
        yield TopBar(self.work.band, glyphs.ellipsis, id="top")
        yield TabStrip(glyphs, id="tabs")
        yield MetricsBar(glyphs.ellipsis, id="metrics")
        yield Banner(glyphs.ellipsis, id="banner")
        yield QueryBar(glyphs.ellipsis, id="query")
        with Row(id="body"):
            with Column(id="main"):
                yield OrderTable(self.work.formatter, id="orders")
                yield OrderPane(id="pane")
            yield SideBar(glyphs.cursor, glyphs.ellipsis, id="side")
        yield HintBar(glyphs.ellipsis, id="hints")
        yield Static(Content(_needs(self.work.key("desk.quit"))), id="small")

    @property
    def table(self) -> OrderTable:
        return self.query_one(OrderTable)

    @property
    def side(self) -> SideBar:
        return self.query_one(SideBar)

    @property
    def columns(self) -> tuple[str, ...]:
        """The keys of the columns of what is on show."""
        return self.work.preferences.columns_of(self.view.query.tab, self.view.place)

    def rows(self) -> list[RowView]:
        """The rows on show: the page, narrowed."""
        rows = self.view.rows
        return narrowed(rows, self.narrow) if self.narrow else list(rows)

    @property
    def row_id(self) -> str | None:
        """The id of the order under the table's cursor."""
        row = self.table.current
        return row.order.id if row is not None else None

    def current_id(self) -> str | None:
        """The id of the order under the cursor of the pane that has the focus."""
        if self.side.has_focus:
            return side_bar.order_of(self.side.current, self.work.session.alerts)
        return self.row_id

    def current(self) -> Order | None:
        """The order under the cursor of the pane that has the focus, as far as it is known."""
        if self.side.has_focus:
            order_id = self.current_id()
            return self.work.session.table.order(order_id) if order_id else None
        row = self.table.current
        return row.order if row is not None else None

    def sku(self) -> str:
        """The SKU of the stock line under the side bar's cursor."""
        return (side_bar.sku_of(self.side.current) or "") if self.side.has_focus else ""

    @property
    def room_for_panes(self) -> bool:
        """Whether the terminal is wide enough for the table, the pane below it and the side bar at once."""
        return self.has_class("-wide") or self.has_class("-vast")

    def open_alerts(self) -> list[Alert]:
        """The alerts on show."""
        return self.work.session.open_alerts.shown(self.work.pace.now())

    def alerts_shown(self) -> Alerts:
        """The alerts on show, and how."""
        side, session = self.side, self.work.session
        wanted, coverage = session.open_alerts.filter, session.open_alerts.coverage
        offline = not session.connection.up
        return Alerts(self.open_alerts(), wanted, coverage, side.unfolded, side.size.width, side.current, offline)

    def current_alerts(self) -> list[str]:
        """The ids of the alerts, or of the data gap, under the side bar's cursor."""
        key = self.side.current if self.side.has_focus else ""
        return side_bar.alerts_of(key, self.open_alerts() if key.startswith("kind:") else ())

    def target(self) -> Target:
        """The marks, else the order under the cursor."""
        if len(self.selection):
            ids = self.selection.ids
            self.collected = {order_id: self.collected[order_id] for order_id in ids if order_id in self.collected}
            orders = [self.work.session.table.order(order_id) or self.collected.get(order_id) for order_id in ids]
            return Target(ids, tuple(order for order in orders if order is not None), marked=True)
        return Target.of(self.current())

    def cursor_moved(self) -> None:
        """The operator stands on another row now: the session follows at once, before anything else can happen."""
        order_id = self.row_id
        self.work.session.table.move_cursor(order_id)
        if order_id is not None and self.selection.ranging:
            self.selection.stretch(order_id, [row.order.id for row in self.table.rows])
            self.show_marks()
        self.renderer.follow_cursor()

    def show_marks(self) -> None:
        """The marks have changed."""
        self.table.set_marks(frozenset(self.selection.ids))
        self.renderer.draw(Part.TOP)

    def restore_panes(self) -> bool:
        """Gives every pane its place again, the table the focus where the side bar loses its; False where all have theirs."""
        if not (self.has_class(SIDE_ONLY) or self.has_class(TABLE_ONLY)):
            return False
        self.remove_class(SIDE_ONLY, TABLE_ONLY)
        if self.has_class("-narrow"):
            self.call_after_refresh(self.table.focus)
        self.renderer.schedule_all()
        return True

    def apply_preferences(self) -> None:
        """Side bar and timeline as the operator likes them."""
        self.set_class(not self.work.preferences.sidebar, "-no-side")
        self.set_class(not self.work.preferences.timeline, "-no-pane")


def narrowed(rows: Sequence[RowView], text: str) -> list[RowView]:
    """The rows in which every word of the text occurs, folded as the server's search folds (contract §1, `q`)."""
    wanted = words(text)
    return [row for row in rows if all(word in _text(row.order) for word in wanted)]


def _text(order: Order) -> str:
    numbers = " ".join(parcel.number or "" for parcel in order.tracking)
    parts = (order.order_number, order.customer_name or "", order.assigned_to, order.status, order.issue or "", numbers)
    return folded(" ".join((*parts, *order.tags)))


def _needs(quit_key: str) -> str:
    least = f"The desk needs at least {breakpoints.LEAST_COLUMNS} columns and {breakpoints.LEAST_ROWS} rows."
    return f"{least} {quit_key} {quit_key} quits." if quit_key else least
