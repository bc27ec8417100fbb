"""Cancel: an order is cancelled in Shopify, with its money and its stock (contract §3a, Cancel).

Nothing of the order changes but `cancelling`, until Shopify says that it is cancelled. Who fulfils and who cancels decide under
the order's lock: the second of them finds what the first did.
"""

from __future__ import annotations

from orders_sync.actions.closed_orders import cancelled_by
from orders_sync.actions.context import ActionContext
from orders_sync.actions.decision import Decision, Refusal, Shown
from orders_sync.actions.definition import ActionDefinition, on_each_order
from orders_sync.actions.locked_order import LockedOrder, with_entry
from orders_sync.db.outbox import WAITING, Payload
from orders_sync.instants import FOREVER
from orders_sync.outbox.kinds import Kind
from orders_sync.outbox.queue import Write
from orders_sync.rules import cancelling
from orders_sync.rules.operator_state import Cancelling, Entry
from orders_sync.rules.timeline import brief, key
from orders_wire.actions import CancelBody
from orders_wire.texts import trimmed
from orders_wire.vocabulary import CancelRefund, ErrorCode

_SHOWN: Shown = {"cancelling": True}

_MONEY = {CancelRefund.ORIGINAL: "refunded as it was paid", CancelRefund.NONE: "nothing refunded"}


def _decide(order: LockedOrder, body: CancelBody, context: ActionContext) -> Decision | Refusal:
    """Refunded in full is no obstacle: Shopify cancels such an order, and what it reserved is stock again."""
    if order.state.cancelled:
        return Refusal(ErrorCode.ORDER_CLOSED, f"{order.name} is {order.state.status}")
    payload = _payload(body, context)
    if order.operator.cancelling is not None:
        return _ordered_already(order, order.operator.cancelling, payload)
    against = obstacles(order)
    if against:
        message = f"{order.name} cannot be cancelled: {'; '.join(against)}"
        return Refusal(ErrorCode.ILLEGAL_TRANSITION, message, allowed_actions=())
    return _order(order, body, payload, context)


def obstacles(order: LockedOrder) -> list[str]:
    """What stands against cancelling it, by what is known here."""
    found = cancelling.obstacles(order.state)
    waiting = any(row.state in WAITING for row in order.outbound(Kind.FULFILLMENT))
    return [*found, cancelling.OURS_WAITS] if waiting and cancelling.OURS_WAITS not in found else found


def _payload(body: CancelBody, context: ActionContext) -> Payload:
    return {
        "reason": body.reason,
        "refund": body.refund,
        "restock": body.restock,
        "notify": context.mails(body.notify),
        "note": trimmed(body.note or ""),
    }


def _ordered_already(order: LockedOrder, ordered: Cancelling, payload: Payload) -> Decision | Refusal:
    """The same again is done already; anything else has to wait until the first is taken back."""
    rows = (row for row in order.outbound(Kind.CANCEL) if row.action_id == ordered.action_id)
    if any(payload.items() <= row.payload.items() for row in rows):
        return Decision(order.operator, _SHOWN, "ordered already")
    return cancelled_by(ordered, order.name)


def _order(order: LockedOrder, body: CancelBody, payload: Payload, context: ActionContext) -> Decision:
    by, due = context.actor.name, context.settings.switches.due(Kind.CANCEL.target, context.now, context.delay_ms)
    ordered = Cancelling(action_id=context.action_id, at=context.now, by=by, sends_at=None if due >= FOREVER else due)
    parts = [body.reason, _MONEY[body.refund], "restocked" if body.restock else "not restocked"]
    parts += ["the customer is mailed"] if payload["notify"] else []
    what = f"Cancellation ordered ({', '.join(parts)}), by {by}"
    details = f"{what}: {payload['note']}" if payload["note"] else what
    operator = with_entry(
        order.operator,
        key("note", context.action_id),
        Entry(ts=context.second, event="note", details=brief(details)),
        cancelling=ordered,
        failed=order.operator.failed_but(Kind.CANCEL),
    )
    write = Write(Kind.CANCEL, order.order_id, {**payload, "by": by})
    return Decision(operator, _SHOWN, details, (write,))


CANCEL = ActionDefinition(
    "Cancel an order in Shopify",
    CancelBody,
    run=on_each_order(lambda body: [body.order_id], _decide),
    order_ids=lambda body: [body.order_id],
    message=lambda _, execution: f"Cancellation ordered for {execution.done[0].order.name}",
    restored=lambda *_: {"cancelling": False},
    refusals=(ErrorCode.ILLEGAL_TRANSITION, ErrorCode.ORDER_CLOSED),
)
