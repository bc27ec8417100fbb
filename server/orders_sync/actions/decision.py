"""What an action comes to on one order: refused, or the operators' state as it is to be and what has to leave for it."""

from __future__ import annotations

from dataclasses import dataclass

from orders_sync.db.outbox import OutboxRow, Payload
from orders_sync.outbox.queue import Write
from orders_sync.rules.operator_state import OperatorState
from orders_sync.rules.projection import Cause
from orders_wire.vocabulary import ErrorCode, ReturnAction

Shown = dict[str, object]
"""An item of `updatedOrders` without its id: contract §3, table of actions."""


Altered = tuple[tuple[int, Payload, Payload], ...]
"""Rows that an earlier action queued and nobody claimed yet: id, payload before, payload now."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an action cannot be done on an order. `allowed_actions` goes with `illegal_transition`, `version` with
    `version_conflict`."""

    code: ErrorCode
    message: str
    allowed_actions: tuple[ReturnAction, ...] | None = None
    version: int | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """`operator` equal to the present one: success without a change. `details` is for the audit.

    `shown`: the order's item in the response; several of an action that is about several things of an order. `remark`: what
    the response's message says beside that it was done. `reopen`: causes of
    alerts that an undo brings back. `withdrawn`: rows that an earlier action queued, nobody claimed, and that are not to
    leave.
    """

    operator: OperatorState
    shown: Shown | tuple[Shown, ...]
    details: str = ""
    writes: tuple[Write, ...] = ()
    altered: Altered = ()
    reopen: tuple[Cause, ...] = ()
    remark: str | None = None
    withdrawn: tuple[OutboxRow, ...] = ()

    @property
    def items(self) -> tuple[Shown, ...]:
        """The order's items in the response."""
        if isinstance(self.shown, tuple):
            return self.shown
        return (self.shown,) if self.shown else ()
