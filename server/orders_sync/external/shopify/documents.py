"""Every GraphQL document that is sent to the shop, valid for Admin API 2026-07 (a test validates each against the schema).

Costs, as recorded from a live shop: an object is 1, a scalar 0, a mutation 10; a connection is sized by its `first`, a plain
list (`fulfillments`, `transactions`, `refunds`, `trackingInfo`) is not. So what most orders lack (the insides of returns, the
lines of held fulfilment orders) is left out of the page and read by `DETAILS` for those that have it, and what most orders
have few of is cut short here and paged by the documents under "The rest of a long order".
"""

from __future__ import annotations

from dataclasses import dataclass

API_VERSION = "2026-07"


@dataclass(frozen=True, slots=True)
class Document:
    """One operation with the fragments it needs. `name` is the operation's."""

    name: str
    text: str


def _document(kind: str, name: str, signature: str, body: str, *fragments: str) -> Document:
    return Document(name, f"{kind} {name}{signature} {{{body}}}\n" + "".join(fragments))


def _query(name: str, signature: str, body: str, *fragments: str) -> Document:
    return _document("query", name, signature, body, *fragments)


def _mutation(name: str, signature: str, body: str, *fragments: str) -> Document:
    return _document("mutation", name, signature, body, *fragments)


_MONEY = "shopMoney { amount currencyCode }"
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
  id status updatedAt fulfillBy
  deliveryMethod { methodType }
  fulfillmentHolds { id reason reasonNotes handle }
}
"""

_PARCELS = f"""
fragment ParcelParts on Order {{
  id updatedAt
  fulfillments(first: 50) {{
    id name status displayStatus requiresShipping createdAt updatedAt inTransitAt deliveredAt
    trackingInfo(first: 20) {{ number company url }}
    events(first: 10, sortKey: HAPPENED_AT) {{ nodes {{ ...Scan }} {_PAGE} }}
  }}
}}
"""

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
  shippingLines(first: 3) {{ nodes {{ title }} }}
  lineItems(first: 10) {{ nodes {{ ...Line }} {_PAGE} }}
  fulfillmentOrders(first: 5) {{ nodes {{ ...FulfillmentOrderParts }} {_PAGE} }}
  transactions(first: 100) {{ id kind status gateway createdAt amountSet {{ {_MONEY} }} }}
  refunds(first: 50) {{ id createdAt note return {{ id }} totalRefundedSet {{ {_MONEY} }} }}
  returns(first: 5) {{ nodes {{ id }} {_PAGE} }}
  risk {{ assessments {{ riskLevel }} }}
  disputes {{ id initiatedAs status }}
}}
"""

_WHOLE_ORDER = (_ORDER, _PARCELS, _LINE, _SCAN, _FULFILLMENT_ORDER)

_RETURN = f"""
fragment ReturnParts on Return {{
  id name status createdAt closedAt requestApprovedAt
  order {{ id }}
  decline {{ note }}
  returnLineItems(first: 10) {{
    nodes {{
      id quantity refundableQuantity refundedQuantity returnReasonNote customerNote
      returnReasonDefinition {{ handle }}
      ... on ReturnLineItem {{ withCodeDiscountedTotalPriceSet {{ {_MONEY} }} }}
    }}
  }}
  reverseFulfillmentOrders(first: 3) {{
    nodes {{
      id status
      lineItems(first: 10) {{ nodes {{ totalQuantity dispositions {{ type quantity createdAt }} }} }}
      reverseDeliveries(first: 3) {{
        nodes {{
          id
          deliverable {{
            ... on ReverseDeliveryShippingDeliverable {{
              label {{ publicFileUrl createdAt }}
              tracking {{ number carrierName url }}
            }}
          }}
        }}
      }}
    }}
  }}
}}
"""

# Orders

ORDERS_PAGE = _query(
    "OrdersPage",
    "($first: Int!, $after: String, $query: String, $sortKey: OrderSortKeys!, $reverse: Boolean!)",
    "orders(first: $first, after: $after, query: $query, sortKey: $sortKey, reverse: $reverse) "
    f"{{ nodes {{ ...OrderParts }} {_PAGE} }}",
    *_WHOLE_ORDER,
)
ORDER = _query("OrderRead", "($id: ID!)", "order(id: $id) { ...OrderParts }", *_WHOLE_ORDER)
ORDERS = _query("OrdersRead", "($ids: [ID!]!)", "nodes(ids: $ids) { ... on Order { ...OrderParts } }", *_WHOLE_ORDER)
PARCELS = _query(
    "ParcelsRead", "($ids: [ID!]!)", "nodes(ids: $ids) { ... on Order { ...ParcelParts } }", _PARCELS, _SCAN
)
ORDERS_COUNT = _query("OrdersCount", "($query: String)", "ordersCount(query: $query, limit: null) { count precision }")

# What an order's page leaves out: returns, the lines of held fulfilment orders, disputes

DETAILS = _query(
    "Details",
    "($ids: [ID!]!)",
    "nodes(ids: $ids) { __typename id ...ReturnParts "
    "... on FulfillmentOrder { orderId lineItems(first: 50) { nodes { sku remainingQuantity } } } "
    "... on ShopifyPaymentsDispute { initiatedAt evidenceDueBy amount { amount currencyCode } } }",
    _RETURN,
)
RETURN = _query("ReturnRead", "($id: ID!)", "return(id: $id) { ...ReturnParts }", _RETURN)
FULFILLMENT_ORDER = _query(
    "FulfillmentOrderRead",
    "($id: ID!)",
    "fulfillmentOrder(id: $id) { ...FulfillmentOrderParts orderId lineItems(first: 50) { nodes { sku remainingQuantity } } }",
    _FULFILLMENT_ORDER,
)
WHOSE = _query(
    "Whose",
    "($ids: [ID!]!)",
    "nodes(ids: $ids) { __typename id "
    "... on FulfillmentOrder { orderId } "
    "... on Return { returned: order { id } } "
    "... on ReverseFulfillmentOrder { reversed: order { id } } "
    "... on ReverseDelivery { reverseFulfillmentOrder { reversed: order { id } } } }",
)
"""Which order something belongs to that a webhook named without its order."""

# The rest of a long order

ORDER_LINES = _query(
    "OrderLines",
    "($id: ID!, $after: String)",
    f"order(id: $id) {{ lineItems(first: 100, after: $after) {{ nodes {{ ...Line }} {_PAGE} }} }}",
    _LINE,
)
ORDER_FULFILLMENT_ORDERS = _query(
    "OrderFulfillmentOrders",
    "($id: ID!, $after: String)",
    "order(id: $id) { fulfillmentOrders(first: 50, after: $after) "
    f"{{ nodes {{ ...FulfillmentOrderParts }} {_PAGE} }} }}",
    _FULFILLMENT_ORDER,
)
ORDER_RETURNS = _query(
    "OrderReturns",
    "($id: ID!, $after: String)",
    f"order(id: $id) {{ returns(first: 100, after: $after) {{ nodes {{ id }} {_PAGE} }} }}",
)
FULFILLMENT_SCANS = _query(
    "FulfillmentScans",
    "($id: ID!, $after: String)",
    "fulfillment(id: $id) { events(first: 100, after: $after, sortKey: HAPPENED_AT) "
    f"{{ nodes {{ ...Scan }} {_PAGE} }} }}",
    _SCAN,
)

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
    "($id: ID!)",
    "order(id: $id) { id cancelledAt "
    "fulfillmentOrders(first: 20) { nodes { id status supportedActions { action } "
    "fulfillmentHolds { id handle } "
    "lineItems(first: 20) { nodes { sku remainingQuantity } pageInfo { hasNextPage } } } } }",
)
CREATE_FULFILLMENT = _mutation(
    "CreateFulfillment",
    "($fulfillment: FulfillmentInput!)",
    "fulfillmentCreate(fulfillment: $fulfillment) "
    f"{{ fulfillment {{ id status trackingInfo(first: 1) {{ number company url }} }} {_ERRORS} }}",
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
RETURN_TO_PROCESS = _query(
    "ReturnToProcess",
    "($id: ID!)",
    "return(id: $id) { id status order { id } refunds(first: 10) { nodes { id createdAt } } "
    "returnLineItems(first: 50) { nodes { id processableQuantity refundableQuantity refundedQuantity } } }",
)
RETURN_OUTCOME = _query(
    "ReturnOutcome",
    "($id: ID!, $lines: [SuggestedOutcomeReturnLineItemInput!]!)",
    "return(id: $id) { suggestedFinancialOutcome(returnLineItems: $lines, exchangeLineItems: []) { "
    "financialTransfer { __typename ... on RefundReturnOutcome { suggestedTransactions { "
    f"amountSet {{ {_MONEY} }} parentTransaction {{ id }} }} }} }} }} }}",
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
