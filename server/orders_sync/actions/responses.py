"""Responses to actions: the version 1.2 envelope of contract §3, for one order and for many, done and refused."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from orders_sync.actions.decision import Refusal
from orders_sync.actions.execute import Execution, OrderDone
from orders_sync.instants import to_text

Body = dict[str, Any]

OK = 200


@dataclass(frozen=True, slots=True)
class Envelope:
    """A status and the body, without `desk`, whose version is known only after the commit."""

    status: int
    body: Body

    @property
    def ok(self) -> bool:
        return self.status == OK


def refused(refusal: Refusal) -> Envelope:
    """The whole action is refused."""
    return _failed(refusal, refusal.message)


def executed(execution: Execution, message: str, action_id: str) -> Envelope:
    """What became of the orders: 200 when one succeeded, else the first failure's status and code, and all failures.

    `message`: what is said of those that it was done on.
    """
    outcomes = [(named.spelling, execution.outcome(named)) for named in execution.named]
    done = [(spelling, outcome) for spelling, outcome in outcomes if isinstance(outcome, OrderDone)]
    refusals = [(spelling, outcome) for spelling, outcome in outcomes if isinstance(outcome, Refusal)]
    failures = [{"id": spelling, "message": refusal.message, **_why(refusal)} for spelling, refusal in refusals]
    failed = _count_failed(execution)
    if not done:
        first = refusals[0][1]
        many = "" if failed == 1 else f" (0 of {failed} orders done, {failed} failed)"
        return _failed(first, first.message + many, failures=failures)
    shown = [{"id": spelling, **item} for spelling, outcome in done for item in outcome.decision.items]
    body: Body = {
        "success": True,
        "message": message + (f"; {failed} failed" if failed else ""),
        "updatedOrders": shown,
    }
    if failures:
        body["failures"] = failures
    if execution.undone is None:
        body["actionId"] = action_id
        body["undoUntil"] = None if execution.undo_until is None else to_text(execution.undo_until)
    body["versions"] = {spelling: outcome.version for spelling, outcome in done}
    return Envelope(OK, body)


def _count_failed(execution: Execution) -> int:
    """Orders that it failed on, each once, and ids that name none."""
    refusals = [named for named in execution.named if isinstance(execution.outcome(named), Refusal)]
    return len({named.target if isinstance(named.target, int) else named.spelling for named in refusals})


def _failed(refusal: Refusal, message: str, **more: object) -> Envelope:
    body = {"success": False, "message": message, "updatedOrders": [], **_why(refusal), **more}
    return Envelope(refusal.code.http_status, body)


def _why(refusal: Refusal) -> Body:
    why: Body = {"code": refusal.code}
    if refusal.allowed_actions is not None:
        why["allowed_actions"] = list(refusal.allowed_actions)
    if refusal.version is not None:
        why["version"] = refusal.version
    return why
