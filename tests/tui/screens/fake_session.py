"""A session without a server: the whole interface over orders in memory, changing only when a test says so."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from tests.tui.screens import desk_data
from tests.tui.screens.desk_data import NOW

from orders_tui.alerts import AlertBook
from orders_tui.drafts import AssignDraft, Draft, FulfillDraft, ReturnsDraft
from orders_tui.eligibility import Eligibility, preview
from orders_tui.errors import ApiError, SignInNeeded
from orders_tui.feed import Connection, LineState
from orders_tui.persistence import DraftBook
from orders_tui.query import Filters, OrdersQuery, Sort
from orders_tui.session import Session, changes
from orders_tui.session.actions import ActionEntry, ActionState, OrderFailure
from orders_tui.session.bulk import BulkRun, Outcome, OutcomeKind
from orders_tui.session.matching import Matching
from orders_tui.session.view import Ghost, PageSpan, RowView, TabMemory, View
from orders_tui.store.marks import Mark, MarkKind
from orders_wire.detail import OrderDetail
from orders_wire.orders import Order
from orders_wire.page import OrdersPage
from orders_wire.people import Me, Owner
from orders_wire.vocabulary import ActionName, SortField, Status, Tab

_SETTLED = {
    ActionState.DONE: MarkKind.CONFIRMED,
    ActionState.PARTLY: MarkKind.CONFIRMED,
    ActionState.UNCONFIRMED: MarkKind.UNCONFIRMED,
    ActionState.UNDONE: MarkKind.UNDONE,
}


class FakeSession(Session):
    """Answers at once; what was asked of it is in `sent`."""

    def __init__(self, page_size: int = 36, now: Callable[[], datetime] = lambda: NOW) -> None:
        self._now = now
        self._observers: list[Callable[[changes.Change], None]] = []
        self._view = View(query=OrdersQuery(tab=Tab.UNFULFILLED, page_size=page_size), as_of=NOW)
        self._connection = Connection(LineState.LIVE, since=NOW, last_contact=NOW)
        self._alerts = AlertBook()
        self.drafts = DraftBook()
        self._log: list[ActionEntry] = []
        self.sent: list[Draft] = []
        self.runs_made: list[BulkRun] = []
        self.orders: dict[str, Order] = {order.id: order for order in desk_data.ORDERS}
        self.position = 0
        self.minutes = 0
        """So long the desk has been open."""
        self.me_now: Me | None = desk_data.ME
        self.people: tuple[Owner, ...] = desk_data.PEOPLE
        self.summary_now: OrdersPage | None = desk_data.page([])
        self.details_known = True
        for event in desk_data.alert_events():
            self._alerts.absorb(event)
        self._load(None)

    # what a test does to it

    def tell(self, change: changes.Change) -> None:
        """Lets every observer know."""
        for observer in list(self._observers):
            observer(change)

    def put(self, **fields: object) -> None:
        """Changes the view."""
        self._view = replace(self._view, **fields)  # type: ignore[arg-type]

    def set_line(self, **fields: object) -> None:
        """Changes the state of the line."""
        self._connection = Connection(**fields)  # type: ignore[arg-type]
        self.tell(changes.ConnectionChanged(self._connection))

    def change_order(self, order_id: str, **fields: object) -> None:
        """Somebody else has changed an order that is on show."""
        order = self.orders[order_id]
        self.orders[order_id] = order.model_copy(update={"version": order.version + 1, **fields})
        rows = [
            replace(row, order=self.orders[order_id], changed=True) if row.order.id == order_id else row
            for row in self._view.rows
        ]
        self.put(rows=tuple(rows))
        self.tell(changes.RowsChanged(frozenset({order_id})))

    def remove_order(self, order_id: str, reason: str = "fulfilled") -> None:
        """An order leaves the view; under the cursor it stays as a ghost."""
        self.orders[order_id] = self.orders[order_id].model_copy(update={"status": Status.FULFILLED})
        kept = [
            replace(row, ghost=Ghost(reason)) if row.order.id == order_id else row
            for row in self._view.rows
            if row.order.id != order_id or order_id == self._view.cursor_id
        ]
        self.put(rows=tuple(kept))
        self.tell(changes.PageShown())

    def insert_first(self, order: Order) -> None:
        """A new order comes first."""
        self.orders = {order.id: order, **self.orders}
        self.put(rows=(RowView(order, changed=True), *self._view.rows))
        self.tell(changes.PageShown())

    def mark_row(self, order_id: str, kind: MarkKind, reason: str = "", verb: ActionName = ActionName.ASSIGN) -> None:
        """Something is said about a row."""
        rows = [
            replace(row, mark=Mark(kind, verb, "key", reason)) if row.order.id == order_id else row
            for row in self._view.rows
        ]
        self.put(rows=tuple(rows))
        self.tell(changes.RowsChanged(frozenset({order_id})))

    def settle(
        self, state: ActionState = ActionState.DONE, failures: tuple[OrderFailure, ...] = (), message: str = ""
    ) -> None:
        """The newest action gets its answer."""
        entry = replace(
            self._log[-1],
            state=state,
            failures=failures,
            message=message,
            action_id="act-1",
            undo_until=self._now() + timedelta(seconds=9) if state is ActionState.DONE else None,
        )
        self._log[-1] = entry
        self._mark_settled(entry)
        self.tell(changes.ActionSettled(entry))

    def _mark_settled(self, entry: ActionEntry) -> None:
        """What became of it stands on its rows; what failed has gone back."""
        failed = {failure.order_id: failure.message for failure in entry.failures}
        if entry.state is ActionState.FAILED:
            failed = dict.fromkeys(entry.order_ids, entry.message)
        back = failed if entry.state is not ActionState.UNDONE else dict.fromkeys(entry.order_ids, "")
        for order_id in entry.order_ids:
            kind = MarkKind.FAILED if order_id in failed else _SETTLED.get(entry.state, MarkKind.PENDING)
            if order_id in back:
                self.orders[order_id] = next(order for order in desk_data.ORDERS if order.id == order_id)
            rows = [
                replace(row, order=self.orders[order_id]) if row.order.id == order_id else row
                for row in self._view.rows
            ]
            self.put(rows=tuple(rows))
            self.mark_row(order_id, kind, failed.get(order_id, ""), entry.draft.verb)

    def move_run(self, *, ended: bool) -> None:
        """The newest bulk run moves on: some done, some not."""
        run = self.runs_made[-1]
        ids = list(run.outcomes)
        run.outcomes.update(dict.fromkeys(ids[: len(ids) // 2], Outcome(OutcomeKind.DONE)))
        run.outcomes.update(dict.fromkeys(ids[-5:-2], Outcome(OutcomeKind.FAILED, "changed by bo meanwhile")))
        run.outcomes[ids[-2]] = Outcome(OutcomeKind.SKIPPED, "cancelled meanwhile")
        run.outcomes[ids[-1]] = Outcome(OutcomeKind.UNKNOWN, "no answer in time; being asked for again by its key")
        if ended:
            run.outcomes.update(dict.fromkeys(run.of(OutcomeKind.WAITING), Outcome(OutcomeKind.DONE)))
            run.outcomes[ids[-1]] = Outcome(OutcomeKind.DONE)
            run.end()
        self.tell(changes.BulkChanged(run))

    def _matching(self) -> list[Order]:
        query = self._view.query
        orders = [self.orders.get(order.id, order) for order in desk_data.of_tab(query.tab)]
        if query.filters.owner:
            orders = [order for order in orders if order.assigned_to == query.filters.owner]
        if query.filters.words:
            orders = [
                order
                for order in orders
                if query.filters.words in f"{order.order_number} {order.customer_name}".casefold()
            ]
        if query.sort is not None and query.sort.by is SortField.ORDER_NUMBER:
            orders.sort(key=lambda order: order.order_number, reverse=query.sort.descending)
        return orders

    def _load(self, cursor_id: str | None, last: bool = False) -> None:
        orders, size = self._matching(), self._view.query.page_size
        rows = orders[self.position : self.position + size]
        ids = [order.id for order in rows]
        fallback = (ids[-1] if last else ids[0]) if ids else None
        self.put(
            rows=tuple(RowView(order) for order in rows),
            cursor_id=cursor_id if cursor_id in ids else fallback,
            span=PageSpan(
                first=self.position + 1 if rows else 0,
                last=self.position + len(rows),
                total=len(orders),
                page=self.position // size + 1,
                pages=max(1, -(-len(orders) // size)),
                has_next=self.position + size < len(orders),
                has_previous=self.position > 0,
            ),
        )
        self.tell(changes.PageShown())

    # the interface

    async def run(self) -> None:
        """Nothing happens by itself."""

    def subscribe(self, observer: Callable[[changes.Change], None]) -> Callable[[], None]:
        self._observers.append(observer)
        return lambda: self._observers.remove(observer)

    @property
    def view(self) -> View:
        return self._view

    @property
    def summary(self) -> OrdersPage | None:
        return self.summary_now

    @property
    def connection(self) -> Connection:
        return self._connection

    @property
    def alerts(self) -> AlertBook:
        return self._alerts

    @property
    def me(self) -> Me | None:
        return self.me_now

    @property
    def owners(self) -> tuple[Owner, ...]:
        return self.people

    def order(self, order_id: str) -> Order | None:
        return self.orders.get(order_id)

    def row(self, order_id: str) -> RowView | None:
        known = next((row for row in self._view.rows if row.order.id == order_id), None)
        return known or (RowView(self.orders[order_id]) if order_id in self.orders else None)

    def memory(self, tab: Tab) -> TabMemory:
        return TabMemory()

    def open_tab(self, tab: Tab) -> None:
        self.position = 0
        self.put(query=replace(self._view.query, tab=tab, filters=Filters(), sort=None))
        self._load(None)

    def show(self, query: OrdersQuery, order_id: str | None = None) -> None:
        self.position = 0
        self.put(query=query)
        self._load(order_id)

    def set_filters(self, filters: Filters, sort: Sort | None = None) -> None:
        self.position = 0
        self.put(query=replace(self._view.query, filters=filters, sort=sort))
        self._load(self._view.cursor_id)

    def set_sort(self, sort: Sort | None) -> None:
        self.set_filters(self._view.query.filters, sort)

    def set_page_size(self, size: int) -> None:
        self.put(query=replace(self._view.query, page_size=size))
        self._load(self._view.cursor_id)

    def move_cursor(self, order_id: str | None) -> None:
        left = [row for row in self._view.rows if row.ghost is None or row.order.id == order_id]
        ghosts_gone = len(left) != len(self._view.rows)
        self.put(cursor_id=order_id, rows=tuple(left))
        self.tell(changes.PageShown() if ghosts_gone else changes.CursorMoved(order_id))

    def next_page(self) -> bool:
        if not self._view.span.has_next:
            return False
        self.position += self._view.query.page_size
        self._load(None)
        return True

    def previous_page(self) -> bool:
        if not self._view.span.has_previous:
            return False
        self.position = max(0, self.position - self._view.query.page_size)
        self._load(None, last=True)
        return True

    def first_page(self) -> None:
        self.position = 0
        self._load(None)

    def last_page(self) -> None:
        self.position = (self._view.span.pages - 1) * self._view.query.page_size
        self._load(None, last=True)

    def step(self, offset: int) -> str | None:
        ids = [row.order.id for row in self._view.rows]
        at = ids.index(self._view.cursor_id) if self._view.cursor_id in ids else 0
        if not 0 <= at + offset < len(ids):
            turned = self.next_page() if offset > 0 else self.previous_page()
            return self._view.cursor_id if turned else None
        self.move_cursor(ids[at + offset])
        return ids[at + offset]

    def refresh(self) -> None:
        self.put(new_count=0, as_of=self._now())
        self.tell(changes.ViewChanged())

    def freeze(self, frozen: bool) -> None:
        self.put(frozen=frozen)
        self.tell(changes.ViewChanged())

    def detail(self, order_id: str) -> OrderDetail | None:
        return desk_data.detail(self.orders[order_id]) if self.details_known and order_id in self.orders else None

    def detail_problem(self, order_id: str) -> ApiError | None:
        return None

    def refresh_owners(self) -> None:
        """They are known."""

    @property
    def log(self) -> tuple[ActionEntry, ...]:
        return tuple(self._log)

    def eligibility(self, draft: Draft) -> Eligibility:
        return preview(draft, ((order_id, self.orders.get(order_id)) for order_id in draft.order_ids))

    def act(self, draft: Draft) -> tuple[ActionEntry, ...]:
        state = ActionState.SENDING if self._connection.acts else ActionState.REFUSED
        message = "" if self._connection.acts else "the server cannot be reached"
        entry = ActionEntry(f"key{len(self._log)}", draft, draft.order_ids, self._now(), state, message)
        self._log.append(entry)
        if state is ActionState.SENDING:
            self.sent.append(draft)
            self._patch(draft)
        else:
            self.drafts.keep(draft)
        self.tell(changes.ActionChanged(entry))
        return (entry,)

    def _patch(self, draft: Draft) -> None:
        update: dict[str, object] = {}
        if isinstance(draft, AssignDraft):
            update["assigned_to"] = draft.assignee
        elif isinstance(draft, FulfillDraft):
            update["status"] = Status.FULFILLED
        for order_id in draft.order_ids if not isinstance(draft, ReturnsDraft) else ():
            if order_id in self.orders:
                self.orders[order_id] = self.orders[order_id].model_copy(update=update)
        rows = [
            replace(row, order=self.orders[row.order.id], mark=Mark(MarkKind.PENDING, draft.verb, "key"))
            if row.order.id in draft.order_ids
            else row
            for row in self._view.rows
        ]
        self.put(rows=tuple(rows))
        self.tell(changes.RowsChanged(frozenset(draft.order_ids)))

    def undo(self, key: str | None = None) -> ActionEntry | None:
        entry = self.undoable()
        if entry is not None:
            self._log[-1] = replace(entry, state=ActionState.UNDONE)
            self.tell(changes.ActionSettled(self._log[-1]))
        return entry

    def undoable(self) -> ActionEntry | None:
        return next((entry for entry in reversed(self._log) if entry.undoable(self._now())), None)

    def undoables(self) -> tuple[ActionEntry, ...]:
        newest = self.undoable()
        if newest is None or newest.batch is None:
            return (newest,) if newest is not None else ()
        return tuple(entry for entry in self._log if entry.batch == newest.batch and entry.undoable(self._now()))

    @property
    def unsettled(self) -> tuple[ActionEntry, ...]:
        return tuple(entry for entry in self._log if not entry.settled)

    def bulk(self, draft: Draft) -> BulkRun:
        run = BulkRun(f"b-{len(self.runs_made)}", draft, 0.0, lambda: 12.0)
        self.runs_made.append(run)
        self.sent.append(draft)
        return run

    @property
    def runs(self) -> tuple[BulkRun, ...]:
        return tuple(self.runs_made)

    def retry_failed(self, run: BulkRun) -> BulkRun:
        run.retried = True
        return self.bulk(replace(run.draft, order_ids=run.of(OutcomeKind.FAILED)))

    async def collect_matching(
        self, query: OrdersQuery | None = None, on_progress: Callable[[int, int], None] | None = None
    ) -> Matching:
        return Matching(tuple(self._matching()), complete=True)

    def dismiss(self, order_ids: Iterable[str]) -> None:
        rows = [replace(row, mark=None) if row.order.id in order_ids else row for row in self._view.rows]
        self.put(rows=tuple(rows))
        self.tell(changes.RowsChanged(frozenset(order_ids)))

    async def sign_in(self, token: str) -> ApiError | None:
        if token == "wrong":
            return SignInNeeded("unknown token")
        self.set_line(state=LineState.LIVE, since=NOW, last_contact=NOW)
        return None

    def acknowledge(self, alert_ids: Collection[str]) -> None:
        for alert_id in alert_ids:
            self._alerts.acknowledge(alert_id)
        self.tell(changes.AlertsChanged())

    def snooze(self, alert_ids: Collection[str], seconds: float) -> None:
        for alert_id in alert_ids:
            self._alerts.snooze(alert_id, self._now() + timedelta(seconds=seconds))
        self.tell(changes.AlertsChanged())
