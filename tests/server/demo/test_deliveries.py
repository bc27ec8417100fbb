"""Webhooks as they travel: signed, retried with the same bytes, sometimes twice, sometimes out of order."""

from __future__ import annotations

import base64
import hashlib
import hmac
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from random import Random

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from tests.server.demo.worlds import NOW

from orders_demo.live_shop import Announcement
from orders_demo.webhooks.deliveries import Deliveries
from orders_demo.webhooks.manners import POLITE, Manners
from orders_demo.webhooks.subscriptions import PATIENCE, Subscriptions

SECRET = "hush"
BATCH = [Announcement("orders/updated", b'{"id":1}'), Announcement("orders/paid", b'{"id":1,"paid":"\xe2\x80\xa2"}')]


@dataclass
class Desk:
    """Takes webhooks, answering the statuses it is told to, else 200."""

    statuses: list[int] = field(default_factory=list)
    heard: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    async def hear(self, request: web.Request) -> web.Response:
        self.heard.append((dict(request.headers), await request.read()))
        return web.Response(status=self.statuses.pop(0) if self.statuses else 200)


@dataclass
class Slept:
    """A clock that only writes down how long it was asked to wait."""

    waits: list[float] = field(default_factory=list)

    async def __call__(self, seconds: float) -> None:
        self.waits.append(seconds)


@asynccontextmanager
async def _sending(
    desk: Desk, sleep: Callable[[float], Awaitable[None]], manners: Manners
) -> AsyncIterator[Deliveries]:
    app = web.Application()
    app.router.add_post("/shopify/webhook", desk.hear)
    numbers = itertools.count()
    async with TestServer(app) as server:
        subscriptions = Subscriptions()
        for entry in BATCH:
            subscriptions.add(entry.topic, str(server.make_url("/shopify/webhook")), NOW)
        deliveries = Deliveries(
            subscriptions, SECRET, "x.myshopify.com", Random(3), lambda: f"id-{next(numbers)}", sleep, manners
        )
        await deliveries.open()
        try:
            yield deliveries
        finally:
            await deliveries.close()


async def test_a_webhook_carries_every_header_and_a_signature_over_its_raw_bytes() -> None:
    desk = Desk()
    async with _sending(desk, Slept(), POLITE) as deliveries:
        deliveries.announce(BATCH, NOW)
        await deliveries.idle()
    for head, body in desk.heard:
        signed = base64.b64encode(hmac.new(SECRET.encode(), body, hashlib.sha256).digest()).decode()
        assert head["X-Shopify-Hmac-Sha256"] == signed
        assert head["X-Shopify-Shop-Domain"] == "x.myshopify.com"
        assert head["X-Shopify-API-Version"] == "2026-07"
        assert head["X-Shopify-Triggered-At"] == "2026-03-10T15:04:05.000000000Z"
    heads = [head for head, _ in desk.heard]
    assert sorted(head["X-Shopify-Topic"] for head in heads) == ["orders/paid", "orders/updated"]
    assert len({head["X-Shopify-Event-Id"] for head in heads}) == 1
    assert len({head["X-Shopify-Webhook-Id"] for head in heads}) == 2


async def test_what_is_not_taken_is_sent_again_with_the_same_bytes_after_doubling_waits() -> None:
    desk, slept = Desk([500, 302, 404]), Slept()
    async with _sending(desk, slept, POLITE) as deliveries:
        deliveries.announce(BATCH[:1], NOW)
        await deliveries.idle()
    assert len({(body, head["X-Shopify-Webhook-Id"], head["X-Shopify-Hmac-Sha256"]) for head, body in desk.heard}) == 1
    assert len(desk.heard) == 4
    waits = slept.waits[1:]
    assert [round(wait) for wait in waits] == [1, 2, 4]
    assert (deliveries.counts.delivered, deliveries.counts.given_up) == (1, 0)


async def test_after_eight_tries_a_delivery_is_given_up_and_a_subscription_of_the_api_is_dropped() -> None:
    desk = Desk([500] * 100)
    async with _sending(desk, Slept(), POLITE) as deliveries:
        deliveries.announce(BATCH[:1], NOW)
        await deliveries.idle()
        assert len(desk.heard) == PATIENCE == 8
        assert deliveries.counts.given_up == 1
        assert [entry.topic for entry in deliveries.subscriptions.entries] == ["orders/paid"]


async def test_a_subscription_of_the_app_itself_outlives_any_failure() -> None:
    desk = Desk([500] * 100)
    async with _sending(desk, Slept(), POLITE) as deliveries:
        deliveries.subscriptions.entries[0].fixed = True
        deliveries.announce(BATCH[:1], NOW)
        await deliveries.idle()
        assert len(deliveries.subscriptions.entries) == 2


async def test_some_deliveries_come_twice_under_one_webhook_id() -> None:
    desk = Desk()
    async with _sending(desk, Slept(), replace(POLITE, twice=0.05)) as deliveries:
        for _ in range(200):
            deliveries.announce(BATCH[:1], NOW)
        await deliveries.idle()
    ids = [head["X-Shopify-Webhook-Id"] for head, _ in desk.heard]
    assert len(set(ids)) == 200
    assert 2 <= len(ids) - 200 <= 25


async def test_some_deliveries_are_late() -> None:
    slept = Slept()
    async with _sending(Desk(), slept, Manners(twice=0)) as deliveries:
        for _ in range(200):
            deliveries.announce(BATCH[:1], NOW)
        await deliveries.idle()
    late = [wait for wait in slept.waits if wait > 2]
    assert 3 <= len(late) <= 30


async def test_siblings_may_overtake_each_other() -> None:
    desk = Desk()
    async with _sending(desk, Slept(), replace(POLITE, swapped=1)) as deliveries:
        for _ in range(20):
            deliveries.announce(BATCH, NOW)
        await deliveries.idle()
    first = {head["X-Shopify-Event-Id"]: head["X-Shopify-Topic"] for head, _ in reversed(desk.heard)}
    assert set(first.values()) == {"orders/updated", "orders/paid"}


async def test_while_webhooks_are_off_announcements_are_lost() -> None:
    desk = Desk()
    async with _sending(desk, Slept(), POLITE) as deliveries:
        deliveries.on = False
        deliveries.announce(BATCH, NOW)
        deliveries.on = True
        await deliveries.idle()
    assert desk.heard == []
    assert deliveries.counts.unheard == 2


async def test_an_address_where_nobody_answers_counts_as_a_failure() -> None:
    subscriptions = Subscriptions()
    subscriptions.add("orders/updated", "http://127.0.0.1:9/shopify/webhook", NOW, fixed=True)
    deliveries = Deliveries(subscriptions, SECRET, "x", Random(1), lambda: "id", Slept(), replace(POLITE, tries=2))
    await deliveries.open()
    deliveries.announce(BATCH[:1], NOW)
    await deliveries.idle()
    await deliveries.close()
    assert (deliveries.counts.attempts, deliveries.counts.given_up) == (2, 1)


def test_an_address_has_a_topic_once() -> None:
    subscriptions = Subscriptions()
    subscriptions.add("orders/updated", "http://a", NOW)
    with pytest.raises(ValueError, match="orders/updated"):
        subscriptions.add("orders/updated", "http://a", NOW)
