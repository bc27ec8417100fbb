"""Orders and their lines."""

from __future__ import annotations

from typing import Any

from orders_demo.admin.fields.reading import (
    Fields,
    connection,
    first_of,
    fixed,
    identity,
    money,
    order_money,
    read,
)
from orders_demo.world.orders import Line, Order, Shipping

_APPS = {
    "web": ("580111", "Online Store"),
    "pos": ("129785", "Point of Sale"),
    "shopify_draft_order": ("1354745", "Draft Orders"),
}


def _app(order: Order) -> dict[str, str] | None:
    number, name = _APPS[order.source_name]
    return {"id": f"gid://shopify/App/{number}", "name": name}


def _taxes(source: Order | Line) -> list[dict[str, Any]]:
    order = source if isinstance(source, Order) else source.order
    if not order.tax_rate:
        return []
    amount = order.tax if isinstance(source, Order) else order.tax_on(source.total)
    return [{"title": "Tax", "rate": order.tax_rate, "amount": amount, "order": order}]


def _fulfillable(line: Line) -> int:
    """What is to be sent and not held, as the recordings show."""
    held = sum(entry.remaining for task in line.order.tasks if task.holds for entry in task.lines if entry.line is line)
    return max(0, line.unfulfilled - held)


def refundable(line: Line) -> int:
    """`refundableQuantity`: units that were neither refunded nor removed."""
    return line.current


def _sent(line: Line) -> str:
    if not line.unfulfilled:
        return "fulfilled"
    return "partial" if line.unfulfilled < line.quantity else "unfulfilled"


def _fully_paid(order: Order) -> bool:
    """Received as much as it is worth; an order that was cancelled before it was paid never was."""
    return not order.outstanding and (order.received > 0 or not order.total)


def _metafield(order: Order, _info: Any, key: str, namespace: str | None = None) -> Any:
    full = f"{namespace}.{key}" if namespace else key
    return next((entry for entry in order.metafields if f"{entry.namespace}.{entry.key}" == full), None)


def _risk(order: Order) -> dict[str, Any]:
    recommendation = {"HIGH": "CANCEL", "MEDIUM": "INVESTIGATE"}.get(order.risk, "ACCEPT")
    facts = [{"description": "Billing address does not match the card", "sentiment": "NEGATIVE"}]
    assessment = {"riskLevel": order.risk, "facts": facts if order.risk == "HIGH" else [], "provider": None}
    return {"recommendation": recommendation, "assessments": [assessment]}


def _fulfillments(order: Order) -> list[Any]:
    return order.parcels


ORDER = {
    **identity("Order"),
    "app": read(_app),
    "canNotifyCustomer": read(lambda order: order.email is not None),
    "cancellation": read(lambda order: {"staffNote": order.staff_note} if order.cancelled_at else None),
    "clientIp": fixed(None),
    "closed": read(lambda order: order.closed_at is not None),
    "confirmationNumber": read(lambda order: f"{order.id % 36**9:09X}"),
    "confirmed": fixed(True),
    "currencyCode": read(lambda order: order.tender.shop),
    "presentmentCurrencyCode": read(lambda order: order.tender.presentment),
    "currentSubtotalLineItemsQuantity": read(lambda order: sum(line.current for line in order.lines)),
    "currentSubtotalPriceSet": order_money(lambda order: order.current_subtotal),
    "currentTotalDiscountsSet": order_money(lambda order: order.discounts),
    "currentTotalPriceSet": order_money(lambda order: order.current_total),
    "currentTotalTaxSet": order_money(
        lambda order: sum(order.tax_on(line.share(line.current)) for line in order.lines)
    ),
    "customAttributes": fixed([]),
    "customerLocale": read(lambda order: order.customer.locale if order.customer else None),
    "discountCodes": read(lambda order: [order.discount_code] if order.discount_code else []),
    "displayAddress": read(lambda order: order.shipping_address or order.billing_address),
    "displayFinancialStatus": read(lambda order: order.financial_status),
    "displayFulfillmentStatus": read(lambda order: order.fulfillment_status),
    "disputes": read(lambda order: order.disputes),
    "estimatedTaxes": fixed(False),
    "fulfillable": read(lambda order: any("CREATE_FULFILLMENT" in task.actions for task in order.tasks)),
    "fulfillmentOrders": connection(lambda order: order.tasks),
    "fulfillments": first_of(_fulfillments),
    "fulfillmentsCount": read(lambda order: {"count": len(order.parcels), "precision": "EXACT"}),
    "fullyPaid": read(_fully_paid),
    "lineItems": connection(lambda order: order.lines),
    "metafield": _metafield,
    "metafields": connection(lambda order: order.metafields, style="text"),
    "netPaymentSet": order_money(lambda order: order.received - order.refunded),
    "number": read(lambda order: order.number - 1000),
    "originalTotalPriceSet": order_money(lambda order: order.total),
    "paymentGatewayNames": read(lambda order: [] if order.untendered and not order.payments else [order.gateway]),
    "refundable": read(lambda order: order.received > order.refunded),
    "refunds": first_of(lambda order: order.refunds),
    "retailLocation": read(lambda order: order.location),
    "returnStatus": read(lambda order: order.return_status),
    "returns": connection(lambda order: order.returns),
    "risk": read(_risk),
    "shippingLine": read(lambda order: order.shipping[0] if order.shipping else None),
    "shippingLines": connection(lambda order: order.shipping),
    "sourceIdentifier": fixed(None),
    "statusPageUrl": read(lambda order: f"https://shop.example.com/orders/{order.id}"),
    "subtotalLineItemsQuantity": read(lambda order: sum(line.quantity for line in order.lines)),
    "subtotalPriceSet": order_money(lambda order: order.subtotal),
    "taxLines": read(_taxes),
    "taxesIncluded": fixed(False),
    "test": fixed(False),
    "totalCapturableSet": order_money(lambda order: order.outstanding if order.financial_status == "AUTHORIZED" else 0),
    "totalDiscountsSet": order_money(lambda order: order.discounts),
    "totalOutstandingSet": order_money(lambda order: order.outstanding),
    "totalPriceSet": order_money(lambda order: order.total),
    "totalReceivedSet": order_money(lambda order: order.received),
    "totalRefundedSet": order_money(lambda order: order.refunded),
    "totalRefundedShippingSet": order_money(lambda order: sum(refund.shipping for refund in order.refunds)),
    "totalShippingPriceSet": order_money(lambda order: order.carriage),
    "totalTaxSet": order_money(lambda order: order.tax),
    "totalTipReceivedSet": order_money(lambda _: 0),
    "totalWeight": read(lambda order: sum(line.grams * line.quantity for line in order.lines)),
    "transactions": first_of(lambda order: order.payments),
    "transactionsCount": read(lambda order: {"count": len(order.payments), "precision": "EXACT"}),
    "unpaid": read(lambda order: not order.received and order.total > 0),
}

LINE = {
    "id": identity("LineItem")["id"],
    "currentQuantity": read(lambda line: line.current),
    "customAttributes": read(lambda line: [{"key": name, "value": value} for name, value in line.properties]),
    "discountedTotalSet": money(lambda line: line.total),
    "discountedUnitPriceSet": money(lambda line: line.share(1)),
    "fulfillableQuantity": read(_fulfillable),
    "fulfillmentStatus": read(_sent),
    "isGiftCard": read(lambda line: line.gift_card),
    "nonFulfillableQuantity": read(lambda line: line.quantity - line.unfulfilled),
    "originalTotalSet": money(lambda line: line.price * line.quantity),
    "originalUnitPriceSet": money(lambda line: line.price),
    "product": read(lambda line: line.variant.product if line.variant else None),
    "refundableQuantity": read(refundable),
    "restockable": read(lambda line: line.requires_shipping),
    "taxLines": first_of(_taxes),
    "taxable": read(lambda line: not line.gift_card),
    "totalDiscountSet": money(lambda line: line.discount),
    "unfulfilledQuantity": read(lambda line: line.unfulfilled),
}


def _shipping_id(line: Shipping) -> str:
    return f"gid://shopify/ShippingLine/{line.id}"


FIELDS: Fields = {
    "Order": ORDER,
    "LineItem": LINE,
    "TaxLine": {
        "channelLiable": fixed(False),
        "price": read(lambda tax: f"{tax['amount'] / 100:.2f}"),
        "priceSet": read(lambda tax: (tax["amount"], tax["order"].tender)),
        "rate": read(lambda tax: tax["rate"]),
        "ratePercentage": read(lambda tax: tax["rate"] * 100),
        "source": fixed("Shopify"),
        "title": read(lambda tax: tax["title"]),
    },
    "ShippingLine": {
        "id": read(_shipping_id),
        "carrierIdentifier": fixed(None),
        "custom": fixed(False),
        "deliveryCategory": fixed(None),
        "discountedPriceSet": money(lambda line: line.price),
        "isRemoved": fixed(False),
        "originalPriceSet": money(lambda line: line.price),
        "shippingRateHandle": fixed(None),
        "source": fixed("shopify"),
    },
    "Metafield": {
        **identity("Metafield"),
        "compareDigest": read(lambda entry: entry.digest),
        "description": fixed(None),
        "jsonValue": read(lambda entry: entry.value),
        "ownerType": fixed("ORDER"),
        "sizeInBytes": read(lambda entry: len(entry.value.encode())),
    },
}
