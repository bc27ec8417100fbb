"""What an action showed of an order until its row had left: taken back when it will not leave (contract §3a), and of a hold
shown again when its row is tried again. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

from orders_sync.db.outbox import OutboxRow
from orders_sync.instants import Ms
from orders_sync.outbox.kinds import Kind, Shown
from orders_sync.rules.holds import own_handle
from orders_sync.rules.operator_state import Acknowledgement, Approval, Cancelling, OperatorState, Release, Tracking
from orders_wire.vocabulary import HoldThen, OutboundState

HELD = "held"
"""Where the payload of a row for a hold that died has what stood here of it."""

Decisions = Mapping[str, object]
"""Fields of the operators' decisions, with what they are without what the row's action showed; what was decided since stays."""


def _without_acknowledgement(operator: OperatorState, row: OutboxRow) -> Decisions:
    others = tuple(each for each in operator.acknowledgements if each.action_id != row.action_id)
    return {"acknowledgements": others}


def _without_number(operator: OperatorState, row: OutboxRow) -> Decisions:
    """Without the number that the row was to bring; one of a parcel of ours that was sent before is back."""
    numbers = {of: given for of, given in operator.numbers.items() if given.action_id != row.action_id}
    own = tuple(_as_sent(each) if _numbered_by(each, row) else each for each in operator.acknowledgements)
    return {"numbers": numbers, "acknowledgements": own}


def _numbered_by(own: Acknowledgement, row: OutboxRow) -> bool:
    """Whether the row was to bring its number. Rows of landed releases do not say of which acknowledgement they are."""
    landed = "of" not in row.payload and row.payload.get("fulfillment_id") is None
    return own.number == row.payload.get("number") if landed else own.numbered_by == row.action_id


def _as_sent(acknowledgement: Acknowledgement) -> Acknowledgement:
    """With the number that its own row left with."""
    *earlier, sent = acknowledgement.before or (Tracking(),)
    return acknowledgement.model_copy(update={**sent.model_dump(), "before": tuple(earlier), "numbered_by": None})


def _without_move(operator: OperatorState, row: OutboxRow) -> Decisions:
    returns = {of: move.before if move.action_id == row.action_id else move for of, move in operator.returns.items()}
    return {"returns": {of: move for of, move in returns.items() if move is not None}}


def _without_approval(operator: OperatorState, row: OutboxRow) -> Decisions:
    return {"approvals": {of: each for of, each in operator.approvals.items() if each.action_id != row.action_id}}


def _without_tags(operator: OperatorState, row: OutboxRow) -> Decisions:
    return {"tag_changes": {of: each for of, each in operator.tag_changes.items() if of != row.action_id}}


def _without_address(operator: OperatorState, row: OutboxRow) -> Decisions:
    return {"addresses": {of: each for of, each in operator.addresses.items() if of != row.action_id}}


def _without_cancelling(operator: OperatorState, row: OutboxRow) -> Decisions:
    ordered = operator.cancelling
    return {"cancelling": None} if ordered is not None and ordered.action_id == row.action_id else {}


def _without_hold(operator: OperatorState, row: OutboxRow) -> Decisions:
    """The hold is not in Shopify, so it is none; nor is it one again when its release is taken back."""
    name, gone = own_handle(row.action_id or ""), {"hold": None, "escalation": None, "sku": None}
    released = {of: each.model_copy(update=gone) if of == name else each for of, each in operator.released.items()}
    return {"released": released, **_without(operator, row.action_id)}


def _without(operator: OperatorState, action_id: str | None) -> Decisions:
    return {
        "desk_holds": {of: hold for of, hold in operator.desk_holds.items() if of != action_id},
        "holds": {sku: hold for sku, hold in operator.holds.items() if hold.action_id != action_id},
    }


def _without_release(operator: OperatorState, row: OutboxRow) -> Decisions:
    """What was released here is held still. Its time has come, if it had one: that is told, and nothing more done by itself."""
    names = {row.payload.get("handle"), *map(str, _numbers(row))}
    failed = [release for name, release in operator.released.items() if name in names]
    others = {name: release for name, release in operator.released.items() if name not in names}
    return {"released": others, **_standing_again(operator, [each for each in failed if not each.over], _REMINDING)}


_REMINDING = {"then": HoldThen.REMIND}


def _standing_again(
    operator: OperatorState, taken: Iterable[Release], terms: Mapping[str, object] = MappingProxyType({})
) -> Decisions:
    """With holds of ours that were taken from it, on these terms."""
    desk, escalated = dict(operator.desk_holds), dict(operator.holds)
    for each in taken:
        if each.hold is not None:
            desk.setdefault(each.hold.action_id, each.hold.model_copy(update=terms))
        if each.escalation is not None and each.sku is not None:
            escalated.setdefault(each.sku, each.escalation.model_copy(update=terms))
    return {"desk_holds": desk, "holds": escalated}


def _numbers(row: OutboxRow) -> Iterable[object]:
    numbers = row.payload.get("hold_ids")
    return numbers if isinstance(numbers, list) else ()


def held_by(operator: OperatorState, row: OutboxRow) -> Release | None:
    """What stands here of the hold that a row is for."""
    return _ours(operator).get(row.action_id or "") if row.kind == Kind.HOLD else None


def _ours(operator: OperatorState) -> dict[str, Release]:
    """The holds of ours that stand, by action, as a release keeps them."""
    desk = {of: Release(at=hold.at, hold=hold) for of, hold in operator.desk_holds.items()}
    escalations = ((sku, hold) for sku, hold in operator.holds.items())
    return desk | {hold.action_id: Release(at=hold.at, escalation=hold, sku=sku) for sku, hold in escalations}


def hold_is_over(operator: OperatorState, row: OutboxRow) -> bool:
    """The row is for a hold that was released, or ended, since: not one that ended because this row died."""
    if row.kind != Kind.HOLD or row.action_id is None:
        return False
    if own_handle(row.action_id) in operator.released:
        return True
    return row.state is not OutboundState.DEAD and held_by(operator, row) is None


def is_over(operator: OperatorState, row: OutboxRow) -> bool:
    """What the row is for is over: the hold ended, or the order was ordered to be cancelled anew."""
    ordered = operator.cancelling if row.kind == Kind.CANCEL else None
    return hold_is_over(operator, row) or (ordered is not None and ordered.action_id != row.action_id)


def released_in_shop(operator: OperatorState, row: OutboxRow) -> bool:
    """The hold that the row is for ended, and nobody here released it."""
    return hold_is_over(operator, row) and own_handle(row.action_id or "") not in operator.released


def shown_again(operator: OperatorState, row: OutboxRow, now: Ms) -> Decisions:
    """The row is sent off again: the hold that it is for stands as it stood, the hold that it ends is released, the request that
    it accepts is accepted, the order that it cancels is about to be cancelled."""
    held = row.payload.get(HELD)
    if held is not None:
        return _standing_again(operator, [Release.model_validate(held)])
    if row.kind == Kind.CANCEL:
        return _cancelling_again(operator, row, now)
    if row.kind == Kind.RETURN_APPROVE:
        return _approved_again(operator, row)
    return _released_again(operator, row) if row.kind == Kind.RELEASE_HOLD else {}


def _cancelling_again(operator: OperatorState, row: OutboxRow, now: Ms) -> Decisions:
    """It leaves now; one that was taken back is ordered as it was."""
    if operator.cancelling is not None and row.state is OutboundState.UNKNOWN:
        return {}
    by = str(row.payload["by"])
    ordered = operator.cancelling or Cancelling(action_id=row.action_id or "", at=row.created_at, by=by)
    return {"cancelling": ordered.model_copy(update={"sends_at": now})}


def _approved_again(operator: OperatorState, row: OutboxRow) -> Decisions:
    again = Approval(action_id=row.action_id or "", at=row.created_at)
    return {"approvals": {**operator.approvals, int(str(row.payload["return_id"])): again}}


def _released_again(operator: OperatorState, row: OutboxRow) -> Decisions:
    again = {"action_id": row.action_id, "at": row.created_at}
    released = {str(number): Release.model_validate(again) for number in _numbers(row)}
    ours = {own_handle(of): (of, each) for of, each in _ours(operator).items()}
    handle = row.payload.get("handle")
    of, own = ours.get(handle, (None, None)) if isinstance(handle, str) else (None, None)
    if isinstance(handle, str) and own is not None:
        released[handle] = own.model_copy(update=again)
    return {"released": {**operator.released, **released}, **_without(operator, of)}


TAKEN_BACK: Mapping[Shown, Callable[[OperatorState, OutboxRow], Decisions]] = {
    Shown.NOTHING: lambda _operator, _row: {},
    Shown.ACKNOWLEDGEMENT: _without_acknowledgement,
    Shown.NUMBER: _without_number,
    Shown.RETURN_STATE: _without_move,
    Shown.APPROVAL: _without_approval,
    Shown.HOLD: _without_hold,
    Shown.RELEASE: _without_release,
    Shown.TAGS: _without_tags,
    Shown.ADDRESS: _without_address,
    Shown.CANCELLING: _without_cancelling,
}
