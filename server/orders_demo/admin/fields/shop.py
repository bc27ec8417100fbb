"""The shop itself, this app in it, and its webhook subscriptions."""

from __future__ import annotations

from typing import Any

from orders_demo.admin.call import Info, call
from orders_demo.admin.fields.reading import Fields, fixed, identity, read
from orders_demo.rest.parcels import OUR_APP
from orders_demo.webhooks.subscriptions import Subscription
from orders_demo.world.ids import gid
from orders_demo.world.shop import Shop

VERSIONS = ("2025-10", "2026-01", "2026-04", "2026-07", "2026-10")
PINNED = "2026-07"


def version(handle: str) -> str:
    """The version that answers: the one asked for, else the oldest that is still supported."""
    return handle if handle in VERSIONS or handle == "unstable" else VERSIONS[0]


def api_version(handle: str) -> dict[str, Any]:
    """An ApiVersion."""
    return {"displayName": handle, "handle": handle, "supported": True}


def installation(_root: Any, info: Info) -> dict[str, Any]:
    """This app, and what it may do."""
    scopes = [
        {"handle": name, "description": name.replace("_", " ").capitalize()} for name in sorted(call(info).scopes)
    ]
    app = {"handle": "order-desk", "id": gid("App", OUR_APP), "title": "Order desk"}
    return {"accessScopes": scopes, "app": app, "id": gid("AppInstallation", OUR_APP)}


def _minutes(shop: Shop, info: Info) -> int:
    offset = call(info).stage.now().astimezone(shop.zone).utcoffset()
    return int(offset.total_seconds() // 60) if offset is not None else 0


def _offset(shop: Shop, info: Info) -> str:
    return call(info).stage.now().astimezone(shop.zone).strftime("%z")


def _endpoint(entry: Subscription) -> dict[str, Any]:
    return {"__typename": "WebhookHttpEndpoint", "callbackUrl": entry.uri}


FIELDS: Fields = {
    "Shop": {
        "id": identity("Shop")["id"],
        "contactEmail": fixed("hello@example.com"),
        "currencyCode": fixed("USD"),
        "email": fixed("hello@example.com"),
        "enabledPresentmentCurrencies": fixed(["CAD", "EUR", "GBP", "USD"]),
        "ianaTimezone": read(lambda shop: shop.zone.key),
        "myshopifyDomain": read(lambda shop: shop.domain),
        "orderNumberFormatPrefix": fixed("#"),
        "orderNumberFormatSuffix": fixed(""),
        "plan": fixed(
            {"displayName": "Plus", "partnerDevelopment": False, "publicDisplayName": "Plus", "shopifyPlus": True}
        ),
        "primaryDomain": read(
            lambda shop: {
                "host": shop.domain,
                "id": gid("Domain", shop.id),
                "sslEnabled": True,
                "url": f"https://{shop.domain}",
            }
        ),
        "timezoneAbbreviation": lambda shop, info: call(info).stage.now().astimezone(shop.zone).strftime("%Z"),
        "timezoneOffset": _offset,
        "timezoneOffsetMinutes": _minutes,
        "updatedAt": read(lambda shop: shop.created_at),
        "url": read(lambda shop: f"https://{shop.domain}"),
    },
    "WebhookSubscription": {
        **identity("WebhookSubscription"),
        "apiVersion": fixed(api_version(PINNED)),
        "callbackUrl": read(lambda entry: entry.uri),
        "endpoint": read(_endpoint),
        "topic": read(lambda entry: entry.enum),
    },
}
