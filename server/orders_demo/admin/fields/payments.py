"""Transactions, refunds and disputes."""

from __future__ import annotations

from typing import Any

from orders_demo.admin.fields.reading import Fields, connection, fixed, identity, money, read
from orders_demo.world.orders import Refund, RefundLine


def _no_adjustments(_: Refund) -> list[Any]:
    return []


def _subtotal(line: RefundLine) -> Any:
    return line.subtotal, line.line.order.tender


FIELDS: Fields = {
    "OrderTransaction": {
        "id": identity("OrderTransaction")["id"],
        "accountNumber": read(lambda payment: payment.card),
        "amountSet": money(lambda payment: payment.amount),
        "authorizationCode": fixed(None),
        "authorizationExpiresAt": fixed(None),
        "formattedGateway": read(lambda payment: payment.gateway.replace("_", " ").title()),
        "location": fixed(None),
        "manualPaymentGateway": read(lambda payment: payment.gateway == "Bank Deposit"),
        "manuallyCapturable": read(lambda payment: payment.kind == "AUTHORIZATION"),
        "maximumRefundableV2": fixed(None),
        "multiCapturable": fixed(False),
        "parentTransaction": read(lambda payment: payment.parent),
        "paymentId": read(lambda payment: f"{payment.order.name}.{payment.order.payments.index(payment) + 1}"),
        "processedAt": read(lambda payment: payment.created_at),
        "receiptJson": fixed("{}"),
        "test": fixed(False),
        "totalUnsettledSet": money(lambda payment: payment.amount if payment.kind == "AUTHORIZATION" else 0),
    },
    "Refund": {
        **identity("Refund"),
        "orderAdjustments": connection(_no_adjustments),
        "processedAt": read(lambda refund: refund.created_at),
        "refundLineItems": connection(lambda refund: refund.lines),
        "return": read(lambda refund: refund.owner),
        "totalRefundedSet": money(lambda refund: refund.total),
        "transactions": connection(lambda refund: refund.payments),
        "updatedAt": read(lambda refund: refund.created_at),
    },
    "RefundLineItem": {
        "id": identity("RefundLineItem")["id"],
        "lineItem": read(lambda line: line.line),
        "priceSet": read(lambda line: (line.line.price, line.line.order.tender)),
        "restocked": read(lambda line: line.restock_type != "NO_RESTOCK"),
        "subtotalSet": read(_subtotal),
        "totalTaxSet": read(lambda line: (line.tax, line.line.order.tender)),
    },
    "OrderDisputeSummary": {
        "id": identity("ShopifyPaymentsDispute")["id"],
        "initiatedAs": read(lambda dispute: dispute.type),
    },
    "ShopifyPaymentsDispute": {
        **identity("ShopifyPaymentsDispute"),
        "amount": read(lambda dispute: (dispute.amount, dispute.order.tender.shop)),
        "reasonDetails": read(
            lambda dispute: {"reason": dispute.reason, "networkReasonCode": dispute.network_reason_code}
        ),
    },
}
