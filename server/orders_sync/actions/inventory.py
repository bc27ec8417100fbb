"""Inventory escalation: orders that owe a SKU are held for it, and the ERP gets one message (contract §3, inventory)."""

from __future__ import annotations

from collections.abc import Sequence

from orders_sync.actions import order_ids
from orders_sync.actions.closed_orders import being_cancelled
from orders_sync.actions.context import ActionContext
from orders_sync.actions.decision import Decision, Refusal
from orders_sync.actions.definition import ActionDefinition
from orders_sync.actions.execute import Execution, execute
from orders_sync.actions.locked_order import LockedOrder, with_entry
from orders_sync.actions.order_ids import NamedOrder
from orders_sync.db import stock
from orders_sync.db.events import order_gid
from orders_sync.db.outbox import Payload
from orders_sync.db.texts import key as sku_key
from orders_sync.db.tx import Tx
from orders_sync.evidence.shopify_words import REASON_IN_SHOPIFY
from orders_sync.external import messages
from orders_sync.outbox.kinds import Kind
from orders_sync.outbox.queue import Write
from orders_sync.rules.holds import own_handle
from orders_sync.rules.issue import issue_at
from orders_sync.rules.operator_state import Entry, InventoryHold
from orders_sync.rules.timeline import brief, key
from orders_wire.actions import InventoryBody
from orders_wire.vocabulary import ErrorCode, HoldReason, Issue


def _run(tx: Tx, context: ActionContext, body: InventoryBody) -> Execution | Refusal:
    """Holds the orders that are named, else all open ones that owe the SKU."""
    if body.order_ids is None:
        named = [NamedOrder(order_gid(order_id), order_id) for order_id in stock.owing(tx, [sku_key(body.sku)])]
    else:
        named = order_ids.find(tx.conn, tx.shop_id, body.order_ids)
    if not named:
        return Refusal(ErrorCode.NOT_FOUND, f"No open order owes {body.sku}")

    def message(held: Sequence[LockedOrder]) -> Write:
        """The one message to the ERP, shown by the first order that is held."""
        orders = [messages.escalated_order(order.order_id, order.name) for order in held]
        payload = messages.inventory_escalated(body.sku, orders, by=context.actor.name, note=body.note, at=context.now)
        return Write(Kind.INVENTORY, held[0].order_id, payload)

    return execute(
        tx, context, named, body.expected_versions, lambda order: _decide(order, body, context), for_all=message
    )


def _decide(order: LockedOrder, body: InventoryBody, context: ActionContext) -> Decision | Refusal:
    """Holds the order for the SKU. Held for it already: a success that changes nothing."""
    sku, by = body.sku, context.actor.name
    if sku not in order.state.owed_skus:
        return Refusal(ErrorCode.NOT_FOUND, f"{order.name} is not open or does not owe {sku}")
    leaving = being_cancelled(order)
    if leaving is not None:
        return leaving
    shown: dict[str, object] = {"issue": Issue.INVENTORY.value}
    if sku in order.state.escalations:
        return Decision(order.operator, shown, f"held for {sku} already")
    hold = InventoryHold(action_id=context.action_id, at=context.now, by=by, note=body.note)
    details = f"{sku}, by {by}" + (f": {body.note}" if body.note else "")
    entry = Entry(ts=context.second, event="inventory_hold", details=brief(details))
    entry_key = key("inventory_hold", f"{sku}/{context.action_id}")
    operator = with_entry(order.operator, entry_key, entry, holds={**order.operator.holds, sku: hold})
    lines = [[line.part.id, line.owed] for line in order.state.lines if line.owed and line.part.sku == sku]
    payload: Payload = {
        "handle": own_handle(context.action_id),
        "reason": REASON_IN_SHOPIFY[HoldReason.INVENTORY],
        "note": body.note,
        "lines": lines,
        "sku": sku,
    }
    return Decision(operator, shown, details, (Write(Kind.HOLD, order.order_id, payload),))


INVENTORY = ActionDefinition(
    "Hold orders for a SKU, and tell the ERP",
    InventoryBody,
    run=_run,
    message=lambda body, execution: f"Inventory escalated for {body.sku}: {execution.orders} held",
    restored=lambda state, context: {"issue": issue_at(state, context.now)},
    refusals=(ErrorCode.ORDER_CLOSED,),
    overtaken={"holds": lambda state, sku, _: sku not in state.escalations},
)
