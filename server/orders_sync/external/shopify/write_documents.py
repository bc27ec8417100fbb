"""The GraphQL mutations, and the queries that are read before them.

None of the mutations takes a key of idempotency in 2026-07 (`@idempotent` is there for refundCreate and stock only): after an
unknown outcome the shop is read again.
"""

from __future__ import annotations

from orders_sync.external.shopify.documents import (
    MOST_AT_ONCE,
    PAGE_INFO,
    TruncatedList,
    connection,
    mutation,
    plain_list,
    query,
)
from orders_sync.external.shopify.read_documents import ADDRESS

_UNCODED = "field message"
_PRESENTMENT = "presentmentMoney { amount currencyCode }"
_QUANTITIES = "id processableQuantity processedQuantity unprocessedQuantity"

SUBSCRIBE = mutation(
    "Subscribe",
    "($topic: WebhookSubscriptionTopic!, $subscription: WebhookSubscriptionInput!)",
    "webhookSubscriptionCreate(topic: $topic, webhookSubscription: $subscription)",
    "webhookSubscription { id topic uri }",
    _UNCODED,
)
SET_METAFIELDS = mutation(
    "SetMetafields",
    "($metafields: [MetafieldsSetInput!]!)",
    "metafieldsSet(metafields: $metafields)",
    "metafields { id }",
    "field message code elementIndex",
)

# Fulfilments, their tracking numbers, and holds

_SENT_NUMBER = "number"
_SENT_LINE = "quantity lineItem { id }"
_SENDABLE_LINE = "id remainingQuantity lineItem { id title sku }"
_SENT = f"""
fragment SentParts on Fulfillment {{
  id status createdAt
  trackingInfo(first: 20) {{ {_SENT_NUMBER} }}
  fulfillmentLineItems(first: 50) {{ nodes {{ {_SENT_LINE} }} {PAGE_INFO} }}
}}
"""
_SENDABLE = f"""
fragment SendableParts on FulfillmentOrder {{
  id status createdAt
  supportedActions {{ action }}
  fulfillmentHolds {{ id }}
  assignedLocation {{ location {{ id }} }}
  lineItems(first: 25) {{ nodes {{ {_SENDABLE_LINE} }} {PAGE_INFO} }}
}}
"""
_LISTS_OF_SENT = (
    TruncatedList(
        ("fulfillments",), plain_list("AllSentOfOrder", "order", "fulfillments", "...SentParts", _SENT), first=50
    ),
    TruncatedList(
        ("fulfillments", "trackingInfo"),
        plain_list("SentNumbers", "fulfillment", "trackingInfo", _SENT_NUMBER),
        first=20,
    ),
    TruncatedList(
        ("fulfillments", "fulfillmentLineItems"),
        connection("SentLines", "fulfillment", "fulfillmentLineItems", _SENT_LINE),
    ),
)
FULFILLABLE = query(
    "Fulfillable",
    "($id: ID!)",
    "order(id: $id) { id cancelledAt fulfillments(first: 50) { ...SentParts } "
    f"fulfillmentOrders(first: 10) {{ nodes {{ ...SendableParts }} {PAGE_INFO} }} }}",
    _SENT,
    _SENDABLE,
    at=("order",),
    lists=(
        *_LISTS_OF_SENT,
        TruncatedList(
            ("fulfillmentOrders",),
            connection("SendableOfOrder", "order", "fulfillmentOrders", "...SendableParts", _SENDABLE, first=25),
        ),
        TruncatedList(
            ("fulfillmentOrders", "lineItems"),
            connection("SendableLines", "fulfillmentOrder", "lineItems", _SENDABLE_LINE),
        ),
    ),
)
"""What an order has to send, from where, and what was sent of it: all that a fulfilment rests on, as of one moment."""

CREATE_FULFILLMENT = mutation(
    "CreateFulfillment",
    "($fulfillment: FulfillmentInput!)",
    "fulfillmentCreate(fulfillment: $fulfillment)",
    "fulfillment { id status }",
    _UNCODED,
)
PARCEL_NUMBERS = query(
    "ParcelNumbers",
    "($id: ID!)",
    f"fulfillment(id: $id) {{ id status trackingInfo(first: {MOST_AT_ONCE}) {{ number company url }} }}",
)
SENT_OF_ORDER = query(
    "SentOfOrder",
    "($id: ID!)",
    "order(id: $id) { id fulfillments(first: 50) { ...SentParts } }",
    _SENT,
    at=("order",),
    lists=_LISTS_OF_SENT,
)
SET_NUMBERS = mutation(
    "SetNumbers",
    "($id: ID!, $tracking: FulfillmentTrackingInput!, $notify: Boolean)",
    "fulfillmentTrackingInfoUpdate(fulfillmentId: $id, trackingInfoInput: $tracking, notifyCustomer: $notify)",
    "fulfillment { id status }",
    _UNCODED,
)
HOLDABLE = query(
    "Holdable",
    "($id: ID!, $after: String)",
    "order(id: $id) { id fulfillmentOrders(first: 50, after: $after) "
    f"{{ nodes {{ id status supportedActions {{ action }} fulfillmentHolds {{ id handle }} }} {PAGE_INFO} }} }}",
)
HOLDABLE_LINES = connection(
    "HoldableLines", "fulfillmentOrder", "lineItems", "id sku remainingQuantity lineItem { id }"
)
HOLD = mutation(
    "Hold",
    "($id: ID!, $hold: FulfillmentOrderHoldInput!)",
    "fulfillmentOrderHold(id: $id, fulfillmentHold: $hold)",
    "fulfillmentHold { id handle } fulfillmentOrder { id status } remainingFulfillmentOrder { id }",
)
RELEASE_HOLD = mutation(
    "ReleaseHold",
    "($id: ID!, $holdIds: [ID!])",
    "fulfillmentOrderReleaseHold(id: $id, holdIds: $holdIds)",
    "fulfillmentOrder { id status }",
)

# The order's end

_CANCELLED = "id updatedAt cancelledAt"
_MADE = "id name status"
CANCELLABLE = query(
    "Cancellable",
    "($id: ID!)",
    f"order(id: $id) {{ {_CANCELLED} fulfillments(first: 50) {{ {_MADE} }} "
    f"returns(first: 25) {{ nodes {{ {_MADE} }} {PAGE_INFO} }} }}",
    at=("order",),
    lists=(
        TruncatedList(("fulfillments",), plain_list("MadeOfOrder", "order", "fulfillments", _MADE), first=50),
        TruncatedList(("returns",), connection("ReturnsOfOrderToCancel", "order", "returns", _MADE)),
    ),
)
"""Whether an order is cancelled, and what stands against cancelling it."""

CANCELLED = query("Cancelled", "($id: ID!)", f"order(id: $id) {{ {_CANCELLED} }}")
CANCEL_PROGRESS = query(
    "CancelProgress", "($id: ID!, $job: ID!)", f"order(id: $id) {{ {_CANCELLED} }} job(id: $job) {{ id done }}"
)
CANCEL_ORDER = mutation(
    "CancelOrder",
    "($id: ID!, $reason: OrderCancelReason!, $refund: OrderCancelRefundMethodInput!, $restock: Boolean!, "
    "$notify: Boolean!, $note: String)",
    "orderCancel(orderId: $id, reason: $reason, refundMethod: $refund, restock: $restock, "
    "notifyCustomer: $notify, staffNote: $note)",
    "job { id done }",
    errors_field="orderCancelUserErrors",
)

# Tags and address of the order

_TAGS = "id updatedAt tags"
_ADDRESSED = f"id updatedAt cancelledAt shippingAddress {{ {ADDRESS} }}"
ORDER_TAGS = query("OrderTags", "($id: ID!)", f"order(id: $id) {{ {_TAGS} }}")
ADD_TAGS = mutation(
    "AddTags",
    "($id: ID!, $tags: [String!]!)",
    "tagsAdd(id: $id, tags: $tags)",
    f"node {{ ... on Order {{ {_TAGS} }} }}",
    _UNCODED,
)
REMOVE_TAGS = mutation(
    "RemoveTags",
    "($id: ID!, $tags: [String!]!)",
    "tagsRemove(id: $id, tags: $tags)",
    f"node {{ ... on Order {{ {_TAGS} }} }}",
    _UNCODED,
)
ORDER_ADDRESS = query("OrderAddress", "($id: ID!)", f"order(id: $id) {{ {_ADDRESSED} }}")
SET_ADDRESS = mutation(
    "SetAddress",
    "($input: OrderInput!)",
    "orderUpdate(input: $input)",
    f"order {{ {_ADDRESSED} }}",
    _UNCODED,
)

# Returns

RETURN_TO_PROCESS = query(
    "ReturnToProcess",
    "($id: ID!, $after: String)",
    f"return(id: $id) {{ id status refunds(first: 50, after: $after) {{ nodes {{ id }} {PAGE_INFO} }} }}",
)
RETURN_LINES = connection("ReturnLines", "return", "returnLineItems", _QUANTITIES, first=MOST_AT_ONCE)
EXCHANGE_LINES = connection("ExchangeLines", "return", "exchangeLineItems", _QUANTITIES, first=MOST_AT_ONCE)
RETURN_OUTCOME = query(
    "ReturnOutcome",
    "($id: ID!, $lines: [SuggestedOutcomeReturnLineItemInput!]!, $exchanges: [SuggestedOutcomeExchangeLineItemInput!]!)",
    "return(id: $id) { suggestedFinancialOutcome(returnLineItems: $lines, exchangeLineItems: $exchanges) { "
    "financialTransfer { __typename "
    f"... on InvoiceReturnOutcome {{ amount {{ {_PRESENTMENT} }} }} "
    f"... on RefundReturnOutcome {{ amount {{ {_PRESENTMENT} }} suggestedTransactions {{ "
    f"amountSet {{ {_PRESENTMENT} }} parentTransaction {{ id }} }} }} }} }} }}",
)
_RETURN = "return { id status }"
PROCESS_RETURN = mutation("ProcessReturn", "($input: ReturnProcessInput!)", "returnProcess(input: $input)", _RETURN)
APPROVE_RETURN = mutation(
    "ApproveReturn", "($input: ReturnApproveRequestInput!)", "returnApproveRequest(input: $input)", _RETURN
)
DECLINE_RETURN = mutation(
    "DeclineReturn", "($input: ReturnDeclineRequestInput!)", "returnDeclineRequest(input: $input)", _RETURN
)
CANCEL_RETURN = mutation("CancelReturn", "($id: ID!)", "returnCancel(id: $id)", _RETURN)
CLOSE_RETURN = mutation("CloseReturn", "($id: ID!)", "returnClose(id: $id)", _RETURN)
