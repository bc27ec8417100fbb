"""Executing one action on the orders it names, each of which succeeds or fails alone, in one transaction.

Everything is decided before anything is written, so that a refused order is left as it was. Orders are locked in the order of
their ids, whatever the order they were named in, so that two actions never wait for each other in a circle.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from orders_sync.actions import mentions
from orders_sync.actions.context import ActionContext
from orders_sync.actions.decision import Decision, Refusal
from orders_sync.actions.locked_order import LockedOrder, LockedOrders
from orders_sync.actions.order_ids import NamedOrder, distinct, seen_versions
from orders_sync.db import audit, order_documents, outbox
from orders_sync.db.audit import Audited, NewOwner
from orders_sync.db.order_documents import Known
from orders_sync.db.tx import Tx
from orders_sync.instants import Ms
from orders_sync.lazy import lazy
from orders_sync.outbox.queue import Write, queue, withdraw
from orders_sync.settle.order import settle_all
from orders_sync.settle.order_update import OrderUpdate
from orders_wire.vocabulary import ActionName, ErrorCode

Decide = Callable[[LockedOrder], Decision | Refusal]
ForAll = Callable[[Sequence[LockedOrder]], Write]
"""One more write for all orders that were changed, which are at least one."""


@dataclass(frozen=True, slots=True)
class OrderDone:
    """An order that the action was done on, as it was before. `moved`: what was decided otherwise; empty: it was so already."""

    order: LockedOrder
    decision: Decision
    version: int
    moved: Collection[str]

    @property
    def changed(self) -> bool:
        return bool(self.moved)


@dataclass(frozen=True)
class Execution:
    """What became of the orders that were named. `undo_until`: when the first outbound work can be claimed, None: never.

    `undone`: of an undo, the action that was taken back.
    """

    named: Sequence[NamedOrder]
    outcomes: Mapping[int, OrderDone | Refusal]
    undo_until: Ms | None = None
    undone: ActionName | None = None

    def outcome(self, named: NamedOrder) -> OrderDone | Refusal:
        """What became of one of them."""
        return named.target if isinstance(named.target, Refusal) else self.outcomes[named.target]

    @lazy
    def done(self) -> list[OrderDone]:
        """The orders it was done on, each once, in the order of naming."""
        found = (self.outcomes[order_id] for order_id in distinct(self.named))
        return [outcome for outcome in found if isinstance(outcome, OrderDone)]

    @property
    def orders(self) -> str:
        """How many orders it was done on, in words."""
        return "1 order" if len(self.done) == 1 else f"{len(self.done)} orders"


def execute(
    tx: Tx,
    context: ActionContext,
    named: Sequence[NamedOrder],
    expected_versions: Mapping[str, int] | None,
    decide: Decide,
    *,
    for_all: ForAll | None = None,
) -> Execution:
    """Does the action on every order that allows it. `expected_versions`: what the operator saw, by spelling."""
    expected = seen_versions(tx, named, expected_versions)
    known = order_documents.lock(tx, distinct(named), create=False)
    orders = LockedOrders(tx, context.settings.thresholds, known)
    outcomes: dict[int, OrderDone | Refusal] = {}
    decided: list[tuple[LockedOrder, Decision]] = []
    for order_id in distinct(named):
        refusal = _unfit(known.get(order_id), expected.get(order_id, ()))
        if refusal is not None:
            outcomes[order_id] = refusal
            continue
        order = LockedOrder(known[order_id], orders)
        decision = decide(order)
        if isinstance(decision, Refusal):
            outcomes[order_id] = decision
        else:
            decided.append((order, decision))
    execution = Execution(named, outcomes | _settle(tx, context, decided))
    noted = [done for done in execution.done if "notes" in done.moved]
    mentions.follow(tx, [(done.order, done.decision.operator.notes) for done in noted])
    _record(tx, context, execution)
    return replace(execution, undo_until=_queue(tx, context, execution, for_all))


def _unfit(known: Known | None, expected: Iterable[int]) -> Refusal | None:
    """Why an order cannot be acted on, whatever the action."""
    if known is None or known.version == 0:
        return Refusal(ErrorCode.NOT_FOUND, "There is no such order")
    if any(version != known.version for version in expected):
        message = "The order was changed since you saw it"
        return Refusal(ErrorCode.VERSION_CONFLICT, message, version=known.version)
    return None


def _settle(
    tx: Tx, context: ActionContext, decided: Sequence[tuple[LockedOrder, Decision]]
) -> dict[int, OrderDone | Refusal]:
    """Stores what was decided otherwise than before; the version stays where nothing was."""
    updates = [OrderUpdate(order.known, None, decision.operator, decision.reopen) for order, decision in decided]
    settled = settle_all(tx, [update for update in updates if update.moved], context.settings.thresholds)
    versions = {update.known.order_id: update.known.version for update in updates}
    versions |= {order_id: each.version for order_id, each in settled.items()}
    return {
        order.order_id: OrderDone(order, decision, versions[order.order_id], update.moved)
        for (order, decision), update in zip(decided, updates, strict=True)
    }


def _queue(tx: Tx, context: ActionContext, execution: Execution, for_all: ForAll | None) -> Ms | None:
    changed = [done for done in execution.done if done.changed]
    writes = [write for done in changed for write in done.decision.writes]
    if for_all is not None and changed:
        writes.append(for_all([done.order for done in changed]))
    altered = (each for done in changed for each in done.decision.altered)
    outbox.set_payloads(tx, {row_id: payload for row_id, _, payload in altered})
    withdraw(tx, [row for done in changed for row in done.decision.withdrawn])
    if not writes:
        return None
    switches = context.settings.switches
    return queue(tx, writes, switches, action_id=context.action_id, delay_ms=context.delay_ms)


def _record(tx: Tx, context: ActionContext, execution: Execution) -> None:
    """Who owns what now, and the audit: one row per order, or per name that names none."""
    by = context.actor.name
    owners = [(d.order.order_id, d.decision.operator.assigned_to, d.order.operator.assigned_to) for d in execution.done]
    new = [NewOwner(of, after, before, by, context.action_id) for of, after, before in owners if after != before]
    audit.record_owners(tx, new)
    audited: dict[int | str, Audited] = {}
    for named in execution.named:
        key = named.spelling if isinstance(named.target, Refusal) else named.target
        audited[key] = _audited(context, named, execution.outcome(named))
    audit.record(tx, list(audited.values()))


def _audited(context: ActionContext, named: NamedOrder, outcome: OrderDone | Refusal) -> Audited:
    if isinstance(outcome, Refusal):
        result, details = outcome.code.value, f"{named.spelling}: {outcome.message}"
    else:
        result, details = "done" if outcome.changed else "unchanged", outcome.decision.details
    order_id = None if isinstance(named.target, Refusal) else named.target
    return context.audited(result, details, order_id)
