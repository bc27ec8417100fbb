"""Carrying out: one action on the orders it names, each of which succeeds or fails alone, in one transaction.

Everything is decided before anything is written, so that a refused order is left as it was. Orders are locked in the order of
their ids, whatever the order they were named in, so that two actions never wait for each other in a circle.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from orders_sync.actions.acting import Acting
from orders_sync.actions.decision import Decision, Refusal, Shown
from orders_sync.actions.ids import Named, distinct
from orders_sync.actions.undo_record import Patch, diff
from orders_sync.actions.view import View, Views
from orders_sync.db import audit, outbox
from orders_sync.db.audit import Audited, NewOwner
from orders_sync.db.order_documents import Known
from orders_sync.db.tx import Tx
from orders_sync.instants import Ms
from orders_sync.lazy import lazy
from orders_sync.outbox.queue import Write, queue
from orders_sync.settle.change import Change, Settled
from orders_sync.settle.order import load_many, settle_all
from orders_wire.vocabulary import ErrorCode

Decide = Callable[[View], Decision | Refusal]
Closing = Callable[[Sequence[View]], Write]
"""One more write for all orders that were changed, which are at least one."""


@dataclass(frozen=True, slots=True)
class Done:
    """An order that the action was done on, as it was before. `moved`: what was decided otherwise; empty: it was so already."""

    view: View
    decision: Decision
    version: int
    moved: Collection[str]

    @property
    def changed(self) -> bool:
        return bool(self.moved)

    @property
    def shown(self) -> Shown:
        """What `updatedOrders` says of it, without the id."""
        return self.decision.shown

    @property
    def patch(self) -> Patch:
        """What undo has to take back."""
        return diff(self.view.operator, self.decision.operator, self.moved)


@dataclass(frozen=True)
class Carried:
    """What became of the orders that were named. `undo_until`: when the first outbound work can be claimed, null: never."""

    named: Sequence[Named]
    outcomes: Mapping[int, Done | Refusal]
    undo_until: Ms | None = None

    def outcome(self, named: Named) -> Done | Refusal:
        """What became of one of them."""
        return named.target if isinstance(named.target, Refusal) else self.outcomes[named.target]

    @lazy
    def done(self) -> list[Done]:
        """The orders it was done on, each once, in the order of naming."""
        found = (self.outcomes[order_id] for order_id in distinct(self.named))
        return [outcome for outcome in found if isinstance(outcome, Done)]


def carry_out(
    tx: Tx,
    acting: Acting,
    named: Sequence[Named],
    *,
    expected: Mapping[int, Iterable[int]],
    decide: Decide,
    closing: Closing | None = None,
) -> Carried:
    """Does the action on every order that allows it. `expected`: the versions that the operator saw, by order."""
    known = load_many(tx, distinct(named))
    views = Views(tx, acting.thresholds, known)
    refused: dict[int, Refusal] = {}
    decided: list[tuple[View, Decision]] = []
    for order_id in distinct(named):
        unfit = _unfit(known.get(order_id), expected.get(order_id, ()))
        if unfit is not None:
            refused[order_id] = unfit
            continue
        view = views.of(order_id)
        decision = decide(view)
        if isinstance(decision, Refusal):
            refused[order_id] = decision
        else:
            decided.append((view, decision))
    carried = Carried(named, {**refused, **_settle(tx, acting, decided)})
    _record(tx, acting, carried)
    return replace(carried, undo_until=_queue(tx, acting, carried, closing))


def _unfit(known: Known | None, expected: Iterable[int]) -> Refusal | None:
    """Why an order cannot be acted on, whatever the action."""
    if known is None or known.version == 0:
        return Refusal(ErrorCode.NOT_FOUND, "There is no such order")
    if any(version != known.version for version in expected):
        told = "The order was changed since you saw it"
        return Refusal(ErrorCode.VERSION_CONFLICT, told, version=known.version)
    return None


def _settle(tx: Tx, acting: Acting, decided: Sequence[tuple[View, Decision]]) -> dict[int, Done]:
    changes = [Change(view.known, None, decision.operator, decision.reopen) for view, decision in decided]
    settled = settle_all(tx, [change for change in changes if change.moved], acting.thresholds)
    return {
        view.order_id: Done(view, decision, _version(view, settled), change.moved)
        for (view, decision), change in zip(decided, changes, strict=True)
    }


def _version(view: View, settled: Mapping[int, Settled]) -> int:
    """As it was where nothing was to be changed."""
    return settled[view.order_id].version if view.order_id in settled else view.known.version


def _queue(tx: Tx, acting: Acting, carried: Carried, closing: Closing | None) -> Ms | None:
    changed = [done for done in carried.done if done.changed]
    writes = [write for done in changed for write in done.decision.writes]
    if closing is not None and changed:
        writes.append(closing([done.view for done in changed]))
    for done in changed:
        for row_id, _, payload in done.decision.altered:
            outbox.set_payload(tx, row_id, payload)
    if not writes:
        return None
    return queue(tx, writes, acting.switches, action_id=acting.action_id, delay_ms=acting.delay_ms)


def _record(tx: Tx, acting: Acting, carried: Carried) -> None:
    """Who owns what now, and the audit: one row per order, or per name that names none."""
    audit.record_owners(tx, [_new_owner(acting, done) for done in carried.done if _changes_owner(done)])
    audited: dict[int | str, Audited] = {}
    for named in carried.named:
        key = named.spelling if isinstance(named.target, Refusal) else named.target
        audited[key] = _audited(acting, named, carried.outcome(named))
    audit.record(tx, list(audited.values()))


def _changes_owner(done: Done) -> bool:
    return done.view.operator.assigned_to != done.decision.operator.assigned_to


def _new_owner(acting: Acting, done: Done) -> NewOwner:
    before, after = done.view.operator.assigned_to, done.decision.operator.assigned_to
    return NewOwner(done.view.order_id, after, before, acting.actor.name, acting.action_id)


def _audited(acting: Acting, named: Named, outcome: Done | Refusal) -> Audited:
    if isinstance(outcome, Refusal):
        result, details = outcome.code.value, f"{named.spelling}: {outcome.message}"
    else:
        result, details = "done" if outcome.changed else "unchanged", outcome.decision.details
    return Audited(
        actor=acting.actor.name,
        action=acting.kind,
        order_id=None if isinstance(named.target, Refusal) else named.target,
        result=result,
        details=details,
        client=acting.actor.client,
        action_id=acting.action_id,
    )
