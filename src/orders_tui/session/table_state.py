"""The table on show: which rows, in which places, under which query, with the cursor on which order. Pure state.

Invariant: the cursor's order never changes but by the operator's own move, and is always among the rows while there are any.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from orders_tui.query import OrdersQuery
from orders_tui.session.merging import merge
from orders_tui.session.view import PageSpan
from orders_tui.state_file import TabMemory
from orders_tui.views.pins import pin
from orders_wire.cursors import CursorError, decode_offset
from orders_wire.vocabulary import Tab

if TYPE_CHECKING:
    from orders_tui.errors import ApiError
    from orders_tui.store import PageEntry


@dataclass(frozen=True, slots=True)
class Goal:
    """Where the cursor goes when a page comes: an order if it is there, else an end of the page.

    With `elsewhere`, a page without the order is passed over for the one at that cursor.
    """

    order_id: str | None = None
    at_end: bool = False
    elsewhere: str | None = None


class TableState:
    """`query` is the list on show at its place; `pinned` the name of the view that it is, `saved` how that is saved: empty for a
    tab. `anchor` is what is asked for again, which does not slide (contract §1).

    `turning` is another place that was asked for and has not come; `accepting` what brings in what waits behind the pill.
    """

    def __init__(self, query: OrdersQuery, memories: Mapping[str, TabMemory] | None = None) -> None:
        self._memories = dict(memories or {})
        self.ids: tuple[str, ...] = ()
        self.ghosts: tuple[str, ...] = ()
        self.cursor_id: str | None = None
        self.held_back = 0
        self.frozen = False
        self.problem: ApiError | None = None
        self.entry: PageEntry | None = None
        self.query = query
        self.pinned = self.saved = ""
        self.anchor = query
        self.turning: OrdersQuery | None = query
        self._goal = Goal()
        self.accepting: OrdersQuery | None = None
        self._position = 0

    @property
    def loading(self) -> bool:
        """True while rows that were asked for have not come."""
        return self.turning is not None and self.problem is None

    @property
    def wanted(self) -> OrdersQuery:
        """What must be fetched to be up to date."""
        return self.turning or self.accepting or self.anchor

    @property
    def page_size(self) -> int:
        """So many rows a page, as of the list that was asked for last."""
        return self.wanted.page_size

    @property
    def new_count(self) -> int:
        """Orders that wait behind the pill: held back in the middle, and come in above."""
        above = 0 if self.entry is None else position(self.entry) - self._position
        return self.held_back + max(0, above)

    @property
    def unread(self) -> int:
        """Orders of the page that could not be read."""
        return 0 if self.entry is None else self.entry.page.orders.unread

    @property
    def place(self) -> str:
        """The tab, or what stands for the pinned view on show."""
        return pin(self.pinned) if self.pinned else self.query.tab

    def memory(self, place: str) -> TabMemory:
        """How a tab or a pinned view was left; of the one on show, how it is."""
        if self.entry is None or place != self.place:
            return self._memories.get(place, TabMemory())
        top, saved = self._position == 0, self.saved
        return TabMemory(self.query.filters, self.query.sort, self.anchor.cursor, self.cursor_id, top=top, saved=saved)

    def leave(self, pinned: str = "", saved: str = "") -> None:
        """What is shown next is this pinned view, or a tab; how what is on show is left is kept."""
        self._memories[self.place] = self.memory(self.place)
        self.pinned, self.saved = pinned, saved

    def show(self, query: OrdersQuery, goal: Goal) -> None:
        """Another list, or another place of this one: its rows stay until the new ones come, another's go at once."""
        same_list = (
            self.entry is not None and replace(query.listing, page_size=self.query.page_size) == self.query.listing
        )
        self.turning, self._goal, self.accepting, self.problem = query, goal, None, None
        if same_list:
            return
        self.query = self.anchor = query
        self.ids, self.ghosts, self.cursor_id, self.entry, self.held_back = (), (), None, None, 0

    def start_over(self) -> None:
        """Another desk: its page takes the place of the rows on show, from the list's top, frozen or not."""
        self.ids, self.ghosts, self.cursor_id, self.held_back, self.frozen = (), (), None, 0, False
        self._goal = Goal()

    def resume(self, tab: Tab, place: str) -> tuple[OrdersQuery, Goal]:
        """The query and goal that show a tab, or a pinned view of it, as it was left."""
        memory = self.memory(place)
        query = OrdersQuery(tab, memory.filters, memory.sort, self.page_size, None if memory.top else memory.cursor)
        return query, Goal(memory.order_id, elsewhere=memory.cursor if memory.top and memory.order_id else None)

    def accept(self) -> None:
        """The next page is taken as it is, from the top if the top was on show: what waited behind the pill comes in."""
        if self.turning is None:
            self.accepting = self.anchor if self._position else self.query.listing

    def arrived(self, entry: PageEntry) -> bool:
        """A page came. True when the rows on show, or their places, are others now."""
        if entry.query == self.turning:
            return self._turned(entry)
        if entry.query == self.accepting:
            self._take(entry, Goal(self.cursor_id), keep=self.cursor_id)
            return True
        if entry.query != self.anchor or self.turning is not None:
            return False
        self.problem = None
        return self._refresh(entry)

    def failed(self, query: OrdersQuery, error: ApiError) -> bool:
        """A page could not be had. True when it was one that is waited for."""
        if query != self.wanted:
            return False
        self.problem = error
        return True

    def restart(self) -> None:
        """The place on show is not one the server knows any more: the list from its top."""
        self.turning = replace(self.wanted, cursor=None)
        self.accepting = None

    def move(self, order_id: str | None) -> bool:
        """The operator moved the cursor. True when it stands elsewhere now."""
        if order_id == self.cursor_id or (order_id is not None and order_id not in self.ids):
            return False
        left, self.cursor_id = self.cursor_id, order_id
        if left in self.ghosts:
            self.forget([left])
        return True

    def forget(self, order_ids: Iterable[str]) -> bool:
        """Ghosts go, all but the one under the cursor. True when any went."""
        going = set(order_ids).intersection(self.ghosts) - {self.cursor_id}
        self.ghosts = tuple(order_id for order_id in self.ghosts if order_id not in going)
        self.ids = tuple(order_id for order_id in self.ids if order_id not in going)
        return bool(going)

    def neighbour(self, offset: int) -> str | None:
        """The order so many rows from the cursor; None beyond the ends."""
        there = offset + (self.ids.index(self.cursor_id) if self.cursor_id in self.ids else 0)
        return self.ids[there] if 0 <= there < len(self.ids) else None

    def span(self) -> PageSpan:
        """Where the rows stand in the list."""
        if self.entry is None:
            return PageSpan()
        info, total = self.entry.page.orders.page_info, self.entry.page.metrics.total_orders
        first = position(self.entry) + 1 if self.entry.order_ids else 0
        last = max(0, first + len(self.entry.order_ids) - 1)
        return PageSpan(
            first=first,
            last=last,
            total=total,
            page=info.page,
            pages=info.total_pages,
            has_next=info.next_cursor is not None and info.has_next_page,
            has_previous=info.previous_cursor is not None,
        )

    def _turned(self, entry: PageEntry) -> bool:
        goal = self._goal
        if goal.elsewhere is not None and goal.order_id not in entry.order_ids:
            self.turning, self._goal = entry.query.at(goal.elsewhere), Goal(goal.order_id)
            return False
        self._take(entry, goal)
        return True

    def _take(self, entry: PageEntry, goal: Goal, keep: str | None = None) -> None:
        """The page as it is. `keep` is the order under the cursor, which stays, as a ghost if need be."""
        ids = entry.order_ids
        if keep is not None and keep not in ids:
            here = min(self.ids.index(keep) if keep in self.ids else 0, len(ids))
            ids = (*ids[:here], keep, *ids[here:])
        self.ghosts = (keep,) if keep is not None and keep not in entry.order_ids else ()
        self.ids, self.entry, self.held_back, self.problem = ids, entry, 0, None
        self.query, self._position = entry.query, position(entry)
        cursor = entry.page.orders.page_info.shopify_cursor
        self.anchor = entry.query.at(cursor) if cursor else entry.query
        self.turning = self.accepting = None
        edge = (ids[-1] if goal.at_end else ids[0]) if ids else None
        self.cursor_id = goal.order_id if goal.order_id in ids else edge

    def _refresh(self, entry: PageEntry) -> bool:
        if not self.ids:
            had_rows = bool(entry.order_ids)
            self._take(entry, self._goal)
            return had_rows
        before = self.ids, self.ghosts
        merged = merge(self.ids, entry.order_ids)
        self.entry, self.held_back, self.ids = entry, merged.held_back, merged.ids
        self.ghosts = tuple(order_id for order_id in merged.ids if order_id in merged.gone)
        return before != (self.ids, self.ghosts)


def position(entry: PageEntry) -> int:
    """The place of the page's first row in its list, from 0."""
    cursor = entry.page.orders.page_info.cursor
    try:
        return decode_offset(cursor) if cursor is not None else 0
    except CursorError:
        return 0
