"""Settling: what is known of an order becomes its rows, its alerts and the events about them, in one transaction.

Invariant: after `settle` the order's document, row, lists and alerts all come from the same facts and decisions.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from orders_sync.alerts import data_gaps
from orders_sync.alerts.alerts import OrderCauses, reconcile
from orders_sync.db import audit, order_documents, orders, references, stock
from orders_sync.db.audit import Audited
from orders_sync.db.order_documents import Draft, Known
from orders_sync.db.orders import Saved
from orders_sync.db.statement import pipelined
from orders_sync.db.tx import Tx
from orders_sync.evidence.facts import Fields, OrderFacts
from orders_sync.instants import Ms
from orders_sync.outbox import cancellations
from orders_sync.outbox import holds as outbox_holds
from orders_sync.outbox.holds import Ended
from orders_sync.rules import cancelling, derive, hold_ends
from orders_sync.rules.hold_ends import HoldEnd
from orders_sync.rules.operator_state import OperatorState
from orders_sync.rules.order_state import OrderState, build_order_state, skus
from orders_sync.rules.projection import Cause, Projection
from orders_sync.rules.thresholds import Thresholds
from orders_sync.settle import owner_change
from orders_sync.settle.order_update import OrderUpdate, Settled
from orders_wire.vocabulary import ActionName, Gap, Severity

DESK = "desk"
"""Who does what time does, in the audit."""


@dataclass(frozen=True, slots=True)
class _Derived:
    update: OrderUpdate
    operator: OperatorState
    projection: Projection | None
    version: int
    ended: tuple[HoldEnd, ...] = ()
    cancelled: bool = False

    @property
    def order_id(self) -> int:
        return self.update.known.order_id

    @property
    def changed(self) -> bool:
        return self.version != self.update.known.version

    @property
    def causes(self) -> tuple[Cause, ...]:
        """Those of its alerts; none for a stub and for a deleted order."""
        return () if self.projection is None else self.projection.causes

    @property
    def waiting(self) -> bool:
        """Something is known of it, but not the order itself."""
        return self.projection is None and bool(self.update.facts.reported)

    @property
    def leaves_the_stubs(self) -> bool:
        """It was referred to without being known itself; now it has come, or was deleted."""
        came = self.projection is not None and self.update.known.version == 0
        return (came or self.update.facts.deleted) and bool(derive.references(self.update.known.facts))

    @property
    def partial(self) -> bool:
        """Its body, or the lines in it, have to be asked for."""
        return self.waiting or (self.projection is not None and self.update.facts.at("order", "lines") is None)


def load(tx: Tx, order_id: int) -> Known | None:
    """What is known of an order, locked until the transaction ends; None when nothing is."""
    return order_documents.lock(tx, [order_id], create=False).get(order_id)


def settle(
    tx: Tx,
    order_id: int,
    facts: OrderFacts,
    operator: OperatorState,
    thresholds: Thresholds,
    *,
    reopen: Collection[Cause] = (),
) -> Settled:
    """Stores facts and decisions of an order, and its rows and alerts as of `tx.now`; touches it when it changed.

    `reopen`: causes that an undo brings back (`alerts.reconcile`).
    """
    known = order_documents.lock(tx, [order_id], create=True)[order_id]
    return settle_all(tx, [OrderUpdate(known, facts, operator, reopen)], thresholds)[order_id]


def resettle(tx: Tx, order_ids: Iterable[int], thresholds: Thresholds) -> None:
    """Derives orders again for `tx.now`: after a stock flip, a change of the thresholds, or an instant they waited for."""
    known = order_documents.lock(tx, order_ids, create=False)
    settle_all(tx, [OrderUpdate(each, None, each.operator) for each in known.values()], thresholds)


def settle_all(tx: Tx, updates: Sequence[OrderUpdate], thresholds: Thresholds) -> dict[int, Settled]:
    """Settles several orders in a fixed number of statements. Each order appears once."""
    passing = [update for update in updates if owner_change.only_owner_changes(update, tx.now)]
    passed = owner_change.change_owners(tx, passing)
    others = [update for update in updates if update.known.order_id not in passed]
    return passed | _derive_all(tx, others, thresholds)


def _derive_all(tx: Tx, updates: Sequence[OrderUpdate], thresholds: Thresholds) -> dict[int, Settled]:
    if not updates:
        return {}
    levels = stock.levels(tx.conn, tx.shop_id, {sku for update in updates for sku in skus(update.facts)})
    states = [
        build_order_state(update.known.order_id, update.facts, update.operator, levels, thresholds)
        for update in updates
    ]
    derived = [_derive(update, state, tx.now) for update, state in zip(updates, states, strict=True)]
    with pipelined(tx.conn):
        _store(tx, derived, _set_alerts(tx, derived))
    outbox_holds.ended(
        tx,
        [
            Ended(each.order_id, [end.hold for end in each.ended], each.operator.released)
            for each in derived
            if each.ended
        ],
    )
    audit.record(tx, [_released(each.order_id, end) for each in derived for end in each.ended if end.due])
    cancellations.over(tx, [each.order_id for each in derived if each.cancelled])
    _set_gaps(tx, derived)
    for each in derived:
        if each.changed:
            tx.touch(each.order_id)
    return {each.order_id: Settled(each.version, each.changed) for each in derived}


def _derive(update: OrderUpdate, state: OrderState | None, now: Ms) -> _Derived:
    known = update.known
    if state is None:
        return _Derived(update, update.operator, None, 0)
    ended = hold_ends.ends(state, now)
    if ended:
        state = replace(state, operator=hold_ends.without(state, ended, now))
    cancelled = cancelling.over(state)
    if cancelled:
        state = replace(state, operator=cancelling.without(state, now))
    projection = derive.project(state, now)
    same = (
        projection.row_json == known.card
        and state.operator == known.operator
        and (update.merged is None or _essence(update.merged) == _essence(known.facts))
    )
    return _Derived(
        update, state.operator, projection, known.version if same else known.version + 1, tuple(ended), cancelled
    )


def _released(order_id: int, end: HoldEnd) -> Audited:
    return Audited(DESK, ActionName.RELEASE, order_id, "done", f"{end.details}, as {end.hold.by} set")


def _essence(facts: OrderFacts) -> tuple[dict[str, dict[str, Fields]], Mapping[str, Mapping[str, int]]]:
    """The facts without when they were reported, and without the order's `updated_at`: what its version counts.

    A field that is reported as null is as one that is not reported.
    """
    reported: dict[str, dict[str, Fields]] = {
        kind: {
            key: {name: value for name, value in fields.items() if value is not None}
            for key, fields in facts.entities(kind)
        }
        for kind in facts.reported
    }
    reported.get("order", {}).get("", {}).pop("updated_at", None)
    return reported, facts.first


def _store(tx: Tx, derived: Sequence[_Derived], alert_types: Mapping[int, str]) -> None:
    order_documents.save(tx, [draft for each in derived if (draft := _draft(each, tx.now)) is not None])
    references.drop(tx, [each.order_id for each in derived if each.leaves_the_stubs])
    orders.save(
        tx,
        [
            Saved(each.projection, each.version, alert_types.get(each.order_id))
            for each in derived
            if each.projection is not None
        ],
        {each.order_id: row for each in derived if (row := each.update.known.row) is not None},
    )
    for each in derived:
        if each.projection is None:
            if each.update.known.version:
                orders.remove(tx, each.order_id)
            references.put(tx, each.order_id, derive.references(each.update.facts))


def _draft(each: _Derived, now: Ms) -> Draft | None:
    """The order's document as it is to be; None where it is so already."""
    known, news = each.update.known, each.update.has_news
    if not news and each.operator == known.operator and each.partial == (known.stub_since is not None):
        return None
    since = (known.stub_since or now) if each.partial else None
    return Draft(each.order_id, each.update.merged if news else None, each.operator, since)


def _set_alerts(tx: Tx, derived: Sequence[_Derived]) -> dict[int, str]:
    """Alerts follow causes; an order that has neither is left out of the question. The open types of the others."""
    concerned = [each for each in derived if each.causes or each.update.known.alert_types]
    if not concerned:
        return {}
    names = {each.order_id: each.projection.name for each in concerned if each.projection is not None}
    opened = reconcile(
        tx,
        [
            OrderCauses(
                each.order_id, names.get(each.order_id), each.causes, each.update.reopen, each.update.known.is_new
            )
            for each in concerned
        ],
    )
    types = {of: ",".join(sorted(alert.value for alert in alerts)) for of, alerts in opened.items()}
    for each in concerned:
        if types[each.order_id] != each.update.known.alert_types and each.projection is not None:
            tx.touch(each.order_id)
    return types


def _set_gaps(tx: Tx, derived: Sequence[_Derived]) -> None:
    """Contract §2, `order_partial`: a stub is in no list until its body comes."""
    for each in derived:
        was_waiting = each.update.known.stub_since is not None
        if each.waiting and not was_waiting:
            message = (
                f"Order {each.order_id} is known only by a part of it. The poller reads the rest from Shopify; "
                "if this lasts, run: orders-tui shopify check"
            )
            data_gaps.open_gap(tx, Gap.ORDER_PARTIAL, str(each.order_id), message, Severity.WARNING)
        elif was_waiting and not each.waiting:
            data_gaps.clear_gap(tx, Gap.ORDER_PARTIAL, str(each.order_id))
