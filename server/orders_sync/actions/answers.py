"""Answers to actions: the version 1.2 envelope of contract §3, for one order and for many, done and refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from orders_sync.actions.decision import Refusal
from orders_sync.actions.execute import Carried, Done
from orders_sync.actions.undo import Undone
from orders_sync.instants import to_text
from orders_wire.actions import Action, AssignBody, InventoryBody, ReturnsBody
from orders_wire.vocabulary import UNASSIGNED, ActionName

Body = dict[str, Any]

OK = 200


@dataclass(frozen=True, slots=True)
class Answer:
    """A status and the envelope, without `desk`, whose version is known only after the commit."""

    status: int
    body: Body

    @property
    def ok(self) -> bool:
        return self.status == OK


def refused(refusal: Refusal) -> Answer:
    """The whole action is refused."""
    body = {"success": False, "message": refusal.message, "updatedOrders": [], **_why(refusal)}
    return Answer(refusal.code.http_status, body)


def answer(kind: ActionName, body: Action, result: Carried | Undone, action_id: str) -> Answer:
    """What became of the orders: 200 when one succeeded, else the first failure's status and code, and all failures."""
    carried, done_as = (result.carried, result.kind) if isinstance(result, Undone) else (result, kind)
    failures = [_failure(spelling, outcome) for spelling, outcome in _refusals(carried)]
    if not carried.done:
        return _nothing_done(carried, failures)
    message = f"{_told(kind, body, carried, result)}{_and_failed(carried)}"
    answered: Body = {"success": True, "message": message, "updatedOrders": _updated(done_as, carried)}
    if failures:
        answered["failures"] = failures
    if kind is not ActionName.UNDO:
        answered["actionId"] = action_id
        answered["undoUntil"] = None if carried.undo_until is None else to_text(carried.undo_until)
    answered["versions"] = {spelling: outcome.version for spelling, outcome in _successes(carried)}
    return Answer(OK, answered)


def _nothing_done(carried: Carried, failures: Sequence[Body]) -> Answer:
    first = next(refusal for _, refusal in _refusals(carried))
    count = _count_failed(carried)
    message = first.message if count == 1 else f"{first.message} (0 of {count} orders done, {count} failed)"
    body = {"success": False, "message": message, "updatedOrders": [], **_why(first), "failures": list(failures)}
    return Answer(first.code.http_status, body)


def _told(kind: ActionName, body: Action, carried: Carried, result: Carried | Undone) -> str:
    orders = _orders(len(carried.done))
    match kind:
        case ActionName.ASSIGN:
            assert isinstance(body, AssignBody)
            nobody = body.assignee.casefold() == UNASSIGNED
            return f"Assigned {orders} to {'nobody' if nobody else body.assignee}"
        case ActionName.FULFILL:
            return f"Marked {orders} as fulfilled"
        case ActionName.SUPPORT:
            return f"Support requested for {carried.done[0].view.name}"
        case ActionName.RETURNS:
            assert isinstance(body, ReturnsBody)
            return f"Return updated for {carried.done[0].view.name}: {carried.done[0].decision.details}"
        case ActionName.INVENTORY:
            assert isinstance(body, InventoryBody)
            return f"Inventory escalated for {body.sku}: {orders} held"
        case ActionName.UNDO:
            assert isinstance(result, Undone)
            return f"Undone: {result.kind} on {orders}"


def _orders(count: int) -> str:
    return "1 order" if count == 1 else f"{count} orders"


def _and_failed(carried: Carried) -> str:
    failed = _count_failed(carried)
    return f"; {failed} failed" if failed else ""


def _count_failed(carried: Carried) -> int:
    """Orders that it failed on, each once, and ids that name none."""
    refusals = [named for named in carried.named if isinstance(carried.outcome(named), Refusal)]
    return len({named.target if isinstance(named.target, int) else named.spelling for named in refusals})


def _updated(kind: ActionName, carried: Carried) -> list[Body]:
    if kind is ActionName.RETURNS:
        return []
    return [{"id": spelling, **outcome.shown} for spelling, outcome in _successes(carried)]


def _successes(carried: Carried) -> list[tuple[str, Done]]:
    outcomes = ((named.spelling, carried.outcome(named)) for named in carried.named)
    return [(spelling, outcome) for spelling, outcome in outcomes if isinstance(outcome, Done)]


def _refusals(carried: Carried) -> list[tuple[str, Refusal]]:
    outcomes = ((named.spelling, carried.outcome(named)) for named in carried.named)
    return [(spelling, outcome) for spelling, outcome in outcomes if isinstance(outcome, Refusal)]


def _failure(spelling: str, refusal: Refusal) -> Body:
    return {"id": spelling, "message": refusal.message, **_why(refusal)}


def _why(refusal: Refusal) -> Body:
    why: Body = {"code": refusal.code}
    if refusal.allowed_actions is not None:
        why["allowed_actions"] = list(refusal.allowed_actions)
    if refusal.version is not None:
        why["version"] = refusal.version
    return why
