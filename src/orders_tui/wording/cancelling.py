"""Cancelling in words: what Shopify will do with an order, and how far an order that is being cancelled has come. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from orders_tui.actions.cancel import Payback, ended_without, payback, units
from orders_tui.actions.sending import goes
from orders_tui.wording.formats import instant, price
from orders_wire.vocabulary import CancelReason, CancelRefund

if TYPE_CHECKING:
    from orders_tui.actions.cancel import CancelDraft
    from orders_wire.orders import Order
    from orders_wire.people import Me

MEANS: Mapping[CancelReason, str] = {
    CancelReason.CUSTOMER: "the customer does not want it any more",
    CancelReason.INVENTORY: "the goods are not there",
    CancelReason.FRAUD: "it is not genuine",
    CancelReason.DECLINED: "the payment was declined",
    CancelReason.STAFF: "a mistake of the staff",
    CancelReason.OTHER: "the note says why",
}


def amount(back: Payback, symbols: bool = True) -> str:
    """`199.00 €`, `up to 199.00 €`; empty where nobody here knows it."""
    most = "" if back.exact else "up to "
    return f"{most}{price(back.typed, back.currency, symbols)}" if back.amount is not None else ""


def pays(back: Payback, refund: CancelRefund, symbols: bool = True) -> str:
    """What becomes of the money; whether something was paid is said as far as it is known."""
    if back.nothing:
        return "nothing was paid, so nothing is paid back"
    if refund is CancelRefund.NONE:
        return "nothing is paid back"
    if back.exact:
        return f"it pays {amount(back, symbols)} back to the original payment"
    much = amount(back, symbols) or "how much is not known here"
    return f"it pays what was captured back to the original payment, {much}"


def confirmation(back: Payback, order: Order) -> tuple[str, str]:
    """What is typed to confirm it, in words and as it is typed: the amount, or the order's number where nobody here knows how
    much that is.
    """
    if back.typed:
        return "the amount", back.typed
    return "the order's number, since nobody here knows the amount,", order.order_number


def restocks(count: int | None, *, restock: bool) -> str:
    """What becomes of the stock; `count`: of units, None where it is not known."""
    if not restock or count == 0:
        return "no unit goes back into stock"
    if count is None:
        return "its units go back into stock"
    return f"{count} {'unit goes' if count == 1 else 'units go'} back into stock"


def consequence(draft: CancelDraft, order: Order, me: Me | None, undo_key: str, symbols: bool = True) -> str:
    """What Shopify will do, and until when that can be taken back (contract §3a, Cancel)."""
    return "; ".join(
        (
            "Shopify cancels it for good",
            pays(payback(order), draft.refund, symbols),
            "authorisations are voided either way",
            restocks(units(order), restock=draft.restock),
            "the customer is mailed" if draft.notify else "the customer is not mailed",
            goes(1, me, undo_key, alone=True),
        )
    )


def failure(order: Order) -> str:
    """What Shopify said when it ended the newest cancellation without cancelling; empty where it did not."""
    failed = ended_without(order)
    return (failed.last_error or "Shopify gave no reason") if failed is not None else ""


def standing(order: Order, now: datetime, zone: str) -> str:
    """How far it has come, `cancelling: ordered by ana 14:02, leaves in 8 s`, or that Shopify did not do it; empty elsewhere."""
    ordered = order.cancelling
    if ordered is None:
        why = failure(order)
        return f"not cancelled: {why}" if why else ""
    words = f"cancelling: ordered by {ordered.by} {instant(ordered.at, now, zone)}"
    if ordered.sends_at is None:
        return f"{words}, waits in the outbox for somebody to look at it"
    seconds = (ordered.sends_at - now).total_seconds()
    return f"{words}, leaves in {seconds:.0f} s" if seconds >= 1 else f"{words}, waits for Shopify"
