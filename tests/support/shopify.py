"""A shop for tests: its GraphQL objects as JSON, and a client that answers from a script instead of over HTTP."""

from __future__ import annotations

import copy
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pydantic.alias_generators import to_snake

from orders_sync.external.shopify import answers, read_documents, write_documents
from orders_sync.external.shopify.answers import Answer
from orders_sync.external.shopify.client import ShopifyClient
from orders_sync.external.shopify.documents import Document
from orders_sync.instants import Ms, parse_instant

Json = dict[str, Any]
Reply = Json | Exception | Callable[[Mapping[str, Any]], Json]

_NAMED = [
    value
    for module in (read_documents, write_documents)
    for value in vars(module).values()
    if isinstance(value, Document)
]
DOCUMENTS = tuple(
    {each.name: each for named in _NAMED for each in (named, *(cut.rest for cut in named.lists))}.values()
)
"""Every document that the server sends."""

AS_OF = parse_instant("2026-03-10T12:00:00Z")


def money(amount: str = "10.0", currency: str = "EUR") -> Json:
    return {"shopMoney": {"amount": amount, "currencyCode": currency}}


def page(nodes: Sequence[Any] = (), cursor: str | None = None) -> Json:
    """A connection's page; with a cursor there is a next one."""
    return {"nodes": list(nodes), "pageInfo": {"hasNextPage": cursor is not None, "endCursor": cursor}}


def line(number: int = 1, **told: Any) -> Json:
    return {
        "id": f"gid://shopify/LineItem/{number}",
        "sku": f"SKU-{number}",
        "title": "Kettle",
        "quantity": 2,
        "currentQuantity": 2,
        "unfulfilledQuantity": 2,
        "requiresShipping": True,
        "originalUnitPriceSet": money("5.0"),
        "variant": {"id": f"gid://shopify/ProductVariant/{number}"},
    } | told


def scan(number: int = 1, status: str = "IN_TRANSIT", at: str = "2026-03-09T10:00:00Z") -> Json:
    return {"id": f"gid://shopify/FulfillmentEvent/{number}", "status": status, "happenedAt": at, "createdAt": at}


def parcel(number: int = 1, **told: Any) -> Json:
    return {
        "id": f"gid://shopify/Fulfillment/{number}",
        "name": f"#1001-F{number}",
        "status": "SUCCESS",
        "displayStatus": "IN_TRANSIT",
        "requiresShipping": True,
        "createdAt": "2026-03-08T10:00:00Z",
        "updatedAt": "2026-03-09T10:00:00Z",
        "inTransitAt": "2026-03-09T10:00:00Z",
        "deliveredAt": None,
        "trackingInfo": [{"number": "1Z999", "company": "UPS", "url": None}],
        "events": page([scan()]),
    } | told


def fulfillment_order(number: int = 1, **told: Any) -> Json:
    return {
        "id": f"gid://shopify/FulfillmentOrder/{number}",
        "status": "OPEN",
        "updatedAt": "2026-03-08T09:00:00Z",
        "fulfillBy": None,
        "fulfillmentHolds": [],
    } | told


def order(number: int = 1, **told: Any) -> Json:
    """An order as its page tells it, paid and not yet sent."""
    return {
        "id": f"gid://shopify/Order/{number}",
        "name": f"#{1000 + number}",
        "createdAt": "2026-03-08T08:00:00Z",
        "processedAt": "2026-03-08T08:00:00Z",
        "updatedAt": "2026-03-09T11:00:00Z",
        "cancelledAt": None,
        "closedAt": None,
        "displayFinancialStatus": "PAID",
        "displayFulfillmentStatus": "UNFULFILLED",
        "sourceName": "web",
        "tags": ["vip"],
        "email": "bo@example.org",
        "note": None,
        "totalPriceSet": money("10.0"),
        "customer": {
            "id": "gid://shopify/Customer/9",
            "firstName": "Bo",
            "lastName": "Å",
            "tags": [],
            "defaultEmailAddress": {"emailAddress": "bo@example.org"},
            "defaultPhoneNumber": None,
        },
        "shippingAddress": {
            "name": "Bo Å",
            "lastName": "Å",
            "city": "Oslo",
            "country": "Norway",
            "countryCodeV2": "NO",
        },
        "billingAddress": None,
        "shippingLines": {"nodes": [{"title": "Standard"}]},
        "lineItems": page([line()]),
        "fulfillmentOrders": page([fulfillment_order()]),
        "fulfillments": [],
        "transactions": [
            {
                "id": "gid://shopify/OrderTransaction/3",
                "kind": "SALE",
                "status": "SUCCESS",
                "gateway": "bogus",
                "createdAt": "2026-03-08T08:00:01Z",
                "amountSet": money("10.0"),
            }
        ],
        "refunds": [],
        "returns": page(),
        "risk": {"assessments": [{"riskLevel": "LOW"}]},
        "disputes": [],
    } | told


def returned(number: int = 1, order_number: int = 1, **told: Any) -> Json:
    """A return as `DETAILS` tells it, open and without a label."""
    return {
        "__typename": "Return",
        "id": f"gid://shopify/Return/{number}",
        "name": f"#1001-R{number}",
        "status": "OPEN",
        "createdAt": "2026-03-09T08:00:00Z",
        "closedAt": None,
        "requestApprovedAt": None,
        "order": {"id": f"gid://shopify/Order/{order_number}"},
        "decline": None,
        "returnLineItems": {"nodes": []},
        "reverseFulfillmentOrders": {"nodes": []},
    } | told


def failure(code: str, *path: str | int) -> Json:
    """An error of an answer."""
    return {"message": "no luck", "path": list(path), "extensions": {"code": code}}


def hollow(told: Any, path: Sequence[str | int]) -> Any:
    """A copy in which what the path leads to is null; where something above it is null already, that."""
    if not path or told is None:
        return None
    inner = copy.copy(told)
    inner[path[0]] = hollow(inner[path[0]], path[1:])
    return inner


class ScriptedShop(ShopifyClient):
    """Answers each document by its name; several replies are given in turn, the last one again and again. Without a reply for
    them, it knows no details."""

    clock_skew_ms: int | None = None

    def __init__(self, **replies: Reply | Sequence[Reply]) -> None:
        self.calls: list[tuple[str, Json]] = []
        self.as_of = AS_OF
        replies = {"Details": by_type([]), **replies}
        self._replies = {name: list(told) if isinstance(told, Sequence) else [told] for name, told in replies.items()}

    def say(self, name: str, reply: Reply) -> None:
        """From now on this document is answered so."""
        self._replies[name] = [reply]

    def asked(self, name: str) -> list[Json]:
        """The variables of every call of a document."""
        return [variables for called, variables in self.calls if called == name]

    @property
    def names(self) -> list[str]:
        """The documents in the order in which they were sent."""
        return [name for name, _ in self.calls]

    async def execute(self, document: Document, variables: Mapping[str, Any] | None = None) -> Answer:
        given = dict(variables or {})
        self.calls.append((document.name, given))
        replies = self._replies[document.name]
        reply = replies.pop(0) if len(replies) > 1 else replies[0]
        if isinstance(reply, Exception):
            raise reply
        told = reply if isinstance(reply, dict) else reply(given)
        body = told if "data" in told or "errors" in told else {"data": told}
        return answers.read(copy.deepcopy(body), self.as_of, document.at)

    async def read(self, document: Document, variables: Mapping[str, Any] | None = None) -> Answer:
        return await self.execute(document, variables)


def costing(data: Json, requested: float, maximum: float = 2000) -> Json:
    """An answer that tells its cost."""
    status = {"maximumAvailable": maximum, "currentlyAvailable": maximum, "restoreRate": 100}
    return {"data": data, "extensions": {"cost": {"requestedQueryCost": requested, "throttleStatus": status}}}


def throttled(requested: float, available: float, restore: float = 100) -> Json:
    """The answer to a request that the bucket does not hold enough for."""
    status = {"maximumAvailable": 2000, "currentlyAvailable": available, "restoreRate": restore}
    return {
        "errors": [{"message": "Throttled", "extensions": {"code": "THROTTLED"}}],
        "extensions": {"cost": {"requestedQueryCost": requested, "actualQueryCost": None, "throttleStatus": status}},
    }


def by_type(nodes: Sequence[Json]) -> Callable[[Mapping[str, Any]], Json]:
    """`nodes(ids:)`: each id's node, null for one that is not there."""
    known: dict[str, Json] = {node["id"]: node for node in nodes}
    return lambda variables: {"nodes": [known.get(gid) for gid in variables["ids"]]}


class FakeClockSleep:
    """A sleep that moves a clock instead of waiting; remembers what was slept."""

    def __init__(self, advance: Callable[[int], Ms]) -> None:
        self.slept: list[float] = []
        self._advance = advance

    async def __call__(self, seconds: float) -> None:
        self.slept.append(round(seconds, 3))
        self._advance(max(1, round(seconds * 1000)))


def count_by_kind(changes: Sequence[Any]) -> dict[str, int]:
    """How many changes of each kind, named after their classes."""
    counted: dict[str, int] = defaultdict(int)
    for change in changes:
        counted[to_snake(type(change).__name__.removesuffix("Seen")).removeprefix("carrier_")] += 1
    return dict(counted)
