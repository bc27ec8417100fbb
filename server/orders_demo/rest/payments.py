"""Transactions, refunds and disputes as webhooks show them."""

from __future__ import annotations

from orders_demo.rest.lines import brief_line, line
from orders_demo.rest.scalars import Json, money_set, stamp
from orders_demo.world.ids import gid
from orders_demo.world.money import text
from orders_demo.world.orders import Dispute, Payment, Refund, RefundLine
from orders_demo.world.shop import Shop


def transaction(shop: Shop, entry: Payment) -> Json:
    """`order_transactions/create`, and the transactions of a refund of its own."""
    return {
        **_nested_transaction(shop, entry),
        **({"payment_details": _card(entry)} if entry.card else {}),
        "total_unsettled_set": _unsettled(entry),
        "manual_payment_gateway": entry.gateway not in ("shopify_payments", "paypal", "klarna"),
        "amount_rounding": None,
    }


def _nested_transaction(shop: Shop, entry: Payment) -> Json:
    order = entry.order
    return {
        "id": entry.id,
        "order_id": order.id,
        "kind": entry.kind.lower(),
        "gateway": entry.gateway,
        "status": entry.status.lower(),
        "message": entry.message,
        "created_at": stamp(shop, entry.created_at),
        "test": False,
        "authorization": f"auth-{entry.id % 1_000_000}" if entry.kind == "AUTHORIZATION" else None,
        "location_id": order.location.id if order.location else None,
        "user_id": None,
        "parent_id": entry.parent.id if entry.parent else None,
        "processed_at": stamp(shop, entry.created_at),
        "device_id": None,
        "error_code": entry.error_code.lower() if entry.error_code else None,
        "source_name": order.source_name,
        "receipt": {},
        "amount": text(entry.amount),
        "currency": order.tender.shop,
        "payment_id": f"{order.name}.{order.payments.index(entry) + 1}",
        "admin_graphql_api_id": gid("OrderTransaction", entry.id),
    }


def refund(shop: Shop, entry: Refund) -> Json:
    """`refunds/create`. It names its return, if it is for one."""
    return {
        **_refund(shop, entry),
        "return": _owner(entry),
        "refund_shipping_lines": [],
        "refund_line_items": [{**_refund_line(item), "line_item": brief_line(item.line)} for item in entry.lines],
        "transactions": [transaction(shop, payment) for payment in entry.payments],
    }


def nested_refund(shop: Shop, entry: Refund) -> Json:
    """A refund inside an order: says nothing of a return."""
    return {
        **_refund(shop, entry),
        "refund_line_items": [{**_refund_line(item), "line_item": line(item.line)} for item in entry.lines],
        "transactions": [_nested_transaction(shop, payment) for payment in entry.payments],
    }


def _refund(shop: Shop, entry: Refund) -> Json:
    order = entry.order
    return {
        "id": entry.id,
        "order_id": order.id,
        "created_at": stamp(shop, entry.created_at),
        "note": entry.note,
        "user_id": None,
        "processed_at": stamp(shop, entry.created_at),
        "duties": [],
        "total_duties_set": money_set(order.tender, 0),
        "additional_fees": [],
        "restock": any(item.restock_type != "NO_RESTOCK" for item in entry.lines),
        "total_additional_fees_set": money_set(order.tender, 0),
        "admin_graphql_api_id": gid("Refund", entry.id),
        "order_adjustments": _adjustments(entry),
    }


def dispute(shop: Shop, entry: Dispute) -> Json:
    """`disputes/create` and `disputes/update`."""
    return {
        "id": entry.id,
        "order_id": entry.order.id,
        "type": entry.type.lower(),
        "amount": text(entry.amount),
        "currency": entry.order.tender.shop,
        "reason": entry.reason.lower(),
        "network_reason_code": entry.network_reason_code,
        "status": entry.status.lower(),
        "evidence_due_by": stamp(shop, entry.evidence_due_by),
        "evidence_sent_on": stamp(shop, entry.evidence_sent_on),
        "finalized_on": stamp(shop, entry.finalized_on),
        "initiated_at": stamp(shop, entry.initiated_at),
    }


def _refund_line(item: RefundLine) -> Json:
    order = item.line.order
    return {
        "id": item.id,
        "quantity": item.quantity,
        "line_item_id": item.line.id,
        "location_id": item.location.id if item.location else None,
        "restock_type": item.restock_type.lower(),
        "subtotal": item.subtotal / 100,
        "total_tax": item.tax / 100,
        "subtotal_set": money_set(order.tender, item.subtotal),
        "total_tax_set": money_set(order.tender, item.tax),
    }


def _adjustments(entry: Refund) -> list[Json]:
    lines = sum(item.subtotal + item.tax for item in entry.lines)
    if not entry.total or entry.total == lines:
        return []
    return [
        {
            "id": entry.id + 7,
            "amount": text(lines - entry.total),
            "amount_set": money_set(entry.order.tender, lines - entry.total),
            "kind": "refund_discrepancy",
            "order_id": entry.order.id,
            "reason": "Refund discrepancy",
            "refund_id": entry.id,
            "tax_amount": text(0),
            "tax_amount_set": money_set(entry.order.tender, 0),
        }
    ]


def _owner(entry: Refund) -> Json | None:
    if entry.owner is None:
        return None
    return {"id": entry.owner.id, "admin_graphql_api_id": gid("Return", entry.owner.id)}


def _unsettled(entry: Payment) -> Json:
    minor = entry.amount if entry.kind == "AUTHORIZATION" else 0
    both = money_set(entry.order.tender, minor)
    return {side: {"amount": both[side]["amount"], "currency": both[side]["currency_code"]} for side in both}


def _card(entry: Payment) -> Json:
    return {
        "credit_card_bin": None,
        "avs_result_code": None,
        "cvv_result_code": None,
        "credit_card_number": entry.card,
        "credit_card_company": "Visa",
        "buyer_action_info": None,
        "credit_card_name": None,
        "credit_card_wallet": None,
        "credit_card_expiration_month": None,
        "credit_card_expiration_year": None,
        "payment_method_name": "visa",
    }
