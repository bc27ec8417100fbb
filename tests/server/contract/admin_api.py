"""The Admin API of a `SmallShop`, as much of it as fulfilments and their numbers need: GraphQL, for the server's own sender."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from graphql import build_schema, graphql_sync
from tests.server.contract.small_shop import Fulfillment, Order, SmallShop

from orders_sync.db.outbox import OutboxRow
from orders_sync.external.shopify import answers
from orders_sync.external.shopify.answers import Answer
from orders_sync.external.shopify.client import ShopifyClient
from orders_sync.external.shopify.documents import Document
from orders_sync.external.shopify.errors import NoAnswer
from orders_sync.external.shopify.sender import ShopifySender
from orders_sync.instants import Ms
from orders_sync.outbox.kinds import Kind
from orders_sync.outbox.outcome import Outcome, Sent

SCHEMA = build_schema("""
  type Query { order(id: ID!): Order  fulfillment(id: ID!): Fulfillment  fulfillmentOrder(id: ID!): FulfillmentOrder }
  type Mutation {
    fulfillmentCreate(fulfillment: FulfillmentInput!, message: String): Written
    fulfillmentTrackingInfoUpdate(
      fulfillmentId: ID!, trackingInfoInput: FulfillmentTrackingInput!, notifyCustomer: Boolean
    ): Written
  }
  type Order {
    id: ID!  name: String!  cancelledAt: String  fulfillments(first: Int): [Fulfillment!]!
    fulfillmentOrders(first: Int, after: String): FulfillmentOrders!
  }
  type PageInfo { hasNextPage: Boolean!  endCursor: String }
  type FulfillmentOrders { nodes: [FulfillmentOrder!]!  pageInfo: PageInfo! }
  type FulfillmentOrder {
    id: ID!  status: String!  createdAt: String!  supportedActions: [Action!]!  fulfillmentHolds: [Hold!]!
    assignedLocation: Assigned!  lineItems(first: Int, after: String): FulfillmentOrderLines!
  }
  type Action { action: String! }
  type Hold { id: ID!  handle: String  reason: String }
  type Assigned { location: Location }
  type Location { id: ID! }
  type FulfillmentOrderLines { nodes: [FulfillmentOrderLine!]!  pageInfo: PageInfo! }
  type FulfillmentOrderLine { id: ID!  remainingQuantity: Int!  totalQuantity: Int!  sku: String  lineItem: LineItem! }
  type LineItem { id: ID!  title: String!  sku: String }
  type Fulfillment {
    id: ID!  status: String!  createdAt: String!  updatedAt: String!  trackingInfo(first: Int): [TrackingInfo!]!
    fulfillmentLineItems(first: Int, after: String): FulfillmentLines!
  }
  type TrackingInfo { number: String  company: String  url: String }
  type FulfillmentLines { nodes: [FulfillmentLine!]!  pageInfo: PageInfo! }
  type FulfillmentLine { id: ID!  quantity: Int!  lineItem: LineItem! }
  type Written { fulfillment: Fulfillment  userErrors: [UserError!]! }
  type UserError { field: [String!]  message: String! }
  input FulfillmentInput {
    lineItemsByFulfillmentOrder: [Part!]!  trackingInfo: FulfillmentTrackingInput  notifyCustomer: Boolean
  }
  input Part { fulfillmentOrderId: ID!  fulfillmentOrderLineItems: [PartLine!] }
  input PartLine { id: ID!  quantity: Int! }
  input FulfillmentTrackingInput { company: String  number: String  numbers: [String!]  url: String  urls: [String!] }
""")
"""Names and types are the Admin schema's."""

Json = dict[str, Any]


def gid(kind: str, number: int) -> str:
    return f"gid://shopify/{kind}/{number}"


def number(of: str) -> int:
    return int(of.rpartition("/")[2])


def whole(nodes: Sequence[Any]) -> Json:
    return {"nodes": nodes, "pageInfo": {"hasNextPage": False, "endCursor": None}}


class AdminApi(ShopifyClient):
    """`locations`: how many an order is sent from; a line's units stand in the fulfilment order of one of them.

    An answer to a mutation may be lost, before or after it was done, as often as the shop says.
    """

    def __init__(self, shop: SmallShop, locations: int = 1) -> None:
        self.shop, self.locations = shop, locations
        self.clock_skew_ms = 0

    async def execute(self, document: Document, variables: Mapping[str, Any] | None = None) -> Answer:
        lost = self.shop.dice.random() if document.text.lstrip().startswith("mutation") else 1.0
        if lost < self.shop.lost / 2:
            raise NoAnswer("no answer came")
        found = graphql_sync(SCHEMA, document.text, self, variable_values=dict(variables or {}))
        assert not found.errors, (found.errors, document.text)
        if lost < self.shop.lost:
            raise NoAnswer("no answer came")
        return answers.read({"data": found.data}, Ms(self.shop.clock()), document.at)

    async def read(self, document: Document, variables: Mapping[str, Any] | None = None) -> Answer:
        return await self.execute(document, variables)

    async def send(self, rows: Sequence[OutboxRow]) -> list[Outcome]:
        """A receiver of the relay's. What is none of parcels is taken without a word."""
        about = {Kind.FULFILLMENT, Kind.TRACKING}
        sender = ShopifySender(self)
        return [(await sender.send([row]))[0] if Kind(row.kind) in about else Sent() for row in rows]

    # -- reading

    def order(self, _: Any, id: str) -> Json | None:  # noqa: A002
        found = self.shop.orders.get(number(id))
        return None if found is None else self._order(found)

    def fulfillment(self, _: Any, id: str) -> Json | None:  # noqa: A002
        found = self._find(number(id))
        return None if found is None else self._fulfillment(found[1])

    def _find(self, fulfillment_id: int) -> tuple[Order, Fulfillment] | None:
        every = ((order, each) for order in self.shop.orders.values() for each in order.fulfillments)
        return next(((order, each) for order, each in every if each.id == fulfillment_id), None)

    def _order(self, order: Order) -> Json:
        return {
            "id": gid("Order", order.id),
            "name": f"#{order.id}",
            "cancelledAt": order.cancelled_at,
            "fulfillments": [self._fulfillment(each) for each in order.fulfillments],
            "fulfillmentOrders": whole([self._part(order, place) for place in range(self.locations)]),
        }

    def _lines_at(self, order: Order, place: int) -> list[int]:
        return [line for at, line in enumerate(order.ordered) if at % self.locations == place]

    def _part(self, order: Order, place: int) -> Json:
        lines = {line: order.left[line] for line in self._lines_at(order, place)}
        is_open = any(lines.values()) and not order.cancelled_at
        return {
            "id": gid("FulfillmentOrder", order.id * 10 + place),
            "status": "OPEN" if is_open else "CLOSED",
            "createdAt": order.created_at,
            "supportedActions": [{"action": "CREATE_FULFILLMENT"}] if is_open else [],
            "fulfillmentHolds": [],
            "assignedLocation": {"location": {"id": gid("Location", place + 1)}},
            "lineItems": whole([
                {
                    "id": gid("FulfillmentOrderLineItem", line * 10 + place),
                    "remainingQuantity": left,
                    "totalQuantity": order.ordered[line],
                    "sku": f"SKU-{line}",
                    "lineItem": _line_item(line),
                }
                for line, left in lines.items()
            ]),
        }  # fmt: skip

    @staticmethod
    def _fulfillment(each: Fulfillment) -> Json:
        return {
            "id": gid("Fulfillment", each.id),
            "status": each.status.upper(),
            "createdAt": each.created_at,
            "updatedAt": each.updated_at,
            "trackingInfo": [{"number": number, "company": None, "url": None} for number in each.numbers],
            "fulfillmentLineItems": whole([
                {"id": gid("FulfillmentLineItem", each.id * 100 + at), "quantity": n, "lineItem": _line_item(line)}
                for at, (line, n) in enumerate(each.lines.items())
            ]),
        }  # fmt: skip

    # -- writing

    def fulfillmentCreate(self, _: Any, fulfillment: Json, message: str = "") -> Json:
        parts = fulfillment["lineItemsByFulfillmentOrder"]
        order = self.shop.orders[number(parts[0]["fulfillmentOrderId"]) // 10]
        wanted: Counter[int] = Counter()
        for part in parts:
            place = number(part["fulfillmentOrderId"]) % 10
            lines = part.get("fulfillmentOrderLineItems")
            if not any(order.left[line] for line in self._lines_at(order, place)) or order.cancelled_at:
                return _refused(f"Fulfillment order {part['fulfillmentOrderId']} has an unfulfillable status= closed.")
            given = [(number(line["id"]) // 10, line["quantity"]) for line in lines or ()]
            wanted.update(
                dict(given) if lines is not None else {n: order.left[n] for n in self._lines_at(order, place)}
            )
        if not +wanted <= order.left:
            return _refused("Invalid fulfillment order line item quantity requested.")
        numbers = _numbers(fulfillment.get("trackingInfo") or {})
        made = self.shop.fulfill(order, +wanted, *numbers)
        found = self._find(made)
        assert found is not None
        if fulfillment.get("notifyCustomer"):
            self.shop.mails.append(made)
        return {"fulfillment": self._fulfillment(found[1]), "userErrors": []}

    def fulfillmentTrackingInfoUpdate(
        self,
        _: Any,
        fulfillmentId: str,
        trackingInfoInput: Json,
        notifyCustomer: bool = False,
    ) -> Json:
        found = self._find(number(fulfillmentId))
        if found is None or found[1].status != "success":
            return _refused("Fulfillment is cancelled")
        self.shop.renumber(*found, *_numbers(trackingInfoInput))
        if notifyCustomer:
            self.shop.mails.append(found[1].id)
        return {"fulfillment": self._fulfillment(found[1]), "userErrors": []}


def _numbers(tracking: Json) -> list[str]:
    return tracking.get("numbers") or [tracking["number"]] if tracking else []


def _line_item(line: int) -> Json:
    return {"id": gid("LineItem", line), "title": f"Thing {line}", "sku": f"SKU-{line}"}


def _refused(message: str) -> Json:
    return {"fulfillment": None, "userErrors": [{"field": None, "message": message}]}
