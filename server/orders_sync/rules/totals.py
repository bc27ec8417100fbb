"""The order's money as a bill has it: contract §3a, `totals`, all of it in the shop's currency.

Subtotal, shipping (both after discounts) and tax come to ORDER's `total` where prices are without tax; with tax in them, subtotal
and shipping do, and the tax is a part of these. Tips, duties and fees stand in the total alone. All are before returns, as the
total is: what was paid back is said once, beside what was received.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from orders_sync.evidence.entities import MoneyPart
from orders_sync.evidence.money import NO_CURRENCY, summed
from orders_sync.instants import Ms
from orders_sync.rules.order_state import OrderState

_BILL = ("subtotal", "shipping", "tax", "discounts")
_UNREFUNDED = frozenset({"pending", "authorized", "partially_paid", "paid", "voided", "expired"})
"""Financial statuses of an order of which nothing was paid back."""

_UNPAID = frozenset({"pending", "authorized", "voided", "expired"})
_CAPTURES = frozenset({"sale", "capture"})

_Move = tuple[Ms, MoneyPart | None]


def amounts(state: OrderState) -> Mapping[str, MoneyPart | None]:
    """Each figure by its name on the wire; None where the shop has not told it."""
    bill = {name: _in_shop_currency(state, getattr(state.order, name)) for name in _BILL}
    return {**bill, "refunded": refunded(state), "captured": captured(state)}


def refunded(state: OrderState) -> MoneyPart | None:
    """What was paid back: as the shop's own sum tells, and what was since; without one, what the known refunds come to, or the
    total, where the shop says no more than "in full"."""
    moves = [_move(fields, "total") for _, fields in state.facts.entities("refund")]
    if state.order.refunded is None and not moves and state.order.financial_status not in _UNREFUNDED:
        return _in_shop_currency(state, state.order.total) if state.refunded else None
    return _reported_and_since(state, "refunded", moves)


def captured(state: OrderState) -> MoneyPart | None:
    """What was received: as the shop's own sum tells, and what was since; without one, what the financial status says for
    certain, else what the known payments come to."""
    moves = [
        _move(fields, "amount")
        for _, fields in state.facts.entities("transaction")
        if fields.get("kind") in _CAPTURES and fields.get("status") == "success"
    ]
    if state.order.received is None:
        if state.order.financial_status == "paid" and not _reduced(state):
            return _in_shop_currency(state, state.order.total)
        if not moves and state.order.financial_status not in _UNPAID:
            return None
    return _reported_and_since(state, "received", moves)


def _reduced(state: OrderState) -> bool:
    """True where lines were taken off, perhaps before they were paid."""
    return any(line.current_quantity != line.quantity for line in state.order.lines)


def _move(fields: Mapping[str, object], name: str) -> _Move:
    at, amount = fields.get("created_at"), fields.get(name)
    return Ms(at if isinstance(at, int) else 0), None if amount is None else MoneyPart.model_validate(amount)


def _reported_and_since(state: OrderState, name: str, moves: Iterable[_Move]) -> MoneyPart | None:
    """The shop's own sum of this name, and the moves after it; all moves where it reports none. None where one of
    them is not known in the shop's currency."""
    reported: MoneyPart | None = getattr(state.order, name)
    reported_at = None if reported is None else state.facts.at("order", name)
    found = [reported] if reported is not None else []
    for at, amount in moves:
        if reported_at is not None and at <= reported_at:
            continue
        if amount is None or amount.currency not in (_currency(state), NO_CURRENCY):
            return None
        found.append(amount)
    return _in_shop_currency(state, summed(found, _currency(state)))


def _currency(state: OrderState) -> str | None:
    total = state.order.total
    return state.order.currency if total is None or total.currency == NO_CURRENCY else total.currency


def _in_shop_currency(state: OrderState, amount: MoneyPart | None) -> MoneyPart | None:
    """An amount that was reported alone is in the shop's currency, as another report has it."""
    currency = _currency(state)
    if amount is None or amount.currency != NO_CURRENCY or currency is None:
        return amount
    return amount.model_copy(update={"currency": currency})
