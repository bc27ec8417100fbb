"""The GraphQL queries that orders, returns and stock are read by, and what the shop says of itself.

What most orders lack (the insides of returns, the lines of fulfilment orders) is left out of the page and read by `DETAILS` for
those that have it. What most orders have few of is cut short here, and read to its end by the documents of its `lists`.
"""

from __future__ import annotations

from orders_sync.external.shopify.documents import PAGE_INFO, Document, TruncatedList, connection, plain_list, query

_MONEY = "shopMoney { amount currencyCode }"
_TOTALS = " ".join(
    f"{name} {{ {_MONEY} }}"
    for name in (
        *("totalPriceSet", "subtotalPriceSet", "totalTaxSet", "totalDiscountsSet"),
        *("totalReceivedSet", "totalRefundedSet"),
    )
)
_SHIPPING_LINE = f"title discountedPriceSet {{ {_MONEY} }}"
ADDRESS = "name company address1 address2 city province zip country phone firstName lastName provinceCode countryCodeV2"
"""The fields of a `MailingAddress` that an order's addresses are read by."""


_LINE = f"""
fragment Line on LineItem {{
  id sku title quantity currentQuantity unfulfilledQuantity requiresShipping
  originalUnitPriceSet {{ {_MONEY} }}
  variantTitle customAttributes {{ key value }}
  variant {{ barcode }}
}}
"""

_SCAN = "fragment Scan on FulfillmentEvent { id status happenedAt createdAt }\n"

_FULFILLMENT_ORDER = """
fragment FulfillmentOrderParts on FulfillmentOrder {
  id status createdAt updatedAt fulfillBy
  supportedActions { action }
  deliveryMethod { methodType }
  fulfillmentHolds { id reason reasonNotes handle }
}
"""

_ROUTED_LINE = "sku remainingQuantity lineItem { id }"
_PACKED_LINE = "quantity lineItem { id }"
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
  {_TOTALS}
  customer {{
    id firstName lastName tags
    defaultEmailAddress {{ emailAddress }}
    defaultPhoneNumber {{ phoneNumber }}
  }}
  shippingAddress {{ {ADDRESS} }}
  billingAddress {{ {ADDRESS} }}
  shippingLines(first: 3) {{ nodes {{ {_SHIPPING_LINE} }} {PAGE_INFO} }}
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

# What an answer may cut short, with the document that reads the rest of it


def _connection(
    path: tuple[str, ...], name: str, root: str, nodes: str, *fragments: str, first: int = 100, order: str = ""
) -> TruncatedList:
    return TruncatedList(path, connection(name, root, path[-1], nodes, *fragments, first=first, order=order))


def _plain(path: tuple[str, ...], name: str, root: str, parts: str, *fragments: str, first: int) -> TruncatedList:
    return TruncatedList(path, plain_list(name, root, path[-1], parts, *fragments), first)


_LISTS_OF_PARCELS = (
    _plain(("fulfillments",), "OrderFulfillments", "order", "...Parcel", _PARCEL, _SCAN, first=50),
    _plain(("fulfillments", "trackingInfo"), "FulfillmentTracking", "fulfillment", _TRACKING, first=20),
    _connection(
        ("fulfillments", "events"), "FulfillmentScans", "fulfillment", "...Scan", _SCAN, order=", sortKey: HAPPENED_AT"
    ),
)
_LISTS_OF_ORDERS = (
    *_LISTS_OF_PARCELS,
    _connection(("shippingLines",), "OrderShippingLines", "order", _SHIPPING_LINE),
    _connection(("lineItems",), "OrderLines", "order", "...Line", _LINE),
    _connection(
        ("fulfillmentOrders",),
        "OrderFulfillmentOrders",
        "order",
        "...FulfillmentOrderParts",
        _FULFILLMENT_ORDER,
        first=50,
    ),
    _plain(("transactions",), "OrderTransactions", "order", _TRANSACTION, first=100),
    _plain(("refunds",), "OrderRefunds", "order", _REFUND, first=50),
    _connection(("returns",), "OrderReturns", "order", "id"),
)
_LISTS_OF_DETAILS = (
    _connection(("returnLineItems",), "ReturnLineItems", "return", "...ReturnLine", _RETURN_LINE),
    _connection(("exchangeLineItems",), "ReturnExchangeLines", "return", _EXCHANGE_LINE),
    _connection(
        ("reverseFulfillmentOrders",),
        "ReturnReverseOrders",
        "return",
        "...ReverseOrder",
        _REVERSE_ORDER,
        _REVERSE_DELIVERY,
        first=10,
    ),
    _connection(("reverseFulfillmentOrders", "lineItems"), "ReverseLines", "reverseFulfillmentOrder", _REVERSE_LINE),
    _connection(
        ("reverseFulfillmentOrders", "reverseDeliveries"),
        "ReverseDeliveries",
        "reverseFulfillmentOrder",
        "...ReverseDeliveryParts",
        _REVERSE_DELIVERY,
        first=50,
    ),
    _connection(("lineItems",), "RoutedLines", "fulfillmentOrder", _ROUTED_LINE),
    _connection(("fulfillmentLineItems",), "PackedLines", "fulfillment", _PACKED_LINE),
)

# Orders


def _orders_page(
    name: str, nodes: str, *fragments: str, at: tuple[str, ...] = (), lists: tuple[TruncatedList, ...] = ()
) -> Document:
    return query(
        name,
        "($first: Int!, $after: String, $query: String, $sortKey: OrderSortKeys!, $reverse: Boolean!)",
        "orders(first: $first, after: $after, query: $query, sortKey: $sortKey, reverse: $reverse) "
        f"{{ nodes {{ {nodes} }} {PAGE_INFO} }}",
        *fragments,
        at=at,
        lists=lists,
    )


def _by_ids(name: str, parts: str, *fragments: str, lists: tuple[TruncatedList, ...] = ()) -> Document:
    body = f"nodes(ids: $ids) {{ {parts} }}"
    return query(name, "($ids: [ID!]!)", body, *fragments, at=("nodes",), lists=lists)


ORDERS_PAGE = _orders_page("OrdersPage", "...OrderParts", *_WHOLE_ORDER, at=("orders", "nodes"), lists=_LISTS_OF_ORDERS)
ORDER_IDS_PAGE = _orders_page("OrderIdsPage", "id updatedAt")
"""The same page, without what a failing order takes with it."""

ORDERS = _by_ids("OrdersRead", "... on Order { ...OrderParts }", *_WHOLE_ORDER, lists=_LISTS_OF_ORDERS)
PARCELS = _by_ids("ParcelsRead", "... on Order { ...ParcelParts }", _PARCELS, _PARCEL, _SCAN, lists=_LISTS_OF_PARCELS)
ORDERS_COUNT = query("OrdersCount", "($query: String)", "ordersCount(query: $query, limit: null) { count precision }")

DETAILS = _by_ids(
    "Details",
    "__typename id ...ReturnParts "
    f"... on FulfillmentOrder {{ orderId lineItems(first: 50) {{ nodes {{ {_ROUTED_LINE} }} {PAGE_INFO} }} }} "
    f"... on Fulfillment {{ fulfillmentLineItems(first: 25) {{ nodes {{ {_PACKED_LINE} }} {PAGE_INFO} }} }} "
    "... on ShopifyPaymentsDispute { initiatedAt evidenceDueBy amount { amount currencyCode } }",
    _RETURN,
    _RETURN_LINE,
    _REVERSE_ORDER,
    _REVERSE_DELIVERY,
    lists=_LISTS_OF_DETAILS,
)
"""What an order's page leaves out: returns, disputes, the lines of fulfilment orders that are held or may be exchanges, and those
of fulfilments where the order itself does not say what is in which."""

ORDER_IDS_OF = _by_ids(
    "Whose",
    "__typename id "
    "... on FulfillmentOrder { orderId } "
    "... on Return { returned: order { id } } "
    "... on ReverseFulfillmentOrder { reversed: order { id } } "
    "... on ReverseDelivery { reverseFulfillmentOrder { reversed: order { id } } }",
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
