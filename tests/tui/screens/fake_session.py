"""A session without a server: the whole interface over orders in memory, changing only when a test says so."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from tests.tui.screens import desk_data
from tests.tui.screens.desk_data import NOW
from tests.tui.screens.fake_mentions import FakeMentions
from tests.tui.screens.fake_slips import FakeSlips

from orders_tui.actions.assign import AssignDraft
from orders_tui.actions.draft import Draft
from orders_tui.actions.fulfill import FulfillDraft
from orders_tui.actions.returns import ReturnsDraft
from orders_tui.actions.tags import TagsDraft
from orders_tui.alerts import AlertBook
from orders_tui.drafts import DraftBook
from orders_tui.errors import ApiError, SignInNeeded, Unreachable
from orders_tui.feed import Connection, ConnectionState
from orders_tui.pace import Pace
from orders_tui.query import AlertFilter, Filters, OrdersQuery, Sort
from orders_tui.session import changes
from orders_tui.session.bulk import BulkRun, Outcome, OutcomeKind
from orders_tui.session.log import ActionEntry, ActionState, OrderFailure
from orders_tui.session.matching import Matching
from orders_tui.session.open_alerts import OpenAlerts
from orders_tui.session.view import Ghost, PageSpan, RowView, TableView
from orders_tui.state_file import TabMemory
from orders_tui.store.patches import Mark, MarkKind
from orders_tui.views.pins import pin
from orders_wire.alerts import Event
from orders_wire.alerts import OpenAlerts as OpenAlertsAnswer
from orders_wire.detail import OrderDetail, Present
from orders_wire.lines import LinesAnswer, OrderLines, PackingLine
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


class FakeSession:
    """Answers at once; what was asked of it is in `sent`."""

    def __init__(self, page_size: int = 36, now: Callable[[], datetime] = lambda: NOW) -> None:
        self.now = now
        self._observers: list[Callable[[changes.Change], None]] = []
        self.view_now = TableView(query=OrdersQuery(tab=Tab.UNFULFILLED, page_size=page_size), as_of=NOW)
        self.connection_now = Connection(ConnectionState.LIVE, since=NOW, last_contact=NOW)
        self._alerts = AlertBook()
        self.alert_pages = FakeAlertPages(self)
        self.open_alerts = OpenAlerts(
            self.alert_pages,  # type: ignore[arg-type]
            self._alerts,
            Pace(),
            spawn=lambda work, name: self.spawned.append(asyncio.ensure_future(work)),
            tell=self.tell,
        )
        self.spawned: list[asyncio.Future[object]] = []
        self.drafts = DraftBook()
        self.table = FakeTable(self)
        self.actions = FakeActions(self)
        self.mentions = FakeMentions(self.tell)
        self.slips = FakeSlips(self)
        self.present: dict[str, tuple[Present, ...]] = {}
        self.places: list[tuple[str, str | None] | None] = []
        """Where the operator was, one after another."""
        self.log_now: list[ActionEntry] = []
        self.sent: list[Draft] = []
        self.runs_made: list[BulkRun] = []
        self.orders: dict[str, Order] = {order.id: order for order in desk_data.ORDERS}
        self.position = 0
        self.saved: dict[str, str] = {}
        """How pinned views were saved when they were opened."""
        self.minutes = 0
        """So long the desk has been open."""
        self.me_now: Me | None = desk_data.ME
        self.people: tuple[Owner, ...] = desk_data.PEOPLE
        self.summary_now: OrdersPage | None = desk_data.page([])
        self.details_known = True
        self.details: dict[str, OrderDetail] = {}
        """Details of orders that are not those of the sample."""
        for event in desk_data.alert_events():
            self._alerts.absorb(event)
        self.load(None)

    # what a test does to it

    def tell(self, change: changes.Change) -> None:
        """Lets every observer know."""
        for observer in list(self._observers):
            observer(change)

    def put(self, **fields: object) -> None:
        """Changes the view."""
        self.view_now = replace(self.view_now, **fields)  # type: ignore[arg-type]

    def set_line(self, **fields: object) -> None:
        """Changes the state of the line."""
        self.connection_now = Connection(**fields)  # type: ignore[arg-type]
        self.tell(changes.ConnectionChanged(self.connection_now))

    def know(self, order: Order, detail: OrderDetail | None = None) -> None:
        """An order is another than in the shop at large, from the start."""
        self.orders[order.id] = order
        if detail is not None:
            self.details[order.id] = detail
        rows = [replace(row, order=order) if row.order.id == order.id else row for row in self.view_now.rows]
        self.put(rows=tuple(rows))

    def meet(self, order_id: str, *people: tuple[str, str | None]) -> None:
        """These, and nobody else, are at an order now: each with what they do there."""
        self.present = {
            **self.present,
            order_id: tuple(Present(name=name, doing=doing, since=NOW) for name, doing in people),
        }
        self.tell(changes.PresenceChanged(frozenset({order_id})))

    def change_order(self, order_id: str, **fields: object) -> None:
        """Somebody else has changed an order that is on show."""
        order = self.orders[order_id]
        self.orders[order_id] = order.model_copy(update={"version": order.version + 1, **fields})
        rows = [
            replace(row, order=self.orders[order_id], changed=True) if row.order.id == order_id else row
            for row in self.view_now.rows
        ]
        self.put(rows=tuple(rows))
        self.tell(changes.RowsChanged(frozenset({order_id})))

    def remove_order(self, order_id: str, reason: str = "fulfilled") -> None:
        """An order leaves the view; under the cursor it stays as a ghost."""
        self.orders[order_id] = self.orders[order_id].model_copy(update={"status": Status.FULFILLED})
        kept = [
            replace(row, ghost=Ghost(reason)) if row.order.id == order_id else row
            for row in self.view_now.rows
            if row.order.id != order_id or order_id == self.view_now.cursor_id
        ]
        self.put(rows=tuple(kept))
        self.tell(changes.PageShown())

    def insert_first(self, order: Order) -> None:
        """A new order comes first."""
        self.orders = {order.id: order, **self.orders}
        self.put(rows=(RowView(order, changed=True), *self.view_now.rows))
        self.tell(changes.PageShown())

    def mark_row(self, order_id: str, kind: MarkKind, reason: str = "", verb: ActionName = ActionName.ASSIGN) -> None:
        """Something is said about a row."""
        rows = [
            replace(row, mark=Mark(kind, verb, "key", reason)) if row.order.id == order_id else row
            for row in self.view_now.rows
        ]
        self.put(rows=tuple(rows))
        self.tell(changes.RowsChanged(frozenset({order_id})))

    def settle(
        self,
        state: ActionState = ActionState.DONE,
        failures: tuple[OrderFailure, ...] = (),
        message: str = "",
        undo_for: timedelta = timedelta(seconds=9),
    ) -> None:
        """The newest action gets its answer."""
        entry = replace(
            self.log_now[-1],
            state=state,
            failures=failures,
            message=message,
            action_id="act-1",
            undo_until=self.now() + undo_for if state is ActionState.DONE else None,
        )
        self.log_now[-1] = entry
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
                for row in self.view_now.rows
            ]
            self.put(rows=tuple(rows))
            self.mark_row(order_id, kind, failed.get(order_id, ""), entry.draft.action)

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

    def matching(self) -> list[Order]:
        query = self.view_now.query
        orders = [self.orders.get(order.id, order) for order in desk_data.of_tab(query.tab)]
        if query.filters.ready:
            orders = [order for order in orders if order.ready == query.filters.ready]
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

    def load(self, cursor_id: str | None, last: bool = False) -> None:
        orders, size = self.matching(), self.view_now.query.page_size
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
    def connection(self) -> Connection:
        return self.connection_now

    @property
    def alerts(self) -> AlertBook:
        self._alerts.total = self.summary_now.alerts_total if self.summary_now is not None else 0
        return self._alerts

    @property
    def me(self) -> Me | None:
        return self.me_now

    @property
    def owners(self) -> tuple[Owner, ...]:
        return self.people

    def be_at(self, order_id: str | None, doing: str | None = None) -> None:
        place = (order_id, doing) if order_id is not None else None
        if place != (self.places[-1] if self.places else None):
            self.places.append(place)

    def refresh(self) -> None:
        self.put(new_count=0, as_of=self.now())
        self.tell(changes.ViewChanged())

    def refresh_owners(self) -> None:
        """They are known."""

    async def collect_matching(
        self, query: OrdersQuery | None = None, on_progress: Callable[[int, int], None] | None = None
    ) -> Matching:
        return Matching(tuple(self.matching()), complete=True)

    async def read_details(
        self, order_ids: Collection[str], came: Callable[[str, OrderDetail | ApiError], None]
    ) -> None:
        for order_id in order_ids:
            detail = self.table.detail(order_id)
            came(order_id, detail if detail is not None else Unreachable("the server does not answer"))

    async def read_lines(self, order_ids: Sequence[str]) -> LinesAnswer:
        if not self.connection_now.acts:
            raise Unreachable("the server does not answer")
        read = [detail for order_id in order_ids if (detail := self.table.detail(order_id)) is not None]
        return LinesAnswer(orders=[OrderLines(id=each.id, version=each.version, lines=_lines(each)) for each in read])

    async def sign_in(self, token: str) -> ApiError | None:
        if token == "wrong":
            return SignInNeeded("unknown token")
        self.set_line(state=ConnectionState.LIVE, since=NOW, last_contact=NOW)
        return None

    def acknowledge(self, alert_ids: Collection[str]) -> None:
        for alert_id in alert_ids:
            self._alerts.acknowledge(alert_id)
        self.tell(changes.AlertsChanged())

    def snooze(self, alert_ids: Collection[str], seconds: float) -> None:
        for alert_id in alert_ids:
            self._alerts.snooze(alert_id, self.now() + timedelta(seconds=seconds))
        self.tell(changes.AlertsChanged())


TOLD = 6
"""So many alerts a stream tells of."""


class FakeAlertPages:
    """The server's pages of open alerts; `problem` stands in for an answer."""

    def __init__(self, session: FakeSession) -> None:
        self._session = session
        self.alerts: list[Event] = []
        self.owners: dict[str, str] = {}
        """Whose order an alert is about, by its id."""
        self.problem: ApiError | None = None
        self.page_size = 250
        self.asked: list[tuple[dict[str, str], str | None]] = []

    def open_more(self, count: int, page_size: int = 250) -> None:
        """So many are open beside those that a stream told of, every third of an order of ana's."""
        first, *_ = desk_data.alert_events()
        self.alerts = [
            first.model_copy(
                update={
                    "alert_id": f"m{n}",
                    "order_number": f"#{n}",
                    "order_id": f"o{n}",
                    "created_at": desk_data.ago(n / 10),
                }
            )
            for n in range(count)
        ]
        self.owners = {f"m{n}": "ana" for n in range(0, count, 3)}
        self.page_size = page_size
        assert self._session.summary_now is not None
        update = {"alerts_total": count + TOLD}
        self._session.summary_now = self._session.summary_now.model_copy(update=update)

    async def open_alerts(self, wanted: AlertFilter, cursor: str | None = None) -> OpenAlertsAnswer:
        self.asked.append((wanted.params(), cursor))
        await asyncio.sleep(0)
        if self.problem is not None:
            raise self.problem
        mine = [e for e in self.alerts if not wanted.owner or self.owners.get(e.alert_id or "") == wanted.owner]
        found = [each for each in mine if not wanted.params().keys() - {"assigned_to"} or wanted.takes(each)]
        first = int(cursor or 0)
        last = first + self.page_size
        return OpenAlertsAnswer(alerts=found[first:last], next=str(last) if last < len(found) else None)


def _lines(detail: OrderDetail) -> list[PackingLine]:
    same = [name for name in PackingLine.model_fields if name != "line_id"]
    return [PackingLine(line_id=line.id, **{name: getattr(line, name) for name in same}) for line in detail.line_items]


class FakeTable:
    """What is shown, as the test has put it."""

    def __init__(self, session: FakeSession) -> None:
        self._session = session

    @property
    def view(self) -> TableView:
        return self._session.view_now

    @property
    def summary(self) -> OrdersPage | None:
        return self._session.summary_now

    def order(self, order_id: str) -> Order | None:
        return self._session.orders.get(order_id)

    def row(self, order_id: str) -> RowView | None:
        known = next((row for row in self._session.view_now.rows if row.order.id == order_id), None)
        return known or (RowView(self._session.orders[order_id]) if order_id in self._session.orders else None)

    def together(self, order: Order) -> list[str]:
        known = [each for each in self._session.orders.values() if order.together and each.together == order.together]
        return [each.order_number for each in known if each.id != order.id]

    def memory(self, place: str) -> TabMemory:
        return TabMemory(saved=self._session.saved.get(place, ""))

    def open_tab(self, tab: Tab) -> None:
        self.show(replace(self._session.view_now.query, tab=tab, filters=Filters(), sort=None))

    def open_view(self, name: str, saved: str, tab: Tab, query: OrdersQuery | None = None) -> None:
        self._session.saved[pin(name)] = saved
        self.show(query or replace(self._session.view_now.query, tab=tab))
        self._session.put(pinned=name)
        self._session.tell(changes.PageShown())

    def stand(self, name: str = "", saved: str = "") -> None:
        self._session.put(pinned=name)
        self._session.tell(changes.ViewChanged())

    def show(self, query: OrdersQuery, order_id: str | None = None) -> None:
        self._session.position = 0
        self._session.put(query=query, pinned="")
        self._session.load(order_id)

    def set_filters(self, filters: Filters, sort: Sort | None = None) -> None:
        self._session.position = 0
        self._session.put(query=replace(self._session.view_now.query, filters=filters, sort=sort))
        self._session.load(self._session.view_now.cursor_id)

    def set_sort(self, sort: Sort | None) -> None:
        self.set_filters(self._session.view_now.query.filters, sort)

    def set_page_size(self, size: int) -> None:
        self._session.put(query=replace(self._session.view_now.query, page_size=size))
        self._session.load(self._session.view_now.cursor_id)

    def move_cursor(self, order_id: str | None) -> None:
        left = [row for row in self._session.view_now.rows if row.ghost is None or row.order.id == order_id]
        ghosts_gone = len(left) != len(self._session.view_now.rows)
        self._session.put(cursor_id=order_id, rows=tuple(left))
        self._session.tell(changes.PageShown() if ghosts_gone else changes.CursorMoved(order_id))

    def next_page(self) -> bool:
        if not self._session.view_now.span.has_next:
            return False
        self._session.position += self._session.view_now.query.page_size
        self._session.load(None)
        return True

    def previous_page(self) -> bool:
        if not self._session.view_now.span.has_previous:
            return False
        self._session.position = max(0, self._session.position - self._session.view_now.query.page_size)
        self._session.load(None, last=True)
        return True

    def first_page(self) -> None:
        self._session.position = 0
        self._session.load(None)

    def last_page(self) -> None:
        self._session.position = (self._session.view_now.span.pages - 1) * self._session.view_now.query.page_size
        self._session.load(None, last=True)

    def step(self, offset: int) -> str | None:
        ids = [row.order.id for row in self._session.view_now.rows]
        at = ids.index(self._session.view_now.cursor_id) if self._session.view_now.cursor_id in ids else 0
        if not 0 <= at + offset < len(ids):
            turned = self.next_page() if offset > 0 else self.previous_page()
            return self._session.view_now.cursor_id if turned else None
        self.move_cursor(ids[at + offset])
        return ids[at + offset]

    def freeze(self, frozen: bool) -> None:
        self._session.put(frozen=frozen)
        self._session.tell(changes.ViewChanged())

    def detail(self, order_id: str) -> OrderDetail | None:
        order = self._session.orders.get(order_id) if self._session.details_known else None
        if order is None:
            return None
        given = self._session.details.get(order_id)
        return desk_data.detail(order) if given is None else given

    def seen_detail(self, order_id: str) -> OrderDetail | None:
        return self.detail(order_id)

    def detail_problem(self, order_id: str) -> ApiError | None:
        return None


class FakeActions:
    """Answers at once; what was asked is in the session's `sent`."""

    def __init__(self, session: FakeSession) -> None:
        self._session = session

    @property
    def log(self) -> tuple[ActionEntry, ...]:
        return tuple(self._session.log_now)

    def act(self, draft: Draft) -> tuple[ActionEntry, ...]:
        state = ActionState.SENDING if self._session.connection_now.acts else ActionState.REFUSED
        message = "" if self._session.connection_now.acts else "the server cannot be reached"
        entry = ActionEntry(
            f"key{len(self._session.log_now)}", draft, draft.order_ids, self._session.now(), state, message
        )
        self._session.log_now.append(entry)
        if state is ActionState.SENDING:
            self._session.sent.append(draft)
            self._patch(draft)
        else:
            self._session.drafts.keep(draft)
        self._session.tell(changes.ActionChanged(entry))
        return (entry,)

    def _patch(self, draft: Draft) -> None:
        update: dict[str, object] = {}
        if isinstance(draft, AssignDraft):
            update["assigned_to"] = draft.assignee
        elif isinstance(draft, FulfillDraft) and not draft.parts:
            update["status"] = Status.FULFILLED
        elif isinstance(draft, TagsDraft):
            update |= {"tags": draft.of(self._session.orders[draft.order_ids[0]])}
        for order_id in draft.order_ids if not isinstance(draft, ReturnsDraft) else ():
            if order_id in self._session.orders:
                self._session.orders[order_id] = self._session.orders[order_id].model_copy(update=update)
        rows = [
            replace(row, order=self._session.orders[row.order.id], mark=Mark(MarkKind.PENDING, draft.action, "key"))
            if row.order.id in draft.order_ids
            else row
            for row in self._session.view_now.rows
        ]
        self._session.put(rows=tuple(rows))
        self._session.tell(changes.RowsChanged(frozenset(draft.order_ids)))

    def undo(self) -> ActionEntry | None:
        entry = self.undoable()
        if entry is not None:
            self._session.log_now[-1] = replace(entry, state=ActionState.UNDONE)
            self._session.tell(changes.ActionSettled(self._session.log_now[-1]))
        return entry

    def undoable(self) -> ActionEntry | None:
        return next((entry for entry in reversed(self._session.log_now) if entry.undoable(self._session.now())), None)

    def undoables(self) -> tuple[ActionEntry, ...]:
        newest = self.undoable()
        if newest is None or newest.batch is None:
            return (newest,) if newest is not None else ()
        return tuple(
            entry
            for entry in self._session.log_now
            if entry.batch == newest.batch and entry.undoable(self._session.now())
        )

    @property
    def unsettled(self) -> tuple[ActionEntry, ...]:
        return tuple(entry for entry in self._session.log_now if not entry.settled)

    def bulk(self, draft: Draft) -> BulkRun:
        run = BulkRun(f"b-{len(self._session.runs_made)}", draft, 0.0, lambda: 12.0)
        self._session.runs_made.append(run)
        self._session.sent.append(draft)
        return run

    @property
    def runs(self) -> tuple[BulkRun, ...]:
        return tuple(self._session.runs_made)

    def retry_failed(self, run: BulkRun) -> BulkRun:
        run.retried = True
        return self.bulk(replace(run.draft, order_ids=run.of(OutcomeKind.FAILED)))

    def dismiss(self, order_ids: Iterable[str]) -> None:
        rows = [replace(row, mark=None) if row.order.id in order_ids else row for row in self._session.view_now.rows]
        self._session.put(rows=tuple(rows))
        self._session.tell(changes.RowsChanged(frozenset(order_ids)))
