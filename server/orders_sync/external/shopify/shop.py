"""The shop and this app in it: whose token it is, what it may do, and which webhooks are subscribed to."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from orders_sync.external.shopify import read_documents, write_documents
from orders_sync.external.shopify.client import ShopifyClient
from orders_sync.external.shopify.errors import BadRequest, Denied
from orders_sync.external.shopify.nodes import Node, Page, parse_page, parsing
from orders_sync.external.shopify.pagination import read_to_end

ALL_ORDERS = "read_all_orders"
"""Without this scope the shop shows orders of the last 60 days only, and says nothing of the others."""

BARCODES = "read_products"
"""Without this scope the shop shows no line's variant: what is packed is known by its SKU alone."""

READ_SCOPES = (
    "read_orders",
    "read_customers",
    "read_merchant_managed_fulfillment_orders",
    "read_returns",
    "read_inventory",
    "read_locations",
)
OPTIONAL_SCOPES = (
    ALL_ORDERS,
    BARCODES,
    "read_assigned_fulfillment_orders",
    "read_third_party_fulfillment_orders",
    "read_shopify_payments_disputes",
)
WRITE_SCOPES = ("write_orders", "write_merchant_managed_fulfillment_orders", "write_returns")

_EVENTS = {
    "ORDERS": "CREATE UPDATED PAID CANCELLED FULFILLED PARTIALLY_FULFILLED EDITED DELETE",
    "ORDER_TRANSACTIONS": "CREATE",
    "FULFILLMENTS": "CREATE UPDATE",
    "FULFILLMENT_EVENTS": "CREATE DELETE",
    "FULFILLMENT_ORDERS": "ORDER_ROUTING_COMPLETE PLACED_ON_HOLD HOLD_RELEASED MOVED SPLIT MERGED CANCELLED RESCHEDULED "
    "PROGRESS_REPORTED",
    "FULFILLMENT_HOLDS": "ADDED RELEASED",
    "REFUNDS": "CREATE",
    "RETURNS": "REQUEST APPROVE DECLINE UPDATE CANCEL CLOSE REOPEN",
    "REVERSE_DELIVERIES": "ATTACH_DELIVERABLE",
    "REVERSE_FULFILLMENT_ORDERS": "DISPOSE",
    "INVENTORY_LEVELS": "CONNECT UPDATE DISCONNECT",
    "INVENTORY_ITEMS": "UPDATE",
    "DISPUTES": "CREATE UPDATE",
    "APP": "UNINSTALLED",
}
TOPICS = tuple(f"{subject}_{event}" for subject, events in _EVENTS.items() for event in events.split())
"""What the desk subscribes to. The privacy topics are set in the app's own configuration, never through the API."""


class _Scope(Node):
    handle: str


class _Installation(Node):
    access_scopes: list[_Scope]


class _Shop(Node):
    name: str
    myshopify_domain: str
    currency_code: str
    iana_timezone: str


class Subscription(Node):
    """One webhook subscription made through the API; `uri` is where it delivers."""

    topic: str
    uri: str


@dataclass(frozen=True, slots=True)
class ShopInfo:
    """`scopes`: what the token may do, with the reading that each writing scope includes."""

    name: str
    domain: str
    currency: str
    time_zone: str
    scopes: frozenset[str]

    def lacks(self, wanted: Collection[str]) -> list[str]:
        """Those of the scopes that the token does not have."""
        return [scope for scope in wanted if scope not in self.scopes]


async def read_shop(client: ShopifyClient) -> ShopInfo:
    """Whose token it is. Raises ShopifyError."""
    answer = await client.read(read_documents.SHOP)
    with parsing():
        shop = _Shop.model_validate(answer.data["shop"])
        installation = _Installation.model_validate(answer.data["currentAppInstallation"])
    granted = {scope.handle for scope in installation.access_scopes}
    granted |= {f"read_{scope.removeprefix('write_')}" for scope in granted if scope.startswith("write_")}
    return ShopInfo(
        shop.name, shop.myshopify_domain.lower(), shop.currency_code, shop.iana_timezone, frozenset(granted)
    )


def require_same(info: ShopInfo, configured: str | None) -> None:
    """Raises Denied when the token belongs to another shop than the configured one: two shops are never mixed."""
    if configured is not None and info.domain != configured:
        raise Denied(f"The Admin token belongs to {info.domain}, and SHOP_DOMAIN is {configured}")


async def subscriptions(client: ShopifyClient) -> list[Subscription]:
    """Every subscription made through the API for this app. Raises ShopifyError."""

    async def page(after: str | None) -> Page[Subscription]:
        answer = await client.read(read_documents.WEBHOOK_SUBSCRIPTIONS, {"first": 100, "after": after})
        with parsing():
            return parse_page(Subscription, answer.data["webhookSubscriptions"])

    return await read_to_end("webhook subscriptions", page)


def missing(there: Sequence[Subscription], url: str | None = None) -> list[str]:
    """The desk's topics that no subscription covers; with `url`, none that delivers there."""
    covered = {subscription.topic for subscription in there if url is None or subscription.uri == url}
    return [topic for topic in TOPICS if topic not in covered]


async def subscribe(client: ShopifyClient, topic: str, url: str) -> None:
    """One more subscription. Raises ShopifyError, also when the shop refuses it."""
    variables = {"topic": topic, "subscription": {"uri": url, "format": "JSON"}}
    answer = await client.execute(write_documents.SUBSCRIBE, variables)
    with parsing():
        refused = [str(error["message"]) for error in answer.data["webhookSubscriptionCreate"]["userErrors"]]
    if refused:
        raise BadRequest("; ".join(refused))
