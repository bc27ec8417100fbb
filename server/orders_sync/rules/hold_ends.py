"""Holds of ours that ended by themselves: what is decided of them when the order is settled (contract §3 inventory, §3a).

One that ended stays ended, whatever is told of earlier times afterwards; the timeline says when. What the shop has of it is not
shown any more; unless the shop released it itself, that is still to be asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from orders_sync.instants import SECOND, Ms
from orders_sync.rules.holds import due, own_handle, released_in_shop
from orders_sync.rules.operator_state import DeskHold, Entry, InventoryHold, OperatorState, OwnHold, Release
from orders_sync.rules.order_state import OrderState
from orders_sync.rules.timeline import key
from orders_wire.vocabulary import HoldReason


class HoldEnd(NamedTuple):
    """`sku`: of an escalation. `due`: it was to end now; otherwise there is nothing left of it to hold."""

    hold: OwnHold
    sku: str | None
    details: str
    due: bool = False


def ends(state: OrderState, now: Ms) -> list[HoldEnd]:
    """Those of the order's decisions that stand no more at `now`."""
    if not state.operator.holds and not state.operator.desk_holds:
        return []
    found = [HoldEnd(hold, sku, sku) for sku, hold in state.operator.holds.items() if sku not in state.escalations]
    found += [
        HoldEnd(hold, None, hold.reason.value)
        for of, hold in state.operator.desk_holds.items()
        if of not in state.desk_holds
    ]
    return [*found, *_due(state, now)]


def without(state: OrderState, ended: Iterable[HoldEnd], now: Ms) -> OperatorState:
    """The decisions without these holds."""
    operator, ts = state.operator, Ms(now // SECOND * SECOND)
    holds, desk_holds = dict(operator.holds), dict(operator.desk_holds)
    released, entries = dict(operator.released), dict(operator.entries)
    for end in ended:
        if end.sku is not None:
            del holds[end.sku]
        else:
            del desk_holds[end.hold.action_id]
        name, event = release_entry(end.hold, end.sku)
        entries[name] = Entry(ts=ts, event=event, details=end.details)
        handle = own_handle(end.hold.action_id)
        if not released_in_shop(handle, state.shop_holds, state.facts):
            released[handle] = release(end.hold, end.sku, now).model_copy(update={"over": not end.due})
    decided = {"holds": holds, "desk_holds": desk_holds, "released": released, "entries": entries}
    return operator.model_copy(update=decided)


def release(hold: OwnHold, sku: str | None, now: Ms, action_id: str | None = None) -> Release:
    """What is kept of a hold of ours that is released here."""
    if isinstance(hold, DeskHold):
        return Release(action_id=action_id, at=now, hold=hold)
    escalation = hold if isinstance(hold, InventoryHold) else None
    return Release(action_id=action_id, at=now, escalation=escalation, sku=sku)


def hold_entry(hold: DeskHold) -> tuple[str, str]:
    """Key and event of the entry of an operator's hold."""
    event = "inventory_hold" if hold.reason is HoldReason.INVENTORY else "note"
    return key(event, f"held/{hold.action_id}"), event


def release_entry(hold: OwnHold, sku: str | None) -> tuple[str, str]:
    """Key and event of the entry that says when a hold of ours ended: the shop's word of it meets it there."""
    if not isinstance(hold, DeskHold) or hold.reason is HoldReason.INVENTORY:
        return key("inventory_release", f"{sku or 'held'}/{hold.action_id}"), "inventory_release"
    return key("note", f"held/{hold.action_id}/released"), "note"


def _due(state: OrderState, now: Ms) -> Iterator[HoldEnd]:
    standing = [
        *((hold, sku) for sku, hold in state.escalations.items()),
        *((h, None) for h in state.desk_holds.values()),
    ]
    for hold, sku in standing:
        if due(hold, now) and hold.until is not None:
            what = hold.reason.value if isinstance(hold, DeskHold) else sku
            yield HoldEnd(hold, sku, f"Released: {what}, held until {state.local_time(hold.until)}", due=True)
