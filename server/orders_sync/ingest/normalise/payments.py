"""order_transactions/create, refunds/create and disputes/*: money that went one way or the other, or is disputed."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from orders_sync.evidence.changes import Change, DisputeSeen, RefundSeen, Stamp, TransactionSeen
from orders_sync.evidence.entities import MoneyPart, RefundPart, TransactionPart
from orders_sync.evidence.json_fields import Node
from orders_sync.evidence.money import NO_CURRENCY, money, written
from orders_sync.instants import Ms

_SHORT = 512


def read_refunds(_verb: str, body: Node, seen_at: Ms) -> tuple[Change, ...]:
    """A refund with its transactions."""
    found = body.unwrap("refund", "refunds")
    return tuple(change for node in found for change in refund_changes(node, node.need_id("order_id"), seen_at, None))


def read_transactions(_verb: str, body: Node, seen_at: Ms) -> tuple[Change, ...]:
    """A payment transaction."""
    return tuple(
        transaction(node, node.need_id("order_id"), seen_at, None)
        for node in body.unwrap("transaction", "transactions")
    )


def refund_changes(refund: Node, order_id: int, seen_at: Ms, currency: str | None) -> Iterator[Change]:
    """A refund of an order, and the transactions that paid it back. `currency`: the order's, where its body is at hand."""
    created_at = refund.instant("created_at", "processed_at") or seen_at
    currency = currency or _currency(refund)
    transactions = [transaction(node, order_id, seen_at, currency) for node in refund.nodes("transactions")]
    fields: dict[str, Any] = {"id": refund.need_id("id", "admin_graphql_api_id"), "created_at": created_at}
    if refund.has("return"):
        link = refund.node("return")
        fields["return_id"] = None if link is None else link.id("id", "admin_graphql_api_id")
    if refund.has("note"):
        fields["note"] = refund.text("note")
    if refund.has("transactions"):
        fields["total"] = _paid_back(transactions, currency)
    yield RefundSeen(order_id, RefundPart(**fields), Stamp(created_at, seen_at))
    yield from transactions


def _paid_back(transactions: list[TransactionSeen], currency: str | None) -> MoneyPart:
    """What successful refund transactions come to, in the currency of the first."""
    paid = [seen.transaction for seen in transactions]
    amounts = [t.amount for t in paid if t.kind == "refund" and t.status == "success" and t.amount is not None]
    if not amounts:
        return MoneyPart(hundredths=0, currency=currency or NO_CURRENCY)
    code = amounts[0].currency
    return money(sum(Decimal(written(amount)) for amount in amounts if amount.currency == code), code)


def _currency(refund: Node) -> str | None:
    """Transactions may leave the currency out; other amounts of the refund have it."""
    for name in ("total_duties_set", "total_additional_fees_set"):
        amount = refund.node(name)
        shop = amount.node("shop_money") if amount is not None else None
        if shop is not None and shop.text("currency_code", "currency"):
            return shop.text("currency_code", "currency", most=16)
    for line in refund.nodes("refund_line_items"):
        amount = line.node("subtotal_set")
        shop = amount.node("shop_money") if amount is not None else None
        if shop is not None:
            return shop.text("currency_code", "currency", most=16)
    return None


def transaction(node: Node, order_id: int, seen_at: Ms, currency: str | None) -> TransactionSeen:
    """A payment transaction of an order, whose currency it has where it has none."""
    created_at = node.instant("created_at", "processed_at") or seen_at
    part = TransactionPart(
        id=node.need_id("id", "admin_graphql_api_id"),
        kind=node.word("kind") or "",
        status=node.word("status") or "",
        amount=node.money("amount", node.text("currency", most=16) or currency),
        gateway=node.text("gateway", most=_SHORT),
        created_at=created_at,
    )
    return TransactionSeen(order_id, part, Stamp(created_at, seen_at))


def read_disputes(_verb: str, body: Node, seen_at: Ms) -> tuple[Change, ...]:
    """A dispute's status; its bodies have no time of change, so that the delivery's own counts. Without an order: none's."""
    return tuple(
        DisputeSeen(
            dispute_id=node.need_id("id", "admin_graphql_api_id"),
            order_id=node.id("order_id"),
            status=node.word("status") or "needs_response",
            stamp=Stamp(seen_at, seen_at),
            dispute_type=node.word("type") or "chargeback",
            amount=node.money("amount", node.text("currency", most=16)),
            initiated_at=node.instant("initiated_at"),
            evidence_due_by=node.instant("evidence_due_by"),
        )
        for node in body.unwrap("dispute", "disputes")
    )
