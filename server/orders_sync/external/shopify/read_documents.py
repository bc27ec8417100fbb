"""The GraphQL queries that orders, returns and stock are read by, and what the shop says of itself.

What most orders lack (the insides of returns, the lines of fulfilment orders) is left out of the page and read by `DETAILS` for
those that have it. What most orders have few of is cut short here, and read to its end by the documents under "The rest of
what an answer cuts short".
"""

from __future__ import annotations

from orders_sync.external.shopify.documents import MOST_AT_ONCE, PAGE_INFO, Document, TruncatedList, query


def _rest(name: str, root: str, connection: str, nodes: str, *fragments: str, first: int, order: str = "") -> Document:
    """What follows in a connection of the object that `root` reads."""
    listed = f"{connection}(first: {first}, after: $after{order}) {{ nodes {{ {nodes} }} {PAGE_INFO} }}"
    return query(name, "($id: ID!, $after: String)", f"{root}(id: $id) {{ {listed} }}", *fragments, at=(root,))


def _longer(name: str, root: str, plain: str, parts: str, *fragments: str) -> Document:
    """A plain list of the object that `root` reads, as long as the shop lets one ask for."""
    listed = f"{plain}(first: {MOST_AT_ONCE}) {{ {parts} }}"
    return query(name, "($id: ID!)", f"{root}(id: $id) {{ {listed} }}", *fragments, at=(root,))


_MONEY = "shopMoney { amount currencyCode }"
_ADDRESS = "name company address1 address2 city province zip country phone"

_LINE = f"""
fragment Line on LineItem {{
  id sku title quantity currentQuantity unfulfilledQuantity requiresShipping
  originalUnitPriceSet {{ {_MONEY} }}
  variant {{ id }}
}}
"""

_SCAN = "fragment Scan on FulfillmentEvent { id status happenedAt createdAt }\n"

_FULFILLMENT_ORDER = """
fragment FulfillmentOrderParts on FulfillmentOrder {
  id status createdAt updatedAt fulfillBy
  deliveryMethod { methodType }
  fulfillmentHolds { id reason reasonNotes handle }
}
"""

_ROUTED_LINE = "sku remainingQuantity lineItem { id }"
_TRACKING = "number company url"

_PARCEL = f"""
fragment Parcel on Fulfillment {{
  id name status displayStatus requiresShipping createdAt updatedAt inTransitAt deliveredAt
  trackingInfo(first: 20) {{ {_TRACKING} }}
  events(first: 10, sortKey: HAPPENED_AT) {{ nodes {{ ...Scan }} {PAGE_INFO} }}
}}
"""

_PARCELS = """
fragment ParcelParts on Order {
  id updatedAt
  fulfillments(first: 50) { ...Parcel }
}
"""

_TRANSACTION = f"id kind status gateway createdAt amountSet {{ {_MONEY} }}"
_REFUND = f"id createdAt note return {{ id }} totalRefundedSet {{ {_MONEY} }}"

_ORDER = f"""
fragment OrderParts on Order {{
  ...ParcelParts
  name createdAt processedAt cancelledAt closedAt
  displayFinancialStatus displayFulfillmentStatus sourceName tags email note
  totalPriceSet {{ {_MONEY} }}
  customer {{
    id firstName lastName tags
    defaultEmailAddress {{ emailAddress }}
    defaultPhoneNumber {{ phoneNumber }}
  }}
  shippingAddress {{ {_ADDRESS} }}
  billingAddress {{ {_ADDRESS} }}
  shippingLines(first: 3) {{ nodes {{ title }} {PAGE_INFO} }}
  lineItems(first: 10) {{ nodes {{ ...Line }} {PAGE_INFO} }}
  fulfillmentOrders(first: 5) {{ nodes {{ ...FulfillmentOrderParts }} {PAGE_INFO} }}
  transactions(first: 100) {{ {_TRANSACTION} }}
  refunds(first: 50) {{ {_REFUND} }}
  returns(first: 5) {{ nodes {{ id }} {PAGE_INFO} }}
  risk {{ assessments {{ riskLevel }} }}
  disputes {{ id initiatedAs status }}
}}
"""

_WHOLE_ORDER = (_ORDER, _PARCELS, _PARCEL, _LINE, _SCAN, _FULFILLMENT_ORDER)

_RETURN_LINE = f"""
fragment ReturnLine on ReturnLineItemType {{
  id quantity refundableQuantity refundedQuantity returnReasonNote customerNote
  returnReasonDefinition {{ handle }}
  ... on ReturnLineItem {{ withCodeDiscountedTotalPriceSet {{ {_MONEY} }} }}
}}
"""

_EXCHANGE_LINE = "lineItems { id }"
_REVERSE_LINE = "totalQuantity dispositions { type quantity createdAt }"

_REVERSE_DELIVERY = """
fragment ReverseDeliveryParts on ReverseDelivery {
  id
  deliverable {
    ... on ReverseDeliveryShippingDeliverable {
      label { publicFileUrl createdAt }
      tracking { number carrierName url }
    }
  }
}
"""

_REVERSE_ORDER = f"""
fragment ReverseOrder on ReverseFulfillmentOrder {{
  id status
  lineItems(first: 10) {{ nodes {{ {_REVERSE_LINE} }} {PAGE_INFO} }}
  reverseDeliveries(first: 3) {{ nodes {{ ...ReverseDeliveryParts }} {PAGE_INFO} }}
}}
"""

_RETURN = f"""
fragment ReturnParts on Return {{
  id name status createdAt closedAt requestApprovedAt
  order {{ id }}
  decline {{ note }}
  returnLineItems(first: 10) {{ nodes {{ ...ReturnLine }} {PAGE_INFO} }}
  exchangeLineItems(first: 3) {{ nodes {{ {_EXCHANGE_LINE} }} {PAGE_INFO} }}
  reverseFulfillmentOrders(first: 3) {{ nodes {{ ...ReverseOrder }} {PAGE_INFO} }}
}}
"""

# The rest of what an answer cuts short

ORDER_LINES = _rest("OrderLines", "order", "lineItems", "...Line", _LINE, first=100)
ORDER_SHIPPING_LINES = _rest("OrderShippingLines", "order", "shippingLines", "title", first=100)
ORDER_FULFILLMENT_ORDERS = _rest(
    "OrderFulfillmentOrders", "order", "fulfillmentOrders", "...FulfillmentOrderParts", _FULFILLMENT_ORDER, first=50
)
ORDER_RETURNS = _rest("OrderReturns", "order", "returns", "id", first=100)
ORDER_FULFILLMENTS = _longer("OrderFulfillments", "order", "fulfillments", "...Parcel", _PARCEL, _SCAN)
ORDER_TRANSACTIONS = _longer("OrderTransactions", "order", "transactions", _TRANSACTION)
ORDER_REFUNDS = _longer("OrderRefunds", "order", "refunds", _REFUND)
FULFILLMENT_TRACKING = _longer("FulfillmentTracking", "fulfillment", "trackingInfo", _TRACKING)
FULFILLMENT_SCANS = _rest(
    "FulfillmentScans", "fulfillment", "events", "...Scan", _SCAN, first=100, order=", sortKey: HAPPENED_AT"
)
RETURN_LINE_ITEMS = _rest("ReturnLineItems", "return", "returnLineItems", "...ReturnLine", _RETURN_LINE, first=100)
RETURN_EXCHANGE_LINES = _rest("ReturnExchangeLines", "return", "exchangeLineItems", _EXCHANGE_LINE, first=100)
RETURN_REVERSE_ORDERS = _rest(
    "ReturnReverseOrders",
    "return",
    "reverseFulfillmentOrders",
    "...ReverseOrder",
    _REVERSE_ORDER,
    _REVERSE_DELIVERY,
    first=10,
)
REVERSE_LINES = _rest("ReverseLines", "reverseFulfillmentOrder", "lineItems", _REVERSE_LINE, first=100)
REVERSE_DELIVERIES = _rest(
    "ReverseDeliveries",
    "reverseFulfillmentOrder",
    "reverseDeliveries",
    "...ReverseDeliveryParts",
    _REVERSE_DELIVERY,
    first=50,
)
ROUTED_LINES = _rest("RoutedLines", "fulfillmentOrder", "lineItems", _ROUTED_LINE, first=100)

_LISTS_OF_PARCELS = (
    TruncatedList(("fulfillments",), ORDER_FULFILLMENTS, first=50),
    TruncatedList(("fulfillments", "trackingInfo"), FULFILLMENT_TRACKING, first=20),
    TruncatedList(("fulfillments", "events"), FULFILLMENT_SCANS),
)
_LISTS_OF_ORDERS = (
    *_LISTS_OF_PARCELS,
    TruncatedList(("shippingLines",), ORDER_SHIPPING_LINES),
    TruncatedList(("lineItems",), ORDER_LINES),
    TruncatedList(("fulfillmentOrders",), ORDER_FULFILLMENT_ORDERS),
    TruncatedList(("transactions",), ORDER_TRANSACTIONS, first=100),
    TruncatedList(("refunds",), ORDER_REFUNDS, first=50),
    TruncatedList(("returns",), ORDER_RETURNS),
)
_LISTS_OF_DETAILS = (
    TruncatedList(("returnLineItems",), RETURN_LINE_ITEMS),
    TruncatedList(("exchangeLineItems",), RETURN_EXCHANGE_LINES),
    TruncatedList(("reverseFulfillmentOrders",), RETURN_REVERSE_ORDERS),
    TruncatedList(("reverseFulfillmentOrders", "lineItems"), REVERSE_LINES),
    TruncatedList(("reverseFulfillmentOrders", "reverseDeliveries"), REVERSE_DELIVERIES),
    TruncatedList(("lineItems",), ROUTED_LINES),
)

# Orders

ORDERS_PAGE = query(
    "OrdersPage",
    "($first: Int!, $after: String, $query: String, $sortKey: OrderSortKeys!, $reverse: Boolean!)",
    "orders(first: $first, after: $after, query: $query, sortKey: $sortKey, reverse: $reverse) "
    f"{{ nodes {{ ...OrderParts }} {PAGE_INFO} }}",
    *_WHOLE_ORDER,
    at=("orders", "nodes"),
    lists=_LISTS_OF_ORDERS,
)
ORDER_IDS_PAGE = query(
    "OrderIdsPage",
    "($first: Int!, $after: String, $query: String, $sortKey: OrderSortKeys!, $reverse: Boolean!)",
    "orders(first: $first, after: $after, query: $query, sortKey: $sortKey, reverse: $reverse) "
    f"{{ nodes {{ id updatedAt }} {PAGE_INFO} }}",
)
ORDERS = query(
    "OrdersRead",
    "($ids: [ID!]!)",
    "nodes(ids: $ids) { ... on Order { ...OrderParts } }",
    *_WHOLE_ORDER,
    at=("nodes",),
    lists=_LISTS_OF_ORDERS,
)
PARCELS = query(
    "ParcelsRead",
    "($ids: [ID!]!)",
    "nodes(ids: $ids) { ... on Order { ...ParcelParts } }",
    _PARCELS,
    _PARCEL,
    _SCAN,
    at=("nodes",),
    lists=_LISTS_OF_PARCELS,
)
ORDERS_COUNT = query("OrdersCount", "($query: String)", "ordersCount(query: $query, limit: null) { count precision }")

# What an order's page leaves out: returns, disputes, the lines of fulfilment orders that are held or may be exchanges

DETAILS = query(
    "Details",
    "($ids: [ID!]!)",
    "nodes(ids: $ids) { __typename id ...ReturnParts "
    f"... on FulfillmentOrder {{ orderId lineItems(first: 50) {{ nodes {{ {_ROUTED_LINE} }} {PAGE_INFO} }} }} "
    "... on ShopifyPaymentsDispute { initiatedAt evidenceDueBy amount { amount currencyCode } } }",
    _RETURN,
    _RETURN_LINE,
    _REVERSE_ORDER,
    _REVERSE_DELIVERY,
    at=("nodes",),
    lists=_LISTS_OF_DETAILS,
)
ORDER_IDS_OF = query(
    "Whose",
    "($ids: [ID!]!)",
    "nodes(ids: $ids) { __typename id "
    "... on FulfillmentOrder { orderId } "
    "... on Return { returned: order { id } } "
    "... on ReverseFulfillmentOrder { reversed: order { id } } "
    "... on ReverseDelivery { reverseFulfillmentOrder { reversed: order { id } } } }",
    at=("nodes",),
)
"""Which order something belongs to that a webhook named without its order."""

# Stock

LOCATIONS = query(
    "Locations",
    "($first: Int!, $after: String)",
    f"locations(first: $first, after: $after) {{ nodes {{ id }} {PAGE_INFO} }}",
)
STOCK_PAGE = query(
    "StockPage",
    "($id: ID!, $first: Int!, $after: String, $query: String)",
    "location(id: $id) { inventoryLevels(first: $first, after: $after, query: $query) { nodes { "
    'id updatedAt quantities(names: ["available"]) { name quantity } item { id sku tracked updatedAt } '
    f"}} {PAGE_INFO} }} }}",
    at=("location", "inventoryLevels", "nodes"),
)

# The shop and this app in it

SHOP = query(
    "ShopRead",
    "",
    "shop { id name myshopifyDomain currencyCode ianaTimezone } currentAppInstallation { accessScopes { handle } }",
)
WEBHOOK_SUBSCRIPTIONS = query(
    "WebhookSubscriptions",
    "($first: Int!, $after: String)",
    f"webhookSubscriptions(first: $first, after: $after) {{ nodes {{ id topic uri format }} {PAGE_INFO} }}",
)
