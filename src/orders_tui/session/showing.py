"""The half of the session that shows: the table and its moves, single orders, and how tabs were left."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orders_tui.query import Filters, OrdersQuery, Sort
from orders_tui.session.changes import Change, CursorMoved, PageShown, ViewChanged
from orders_tui.session.details import Details
from orders_tui.session.fading import Fade, Fading
from orders_tui.session.merging import ghost_reason
from orders_tui.session.pager import Pager
from orders_tui.session.table import Goal
from orders_tui.session.view import Ghost, RowView, TabMemory, View
from orders_tui.store.store import Store
from orders_wire.vocabulary import Tab

if TYPE_CHECKING:
    from orders_tui.errors import ApiError
    from orders_wire.detail import OrderDetail
    from orders_wire.orders import Order
    from orders_wire.page import OrdersPage


ELSEWHERE = "another page"
"""Of the row under the cursor, which stays where it is, when it only moved within the view."""


class Showing:
    """Everything here is read from the store and the table, and steers them; nothing waits."""

    _store: Store
    _pager: Pager
    _details: Details
    _fading: Fading
    _missed: set[str]

    def _tell(self, change: Change) -> None:
        raise NotImplementedError

    @property
    def view(self) -> View:
        """The table as it is to be shown."""
        table = self._pager.table
        rows = tuple(row for order_id in table.ids if (row := self.row(order_id)) is not None)
        return View(
            query=table.query,
            rows=rows,
            cursor_id=table.cursor_id,
            span=table.span(),
            loading=table.loading,
            problem=table.problem,
            as_of=self._pager.as_of,
            new_count=table.new_count + len(self._missed),
            unread=table.unread,
            frozen=table.frozen,
        )

    @property
    def summary(self) -> OrdersPage | None:
        """The newest page of any query: metrics but `total_orders`, panels and tab counts are the same in all."""
        return self._pager.summary

    def order(self, order_id: str) -> Order | None:
        """An order as it is shown, on the page or not."""
        return self._store.view(order_id)

    def row(self, order_id: str) -> RowView | None:
        """A row on show (with its mark, ghost and change), else one made from what is known of the order; None when unknown."""
        order = self._store.view(order_id)
        if order is None:
            return None
        table = self._pager.table
        reason = self._where_to(order_id) if order_id in table.ghosts else ""
        if not reason and order_id in table.ghosts and order_id == table.cursor_id:
            reason = ELSEWHERE
        ghost = Ghost(reason) if reason else None
        changed = self._fading.shows(Fade.CHANGED, order_id)
        return RowView(order, self._store.mark(order_id), ghost, changed)

    def _where_to(self, order_id: str) -> str:
        """Why an order is no longer in the list on show, in a word or two; empty as long as nothing says that it is not."""
        return ghost_reason(self._pager.table.query, self._store.view(order_id))

    def memory(self, tab: Tab) -> TabMemory:
        """How a tab was left, for `persistence`."""
        return self._pager.table.memory(tab)

    def open_tab(self, tab: Tab) -> None:
        """Shows a tab as it was left; the one on show stays as it is."""
        if tab is not self._pager.table.query.tab or self._pager.table.entry is None:
            self._pager.show(*self._pager.table.resume(tab, self._pager.page_size))

    def show(self, query: OrdersQuery, order_id: str | None = None) -> None:
        """Shows a query from its cursor, with the cursor on an order if it is there."""
        self._pager.page_size = query.page_size
        self._pager.show(query, Goal(order_id))

    def set_filters(self, filters: Filters, sort: Sort | None = None) -> None:
        """Narrows the present tab, from its first page; a sort of None keeps the tab's own order."""
        query = OrdersQuery(self._pager.table.query.tab, filters, sort, self._pager.page_size)
        self._pager.show(query, Goal(self._pager.table.cursor_id))

    def set_sort(self, sort: Sort | None) -> None:
        """Sorts the present tab, from its first page."""
        self.set_filters(self._pager.table.query.filters, sort)

    def set_page_size(self, size: int) -> None:
        """So many rows a page from now on; the rows on show stay where they are."""
        if size != self._pager.page_size:
            table = self._pager.table
            self._pager.page_size = size
            place = OrdersQuery(table.query.tab, table.query.filters, table.query.sort, size, table.anchor.cursor)
            self._pager.show(place, Goal(table.cursor_id))

    def move_cursor(self, order_id: str | None) -> None:
        """The operator stands on this order now. A ghost left behind goes; the order's detail is loaded after a short rest."""
        table = self._pager.table
        rows = table.ids
        if not table.move(order_id):
            return
        self._details.rest_on(order_id)
        if table.ids != rows:
            self._tell(PageShown())
        self._tell(CursorMoved(order_id))

    def next_page(self) -> bool:
        """Turns the page, at once where it was prefetched, with the cursor on its first row. False when there is none."""
        return self._turn_to("next_cursor", Goal())

    def previous_page(self) -> bool:
        """As `next_page`, with the cursor on the last row."""
        return self._turn_to("previous_cursor", Goal(at_end=True))

    def _turn_to(self, name: str, goal: Goal) -> bool:
        table = self._pager.table
        if table.entry is None or table.turning:
            return table.turning
        cursor = getattr(table.entry.page.orders.page_info, name)
        if cursor is None:
            return False
        self._pager.turn(cursor, goal)
        return True

    def first_page(self) -> None:
        """Goes to the top of the list, with the cursor on its first row."""
        self._pager.turn(None, Goal())

    def last_page(self) -> None:
        """Goes to the end of the list, with the cursor on its last row."""
        self._pager.turn_last()

    def step(self, offset: int) -> str | None:
        """The order `offset` rows further (−1, 1 …), turning the page where the rows end; moves the cursor there.

        None when there is none, or its page is still on its way (`CursorMoved` follows).
        """
        table = self._pager.table
        order_id = table.neighbour(offset)
        if order_id is not None:
            self.move_cursor(order_id)
            return order_id
        turned = self.next_page() if offset > 0 else self.previous_page()
        return table.cursor_id if turned and not table.turning else None

    def freeze(self, frozen: bool) -> None:
        """Frozen, nothing on show moves or changes but by the operator's own actions; what was missed is counted."""
        self._pager.table.frozen = frozen
        if not frozen:
            self._missed.clear()
            self._pager.freshness.now()
        self._tell(ViewChanged())

    def detail(self, order_id: str) -> OrderDetail | None:
        """The detail if it is here; where it is not, or is older than its row, it is fetched and `DetailChanged` follows."""
        return self._details.get(order_id)

    def detail_problem(self, order_id: str) -> ApiError | None:
        """Why the detail of an order could not be had."""
        return self._details.problem(order_id)
