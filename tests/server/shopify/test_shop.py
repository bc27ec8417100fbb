"""The connection to a shop: whose token it is, what it may do, what is subscribed, and the commands that look."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from tests.support.shopify import ScriptedShop, page

from orders_sync.commands import shopify
from orders_sync.external.shopify.documents import API_VERSION
from orders_sync.external.shopify.errors import Denied, ShopifyError
from orders_sync.external.shopify.shop import (
    OPTIONAL_SCOPES,
    READ_SCOPES,
    TOPICS,
    read_shop,
    require_same,
    subscriptions,
)
from orders_sync.settings import Settings, load

Json = dict[str, Any]
URL = "https://hooks.example.org/shopify/webhook"


def installed(*scopes: str) -> Json:
    shop = {
        "name": "Desk",
        "myshopifyDomain": "Desk.myshopify.com",
        "currencyCode": "EUR",
        "ianaTimezone": "Europe/Berlin",
    }
    return {"shop": shop, "currentAppInstallation": {"accessScopes": [{"handle": scope} for scope in scopes]}}


def subscribed(*topics: str, uri: str = URL) -> Json:
    return {"webhookSubscriptions": page([{"topic": topic, "uri": uri} for topic in topics])}


async def test_a_scope_to_write_includes_reading() -> None:
    info = await read_shop(ScriptedShop(ShopRead=installed("write_orders", "read_returns")))
    assert info.lacks(["read_orders", "read_returns", "read_inventory"]) == ["read_inventory"]
    assert info.domain == "desk.myshopify.com"


async def test_a_token_of_another_shop_is_refused() -> None:
    info = await read_shop(ScriptedShop(ShopRead=installed()))
    require_same(info, "desk.myshopify.com")
    require_same(info, None)
    with pytest.raises(Denied, match=r"desk\.myshopify\.com"):
        require_same(info, "other.myshopify.com")


async def test_all_pages_of_subscriptions_are_read() -> None:
    pages = [{"webhookSubscriptions": page([{"topic": "A", "uri": URL}], cursor="c")}, subscribed("B")]
    assert [one.topic for one in await subscriptions(ScriptedShop(WebhookSubscriptions=pages))] == ["A", "B"]


def connecting(monkeypatch: pytest.MonkeyPatch, shop: ScriptedShop) -> None:
    @asynccontextmanager
    async def connected(_settings: Settings) -> AsyncIterator[ScriptedShop]:
        yield shop

    monkeypatch.setattr(shopify, "shopify", connected)


def settings(**more: str) -> Settings:
    given = {"shop_domain": "desk.myshopify.com", "shopify_admin_token": "shpat_1", "shopify_webhook_secret": "hush"}
    return load(given | more, {}, Path("/dev/null"))


def looking(replies: Mapping[str, Any]) -> ScriptedShop:
    shop = ScriptedShop(**replies)
    shop.api_version = API_VERSION
    shop.clock_skew_ms = 1000
    return shop


def test_check_finds_nothing_missing(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    whole = {"ShopRead": installed(*READ_SCOPES, "read_all_orders"), "WebhookSubscriptions": subscribed(*TOPICS)}
    connecting(monkeypatch, looking(whole))
    assert shopify.check(settings()) == 0
    told = capsys.readouterr().out
    assert "missing" not in told
    assert "ok      barcodes: not read without read_products; what is scanned while packing is matched by SKU\n" in told
    whole["ShopRead"] = installed(*READ_SCOPES, *OPTIONAL_SCOPES)
    connecting(monkeypatch, looking(whole))
    assert shopify.check(settings()) == 0
    assert "barcodes" not in capsys.readouterr().out


def test_check_names_what_is_missing(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    shop = looking({"ShopRead": installed("read_orders"), "WebhookSubscriptions": subscribed("ORDERS_CREATE")})
    shop.api_version = "2026-10"
    shop.clock_skew_ms = 90_000
    connecting(monkeypatch, shop)
    assert shopify.check(settings()) == 1
    told = capsys.readouterr().out
    for part in ("read_returns", "60 days", "2026-10", "+90 s", f"{len(TOPICS) - 1} topics", "subscribe --url"):
        assert part in told


def test_check_says_when_the_token_is_not_accepted(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    connecting(monkeypatch, looking({"ShopRead": Denied("HTTP 401")}))
    assert shopify.check(settings()) == 1
    assert "HTTP 401" in capsys.readouterr().out


def test_subscribe_makes_only_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    done: Json = {"webhookSubscriptionCreate": {"webhookSubscription": {}, "userErrors": []}}
    shop = looking({"WebhookSubscriptions": subscribed(*TOPICS[2:]), "Subscribe": done})
    connecting(monkeypatch, shop)
    assert shopify.subscribe(settings(), URL) == 0
    assert shop.asked("Subscribe") == [
        {"topic": topic, "subscription": {"uri": URL, "format": "JSON"}} for topic in TOPICS[:2]
    ]


def test_subscribe_tells_each_topic_that_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    refused = {"webhookSubscriptionCreate": {"userErrors": [{"field": None, "message": "You need a scope"}]}}
    shop = looking({"WebhookSubscriptions": subscribed(*TOPICS[:-1]), "Subscribe": refused})
    connecting(monkeypatch, shop)
    assert shopify.subscribe(settings(), URL) == 1
    assert f"{TOPICS[-1]}: You need a scope" in capsys.readouterr().err


@pytest.mark.parametrize("url", [None, "http://hooks.example.org/shopify/webhook"])
def test_subscribe_wants_https(url: str | None, capsys: pytest.CaptureFixture[str]) -> None:
    assert shopify.subscribe(settings(), url) == 2
    assert "https" in capsys.readouterr().err


def test_subscribe_says_when_the_shop_cannot_be_asked(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    connecting(monkeypatch, looking({"WebhookSubscriptions": ShopifyError("no answer")}))
    assert shopify.subscribe(settings(), URL) == 1
    assert "no answer" in capsys.readouterr().err
