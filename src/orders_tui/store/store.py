"""The store: base rows, cached pages, and pending patches, folded into what is shown.

Invariant: what is shown of an order is the newest row the server sent, with the operator's own actions on top as long as the
server has not said no to them and has not shown a row that already holds them. So the view converges to the server whatever
the order of pages, answers, timeouts and undo.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING

from orders_tui.actions.draft import Draft
from orders_tui.actions.field_changes import Changes, FieldChange
from orders_tui.store.cache import ROWS_KEPT, Details, PageEntry, Pages, Rows
from orders_tui.store.detail_patches import DetailPatches
from orders_tui.store.patches import Accepted, Mark, MarkKind, Patch, Patches

if TYPE_CHECKING:
    from orders_tui.query import OrdersQuery
    from orders_wire.actions import ActionAnswer, Failure
    from orders_wire.detail import OrderDetail
    from orders_wire.orders import Order
    from orders_wire.page import Desk, OrdersPage

_ACTIONS_KEPT = 500
_NOT_IN_A_DETAIL_ROW = {"timeline"}


class Store:
    """Knows nothing of time or transport. What takes something in answers with the ids of the orders that look different."""

    def __init__(self) -> None:
        self._held: frozenset[str] = frozenset()
        self._start_over(None)

    def _start_over(self, desk: Desk | None) -> None:
        self._desk: Desk | None = desk
        self._base = Rows()
        self._pages = Pages()
        self._details = Details()
        self._patches, self._on_details = Patches(), DetailPatches()
        self._marks: dict[str, Mark] = {}
        self._done: OrderedDict[str, dict[str, Changes]] = OrderedDict()

    @property
    def desk_id(self) -> str | None:
        """The desk that everything held belongs to."""
        return self._desk.id if self._desk else None

    @property
    def desk_version(self) -> int:
        """The newest version of the desk that any page or answer named."""
        return self._desk.version if self._desk else 0

    def view(self, order_id: str) -> Order | None:
        """An order as it is shown: the newest row with the patches on it; None when nothing is known of it."""
        row = self._base.get(order_id)
        return row if row is None or order_id not in self._patches else self._patches.fold(row)

    def together(self, group: str) -> list[Order]:
        """The orders of a group of those that are to be shipped together, as far as they are known, as they are shown."""
        rows = (self._patches.fold(row) for row in self._base.of_group(group))
        return [row for row in rows if row.together == group]

    def base(self, order_id: str) -> Order | None:
        """An order as the server last sent it."""
        return self._base.get(order_id)

    def detail(self, order_id: str) -> OrderDetail | None:
        """An order's detail, if it was fetched, never older than its row, with the patches on it."""
        detail = self._details.get(order_id)
        row = self.view(order_id)
        if detail is None or row is None:
            return detail
        fields = type(row).model_fields.keys() - _NOT_IN_A_DETAIL_ROW
        return self._on_details.fold(detail.model_copy(update={name: getattr(row, name) for name in fields}))

    def detail_version(self, order_id: str) -> int | None:
        """The version that the held detail was fetched at."""
        detail = self._details.get(order_id)
        return detail.version if detail else None

    def mark(self, order_id: str) -> Mark | None:
        """What to say about a row's own actions; the most urgent."""
        marks = [patch.mark(order_id) for patch in self._patches.on(order_id)]
        known = [mark for mark in (*marks, self._marks.get(order_id)) if mark is not None]
        kinds = list(MarkKind)
        return min(known, key=lambda mark: kinds.index(mark.kind), default=None)

    def page(self, query: OrdersQuery) -> PageEntry | None:
        """A page fetched earlier."""
        return self._pages.get(query)

    def absorb_page(self, query: OrdersQuery, page: OrdersPage, fetched_at: float) -> frozenset[str]:
        """Takes a page. Another desk's page drops everything held first."""
        everything = self._meet(page.desk)
        rows = page.orders.items
        before = {row.id: self.view(row.id) for row in rows}
        entry = PageEntry(query, page, tuple(row.id for row in rows), fetched_at)
        self._pages.absorb(entry)
        for row in rows:
            self._put(row, entry.desk_version)
        self._forget_rows()
        return everything | {row.id for row in rows if _differs(before[row.id], self.view(row.id))}

    def absorb_detail(self, detail: OrderDetail) -> frozenset[str]:
        """Takes one order's detail, unless a newer one is held."""
        from orders_wire.orders import Order

        before = self.view(detail.id)
        if not self._details.absorb(detail):
            return frozenset()
        self._on_details.came(detail)
        fields = {name: getattr(detail, name) for name in Order.model_fields}
        row = Order.model_construct(**{**fields, "timeline": detail.timeline[-10:]})
        base = self._base.get(detail.id)
        if base is None or row.version > base.version:
            self._put(row, 0)
        return frozenset({detail.id}) if _differs(before, self.view(detail.id)) else frozenset()

    def begin(self, key: str, draft: Draft) -> frozenset[str]:
        """An action is on its way: its patch lies on the rows from now on, marked pending.

        Actions on one order are to be answered in the order in which they began: their sender sees to that.
        """
        effect = {order_id: draft.effect(order_id, self.view(order_id), self._done) for order_id in draft.order_ids}
        self._on_details.add(key, draft)
        if effect:
            self._patches.add(key, draft, effect)
        for order_id in effect:
            self._marks.pop(order_id, None)
        return frozenset(effect)

    def unconfirmed(self, key: str) -> frozenset[str]:
        """The action's outcome is not known: its patch stays, marked so."""
        patch = self._patches.get(key)
        if patch is None:
            return frozenset()
        patch.known = False
        return frozenset(patch.changes)

    def accept(self, key: str, answer: ActionAnswer) -> frozenset[str]:
        """The action was done, at least in part: per order its patch stays until a row holds it, or is dropped as failed."""
        everything = self._meet(answer.desk)
        patch = self._patches.get(key)
        if patch is None:
            return everything
        touched = frozenset(patch.changes)
        self._fail(patch, {failure.id: failure.message for failure in answer.failures or ()})
        self._confirm(patch, answer)
        return everything | touched

    def reject(self, key: str, message: str, failures: Collection[Failure] = ()) -> frozenset[str]:
        """The action was not done: its patch is dropped, each row says why."""
        patch = self._patches.get(key)
        if patch is None:
            return frozenset()
        touched = frozenset(patch.changes)
        reasons = {failure.id: failure.message for failure in failures}
        self._fail(patch, {order_id: reasons.get(order_id, message) for order_id in touched})
        return touched

    def withdraw(self, key: str) -> frozenset[str]:
        """The action was never sent: its patch goes without a trace."""
        patch = self._patches.get(key)
        touched = frozenset(patch.changes) if patch else frozenset()
        self._drop(key, touched)
        return touched

    def dismiss(self, order_ids: Collection[str], kinds: Collection[MarkKind] = tuple(MarkKind)) -> frozenset[str]:
        """The operator has read the failures and confirmations of these rows."""
        gone = [o for o in order_ids if o in self._marks and self._marks[o].kind in kinds]
        for order_id in gone:
            del self._marks[order_id]
        return frozenset(gone)

    def hold(self, order_ids: Iterable[str]) -> None:
        """These rows are on show: they are kept whatever pages are forgotten."""
        self._held = frozenset(order_ids)

    def forget_pages(self) -> None:
        """Drops cached pages (not rows that are on show): the desk has moved far."""
        self._pages.clear()
        self._forget_rows()

    def _meet(self, desk: Desk | None) -> frozenset[str]:
        """Remembers how far the desk is. Another desk than before: all that is held is worth nothing."""
        if desk is None:
            return frozenset()
        known = self._desk
        if known is None or known.id == desk.id:
            self._desk = desk if known is None or desk.version > known.version else known
            return frozenset()
        lost = frozenset(self._base.keep_only(()))
        self._start_over(desk)
        return lost

    def _put(self, row: Order, desk_version: int) -> None:
        if self._base.put(row, desk_version) and row.id in self._patches:
            self._patches.settle(row.id, row.version, desk_version)

    def _fail(self, patch: Patch, reasons: Mapping[str, str]) -> None:
        for order_id, reason in reasons.items():
            if order_id in patch.changes:
                self._marks[order_id] = Mark(MarkKind.FAILED, patch.draft.action, patch.key, reason)
        self._drop(patch.key, reasons)

    def _drop(self, key: str, order_ids: Collection[str]) -> None:
        self._patches.drop(key, order_ids)
        self._on_details.drop(key, order_ids)

    def _confirm(self, patch: Patch, answer: ActionAnswer) -> None:
        kind = MarkKind.CONFIRMED if patch.draft.undoes is None else MarkKind.UNDONE
        versions, desk_version = answer.versions or {}, answer.desk.version if answer.desk else 0
        updated = {str(item.get("id")): item for item in answer.updated_orders}
        for order_id in list(patch.changes):
            self._marks[order_id] = Mark(kind, patch.draft.action, patch.key)
            accepted = Accepted(versions.get(order_id), desk_version)
            self._on_details.accept(patch.key, order_id, accepted.version, shown=order_id in self._details)
            done = self._as_done(patch, order_id, accepted)
            patch.changes[order_id] = _as_answered(done, updated.get(order_id, {}))
            patch.accepted[order_id] = accepted
        if answer.action_id is not None:
            self._done[answer.action_id] = dict(patch.changes)
            while len(self._done) > _ACTIONS_KEPT:
                self._done.popitem(last=False)
        for order_id in list(patch.changes):
            held = self._base.stamped(order_id)
            if held is not None:
                self._patches.settle(order_id, held.row.version, held.desk_version)

    def _as_done(self, patch: Patch, order_id: str, accepted: Accepted) -> Changes:
        """What the server did, which is a fact now: the draft on the order as the server had it, not as it was shown then."""
        held = self._base.stamped(order_id)
        meant = patch.changes[order_id]
        if held is None or accepted.held_by(held.row.version, held.desk_version):
            return meant
        known = self._patches.fold(held.row, answered_only=True)
        done = patch.draft.effect(order_id, known, self._done)
        return {name: change.as_fact() for name, change in {**meant, **done}.items()}

    def _forget_rows(self) -> None:
        """Keeps the memory of a long shift flat: rows on no page, not on show and not acted upon go."""
        if len(self._base) <= ROWS_KEPT:
            return
        wanted = set(self._held).union(self._details, *(entry.order_ids for entry in self._pages.values()))
        wanted |= {order_id for order_id in self._marks if self._patches.waiting(order_id)}
        for order_id in self._base.keep_only(wanted):
            self._patches.forget_accepted(order_id)


def _as_answered(patch: Changes, updated: Mapping[str, object]) -> Changes:
    """The changes with the values that the answer names (`updatedOrders`)."""
    named = {"assigned_to": updated.get("assignedTo"), "support_thread": updated.get("supportThread")}
    update = {
        name: FieldChange(patch[name].before if name in patch else None, value, firm=True)
        for name, value in named.items()
        if isinstance(value, str)
    }
    return {**patch, **update}


def _differs(old: Order | None, new: Order | None) -> bool:
    """True when a row looks different; that it grew older does not count."""
    if old is None or new is None:
        return old is not new
    return old is not new and old.model_copy(update={"age_hours": new.age_hours}) != new
