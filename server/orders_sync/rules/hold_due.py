"""`hold_due`: a hold of ours that is to be looked at again, and whose time has come (contract §3a, `hold`).

One cause per hold and time, so that a hold that is put off raises a new alert.
"""

from __future__ import annotations

from collections.abc import Iterator

from orders_sync.instants import Ms
from orders_sync.rules.order_state import OrderState
from orders_sync.rules.projection import Cause
from orders_wire.vocabulary import AlertType, HoldThen, Severity


def causes(state: OrderState, now: Ms) -> Iterator[Cause]:
    """One for each hold that is due."""
    for hold in state.own_holds:
        if hold.until is not None and hold.until <= now and hold.then is HoldThen.REMIND:
            message = f"{state.name}: the {hold.word} hold was to last until {state.local_time(hold.until)}"
            yield Cause(AlertType.HOLD_DUE, f"{hold.name} {hold.until}", message, Severity.WARNING)


def turning_points(state: OrderState) -> Iterator[Ms]:
    """When holds become due, or end."""
    yield from (hold.until for hold in state.own_holds if hold.until is not None)
