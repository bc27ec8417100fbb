"""`cancel`: one order is cancelled in Shopify, with its money and its stock (contract §3a, Cancel)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from orders_tui.actions.draft import Draft
from orders_tui.actions.field_changes import Changes, Earlier, FieldChange, unsaid
from orders_wire.currencies import decimals
from orders_wire.vocabulary import ActionName, CancelReason, CancelRefund, OutboundState, Status

if TYPE_CHECKING:
    from datetime import datetime

    from orders_wire.actions import CancelBody
    from orders_wire.detail import Fulfillment, OutboxEntry
    from orders_wire.orders import Money, Order, Tracking
    from orders_wire.people import Me

_GONE = frozenset({"cancelled", "error", "failure"})
"""Fulfilments that stand against nothing."""
_UNPAID = frozenset({"pending", "authorized", "voided", "expired"})
"""Financial states in which nothing was captured."""


@dataclass(frozen=True, slots=True)
class CancelDraft(Draft):
    """Cancel the one order. `at`, `by` and `sends_at` stand on its row until the server has said them."""

    action = ActionName.CANCEL
    word = "cancel"
    doing = "cancelling"
    done = "being cancelled"
    orders_per_request = 1
    repeated = None
    """Each order is a decision of its own."""
    reason: CancelReason
    refund: CancelRefund
    restock: bool
    notify: bool | None = None
    note: str = ""
    at: datetime | None = None
    by: str = ""
    sends_at: datetime | None = None

    @property
    def final(self) -> str:
        money = "its money is" if self.refund is CancelRefund.ORIGINAL else "nothing is"
        return f"cancel, and {money} paid back,"

    def obstacle(self, order: Order) -> str | None:
        return against(order) or None

    def effect(self, order_id: str, row: Order | None, earlier: Earlier) -> Changes:
        """Nothing but that it was ordered: an order is cancelled once Shopify says so."""
        from orders_wire.orders import Cancelling

        if row is None or self.at is None or against(row):
            return {}
        ordered = Cancelling(by=self.by, at=self.at, sends_at=self.sends_at)
        return {"cancelling": FieldChange(None, ordered), **unsaid(row)}

    def body(self, expected: dict[str, int] | None) -> CancelBody:
        from orders_wire.actions import CancelBody

        return CancelBody(
            order_id=self.order_ids[0],
            reason=self.reason,
            refund=self.refund,
            restock=self.restock,
            notify=self.notify,
            note=self.note or None,
            expected_versions=expected,
        )

    def ordered(self, now: datetime, me: Me | None, name: str) -> CancelDraft:
        """The draft with what its row shows of it at once: who ordered it, when, and when it leaves, if it does."""
        leaves = now + timedelta(seconds=me.undo_seconds if me is not None else 10)
        sends_at = leaves if me is None or me.shopify_writes else None
        return replace(self, at=now, by=name or "you", sends_at=sends_at)

    def to_book(self) -> dict[str, Any]:
        kept = {name: value for name, value in asdict(self).items() if name not in {"at", "by", "sends_at"}}
        return {"verb": self.action, **kept}

    @classmethod
    def from_book(cls, item: Mapping[str, Any]) -> CancelDraft:
        return cls(
            tuple(item["order_ids"]),
            CancelReason(item["reason"]),
            CancelRefund(item["refund"]),
            bool(item["restock"]),
            item.get("notify"),
            item.get("note", ""),
            versions=item.get("versions", {}),
        )


def against(order: Order) -> str:
    """What stands against cancelling, in words that go on from the order's number; empty where nothing that is known does.

    Of an order that is known whole, the parcels are named (contract §3a: one that was delivered stands against it, too).
    """
    if order.status is Status.CANCELLED:
        return "is cancelled already"
    if order.cancelling is not None:
        return f"is being cancelled already, ordered by {order.cancelling.by}"
    parcels: list[Fulfillment] | list[Tracking] = getattr(order, "fulfillments", order.tracking)
    found = [_sent(parcel) for parcel in parcels if getattr(parcel, "status", "") not in _GONE]
    returned = order.return_
    if returned is not None and not returned.state.terminal:
        state = "requested" if returned.requested else returned.state.replace("_", " ")
        found.append(f"a return under way ({state})")
    return f"has {' and '.join(found)}" if found else ""


def _sent(parcel: Fulfillment | Tracking) -> str:
    if getattr(parcel, "ours", False):
        return "a fulfilment of this desk that is not in Shopify yet"
    return f"{getattr(parcel, 'name', None) or 'a parcel'} ({(parcel.shipment_status or 'sent').replace('_', ' ')})"


@dataclass(frozen=True, slots=True)
class Payback:
    """What paying back would pay: `amount` None where nobody here knows it; `exact`: no more and no less."""

    amount: Decimal | None
    currency: str = ""
    exact: bool = True

    @property
    def nothing(self) -> bool:
        """Whether it is known that nothing was paid."""
        return self.exact and self.amount is not None and self.amount <= 0

    @property
    def typed(self) -> str:
        """The amount as it is typed to confirm it; empty where nobody here knows it."""
        return "" if self.amount is None else f"{self.amount:.{decimals(self.currency)}f}"

    def above(self, limit: float) -> bool:
        """Whether it is so much that it is typed to confirm it; one that nobody knows may be above every limit."""
        return self.amount is None or self.amount > Decimal(limit)


def payback(order: Order) -> Payback:
    """What was captured less what was refunded: exact where the order is known whole, else at most its total."""
    totals = getattr(order, "totals", None)
    captured: Money | None = totals.captured if totals is not None else None
    refunded: Money | None = (totals.refunded if totals is not None else None) or order.refunded
    if captured is not None:
        return _less(captured, refunded, exact=True)
    if getattr(order, "financial_status", None) in _UNPAID:
        return Payback(Decimal(0), order.total.currency if order.total is not None else "")
    return _less(order.total, refunded, exact=False) if order.total is not None else Payback(None, exact=False)


def _less(paid: Money, back: Money | None, *, exact: bool) -> Payback:
    try:
        amount = Decimal(paid.amount)
        if back is not None and back.currency == paid.currency:
            amount -= Decimal(back.amount)
        return Payback(max(amount, Decimal(0)), paid.currency, exact)
    except InvalidOperation:
        return Payback(None, exact=False)


def ended_without(order: Order) -> OutboxEntry | None:
    """The newest cancellation of an order that is not cancelled and not being cancelled, where Shopify did not do it."""
    if order.cancelling is not None or order.status is Status.CANCELLED:
        return None
    ordered = (entry for entry in getattr(order, "outbox", ()) if entry.kind == ActionName.CANCEL)
    newest = max(ordered, key=lambda entry: entry.created_at, default=None)
    return newest if newest is not None and newest.state is OutboundState.DEAD else None


def units(order: Order) -> int | None:
    """How many units would go back into stock; None where that is not known: of one that is refunded nothing is owed."""
    lines = getattr(order, "line_items", None)
    return None if lines is None or order.status is Status.REFUNDED else sum(line.owed for line in lines)
