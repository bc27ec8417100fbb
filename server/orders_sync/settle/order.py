"""Settling: what is known of an order becomes its rows, its alerts and the news of them, in one transaction.

Invariant: after `settle` the order's document, row, lists and alerts all come from the same facts and decisions.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from orders_sync.alerts import data_gaps
from orders_sync.alerts.alerts import OrderCauses, reconcile_all
from orders_sync.db import order_documents, orders, references, stock
from orders_sync.db.order_documents import Draft, Known
from orders_sync.db.orders import Saved
from orders_sync.db.tx import Tx
from orders_sync.evidence.facts import Fields, OrderFacts
from orders_sync.instants import SECOND, Ms
from orders_sync.outbox import holds as outbox_holds
from orders_sync.rules import derive
from orders_sync.rules.operator_state import Entry, OperatorState
from orders_sync.rules.order_state import OrderState, build_order_state, skus
from orders_sync.rules.projection import Cause, Projection
from orders_sync.rules.thresholds import Thresholds
from orders_sync.rules.timeline import key
from orders_sync.settle import owner_change
from orders_sync.settle.order_update import OrderUpdate, Settled
from orders_wire.vocabulary import Gap, Severity


@dataclass(frozen=True, slots=True)
class _Derived:
    update: OrderUpdate
    operator: OperatorState
    projection: Projection | None
    version: int

    @property
    def order_id(self) -> int:
        return self.update.known.order_id

    @property
    def changed(self) -> bool:
        return self.version != self.update.known.version

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
    """What is known of an order, locked until the transaction ends; null when nothing is."""
    return load_many(tx, [order_id]).get(order_id)


def load_many(tx: Tx, order_ids: Iterable[int]) -> Mapping[int, Known]:
    """The same for several, locked in the order of their ids; those of which nothing is known are missing."""
    return order_documents.lock(tx, order_ids, create=False)


def load_or_begin(tx: Tx, order_ids: Iterable[int]) -> Mapping[int, Known]:
    """The same, with every order that is asked for: one of which nothing is known is empty."""
    return order_documents.lock(tx, order_ids, create=True)


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

    `reopen`: causes that an undo brings back (`live.alerts.reconcile`).
    """
    known = load_or_begin(tx, [order_id])[order_id]
    return settle_all(tx, [OrderUpdate(known, facts, operator, reopen)], thresholds)[order_id]


def resettle(tx: Tx, order_ids: Iterable[int], thresholds: Thresholds) -> None:
    """Derives orders again for `tx.now`: after a stock flip, a change of the thresholds, or an instant they waited for."""
    known = load_many(tx, order_ids)
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
    _store(tx, derived)
    _release_holds(tx, derived)
    _raise_alerts(tx, derived)
    _tell_gaps(tx, derived)
    for each in derived:
        if each.changed:
            tx.touch(each.order_id)
    return {each.order_id: Settled(each.version, each.changed) for each in derived}


def _derive(update: OrderUpdate, state: OrderState | None, now: Ms) -> _Derived:
    known = update.known
    if state is None:
        return _Derived(update, update.operator, None, 0)
    ended = update.operator.holds.keys() - state.escalations.keys()
    if ended:
        operator = _without_holds(update.operator, ended, now)
        state = replace(state, operator=operator)
    projection = derive.project(state, now)
    same = (
        projection.row_json == known.card
        and state.operator == known.operator
        and (update.merged is None or _essence(update.merged) == _essence(known.facts))
    )
    return _Derived(update, state.operator, projection, known.version if same else known.version + 1)


def _without_holds(operator: OperatorState, ended: Collection[str], now: Ms) -> OperatorState:
    """Escalations that ended stay ended, whatever stock does later; the timeline says when."""
    ts = Ms(now // SECOND * SECOND)
    entries = {
        key("inventory_release", f"{sku}/{operator.holds[sku].action_id}"): Entry(
            ts=ts, event="inventory_release", details=sku
        )
        for sku in ended
    }
    holds = {sku: hold for sku, hold in operator.holds.items() if sku not in ended}
    return operator.model_copy(update={"holds": holds, "entries": {**operator.entries, **entries}})


def _essence(facts: OrderFacts) -> tuple[dict[str, dict[str, Fields]], Mapping[str, Mapping[str, int]]]:
    """The facts without when they were told, and without the order's `updated_at`: what its version counts.

    A field that is told as null is as one that is not told.
    """
    told = {kind: {key: _present(fields) for key, fields in facts.entities(kind)} for kind in facts.reported}
    told.get("order", {}).get("", {}).pop("updated_at", None)
    return told, facts.first


def _present(fields: Fields) -> Fields:
    return {name: value for name, value in fields.items() if value is not None}


def _store(tx: Tx, derived: Sequence[_Derived]) -> None:
    order_documents.save(tx, [_draft(each, tx.now) for each in derived if _stale(each)])
    references.drop(tx, [each.order_id for each in derived if each.leaves_the_stubs])
    orders.save(tx, [Saved(each.projection, each.version) for each in derived if each.projection is not None])
    for each in derived:
        if each.projection is None:
            if each.update.known.version:
                orders.remove(tx, each.order_id)
            references.put(tx, each.order_id, derive.references(each.update.facts))


def _stale(each: _Derived) -> bool:
    known = each.update.known
    return each.update.has_news or each.operator != known.operator or each.partial != (known.stub_since is not None)


def _draft(each: _Derived, now: Ms) -> Draft:
    since = (each.update.known.stub_since or now) if each.partial else None
    return Draft(each.order_id, each.update.merged if each.update.has_news else None, each.operator, since)


def _release_holds(tx: Tx, derived: Sequence[_Derived]) -> None:
    """Escalations that ended are taken back from Shopify."""
    for each in derived:
        before, after = each.update.operator.holds, each.operator.holds
        ended = [hold for sku, hold in before.items() if sku not in after]
        if ended:
            outbox_holds.ended(tx, each.order_id, ended)


def _raise_alerts(tx: Tx, derived: Sequence[_Derived]) -> None:
    """Alerts follow causes; an order that has neither is left out of the question."""
    concerned = [each for each in derived if _causes(each) or each.update.known.alert_types]
    if not concerned:
        return
    opened = reconcile_all(
        tx,
        [OrderCauses(each.order_id, _name(each), _causes(each), each.update.reopen) for each in concerned],
    )
    changed: dict[int, str] = {}
    for each in concerned:
        types = ",".join(sorted(alert.value for alert in opened[each.order_id]))
        if types != each.update.known.alert_types and each.projection is not None:
            changed[each.order_id] = types
            tx.touch(each.order_id)
    orders.set_alerts(tx, changed)


def _causes(each: _Derived) -> tuple[Cause, ...]:
    return each.projection.causes if each.projection is not None else ()


def _name(each: _Derived) -> str | None:
    return None if each.projection is None else each.projection.name


def _tell_gaps(tx: Tx, derived: Sequence[_Derived]) -> None:
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
