"""What leaves the desk because of an action, before it is sent and after it was answered. Pure.

Invariant: the words claim a receiver only where a row waits for it in the outbox (contract §3a, "Nothing is said to be sent
that is not queued").
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from orders_wire.vocabulary import PLACEHOLDER_NUMBERS, ReturnAction, ReturnState, Status

if TYPE_CHECKING:
    from orders_tui.drafts import Parcel
    from orders_wire.orders import Order
    from orders_wire.people import Me

NOTHING_SENT = "stays on this desk: nothing is sent"
OFF = "writes to Shopify are off, so it waits on the desk until they are on and it was reviewed"


def placeholder(number: str, me: Me | None) -> bool:
    """Whether a number is one that was invented, which is shown and never sent."""
    try:
        return (
            re.fullmatch(me.placeholder_numbers if me is not None else PLACEHOLDER_NUMBERS, number.strip()) is not None
        )
    except re.error:
        return False


def queues(order: Order, parcel: Parcel | None, me: Me | None) -> bool:
    """Whether marking this order as fulfilled leaves a row that waits for Shopify.

    What is owed always does; where nothing is, only a number for a parcel that lacks one, unless it is a placeholder.
    """
    if order.status is Status.AWAITING_FULFILLMENT:
        return True
    lacks = any(not told.number for told in order.tracking)
    return lacks and parcel is not None and not placeholder(parcel.number, me)


def fulfilment(orders: Iterable[Order], parcels: Mapping[str, Parcel], me: Me | None, undo_key: str) -> str:
    """What becomes of these orders at Shopify once they are marked as fulfilled."""
    found = list(orders)
    sent = sum(queues(order, parcels.get(order.id), me) for order in found)
    stay = len(found) - sent
    invented = sum(order.id in parcels and placeholder(parcels[order.id].number, me) for order in found)
    words = [_sent(sent, me, undo_key, alone=not stay)] if sent else []
    if stay:
        words.append(NOTHING_SENT if not sent else f"{stay} stay on this desk: nothing is sent of them")
    if invented:
        words.append(
            "the placeholder is shown and never sent" if invented == 1 else f"{invented} placeholders are never sent"
        )
    return "; ".join(words)


def _sent(count: int, me: Me | None, undo_key: str, *, alone: bool) -> str:
    if me is not None and not me.shopify_writes:
        return OFF if alone else f"{count} wait on the desk: writes to Shopify are off"
    who = "goes" if alone and count == 1 else f"{count} go"
    return f"{who} to Shopify after {me.undo_seconds if me is not None else 10} s; {undo_key} takes it back"


def stock_out(me: Me | None) -> str:
    """What an inventory escalation does."""
    tail = f"; {OFF}" if me is not None and not me.shopify_writes else ""
    return f"the orders are held; the holds for Shopify and a message for the ERP are queued{tail}"


def return_note(action: ReturnAction, now_in: ReturnState, me: Me | None) -> str:
    """That a move of a return which Shopify has to be told of is not told yet; empty where nothing of it is for Shopify."""
    told = action is ReturnAction.DENY or (action, now_in) == (ReturnAction.APPROVE_REFUND, ReturnState.AWAITING_REFUND)
    return OFF if told and me is not None and not me.shopify_writes else ""
