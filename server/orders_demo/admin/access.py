"""Which fields and mutations need which scope. Without it the field is null and an error says so; the rest is answered."""

from __future__ import annotations

from typing import Any

from orders_demo.admin.call import Info, call
from orders_demo.admin.fields.reading import Resolver
from orders_demo.admin.problems import access_denied

NEEDED: dict[tuple[str, str], str] = {
    ("FulfillmentHold", "heldByApp"): "read_apps",
    ("LineItem", "variant"): "read_products",
    ("Order", "customer"): "read_customers",
    ("Order", "disputes"): "read_shopify_payments_disputes",
    ("Order", "fulfillmentOrders"): "read_merchant_managed_fulfillment_orders",
    ("Order", "returns"): "read_returns",
    ("QueryRoot", "dispute"): "read_shopify_payments_disputes",
    ("QueryRoot", "disputes"): "read_shopify_payments_disputes",
    ("QueryRoot", "fulfillmentOrder"): "read_merchant_managed_fulfillment_orders",
    ("QueryRoot", "fulfillmentOrders"): "read_merchant_managed_fulfillment_orders",
    ("QueryRoot", "inventoryItems"): "read_inventory",
    ("QueryRoot", "locations"): "read_locations",
    ("QueryRoot", "order"): "read_orders",
    ("QueryRoot", "orders"): "read_orders",
    ("QueryRoot", "return"): "read_returns",
    ("Location", "inventoryLevels"): "read_inventory",
    ("Mutation", "fulfillmentCreate"): "write_merchant_managed_fulfillment_orders",
    ("Mutation", "fulfillmentOrderHold"): "write_merchant_managed_fulfillment_orders",
    ("Mutation", "fulfillmentOrderReleaseHold"): "write_merchant_managed_fulfillment_orders",
    ("Mutation", "fulfillmentCreateV2"): "write_merchant_managed_fulfillment_orders",
    ("Mutation", "fulfillmentOrderCancel"): "write_merchant_managed_fulfillment_orders",
    ("Mutation", "fulfillmentOrderClose"): "write_merchant_managed_fulfillment_orders",
    ("Mutation", "fulfillmentOrderMerge"): "write_merchant_managed_fulfillment_orders",
    ("Mutation", "fulfillmentOrderMove"): "write_merchant_managed_fulfillment_orders",
    ("Mutation", "fulfillmentOrderOpen"): "write_merchant_managed_fulfillment_orders",
    ("Mutation", "fulfillmentOrderReportProgress"): "write_merchant_managed_fulfillment_orders",
    ("Mutation", "fulfillmentOrderReschedule"): "write_merchant_managed_fulfillment_orders",
    ("Mutation", "fulfillmentOrderSplit"): "write_merchant_managed_fulfillment_orders",
    ("Mutation", "metafieldsSet"): "write_orders",
    ("Mutation", "orderCancel"): "write_orders",
    ("Mutation", "orderEditAddVariant"): "write_order_edits",
    ("Mutation", "orderEditBegin"): "write_order_edits",
    ("Mutation", "orderEditCommit"): "write_order_edits",
    ("Mutation", "orderEditSetQuantity"): "write_order_edits",
    ("Mutation", "orderUpdate"): "write_orders",
    ("Mutation", "refundCreate"): "write_orders",
    ("Mutation", "returnCreate"): "write_returns",
    ("Mutation", "returnRequest"): "write_returns",
    ("Mutation", "returnApproveRequest"): "write_returns",
    ("Mutation", "returnCancel"): "write_returns",
    ("Mutation", "returnClose"): "write_returns",
    ("Mutation", "returnDeclineRequest"): "write_returns",
    ("Mutation", "returnProcess"): "write_returns",
    ("Mutation", "tagsAdd"): "write_orders",
    ("Mutation", "tagsRemove"): "write_orders",
}


def guarded(kind: str, field: str, reader: Resolver) -> Resolver:
    """The reader, behind the scope that its field needs."""
    scope = NEEDED.get((kind, field))
    if scope is None:
        return reader

    def checked(source: Any, info: Info, **args: Any) -> Any:
        if scope not in call(info).scopes:
            raise access_denied(field, scope)
        return reader(source, info, **args)

    return checked
