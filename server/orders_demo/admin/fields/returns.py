"""Returns and what is to come back for them."""

from __future__ import annotations

from typing import Any

from orders_demo.admin.fields.reading import Fields, connection, fixed, identity, read
from orders_demo.admin.gids import number
from orders_demo.operations import returning
from orders_demo.world.ids import gid
from orders_demo.world.orders import Payment
from orders_demo.world.returns import Return, ReturnLine, Reverse, ReverseDelivery

_REASONS = (
    "SIZE_TOO_SMALL",
    "SIZE_TOO_LARGE",
    "UNWANTED",
    "NOT_AS_DESCRIBED",
    "WRONG_ITEM",
    "DEFECTIVE",
    "STYLE",
    "COLOR",
    "OTHER",
    "UNKNOWN",
)


def _definition(line: ReturnLine) -> dict[str, Any]:
    word = line.reason.lower()
    return {
        "deleted": False,
        "handle": word.replace("_", "-"),
        "id": gid("ReturnReasonDefinition", _REASONS.index(line.reason) + 1),
        "name": word.replace("_", " ").capitalize(),
    }


def _worth(line: ReturnLine) -> Any:
    return line.parcel_line.line.share(line.quantity), line.parcel_line.line.order.tender


def _refundable(line: ReturnLine) -> int:
    return line.quantity - line.refunded


def _transactions(entry: Return) -> list[Payment]:
    return [payment for refund in entry.refunds for payment in refund.payments]


def _delivery_lines(delivery: ReverseDelivery) -> list[dict[str, Any]]:
    return [
        {
            "dispositions": line.dispositions,
            "id": gid("ReverseDeliveryLineItem", line.id),
            "quantity": line.total,
            "reverseFulfillmentOrderLineItem": line,
        }
        for line in delivery.reverse.lines
    ]


def _deliverable(delivery: ReverseDelivery) -> dict[str, Any]:
    label = {
        "createdAt": delivery.created_at,
        "publicFileUrl": delivery.label_url,
        "updatedAt": delivery.updated_at,
    }
    tracking = {"carrierName": delivery.carrier, "number": delivery.number, "url": delivery.url}
    return {"__typename": "ReverseDeliveryShippingDeliverable", "label": label, "tracking": tracking}


def _outcome(
    entry: Return, _info: Any, returnLineItems: list[dict[str, Any]], exchangeLineItems: list[dict[str, Any]], **_: Any
) -> dict[str, Any] | None:
    """What comes back, less what is sent for it: paid back, invoiced, or neither where it comes to nothing."""
    wanted = {number(item["id"], "ReturnLineItem"): item["quantity"] for item in returnLineItems}
    swapped = {number(item["id"], "ExchangeLineItem"): item["quantity"] for item in exchangeLineItems}
    units = [(line, wanted[line.id]) for line in entry.lines if line.id in wanted]
    exchanges = [(line, swapped[line.id]) for line in entry.exchanges if line.id in swapped]
    if not units and not exchanges:
        return None
    subtotal = sum(line.parcel_line.line.share(count) for line, count in units)
    due = returning.balance(entry, units, exchanges)
    transfer = None if due == 0 else _invoice(entry, -due) if due < 0 else _paid_back(entry, due)
    return {"discountedSubtotal": (subtotal, entry.order.tender), "financialTransfer": transfer}


def _invoice(entry: Return, due: int) -> dict[str, Any]:
    return {"__typename": "InvoiceReturnOutcome", "amount": (due, entry.order.tender)}


def _paid_back(entry: Return, due: int) -> dict[str, Any]:
    order = entry.order
    parent = next((p for p in order.payments if p.kind in ("SALE", "CAPTURE") and p.status == "SUCCESS"), None)
    paid = {
        "amountSet": (due, order.tender),
        "kind": "SUGGESTED_REFUND",
        "parentTransaction": parent,
        **_gateway(parent),
    }
    return {"__typename": "RefundReturnOutcome", "amount": (due, order.tender), "suggestedTransactions": [paid]}


def _gateway(parent: Payment | None) -> dict[str, Any]:
    if parent is None:
        return {"accountNumber": None, "formattedGateway": None, "gateway": None}
    name = parent.gateway.replace("_", " ").title()
    return {"accountNumber": parent.card, "formattedGateway": name, "gateway": parent.gateway}


def _owner_order(reverse: Reverse) -> Any:
    return reverse.owner.order


FIELDS: Fields = {
    "Return": {
        "id": identity("Return")["id"],
        "decline": read(
            lambda entry: {"note": entry.decline_note, "reason": entry.decline_reason} if entry.decline_reason else None
        ),
        "exchangeLineItems": connection(lambda entry: entry.exchanges),
        "refunds": connection(lambda entry: entry.refunds),
        "returnLineItems": connection(lambda entry: entry.lines),
        "reverseFulfillmentOrders": connection(lambda entry: entry.reverses),
        "suggestedFinancialOutcome": _outcome,
        "transactions": connection(_transactions),
    },
    "ReturnLineItem": {
        "id": identity("ReturnLineItem")["id"],
        "fulfillmentLineItem": read(lambda line: line.parcel_line),
        "processableQuantity": read(lambda line: line.quantity - line.processed),
        "processedQuantity": read(lambda line: line.processed),
        "refundableQuantity": read(_refundable),
        "refundedQuantity": read(lambda line: line.refunded),
        "returnReason": read(lambda line: line.reason),
        "returnReasonDefinition": read(_definition),
        "returnReasonNote": read(lambda line: line.note),
        "unprocessedQuantity": read(lambda line: line.quantity - line.processed),
        "withCodeDiscountedTotalPriceSet": read(_worth),
    },
    "ExchangeLineItem": {
        "id": identity("ExchangeLineItem")["id"],
        "lineItems": read(lambda line: line.lines),
        "processableQuantity": read(lambda line: line.quantity - line.processed),
        "processedQuantity": read(lambda line: line.processed),
        "unprocessedQuantity": read(lambda line: line.quantity - line.processed),
        "variantId": read(lambda line: gid("ProductVariant", line.variant.id)),
    },
    "ReverseFulfillmentOrder": {
        "id": identity("ReverseFulfillmentOrder")["id"],
        "lineItems": connection(lambda reverse: reverse.lines),
        "order": read(_owner_order),
        "reverseDeliveries": connection(lambda reverse: reverse.deliveries),
        "thirdPartyConfirmation": fixed(None),
    },
    "ReverseFulfillmentOrderLineItem": {
        "id": identity("ReverseFulfillmentOrderLineItem")["id"],
        "fulfillmentLineItem": read(lambda line: line.parcel_line),
        "totalQuantity": read(lambda line: line.total),
    },
    "ReverseFulfillmentOrderDisposition": {"id": identity("ReverseFulfillmentOrderDisposition")["id"]},
    "ReverseDelivery": {
        "id": identity("ReverseDelivery")["id"],
        "deliverable": read(_deliverable),
        "reverseDeliveryLineItems": connection(_delivery_lines, lambda line: (line["id"], 0)),
        "reverseFulfillmentOrder": read(lambda delivery: delivery.reverse),
    },
}
