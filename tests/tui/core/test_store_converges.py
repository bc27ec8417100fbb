"""The law of the store: whatever the order of pages, answers, timeouts, retries and undo, the view ends as the server is, and on
the way shows only what the server has said since, or what the operator means and nobody has refused."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, precondition, rule
from tests.tui.core.samples import gid, order, page

from orders_tui.actions.assign import AssignDraft
from orders_tui.actions.draft import Draft
from orders_tui.actions.fulfill import FulfillDraft
from orders_tui.actions.returns import ReturnsDraft
from orders_tui.actions.undo import UndoDraft
from orders_tui.query import OrdersQuery
from orders_tui.store.store import Store
from orders_wire.actions import ActionAnswer, Failure
from orders_wire.orders import Order, ReturnSummary, Tracking
from orders_wire.page import Desk, OrdersPage
from orders_wire.return_machine import after, allowed_actions
from orders_wire.vocabulary import UNASSIGNED, ErrorCode, ReturnAction, ReturnState, Status

ORDERS = [1, 2]
OWNERS = ["ana", "bo", "cy", UNASSIGNED]
SEEN = ("assigned_to", "status", "return_")


def essence(row: Order, name: str) -> object:
    value = getattr(row, name)
    return value.state if isinstance(value, ReturnSummary) else value


@dataclass
class Done:
    """An action in the server's books: what to undo, and the answer to repeat."""

    draft: Draft
    answer: ActionAnswer
    undo: dict[str, dict[str, tuple[Any, Any]]] = field(default_factory=dict)


class Server:
    """Contract §3 in small: versions, idempotency, per-order refusals, conditional undo."""

    def __init__(self) -> None:
        returned = ReturnSummary(
            id="r", state=ReturnState.IN_TRANSIT, allowed_actions=allowed_actions(ReturnState.IN_TRANSIT)
        )
        self.desk_version = 1
        self.rows = {gid(n): order(n, **{"return": returned}) for n in ORDERS}
        self.history: dict[str, list[Order]] = {o: [row] for o, row in self.rows.items()}
        self.done: dict[str, Done] = {}

    def change(self, order_id: str, **fields: Any) -> None:
        row = self.rows[order_id]
        self.rows[order_id] = row.model_copy(update={**fields, "version": row.version + 1})
        self.history[order_id].append(self.rows[order_id])

    def page(self, without: int | None) -> OrdersPage:
        return page([row for o, row in self.rows.items() if without is None or o != gid(without)], self.desk_version)

    def act(self, key: str, draft: Draft) -> ActionAnswer:
        if key not in self.done:
            self.done[key] = self.book(key, draft)
        return self.done[key].answer

    def book(self, key: str, draft: Draft) -> Done:
        before = dict(self.rows)
        refused = {o: why for o in draft.order_ids if (why := self.apply(draft, o)) is not None}
        self.desk_version += 1
        done = [o for o in draft.order_ids if o not in refused]
        undo = {o: {n: (getattr(before[o], n), getattr(self.rows[o], n)) for n in SEEN} for o in done}
        answer = ActionAnswer(
            success=bool(done),
            message="done" if done else "refused",
            updated_orders=[{"id": o, "assignedTo": self.rows[o].assigned_to} for o in done],
            failures=[Failure(id=o, code=why, message=why.value) for o, why in refused.items()],
            versions={o: self.rows[o].version for o in done},
            action_id=f"act-{key}",
            desk=Desk(id="desk", version=self.desk_version),
        )
        return Done(draft, answer, undo)

    def apply(self, draft: Draft, o: str) -> ErrorCode | None:
        row = self.rows[o]
        if isinstance(draft, AssignDraft):
            if row.assigned_to != draft.assignee:
                self.change(o, assigned_to=draft.assignee)
        elif isinstance(draft, FulfillDraft):
            if row.status is not Status.AWAITING_FULFILLMENT:
                return ErrorCode.ORDER_CLOSED
            self.change(o, status=Status.AWAITING_TRACKING, tracking=[*row.tracking, Tracking()])
        elif isinstance(draft, ReturnsDraft):
            assert row.return_ is not None
            state = after(row.return_.state, draft.move)
            if state is None:
                return ErrorCode.ILLEGAL_TRANSITION
            moved = row.return_.model_copy(update={"state": state, "allowed_actions": allowed_actions(state)})
            self.change(o, return_=moved)
        elif isinstance(draft, UndoDraft):
            return self.undo(draft, o)
        return None

    def undo(self, draft: UndoDraft, o: str) -> ErrorCode | None:
        undone = self.done[draft.action_id.removeprefix("act-")]
        fields = {n: pair for n, pair in undone.undo.get(o, {}).items() if pair[0] != pair[1]}
        if any(getattr(self.rows[o], n) != after for n, (_, after) in fields.items()):
            return ErrorCode.VERSION_CONFLICT
        if fields:
            self.change(o, **{n: was for n, (was, _) in fields.items()})
        return None


@dataclass
class Sent:
    key: str
    draft: Draft


class Interleavings(RuleBasedStateMachine):
    """Requests, pages and answers travel as slowly, and are lost as often, as hypothesis likes.

    Only the sender's promise is kept: an action is sent once the earlier ones on its orders are answered.
    """

    pages = Bundle("pages")

    def __init__(self) -> None:
        super().__init__()
        self.server, self.store = Server(), Store()
        self.open: dict[str, Sent] = {}
        self.flying: dict[str, ActionAnswer] = {}
        self.meant: dict[str, dict[str, dict[str, object]]] = {}
        self.undoable: dict[str, UndoDraft] = {}
        self.floor = {(gid(n), name): 0 for n in ORDERS for name in SEEN}
        self.store.absorb_page(OrdersQuery(), self.server.page(None), 0.0)

    def send(self, draft: Draft) -> Sent:
        sent = Sent(f"k{len(self.open) + len(self.meant)}-{len(self.server.done)}-{id(draft)}", draft)
        seen = {o: self.store.view(o) for o in draft.order_ids}
        self.store.begin(sent.key, draft)
        self.open[sent.key] = sent
        self.meant[sent.key] = {
            o: {n: essence(now, n) for n in SEEN if essence(now, n) != essence(was, n) or self.firm(draft, n)}
            for o, was in seen.items()
            if was is not None and (now := self.store.view(o)) is not None
        }
        return sent

    @staticmethod
    def firm(draft: Draft, name: str) -> bool:
        return isinstance(draft, AssignDraft) and name == "assigned_to"

    @rule(who=st.sampled_from(OWNERS), numbers=st.sets(st.sampled_from(ORDERS), min_size=1))
    def assign(self, who: str, numbers: set[int]) -> None:
        self.send(AssignDraft(tuple(gid(n) for n in sorted(numbers)), who))

    @rule(numbers=st.sets(st.sampled_from(ORDERS), min_size=1))
    def fulfill(self, numbers: set[int]) -> None:
        self.send(FulfillDraft(tuple(gid(n) for n in sorted(numbers))))

    @rule(n=st.sampled_from(ORDERS), action=st.sampled_from(ReturnAction))
    def move_return(self, n: int, action: ReturnAction) -> None:
        self.send(ReturnsDraft((gid(n),), action))

    @precondition(lambda self: self.undoable)
    @rule(pick=st.integers(0, 9))
    def undo(self, pick: int) -> None:
        key = sorted(self.undoable)[pick % len(self.undoable)]
        self.send(self.undoable.pop(key))

    @rule(n=st.sampled_from(ORDERS), who=st.sampled_from(OWNERS))
    def somebody_else_assigns(self, n: int, who: str) -> None:
        self.server.change(gid(n), assigned_to=who)
        self.server.desk_version += 1

    @rule(n=st.sampled_from(ORDERS))
    def the_order_is_cancelled(self, n: int) -> None:
        self.server.change(gid(n), status=Status.CANCELLED)
        self.server.desk_version += 1

    def sendable(self) -> list[Sent]:
        """Open requests without an earlier open one on any of their orders, and without an answer on its way."""
        busy: set[str] = set()
        ready = []
        for sent in self.open.values():
            if busy.isdisjoint(sent.draft.order_ids) and sent.key not in self.flying:
                ready.append(sent)
            busy |= set(sent.draft.order_ids)
        return ready

    @precondition(lambda self: self.sendable())
    @rule(pick=st.integers(0, 9))
    def a_request_arrives(self, pick: int) -> None:
        sent = self.sendable()[pick % len(self.sendable())]
        self.flying[sent.key] = self.server.act(sent.key, sent.draft)

    @precondition(lambda self: self.sendable())
    @rule(pick=st.integers(0, 9))
    def a_request_is_lost(self, pick: int) -> None:
        self.store.unconfirmed(self.sendable()[pick % len(self.sendable())].key)

    @precondition(lambda self: self.flying)
    @rule(pick=st.integers(0, 9))
    def an_answer_is_lost(self, pick: int) -> None:
        key = list(self.flying)[pick % len(self.flying)]
        del self.flying[key]
        self.store.unconfirmed(key)

    @precondition(lambda self: self.flying)
    @rule(pick=st.integers(0, 9))
    def an_answer_arrives(self, pick: int) -> None:
        key = list(self.flying)[pick % len(self.flying)]
        self.settle(self.open[key], self.flying.pop(key))

    def settle(self, sent: Sent, told: ActionAnswer) -> None:
        if self.open.pop(sent.key, None) is None:
            return
        if not told.success:
            self.store.reject(sent.key, told.message, told.failures or ())
            return
        self.store.accept(sent.key, told)
        for o, version in (told.versions or {}).items():
            for name in self.meant[sent.key].get(o, {}):
                self.floor[o, name] = max(self.floor[o, name], version)
        if not isinstance(sent.draft, UndoDraft):
            assert told.action_id is not None
            self.undoable[sent.key] = UndoDraft(tuple(told.versions or {}), told.action_id)

    @rule(target=pages, without=st.none() | st.sampled_from(ORDERS))
    def a_page_is_read(self, without: int | None) -> OrdersPage:
        return self.server.page(without)

    @rule(received=consumes(pages))
    def a_page_arrives(self, received: OrdersPage) -> None:
        self.store.absorb_page(OrdersQuery(), received, 0.0)
        for row in received.orders.items:
            for name in SEEN:
                self.floor[row.id, name] = max(self.floor[row.id, name], row.version)

    @invariant()
    def only_what_the_server_said_since_or_the_operator_means(self) -> None:
        for o, history in self.server.history.items():
            shown = self.store.view(o)
            assert shown is not None
            for name in SEEN:
                said = [essence(row, name) for row in history if row.version >= self.floor[o, name]]
                meant = [self.meant[key][o][name] for key in self.open if name in self.meant[key].get(o, {})]
                assert essence(shown, name) in said + meant, (name, said, meant)

    def teardown(self) -> None:
        for key, told in self.flying.items():
            self.settle(self.open[key], told)
        for sent in list(self.open.values()):
            self.settle(sent, self.server.act(sent.key, sent.draft))
        self.store.absorb_page(OrdersQuery(), self.server.page(None), 0.0)
        for o, row in self.server.rows.items():
            assert self.store.view(o) == row
            assert self.store.base(o) == row


TestInterleavings = Interleavings.TestCase
TestInterleavings.settings = settings(max_examples=150, stateful_step_count=30, deadline=None)
