"""orderEditBegin, orderEditSetQuantity, orderEditAddVariant and orderEditCommit. None of their errors has a code."""

from __future__ import annotations

from typing import Any

from orders_demo.admin import gids
from orders_demo.admin.call import Info, call
from orders_demo.admin.changes.refusal import Payload, Refused, done, refusal
from orders_demo.operations import ordering
from orders_demo.world.drafts import Draft, DraftLine
from orders_demo.world.ids import gid
from orders_demo.world.orders import Line, Order
from orders_demo.world.shop import Shop

NOTHING = {"calculatedLineItem": None, "calculatedOrder": None, "orderEditSession": None}


def begin(_root: Any, info: Info, id: str) -> Payload:  # noqa: A002
    """A draft of the order as it stands."""
    shop = call(info).stage.shop
    order = shop.orders.get(gids.number(id, "Order") or 0)
    if order is None or order.cancelled_at:
        told = "The order cannot be edited." if order else "The order does not exist."
        return refusal(Refused(["id"], told), calculatedOrder=None, orderEditSession=None)
    draft = Draft(shop.ids.next("CalculatedOrder"), order, [_line(order, line) for line in order.lines])
    shop.drafts[draft.id] = draft
    return done(calculatedOrder=draft, orderEditSession=draft)


def set_quantity(_root: Any, info: Info, id: str, lineItemId: str, quantity: int, **_: Any) -> Payload:  # noqa: A002
    """Another quantity for a line."""
    try:
        draft = _draft(call(info).stage.shop, id)
        number = gids.number(lineItemId, "CalculatedLineItem")
        entry = next((line for line in (*draft.lines, *draft.added) if line.id == number), None)
        if entry is None:
            raise Refused(["lineItemId"], "The line item does not exist.")
        if not 0 <= quantity <= (entry.line.current if entry.line else quantity):
            raise Refused(["quantity"], "The quantity must be between 0 and what was ordered.")
    except Refused as refused:
        return refusal(refused, **NOTHING)
    entry.quantity = quantity
    return done(calculatedLineItem=entry, calculatedOrder=draft, orderEditSession=draft)


def add_variant(_root: Any, info: Info, id: str, variantId: str, quantity: int, **_: Any) -> Payload:  # noqa: A002
    """One more line."""
    shop = call(info).stage.shop
    try:
        draft = _draft(shop, id)
        number = gids.number(variantId, "ProductVariant")
        variant = next((entry for entry in shop.variants if entry.id == number), None)
        if variant is None:
            raise Refused(["variantId"], "The variant does not exist.")
        if quantity <= 0:
            raise Refused(["quantity"], "The quantity must be greater than 0.")
    except Refused as refused:
        return refusal(refused, **NOTHING)
    made = shop.ids.next("CalculatedLineItem")
    title = variant.product.title
    entry = DraftLine(made, draft.order, quantity, title, variant.sku or None, variant, variant.price)
    draft.added.append(entry)
    return done(calculatedLineItem=entry, calculatedOrder=draft, orderEditSession=draft)


def commit(_root: Any, info: Info, id: str, staffNote: str | None = None, **_: Any) -> Payload:  # noqa: A002
    """The draft becomes the order."""
    stage = call(info).stage
    try:
        draft = _draft(stage.shop, id)
        if not draft.added and not draft.removed:
            raise Refused(["id"], "There must be at least one change to be made.")
    except Refused as refused:
        return refusal(refused, order=None, successMessages=[])
    added = [(entry.variant, entry.quantity) for entry in draft.added if entry.variant]
    stage.perform(
        lambda at: ordering.edit(stage.shop, draft.order, added, draft.removed, at, staff_note=staffNote or "")
    )
    del stage.shop.drafts[draft.id]
    stage.ledger.mutation(stage.now(), "orderEditCommit", gid("Order", draft.order.id), {"lines": len(added)})
    return done(order=draft.order, successMessages=["Order updated"])


def _draft(shop: Shop, text: str) -> Draft:
    draft = shop.drafts.get(gids.number(text, "CalculatedOrder") or 0)
    if draft is None:
        raise Refused(["id"], "The calculated order does not exist.")
    return draft


def _line(order: Order, line: Line) -> DraftLine:
    return DraftLine(line.id, order, line.current, line.title, line.sku, line.variant, line.price, line)
