"""The session object: the one thing the screens and the headless watch talk to.

Methods that only steer are synchronous, return at once and never raise for the network's sake: what they lead to arrives as
changes. `run()` owns every task.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import TYPE_CHECKING

from orders_tui.pace import Pace
from orders_tui.query import Filters, OrdersQuery, Sort
from orders_tui.session.changes import Change
from orders_tui.session.view import RowView, TabMemory, View
from orders_wire.vocabulary import Tab

if TYPE_CHECKING:
    from orders_tui.alerts import AlertBook
    from orders_tui.api import SyncApi
    from orders_tui.drafts import Draft
    from orders_tui.eligibility import Eligibility
    from orders_tui.errors import ApiError
    from orders_tui.feed import Connection, Feed
    from orders_tui.persistence import DraftBook
    from orders_tui.session.actions import ActionEntry
    from orders_tui.session.bulk import BulkRun
    from orders_tui.session.matching import Matching
    from orders_wire.detail import OrderDetail
    from orders_wire.orders import Order
    from orders_wire.page import OrdersPage
    from orders_wire.people import Me, Owner


class Session:
    """See the module. All state is read through properties and methods here; observers get `Change`s."""

    def __init__(
        self,
        api: SyncApi,
        feed: Feed,
        *,
        query: OrdersQuery | None = None,
        memories: Mapping[Tab, TabMemory] | None = None,
        drafts: DraftBook | None = None,
        pace: Pace | None = None,
    ) -> None:
        raise NotImplementedError

    async def run(self) -> None:
        """Runs until cancelled: listens, fetches, sends, retries."""
        raise NotImplementedError

    def subscribe(self, observer: Callable[[Change], None]) -> Callable[[], None]:
        """Calls `observer` in the session's loop with every change; the answer unsubscribes."""
        raise NotImplementedError

    # what is on show

    @property
    def view(self) -> View: ...

    @property
    def summary(self) -> OrdersPage | None:
        """The newest page of any query: metrics but `total_orders`, panels and tab counts are the same in all."""

    @property
    def connection(self) -> Connection: ...

    @property
    def alerts(self) -> AlertBook: ...

    @property
    def me(self) -> Me | None: ...

    @property
    def owners(self) -> tuple[Owner, ...]: ...

    @property
    def drafts(self) -> DraftBook: ...

    def order(self, order_id: str) -> Order | None:
        """An order as it is shown, on the page or not."""

    def row(self, order_id: str) -> RowView | None:
        """A row on show (with its mark, ghost and change), else one made from what is known of the order; None when unknown."""

    def memory(self, tab: Tab) -> TabMemory:
        """How a tab was left, for `persistence`."""

    # moving

    def open_tab(self, tab: Tab) -> None:
        """Shows a tab as it was left."""

    def show(self, query: OrdersQuery, order_id: str | None = None) -> None:
        """Shows a query from its cursor, with the cursor on an order if it is there."""

    def set_filters(self, filters: Filters, sort: Sort | None = None) -> None:
        """Narrows the present tab, from its first page; a sort of None keeps the tab's own order."""

    def set_sort(self, sort: Sort | None) -> None: ...
    def set_page_size(self, size: int) -> None: ...
    def move_cursor(self, order_id: str | None) -> None:
        """The operator stands on this order now. Ghosts left behind go; its detail is loaded after a short rest."""

    def next_page(self) -> bool:
        """Turns the page, at once where it was prefetched, with the cursor on its first row. False when there is none."""

    def previous_page(self) -> bool:
        """As `next_page`, with the cursor on the last row."""

    def first_page(self) -> None: ...
    def last_page(self) -> None: ...
    def step(self, offset: int) -> str | None:
        """The order `offset` rows further (−1, 1 …), turning the page where the rows end; moves the cursor there."""

    def refresh(self) -> None:
        """Fetches now, takes in what waits behind the pill, and tries the line at once if it is down."""

    def freeze(self, frozen: bool) -> None:
        """Frozen, nothing on show moves or changes but by the operator's own actions."""

    # one order

    def detail(self, order_id: str) -> OrderDetail | None:
        """The detail if it is here; otherwise it is fetched and `DetailChanged` follows."""

    def detail_problem(self, order_id: str) -> ApiError | None:
        """Why the detail of an order could not be had."""

    def refresh_owners(self) -> None:
        """Asks who owns how much (a dialog opens)."""

    # acting

    @property
    def log(self) -> tuple[ActionEntry, ...]:
        """Every action of this session, oldest first."""

    def eligibility(self, draft: Draft) -> Eligibility:
        """Which orders of a draft it could work on, as far as is known here."""

    def act(self, draft: Draft) -> tuple[ActionEntry, ...]:
        """Sends a draft: rows change at once, the answer follows as `ActionSettled`. One entry per request it takes.

        Refused (state `refused`, draft kept) while the line is declared down.
        """

    def undo(self, key: str | None = None) -> ActionEntry | None:
        """Takes back an action (a key or a batch), or the newest that can be; the entry being undone, or None."""

    def undoable(self) -> ActionEntry | None:
        """What `undo()` would take back."""

    @property
    def unsettled(self) -> tuple[ActionEntry, ...]:
        """Actions without an outcome: what quitting now would leave behind."""

    def bulk(self, draft: Draft) -> BulkRun:
        """Sends a draft of any size in chunks."""

    @property
    def runs(self) -> tuple[BulkRun, ...]: ...

    def retry_failed(self, run: BulkRun) -> BulkRun:
        """A new run over just the orders that failed, re-read first."""

    async def collect_matching(
        self, query: OrdersQuery | None = None, on_progress: Callable[[int, int], None] | None = None
    ) -> Matching:
        """Every order that matches (the view's query by default): ids, numbers and versions, by walking its pages."""

    def dismiss(self, order_ids: Iterable[str]) -> None:
        """Failure reasons on these rows have been read."""

    def sign_in(self, token: str) -> None:
        """A new token: the line is tried at once and what waited is sent."""

    def acknowledge(self, alert_ids: Collection[str]) -> None: ...
    def snooze(self, alert_ids: Collection[str], seconds: float) -> None: ...
