"""The GraphQL mutations, and the queries that are read before or after them.

None of the mutations takes a key of idempotency in 2026-07 (`@idempotent` is there for refundCreate and stock only): after an
unknown outcome the shop is read again.
"""

from __future__ import annotations

from orders_sync.external.shopify.documents import PAGE_INFO, mutation, query

_ERRORS = "userErrors { field message }"
_CODED_ERRORS = "userErrors { field message code }"
_PRESENTMENT = "presentmentMoney { amount currencyCode }"

SUBSCRIBE = mutation(
    "Subscribe",
    "($topic: WebhookSubscriptionTopic!, $subscription: WebhookSubscriptionInput!)",
    "webhookSubscriptionCreate(topic: $topic, webhookSubscription: $subscription) "
    f"{{ webhookSubscription {{ id topic uri }} {_ERRORS} }}",
)

SET_METAFIELDS = mutation(
    "SetMetafields",
    "($metafields: [MetafieldsSetInput!]!)",
    "metafieldsSet(metafields: $metafields) { metafields { id } userErrors { field message code elementIndex } }",
)
FULFILLABLE = query(
    "Fulfillable",
    "($id: ID!, $after: String)",
    "order(id: $id) { id cancelledAt fulfillmentOrders(first: 50, after: $after) "
    f"{{ nodes {{ id status supportedActions {{ action }} fulfillmentHolds {{ id handle }} }} {PAGE_INFO} }} }}",
)
FULFILLABLE_LINES = query(
    "FulfillableLines",
    "($id: ID!, $after: String)",
    "fulfillmentOrder(id: $id) { lineItems(first: 100, after: $after) "
    f"{{ nodes {{ sku remainingQuantity }} {PAGE_INFO} }} }}",
)
CREATE_FULFILLMENT = mutation(
    "CreateFulfillment",
    "($fulfillment: FulfillmentInput!)",
    f"fulfillmentCreate(fulfillment: $fulfillment) {{ fulfillment {{ id status }} {_ERRORS} }}",
)
NUMBERS_AT_MOST = 250
"""`trackingInfo` and `fulfillments` have no pages: a list as long as this may have been cut, and is not written over."""

PARCEL_NUMBERS = query(
    "ParcelNumbers",
    "($id: ID!)",
    f"fulfillment(id: $id) {{ id status trackingInfo(first: {NUMBERS_AT_MOST}) {{ number company url }} }}",
)
ORDER_PARCELS = query(
    "OrderParcels",
    "($id: ID!)",
    f"order(id: $id) {{ id fulfillments(first: {NUMBERS_AT_MOST}) {{ id status createdAt }} }}",
)
SET_NUMBERS = mutation(
    "SetNumbers",
    "($id: ID!, $tracking: FulfillmentTrackingInput!, $notify: Boolean)",
    "fulfillmentTrackingInfoUpdate(fulfillmentId: $id, trackingInfoInput: $tracking, notifyCustomer: $notify) "
    f"{{ fulfillment {{ id status }} {_ERRORS} }}",
)
HOLD = mutation(
    "Hold",
    "($id: ID!, $hold: FulfillmentOrderHoldInput!)",
    "fulfillmentOrderHold(id: $id, fulfillmentHold: $hold) { fulfillmentHold { id handle } fulfillmentOrder { id status } "
    f"remainingFulfillmentOrder {{ id }} {_CODED_ERRORS} }}",
)
RELEASE_HOLD = mutation(
    "ReleaseHold",
    "($id: ID!, $holdIds: [ID!])",
    f"fulfillmentOrderReleaseHold(id: $id, holdIds: $holdIds) {{ fulfillmentOrder {{ id status }} {_CODED_ERRORS} }}",
)
_QUANTITIES = f"nodes {{ id processableQuantity processedQuantity unprocessedQuantity }} {PAGE_INFO}"
RETURN_TO_PROCESS = query(
    "ReturnToProcess",
    "($id: ID!, $after: String)",
    f"return(id: $id) {{ id status refunds(first: 50, after: $after) {{ nodes {{ id }} {PAGE_INFO} }} }}",
)
RETURN_LINES = query(
    "ReturnLines",
    "($id: ID!, $after: String)",
    f"return(id: $id) {{ returnLineItems(first: 250, after: $after) {{ {_QUANTITIES} }} }}",
)
EXCHANGE_LINES = query(
    "ExchangeLines",
    "($id: ID!, $after: String)",
    f"return(id: $id) {{ exchangeLineItems(first: 250, after: $after) {{ {_QUANTITIES} }} }}",
)
RETURN_OUTCOME = query(
    "ReturnOutcome",
    "($id: ID!, $lines: [SuggestedOutcomeReturnLineItemInput!]!, $exchanges: [SuggestedOutcomeExchangeLineItemInput!]!)",
    "return(id: $id) { suggestedFinancialOutcome(returnLineItems: $lines, exchangeLineItems: $exchanges) { "
    "financialTransfer { __typename "
    f"... on InvoiceReturnOutcome {{ amount {{ {_PRESENTMENT} }} }} "
    f"... on RefundReturnOutcome {{ amount {{ {_PRESENTMENT} }} suggestedTransactions {{ "
    f"amountSet {{ {_PRESENTMENT} }} parentTransaction {{ id }} }} }} }} }} }}",
)
PROCESS_RETURN = mutation(
    "ProcessReturn",
    "($input: ReturnProcessInput!)",
    f"returnProcess(input: $input) {{ return {{ id status }} {_CODED_ERRORS} }}",
)
DECLINE_RETURN = mutation(
    "DeclineReturn",
    "($input: ReturnDeclineRequestInput!)",
    f"returnDeclineRequest(input: $input) {{ return {{ id status }} {_CODED_ERRORS} }}",
)
CANCEL_RETURN = mutation(
    "CancelReturn",
    "($id: ID!)",
    f"returnCancel(id: $id) {{ return {{ id status }} {_CODED_ERRORS} }}",
)
CLOSE_RETURN = mutation(
    "CloseReturn",
    "($id: ID!)",
    f"returnClose(id: $id) {{ return {{ id status }} {_CODED_ERRORS} }}",
)
