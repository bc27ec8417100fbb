"""Every GraphQL document that is sent to the shop, valid for Admin API 2026-07 (a test validates each against the schema).

Costs, as recorded from a live shop: an object is 1, a scalar 0, a mutation 10; a connection is sized by its `first`, a plain
list (`fulfillments`, `transactions`, `refunds`, `trackingInfo`) is not. So what most orders lack (the insides of returns, the
lines of fulfilment orders) is left out of the page and read by `DETAILS` for those that have it, and what most orders
have few of is cut short here and read to its end by the documents under "The rest of what an answer cuts short".

Invariant: every list that takes `first` is a page of its document (`$after`) or among its `lists` (a test reads all documents).
"""

from __future__ import annotations

from dataclasses import dataclass

API_VERSION = "2026-07"


MOST_AT_ONCE = 250
"""The shop's limit for `first`."""


@dataclass(frozen=True, slots=True)
class Document:
    """One operation with the fragments it needs. `name` is the operation's.

    `at`: the names in the answer that lead to the objects which it reads, one or a list of them; what fails inside one of a
    list concerns that one alone. `lists`: the lists in such an object that an answer may cut short, outer ones first.
    """

    name: str
    text: str
    at: tuple[str, ...] = ()
    lists: tuple[Cut, ...] = ()


@dataclass(frozen=True, slots=True)
class Cut:
    """A list that an answer may cut short. `path`: the names that lead to it from an object of its document, without `nodes`;
    `rest`: reads on in the object that has it; `first`: how many a plain list was asked for, null for a connection, whose
    `pageInfo` says whether more follow.
    """

    path: tuple[str, ...]
    rest: Document
    first: int | None = None


def _query(
    name: str,
    signature: str,
    body: str,
    *fragments: str,
    at: tuple[str, ...] = (),
    lists: tuple[Cut, ...] = (),
) -> Document:
    return Document(name, f"query {name}{signature} {{{body}}}\n" + "".join(fragments), at, lists)


def _mutation(name: str, signature: str, body: str, *fragments: str) -> Document:
    return Document(name, f"mutation {name}{signature} {{{body}}}\n" + "".join(fragments))


def _rest(name: str, root: str, connection: str, nodes: str, *fragments: str, first: int, order: str = "") -> Document:
    """What follows in a connection of the object that `root` reads."""
    listed = f"{connection}(first: {first}, after: $after{order}) {{ nodes {{ {nodes} }} {_PAGE} }}"
    return _query(name, "($id: ID!, $after: String)", f"{root}(id: $id) {{ {listed} }}", *fragments, at=(root,))


def _longer(name: str, root: str, plain: str, parts: str, *fragments: str) -> Document:
    """A plain list of the object that `root` reads, as long as the shop lets one ask for."""
    listed = f"{plain}(first: {MOST_AT_ONCE}) {{ {parts} }}"
    return _query(name, "($id: ID!)", f"{root}(id: $id) {{ {listed} }}", *fragments, at=(root,))


_MONEY = "shopMoney { amount currencyCode }"
_PRESENTMENT = "presentmentMoney { amount currencyCode }"
_PAGE = "pageInfo { hasNextPage endCursor }"
_ADDRESS = "name company address1 address2 city province zip country phone"
_ERRORS = "userErrors { field message }"
_CODED_ERRORS = "userErrors { field message code }"

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
  events(first: 10, sortKey: HAPPENED_AT) {{ nodes {{ ...Scan }} {_PAGE} }}
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
  shippingLines(first: 3) {{ nodes {{ title }} {_PAGE} }}
  lineItems(first: 10) {{ nodes {{ ...Line }} {_PAGE} }}
  fulfillmentOrders(first: 5) {{ nodes {{ ...FulfillmentOrderParts }} {_PAGE} }}
  transactions(first: 100) {{ {_TRANSACTION} }}
  refunds(first: 50) {{ {_REFUND} }}
  returns(first: 5) {{ nodes {{ id }} {_PAGE} }}
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
  lineItems(first: 10) {{ nodes {{ {_REVERSE_LINE} }} {_PAGE} }}
  reverseDeliveries(first: 3) {{ nodes {{ ...ReverseDeliveryParts }} {_PAGE} }}
}}
"""

_RETURN = f"""
fragment ReturnParts on Return {{
  id name status createdAt closedAt requestApprovedAt
  order {{ id }}
  decline {{ note }}
  returnLineItems(first: 10) {{ nodes {{ ...ReturnLine }} {_PAGE} }}
  exchangeLineItems(first: 3) {{ nodes {{ {_EXCHANGE_LINE} }} {_PAGE} }}
  reverseFulfillmentOrders(first: 3) {{ nodes {{ ...ReverseOrder }} {_PAGE} }}
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
    Cut(("fulfillments",), ORDER_FULFILLMENTS, first=50),
    Cut(("fulfillments", "trackingInfo"), FULFILLMENT_TRACKING, first=20),
    Cut(("fulfillments", "events"), FULFILLMENT_SCANS),
)
_LISTS_OF_ORDERS = (
    *_LISTS_OF_PARCELS,
    Cut(("shippingLines",), ORDER_SHIPPING_LINES),
    Cut(("lineItems",), ORDER_LINES),
    Cut(("fulfillmentOrders",), ORDER_FULFILLMENT_ORDERS),
    Cut(("transactions",), ORDER_TRANSACTIONS, first=100),
    Cut(("refunds",), ORDER_REFUNDS, first=50),
    Cut(("returns",), ORDER_RETURNS),
)
_LISTS_OF_DETAILS = (
    Cut(("returnLineItems",), RETURN_LINE_ITEMS),
    Cut(("exchangeLineItems",), RETURN_EXCHANGE_LINES),
    Cut(("reverseFulfillmentOrders",), RETURN_REVERSE_ORDERS),
    Cut(("reverseFulfillmentOrders", "lineItems"), REVERSE_LINES),
    Cut(("reverseFulfillmentOrders", "reverseDeliveries"), REVERSE_DELIVERIES),
    Cut(("lineItems",), ROUTED_LINES),
)

# Orders

ORDERS_PAGE = _query(
    "OrdersPage",
    "($first: Int!, $after: String, $query: String, $sortKey: OrderSortKeys!, $reverse: Boolean!)",
    "orders(first: $first, after: $after, query: $query, sortKey: $sortKey, reverse: $reverse) "
    f"{{ nodes {{ ...OrderParts }} {_PAGE} }}",
    *_WHOLE_ORDER,
    at=("orders", "nodes"),
    lists=_LISTS_OF_ORDERS,
)
ORDER_IDS_PAGE = _query(
    "OrderIdsPage",
    "($first: Int!, $after: String, $query: String, $sortKey: OrderSortKeys!, $reverse: Boolean!)",
    "orders(first: $first, after: $after, query: $query, sortKey: $sortKey, reverse: $reverse) "
    f"{{ nodes {{ id updatedAt }} {_PAGE} }}",
)
ORDERS = _query(
    "OrdersRead",
    "($ids: [ID!]!)",
    "nodes(ids: $ids) { ... on Order { ...OrderParts } }",
    *_WHOLE_ORDER,
    at=("nodes",),
    lists=_LISTS_OF_ORDERS,
)
PARCELS = _query(
    "ParcelsRead",
    "($ids: [ID!]!)",
    "nodes(ids: $ids) { ... on Order { ...ParcelParts } }",
    _PARCELS,
    _PARCEL,
    _SCAN,
    at=("nodes",),
    lists=_LISTS_OF_PARCELS,
)
ORDERS_COUNT = _query("OrdersCount", "($query: String)", "ordersCount(query: $query, limit: null) { count precision }")

# What an order's page leaves out: returns, disputes, the lines of fulfilment orders that are held or may be exchanges

DETAILS = _query(
    "Details",
    "($ids: [ID!]!)",
    "nodes(ids: $ids) { __typename id ...ReturnParts "
    f"... on FulfillmentOrder {{ orderId lineItems(first: 50) {{ nodes {{ {_ROUTED_LINE} }} {_PAGE} }} }} "
    "... on ShopifyPaymentsDispute { initiatedAt evidenceDueBy amount { amount currencyCode } } }",
    _RETURN,
    _RETURN_LINE,
    _REVERSE_ORDER,
    _REVERSE_DELIVERY,
    at=("nodes",),
    lists=_LISTS_OF_DETAILS,
)
WHOSE = _query(
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

LOCATIONS = _query(
    "Locations",
    "($first: Int!, $after: String)",
    f"locations(first: $first, after: $after) {{ nodes {{ id }} {_PAGE} }}",
)
STOCK_PAGE = _query(
    "StockPage",
    "($id: ID!, $first: Int!, $after: String, $query: String)",
    "location(id: $id) { inventoryLevels(first: $first, after: $after, query: $query) { nodes { "
    'id updatedAt quantities(names: ["available"]) { name quantity } item { id sku tracked updatedAt } '
    f"}} {_PAGE} }} }}",
    at=("location", "inventoryLevels", "nodes"),
)

# The shop and this app in it

SHOP = _query(
    "ShopRead",
    "",
    "shop { id name myshopifyDomain currencyCode ianaTimezone } currentAppInstallation { accessScopes { handle } }",
)
WEBHOOK_SUBSCRIPTIONS = _query(
    "WebhookSubscriptions",
    "($first: Int!, $after: String)",
    f"webhookSubscriptions(first: $first, after: $after) {{ nodes {{ id topic uri format }} {_PAGE} }}",
)
SUBSCRIBE = _mutation(
    "Subscribe",
    "($topic: WebhookSubscriptionTopic!, $subscription: WebhookSubscriptionInput!)",
    "webhookSubscriptionCreate(topic: $topic, webhookSubscription: $subscription) "
    f"{{ webhookSubscription {{ id topic uri }} {_ERRORS} }}",
)

# Writes, and what is read before or after them. None of these takes a key of idempotency in 2026-07 (`@idempotent` is there
# for refundCreate and stock only): after an unknown outcome the shop is read again.

SET_METAFIELDS = _mutation(
    "SetMetafields",
    "($metafields: [MetafieldsSetInput!]!)",
    "metafieldsSet(metafields: $metafields) { metafields { id } userErrors { field message code elementIndex } }",
)
FULFILLABLE = _query(
    "Fulfillable",
    "($id: ID!, $after: String)",
    "order(id: $id) { id cancelledAt fulfillmentOrders(first: 50, after: $after) "
    f"{{ nodes {{ id status supportedActions {{ action }} fulfillmentHolds {{ id handle }} }} {_PAGE} }} }}",
)
FULFILLABLE_LINES = _query(
    "FulfillableLines",
    "($id: ID!, $after: String)",
    "fulfillmentOrder(id: $id) { lineItems(first: 100, after: $after) "
    f"{{ nodes {{ sku remainingQuantity }} {_PAGE} }} }}",
)
CREATE_FULFILLMENT = _mutation(
    "CreateFulfillment",
    "($fulfillment: FulfillmentInput!)",
    f"fulfillmentCreate(fulfillment: $fulfillment) {{ fulfillment {{ id status }} {_ERRORS} }}",
)
NUMBERS_AT_MOST = 250
"""`trackingInfo` and `fulfillments` have no pages: a list as long as this may have been cut, and is not written over."""

PARCEL_NUMBERS = _query(
    "ParcelNumbers",
    "($id: ID!)",
    f"fulfillment(id: $id) {{ id status trackingInfo(first: {NUMBERS_AT_MOST}) {{ number company url }} }}",
)
ORDER_PARCELS = _query(
    "OrderParcels",
    "($id: ID!)",
    f"order(id: $id) {{ id fulfillments(first: {NUMBERS_AT_MOST}) {{ id status createdAt }} }}",
)
SET_NUMBERS = _mutation(
    "SetNumbers",
    "($id: ID!, $tracking: FulfillmentTrackingInput!, $notify: Boolean)",
    "fulfillmentTrackingInfoUpdate(fulfillmentId: $id, trackingInfoInput: $tracking, notifyCustomer: $notify) "
    f"{{ fulfillment {{ id status }} {_ERRORS} }}",
)
HOLD = _mutation(
    "Hold",
    "($id: ID!, $hold: FulfillmentOrderHoldInput!)",
    "fulfillmentOrderHold(id: $id, fulfillmentHold: $hold) { fulfillmentHold { id handle } fulfillmentOrder { id status } "
    f"remainingFulfillmentOrder {{ id }} {_CODED_ERRORS} }}",
)
RELEASE_HOLD = _mutation(
    "ReleaseHold",
    "($id: ID!, $holdIds: [ID!])",
    f"fulfillmentOrderReleaseHold(id: $id, holdIds: $holdIds) {{ fulfillmentOrder {{ id status }} {_CODED_ERRORS} }}",
)
_QUANTITIES = f"nodes {{ id processableQuantity processedQuantity unprocessedQuantity }} {_PAGE}"
RETURN_TO_PROCESS = _query(
    "ReturnToProcess",
    "($id: ID!, $after: String)",
    f"return(id: $id) {{ id status refunds(first: 50, after: $after) {{ nodes {{ id }} {_PAGE} }} }}",
)
RETURN_LINES = _query(
    "ReturnLines",
    "($id: ID!, $after: String)",
    f"return(id: $id) {{ returnLineItems(first: 250, after: $after) {{ {_QUANTITIES} }} }}",
)
EXCHANGE_LINES = _query(
    "ExchangeLines",
    "($id: ID!, $after: String)",
    f"return(id: $id) {{ exchangeLineItems(first: 250, after: $after) {{ {_QUANTITIES} }} }}",
)
RETURN_OUTCOME = _query(
    "ReturnOutcome",
    "($id: ID!, $lines: [SuggestedOutcomeReturnLineItemInput!]!, $exchanges: [SuggestedOutcomeExchangeLineItemInput!]!)",
    "return(id: $id) { suggestedFinancialOutcome(returnLineItems: $lines, exchangeLineItems: $exchanges) { "
    "financialTransfer { __typename "
    f"... on InvoiceReturnOutcome {{ amount {{ {_PRESENTMENT} }} }} "
    f"... on RefundReturnOutcome {{ amount {{ {_PRESENTMENT} }} suggestedTransactions {{ "
    f"amountSet {{ {_PRESENTMENT} }} parentTransaction {{ id }} }} }} }} }} }}",
)
PROCESS_RETURN = _mutation(
    "ProcessReturn",
    "($input: ReturnProcessInput!)",
    f"returnProcess(input: $input) {{ return {{ id status }} {_CODED_ERRORS} }}",
)
DECLINE_RETURN = _mutation(
    "DeclineReturn",
    "($input: ReturnDeclineRequestInput!)",
    f"returnDeclineRequest(input: $input) {{ return {{ id status }} {_CODED_ERRORS} }}",
)
CANCEL_RETURN = _mutation(
    "CancelReturn",
    "($id: ID!)",
    f"returnCancel(id: $id) {{ return {{ id status }} {_CODED_ERRORS} }}",
)
CLOSE_RETURN = _mutation(
    "CloseReturn",
    "($id: ID!)",
    f"returnClose(id: $id) {{ return {{ id status }} {_CODED_ERRORS} }}",
)

ALL: tuple[Document, ...] = tuple(value for value in list(globals().values()) if isinstance(value, Document))
"""Every document, for whoever checks them or serves them."""
