"""The GraphQL mutations, and the queries that are read before them.

None of the mutations takes a key of idempotency in 2026-07 (`@idempotent` is there for refundCreate and stock only): after an
unknown outcome the shop is read again.
"""

from __future__ import annotations

from orders_sync.external.shopify.documents import MOST_AT_ONCE, PAGE_INFO, connection, mutation, query

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

FULFILLABLE = query(
    "Fulfillable",
    "($id: ID!, $after: String)",
    "order(id: $id) { id cancelledAt fulfillmentOrders(first: 50, after: $after) "
    f"{{ nodes {{ id status supportedActions {{ action }} fulfillmentHolds {{ id handle }} }} {PAGE_INFO} }} }}",
)
FULFILLABLE_LINES = connection("FulfillableLines", "fulfillmentOrder", "lineItems", "sku remainingQuantity")
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
ORDER_PARCELS = query(
    "OrderParcels",
    "($id: ID!)",
    f"order(id: $id) {{ id fulfillments(first: {MOST_AT_ONCE}) {{ id status createdAt }} }}",
)
SET_NUMBERS = mutation(
    "SetNumbers",
    "($id: ID!, $tracking: FulfillmentTrackingInput!, $notify: Boolean)",
    "fulfillmentTrackingInfoUpdate(fulfillmentId: $id, trackingInfoInput: $tracking, notifyCustomer: $notify)",
    "fulfillment { id status }",
    _UNCODED,
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
DECLINE_RETURN = mutation(
    "DeclineReturn", "($input: ReturnDeclineRequestInput!)", "returnDeclineRequest(input: $input)", _RETURN
)
CANCEL_RETURN = mutation("CancelReturn", "($id: ID!)", "returnCancel(id: $id)", _RETURN)
CLOSE_RETURN = mutation("CloseReturn", "($id: ID!)", "returnClose(id: $id)", _RETURN)
