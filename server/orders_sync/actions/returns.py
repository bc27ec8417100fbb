"""Returns: an operator moves a return by the one table of `rules.returns` (contract §3, Returns)."""

from __future__ import annotations

from orders_sync.actions.acting import Acting
from orders_sync.actions.decision import Decision, Refusal
from orders_sync.actions.view import View, with_entry
from orders_sync.db.outbox import Payload
from orders_sync.external import messages
from orders_sync.outbox.kinds import Kind
from orders_sync.outbox.queue import Write
from orders_sync.rules.operator_state import Entry, FailedWrite, ReturnMove
from orders_sync.rules.return_history import ReturnView, on_show
from orders_sync.rules.timeline import brief, key
from orders_wire import returns
from orders_wire.actions import ReturnsBody
from orders_wire.vocabulary import ErrorCode, ReturnState

_SHOPIFY = {ReturnState.COMPLETED: Kind.REFUND, ReturnState.DENIED: Kind.RETURN_DENY}
"""What Shopify is told, by the state that was reached; the states between are ours and the ERP's."""


def decide(view: View, body: ReturnsBody, acting: Acting) -> Decision | Refusal:
    """Moves the return that is named, else the newest that is not terminal."""
    chosen = _chosen(view, body.return_id)
    if isinstance(chosen, Refusal):
        return chosen
    state = returns.after(chosen.state, body.action)
    if state is None:
        allowed = tuple(returns.allowed_actions(chosen.state))
        told = f"{view.name}: {body.action} is not possible from {chosen.state}"
        return Refusal(ErrorCode.ILLEGAL_TRANSITION, told, allowed_actions=allowed)
    earlier = view.operator.returns.get(chosen.id)
    move = ReturnMove(action_id=acting.action_id, at=acting.now, state=state, before=earlier)
    failed = {row: write for row, write in view.operator.failed.items() if not _is_of(write, chosen)}
    decided = {"returns": {**view.operator.returns, chosen.id: move}, "failed": failed}
    operator = view.operator.model_copy(update=decided)
    details = f"{chosen.state} → {state}, by {acting.actor.name}" + (f": {body.note}" if body.note else "")
    entry = Entry(ts=acting.second, event=f"return_{state}", details=brief(details))
    operator = with_entry(operator, key(f"return_{state}", chosen.id), entry)
    return Decision(operator, {}, details, _writes(view, chosen, state, body, acting))


def _chosen(view: View, spelling: str | None) -> ReturnView | Refusal:
    if spelling is None:
        newest = on_show(view.picture.returns)
        if newest is None or newest.state.terminal:
            return Refusal(ErrorCode.ILLEGAL_TRANSITION, f"{view.name} has no return to act on", allowed_actions=())
        return newest
    for known in reversed(view.picture.returns):
        if spelling.strip() in (known.gid, str(known.shopify_id)):
            return known
    return Refusal(ErrorCode.NOT_FOUND, f"{view.name} has no return {spelling}")


def _is_of(write: FailedWrite, chosen: ReturnView) -> bool:
    return write.kind in _SHOPIFY.values() and write.of == chosen.id


def _writes(view: View, chosen: ReturnView, state: ReturnState, body: ReturnsBody, acting: Acting) -> tuple[Write, ...]:
    """`entry_id` is there where the desk knows the return by another id than Shopify's, `notify` where somebody is mailed."""
    by, note = acting.actor.name, body.note
    message = messages.return_moved(view.order_id, view.name, chosen.shopify_id, state, by=by, note=note, at=acting.now)
    told = Write(Kind.RETURN, view.order_id, message)
    if state not in _SHOPIFY:
        return (told,)
    payload: Payload = {"return_id": chosen.shopify_id, "note": note}
    if chosen.id != chosen.shopify_id:
        payload["entry_id"] = chosen.id
    if state is ReturnState.DENIED and acting.mails(body.notify):
        payload["notify"] = True
    return (told, Write(_SHOPIFY[state], view.order_id, payload))
