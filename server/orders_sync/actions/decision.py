"""What an action comes to on one order: refused, or the operators' state as it is to be and what has to leave for it."""

from __future__ import annotations

from dataclasses import dataclass

from orders_sync.db.outbox import Payload
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

    `reopen`: causes of alerts that an undo brings back.
    """

    operator: OperatorState
    shown: Shown
    details: str = ""
    writes: tuple[Write, ...] = ()
    altered: Altered = ()
    reopen: tuple[Cause, ...] = ()
