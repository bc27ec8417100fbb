"""The table and all that is shown: rows under a query, the cursor and its moves, single orders, how tabs were left."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING, Literal

from orders_tui.query import Filters, OrdersQuery, Sort
from orders_tui.session.changes import Change, CursorMoved, DetailChanged, PageShown, RowsChanged, ViewChanged
from orders_tui.session.details import Details
from orders_tui.session.merging import ghost_reason
from orders_tui.session.pager import Pager
from orders_tui.session.table_state import Goal
from orders_tui.session.tasks import Spawn
from orders_tui.session.transients import Transient, Transients
from orders_tui.session.view import Ghost, RowView, TableView
from orders_tui.state_file import TabMemory
from orders_tui.store import MarkKind, PageEntry
from orders_tui.store.store import Store
from orders_tui.views.pins import pin
from orders_wire.cursors import encode_offset
from orders_wire.vocabulary import Tab

if TYPE_CHECKING:
    from orders_tui.api.client import SyncApi
    from orders_tui.errors import ApiError
    from orders_tui.pace import Pace
    from orders_wire.detail import OrderDetail
    from orders_wire.orders import Order
    from orders_wire.page import OrdersPage


ELSEWHERE = "another page"
"""Of the row under the cursor, which stays where it is, when it only moved within the view."""

_PASSING_MARKS = (MarkKind.CONFIRMED, MarkKind.UNDONE)
_GHOSTS_READ = 5


class Table:
    """All is read from the store and the pager's state; the methods only steer, and nothing waits. `works` are to be kept going.

    `page_came` is called with the desk of every page that came, before the page is looked at; `met` with what a request for
    one ran into.
    """

    def __init__(
        self,
        api: SyncApi,
        store: Store,
        pace: Pace,
        *,
        query: OrdersQuery,
        memories: Mapping[str, TabMemory],
        spawn: Spawn,
        tell: Callable[[Change], None],
        page_came: Callable[[str | None], None],
        met: Callable[[ApiError | None], None],
    ) -> None:
        self._store, self._tell, self._page_came = store, tell, page_came
        self._pager = Pager(
            api, store, pace, query=query, memories=memories, spawn=spawn, tell=tell, seen=self._seen, met=met
        )
        self._state = self._pager.state
        self._details = Details(api, store, self._detailed)
        self._transients = Transients(pace, self._passed)
        self._missed: set[str] = set()
        self.works = ((self._pager.run, "pages"), (self._details.run, "details"), (self._transients.run, "transients"))

    @property
    def query(self) -> OrdersQuery:
        """The list on show, at its place."""
        return self._state.query

    @property
    def view(self) -> TableView:
        """The table as it is to be shown."""
        state = self._state
        rows = tuple(row for order_id in state.ids if (row := self.row(order_id)) is not None)
        return TableView(
            query=state.query,
            rows=rows,
            cursor_id=state.cursor_id,
            span=state.span(),
            loading=state.loading,
            problem=state.problem,
            as_of=self._pager.as_of,
            new_count=state.new_count + len(self._missed),
            unread=state.unread,
            frozen=state.frozen,
            pinned=state.pinned,
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
        state = self._state
        reason = ""
        if order_id in state.ghosts:
            reason = self._where_to(order_id) or (ELSEWHERE if order_id == state.cursor_id else "")
        changed = self._transients.shows(Transient.CHANGED, order_id)
        return RowView(order, self._store.mark(order_id), Ghost(reason) if reason else None, changed)

    def together(self, order: Order) -> list[str]:
        """The numbers of the other orders that this one is to be shipped with, of those that are known here."""
        known = self._store.together(order.together) if order.together is not None else ()
        return sorted(each.order_number for each in known if each.id != order.id)

    def memory(self, place: str) -> TabMemory:
        """How a tab or a pinned view was left, for the state file."""
        return self._state.memory(place)

    def open_tab(self, tab: Tab) -> None:
        """Shows a tab as it was left; the one on show stays as it is."""
        if tab != self._state.place or self._state.entry is None:
            as_left = self._state.resume(tab, tab)
            self._state.leave()
            self._pager.show(*as_left)

    def open_view(self, name: str, saved: str, tab: Tab, query: OrdersQuery | None = None) -> None:
        """Shows a pinned view, which is `saved` so: as it was left, or with a query just that."""
        place, state = pin(name), self._state
        if query is None and place == state.place and state.entry is not None:
            return
        shown = state.resume(tab, place) if query is None else (query, Goal())
        state.leave(name, saved)
        self._pager.show(*shown)

    def stand(self, name: str = "", saved: str = "") -> None:
        """What is on show is this pinned view from now on, as it is saved now; or a tab."""
        self._state.pinned, self._state.saved = name, saved
        self._tell(ViewChanged())

    def show(self, query: OrdersQuery, order_id: str | None = None) -> None:
        """Shows a query from its cursor in its tab, with the cursor on an order if it is there."""
        self._state.leave()
        self._pager.show(query, Goal(order_id))

    def set_filters(self, filters: Filters, sort: Sort | None = None) -> None:
        """Narrows what is on show, from its first page; a sort of None keeps the tab's own order."""
        self._state.leave(self._state.pinned, self._state.saved)
        query = OrdersQuery(self._state.query.tab, filters, sort, self._state.page_size)
        self._pager.show(query, Goal(self._state.cursor_id))

    def set_sort(self, sort: Sort | None) -> None:
        """Sorts the present tab, from its first page."""
        self.set_filters(self._state.query.filters, sort)

    def move_cursor(self, order_id: str | None) -> None:
        """The operator stands on this order now. A ghost left behind goes; the order's detail is loaded after a short rest."""
        rows = self._state.ids
        if not self._state.move(order_id):
            return
        self._details.rest_on(order_id)
        if self._state.ids != rows:
            self._tell(PageShown())
        self._tell(CursorMoved(order_id))

    def next_page(self) -> bool:
        """Turns the page, at once where it was prefetched, with the cursor on its first row. False when there is none."""
        return self._turn("next_cursor", Goal())

    def previous_page(self) -> bool:
        """As `next_page`, with the cursor on the last row."""
        return self._turn("previous_cursor", Goal(at_end=True))

    def first_page(self) -> None:
        """Goes to the top of the list, with the cursor on its first row."""
        self._pager.show(self._state.query.at(None), Goal())

    def last_page(self) -> None:
        """Goes to the end of the list, with the cursor on its last row."""
        total, size = self._state.span().total, self._state.page_size
        start = (total - 1) // size * size if total else 0
        self._pager.show(self._state.query.at(encode_offset(start)), Goal(at_end=True))

    def step(self, offset: int) -> str | None:
        """The order `offset` rows further (−1, 1 …), turning the page where the rows end; moves the cursor there.

        None when there is none, or its page is still on its way (`CursorMoved` follows).
        """
        order_id = self._state.neighbour(offset)
        if order_id is not None:
            self.move_cursor(order_id)
            return order_id
        turned = self.next_page() if offset > 0 else self.previous_page()
        return self._state.cursor_id if turned and self._state.turning is None else None

    def freeze(self, frozen: bool) -> None:
        """Frozen, nothing on show moves or changes but by the operator's own actions; what was missed is counted."""
        self._state.frozen = frozen
        if not frozen:
            self._missed.clear()
            self._pager.timer.now()
        self._tell(ViewChanged())

    def detail(self, order_id: str) -> OrderDetail | None:
        """The detail if it is here; where it is not, or is older than its row, it is fetched and `DetailChanged` follows."""
        return self._details.get(order_id)

    def seen_detail(self, order_id: str) -> OrderDetail | None:
        """The detail if it is here, however old; nothing is asked for."""
        return self._store.detail(order_id)

    def detail_problem(self, order_id: str) -> ApiError | None:
        """Why the detail of an order could not be had."""
        return self._details.problem(order_id)

    def accept(self) -> None:
        """Fetches now, and takes in what waits behind the pill."""
        self._missed.clear()
        self._state.accept()
        self._pager.timer.now()

    def desk_moved(self, version: int, order_ids: frozenset[str] = frozenset()) -> None:
        """The desk has at least this version; these orders changed."""
        if self._state.frozen and order_ids:
            self._missed |= order_ids
            self._tell(ViewChanged())
        self._pager.timer.ping(version)

    def look_again(self) -> None:
        """The connection is back: what is shown may be old."""
        self._pager.timer.now()
        self._details.look_again()

    def reset(self, desk_id: str | None) -> None:
        """What was known of the desk is void; it may be another one now."""
        self._pager.reset(desk_id)

    def marked(self, order_ids: Collection[str]) -> None:
        """The outcome of an action lies on these rows now: it passes."""
        self._transients.start(Transient.MARK, order_ids)

    def _turn(self, end: Literal["next_cursor", "previous_cursor"], goal: Goal) -> bool:
        state = self._state
        if state.entry is None or state.turning is not None:
            return state.turning is not None
        cursor: str | None = getattr(state.entry.page.orders.page_info, end)
        if cursor is not None:
            self._pager.show(state.query.at(cursor), goal)
        return cursor is not None

    def _where_to(self, order_id: str) -> str:
        """Why an order is no longer in the list on show, in a word or two; empty as long as nothing says that it is not."""
        return ghost_reason(self._state.query, self._store.view(order_id))

    def _seen(self, entry: PageEntry, changed: frozenset[str]) -> None:
        """A page came: rows that somebody else changed are marked, ghosts are asked where they went, one on show each time."""
        state = self._state
        self._page_came(entry.desk_id)
        others = {order_id for order_id in changed.intersection(state.ids) if self._store.mark(order_id) is None}
        if entry.query != state.query:
            self._transients.start(Transient.CHANGED, others)
        if self._details.watched in state.ghosts:
            self._details.want(self._details.watched)
        fresh_ghosts = [order_id for order_id in state.ghosts if not self._transients.shows(Transient.GHOST, order_id)]
        if fresh_ghosts:
            self._transients.start(Transient.GHOST, fresh_ghosts)
        for order_id in fresh_ghosts[:_GHOSTS_READ]:
            self._details.want(order_id)
        self._drop_moved(fresh_ghosts[_GHOSTS_READ:])
        self._details.look_again()

    def _drop_moved(self, order_ids: Collection[str]) -> None:
        """Rows that are missing from the page but, as far as is known, still in the list stand on another page now: no ghosts."""
        moved = [o for o in order_ids if o in self._state.ghosts and not self._where_to(o)]
        if moved and self._state.forget(moved):
            self._tell(PageShown())

    def _detailed(self, order_id: str, rows: frozenset[str]) -> None:
        if rows:
            self._tell(RowsChanged(rows))
        self._drop_moved([order_id])
        self._tell(DetailChanged(order_id))

    def _passed(self, kind: Transient, order_ids: set[str]) -> None:
        if kind is Transient.GHOST:
            if self._state.forget(order_ids):
                self._tell(PageShown())
            return
        rows = self._store.dismiss(order_ids, _PASSING_MARKS) if kind is Transient.MARK else frozenset(order_ids)
        if rows:
            self._tell(RowsChanged(rows))
