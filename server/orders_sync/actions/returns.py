"""Returns: an operator moves a return by the one table of `orders_wire.return_machine` (contract §3, Returns), or accepts a
customer's request (§3a)."""

from __future__ import annotations

from orders_sync.actions.context import ActionContext
from orders_sync.actions.decision import Decision, Refusal
from orders_sync.actions.definition import ActionDefinition, on_each_order
from orders_sync.actions.execute import Execution
from orders_sync.actions.locked_order import LockedOrder, with_entry
from orders_sync.db.outbox import Payload
from orders_sync.external import messages
from orders_sync.outbox.kinds import Kind
from orders_sync.outbox.queue import Write
from orders_sync.rules.operator_state import Approval, Entry, FailedWrite, OperatorState, ReturnMove
from orders_sync.rules.order_state import OrderState
from orders_sync.rules.returns import OrderReturn, on_show
from orders_sync.rules.timeline import brief, key
from orders_wire import return_machine
from orders_wire.actions import ReturnsBody
from orders_wire.vocabulary import ErrorCode, ReturnAction, ReturnState

_SHOPIFY = {ReturnState.COMPLETED: Kind.REFUND, ReturnState.DENIED: Kind.RETURN_DENY}
"""What is written to Shopify, by the state that was reached; the states between are ours and the ERP's."""


def _decide(order: LockedOrder, body: ReturnsBody, context: ActionContext) -> Decision | Refusal:
    """Moves the return that is named, else the newest that is not terminal."""
    chosen = _chosen(order, body.return_id)
    if isinstance(chosen, Refusal):
        return chosen
    reached = return_machine.after(chosen.state, body.action, requested=chosen.requested)
    if reached is None:
        allowed = tuple(return_machine.allowed_actions(chosen.state, requested=chosen.requested))
        answered = ", where no request waits" if body.action is ReturnAction.APPROVE_REQUEST else ""
        message = f"{order.name}: {body.action} is not possible from {chosen.state}{answered}"
        return Refusal(ErrorCode.ILLEGAL_TRANSITION, message, allowed_actions=allowed)
    if body.action is ReturnAction.APPROVE_REQUEST:
        return _approved(order, chosen, body, context)
    before = order.operator
    move = ReturnMove(action_id=context.action_id, at=context.now, state=reached, before=before.returns.get(chosen.id))
    details = f"{chosen.state} → {reached}, by {context.actor.name}" + (f": {body.note}" if body.note else "")
    entry = Entry(ts=context.second, event=f"return_{reached}", details=brief(details))
    moves = {**before.returns, chosen.id: move}
    operator = with_entry(
        before, key(f"return_{reached}", chosen.id), entry, returns=moves, failed=_failed(before, chosen)
    )
    return Decision(operator, {}, details, _writes(order, chosen, reached, body, context))


def _approved(order: LockedOrder, chosen: OrderReturn, body: ReturnsBody, context: ActionContext) -> Decision:
    """The request is accepted; the return stays where it is."""
    before, approval = order.operator, Approval(action_id=context.action_id, at=context.now)
    details = f"request accepted, by {context.actor.name}" + (f": {body.note}" if body.note else "")
    entry = Entry(ts=context.second, event="note", details=brief(f"Return {details}"))
    approvals = {**before.approvals, chosen.id: approval}
    failed = _failed(before, chosen)
    operator = with_entry(before, key("note", context.action_id), entry, approvals=approvals, failed=failed)
    payload: Payload = {"return_id": chosen.shopify_id}
    if context.mails(body.notify):
        payload["notify"] = True
    return Decision(operator, {}, details, (Write(Kind.RETURN_APPROVE, order.order_id, payload),))


def _failed(before: OperatorState, chosen: OrderReturn) -> dict[int, FailedWrite]:
    """Without what failed of this return, which is decided anew."""
    ours = (*_SHOPIFY.values(), Kind.RETURN_APPROVE)
    return {row: write for row, write in before.failed.items() if not (write.kind in ours and write.of == chosen.id)}


def _chosen(order: LockedOrder, spelling: str | None) -> OrderReturn | Refusal:
    if spelling is None:
        newest = on_show(order.state.returns)
        if newest is None or newest.state.terminal:
            return Refusal(ErrorCode.ILLEGAL_TRANSITION, f"{order.name} has no return to act on", allowed_actions=())
        return newest
    for known in reversed(order.state.returns):
        if spelling.strip() in (known.gid, str(known.shopify_id)):
            return known
    return Refusal(ErrorCode.NOT_FOUND, f"{order.name} has no return {spelling}")


def _writes(
    order: LockedOrder, chosen: OrderReturn, reached: ReturnState, body: ReturnsBody, context: ActionContext
) -> tuple[Write, ...]:
    """`entry_id` is there where the desk knows the return by another id than Shopify's, `notify` where somebody is mailed."""
    by, note, return_id = context.actor.name, body.note, chosen.shopify_id
    message = messages.return_moved(order.order_id, order.name, return_id, reached, by=by, note=note, at=context.now)
    to_erp = Write(Kind.RETURN, order.order_id, message)
    if reached not in _SHOPIFY:
        return (to_erp,)
    payload: Payload = {"return_id": return_id, "note": note}
    if chosen.id != return_id:
        payload["entry_id"] = chosen.id
    if reached is ReturnState.DENIED and context.mails(body.notify):
        payload["notify"] = True
    return (to_erp, Write(_SHOPIFY[reached], order.order_id, payload))


def _message(body: ReturnsBody, execution: Execution) -> str:
    """Without the note: an answer is kept for its key, and nothing that was typed is to be."""
    (done,) = execution.done
    return f"Return updated for {done.order.name}: {done.decision.details.removesuffix(f': {body.note}')}"


def _moved_on(state: OrderState, return_id: str, move: object) -> bool:
    now = next((each.state for each in state.returns if str(each.id) == return_id), None)
    return not isinstance(move, dict) or now != move.get("state")


RETURNS = ActionDefinition(
    "Move a return on",
    ReturnsBody,
    run=on_each_order(lambda body: [body.order_id], _decide),
    order_ids=lambda body: [body.order_id],
    message=_message,
    restored=lambda *_: {},
    overtaken={"returns": _moved_on},
    refusals=(ErrorCode.ILLEGAL_TRANSITION,),
)
