"""Inventory escalation: orders that owe a SKU are held for it, and the ERP is told, once (contract §3, inventory)."""

from __future__ import annotations

from collections.abc import Sequence

from orders_sync.actions.acting import Acting
from orders_sync.actions.decision import Decision, Refusal
from orders_sync.actions.view import View, with_entry
from orders_sync.external import messages
from orders_sync.outbox import holds
from orders_sync.outbox.kinds import Kind
from orders_sync.outbox.queue import Write
from orders_sync.rules.operator_state import Entry, InventoryHold
from orders_sync.rules.timeline import brief, key
from orders_wire.actions import InventoryBody
from orders_wire.vocabulary import ErrorCode, Issue


def decide(view: View, body: InventoryBody, acting: Acting) -> Decision | Refusal:
    """Holds the order for the SKU. Held for it already: a success that changes nothing."""
    if body.sku not in view.picture.owed_skus:
        return Refusal(ErrorCode.NOT_FOUND, f"{view.name} is not open or does not owe {body.sku}")
    shown: dict[str, object] = {"issue": Issue.INVENTORY.value}
    if body.sku in view.picture.escalations:
        return Decision(view.operator, shown, f"held for {body.sku} already")
    hold = InventoryHold(action_id=acting.action_id, at=acting.now, by=acting.actor.name, note=body.note)
    operator = view.operator.model_copy(update={"holds": {**view.operator.holds, body.sku: hold}})
    details = f"{body.sku}, by {acting.actor.name}" + (f": {body.note}" if body.note else "")
    entry = Entry(ts=acting.second, event="inventory_hold", details=brief(details))
    operator = with_entry(operator, key("inventory_hold", f"{body.sku}/{acting.action_id}"), entry)
    return Decision(operator, shown, details, (hold_write(view.order_id, body.sku, acting.action_id, body.note),))


def hold_write(order_id: int, sku: str, action_id: str, note: str | None) -> Write:
    """The hold as Shopify is asked for it; its handle finds it again when it is to be released."""
    return Write(Kind.HOLD, order_id, {"sku": sku, "handle": holds.handle(action_id), "note": note})


def message(held: Sequence[View], body: InventoryBody, acting: Acting) -> Write:
    """The one message to the ERP, shown by the first order that is held."""
    orders = [messages.escalated_order(view.order_id, view.name) for view in held]
    payload = messages.inventory_escalated(body.sku, orders, by=acting.actor.name, note=body.note, at=acting.now)
    return Write(Kind.INVENTORY, held[0].order_id, payload)
