"""The poller against the simulated shop: with webhooks, without them, and when they stop: contract §4."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
from tests.server.demo.worlds import SECRETS
from tests.server.shopify.demo_shop import Desk, Shop, desk, living
from tests.server.shopify.world import open_gaps

from orders_demo.world.ids import gid
from orders_demo.world.money import text
from orders_sync.commands import shopify
from orders_sync.external.shopify.shop import TOPICS
from orders_wire.texts import trimmed

Json = dict[str, Any]
Packed = dict[str, dict[str, int]]
NewDesk = Callable[[str], Awaitable[Desk]]
"""Opens another server of the shop, by name."""

ORDERS = 40
DEEDS = 40
OF_EVIDENCE = {"version", "timeline"}
"""What of a row depends on how it was heard, not on what is so."""


@pytest.fixture
async def shop() -> AsyncIterator[Shop]:
    async with living(ORDERS) as running:
        yield running


@pytest.fixture
async def new_desk(shop: Shop, sqlite_template: Path, tmp_path: Path) -> AsyncIterator[NewDesk]:
    async with AsyncExitStack() as stack:

        async def opened(name: str) -> Desk:
            path = shutil.copy(sqlite_template, tmp_path / f"{name}.db")
            return await stack.enter_async_context(desk(shop, f"sqlite:///{path}"))

        yield opened


async def back_filled(made: Awaitable[Desk]) -> Desk:
    """A desk that has read the shop's past."""
    one = await made
    ticked = await one.poller.tick()
    assert ticked.error is None
    return one


def shown(rows: dict[str, Json], *but: str) -> dict[str, Json]:
    return {key: {name: row[name] for name in row.keys() - OF_EVIDENCE - set(but)} for key, row in rows.items()}


async def timelines(one: Desk, rows: dict[str, Json]) -> dict[str, set[tuple[str, str]]]:
    """The instants and events of each order."""
    found: dict[str, set[tuple[str, str]]] = {}
    for key in rows:
        detail = await one.get(f"/sync/orders/{key.rpartition('/')[2]}")
        found[key] = {(entry["ts"], entry["event"]) for entry in detail["timeline"]}
    return found


async def packed(one: Desk, rows: dict[str, Json]) -> dict[str, Packed]:
    """What each order's parcels hold, by parcel."""
    found: dict[str, Packed] = {}
    for key in rows:
        detail = await one.get(f"/sync/orders/{key.rpartition('/')[2]}")
        found[key] = {
            parcel["id"]: {line["id"]: line["quantity"] for line in parcel["lines"]}
            for parcel in detail["fulfillments"]
        }
    return found


def sent(shop: Shop) -> dict[str, Packed]:
    """The same, as the shop has it."""
    return {
        gid("Order", order.id): {
            gid("Fulfillment", parcel.id): {gid("LineItem", each.line.id): each.quantity for each in parcel.lines}
            for parcel in order.parcels
        }
        for order in shop.world.simulation.stage.shop.orders.values()
    }


async def bills(one: Desk, rows: dict[str, Json]) -> dict[str, tuple[Json, list[Json]]]:
    """The figures of each order, and of its lines what was chosen."""
    found: dict[str, tuple[Json, list[Json]]] = {}
    for key in rows:
        detail = await one.get(f"/sync/orders/{key.rpartition('/')[2]}")
        names = ("id", "title", "variant_title", "properties")
        lines = sorted(detail["line_items"], key=lambda line: str(line["id"]))
        found[key] = detail["totals"], [{name: line[name] for name in names} for line in lines]
    return found


def billed(shop: Shop) -> dict[str, tuple[Json, list[Json]]]:
    """The same, as the shop has it."""
    found: dict[str, tuple[Json, list[Json]]] = {}
    for order in shop.world.simulation.stage.shop.orders.values():
        figures = {
            "subtotal": order.subtotal,
            "shipping": order.carriage,
            "tax": order.tax,
            "discounts": order.discounts,
            "refunded": order.refunded,
            "captured": order.received,
        }
        lines = [
            {
                "id": gid("LineItem", line.id),
                "title": line.title,
                "variant_title": line.variant_title,
                "properties": [{"name": name, "value": trimmed(value)} for name, value in line.properties],
            }
            for line in order.lines
        ]
        currency = order.tender.shop
        sums = {name: {"amount": text(minor), "currency": currency} for name, minor in figures.items()}
        found[gid("Order", order.id)] = sums, sorted(lines, key=lambda line: str(line["id"]))
    return found


async def test_without_webhooks_the_same_rows_come_by_polling(shop: Shop, new_desk: NewDesk) -> None:
    told, polled = await back_filled(new_desk("told")), await back_filled(new_desk("polled"))
    for _ in range(DEEDS):
        await told.hear(shop.live())
    await told.poller.repairs.run()
    shop.later(minutes=1)
    assert (await polled.poller.tick()).error is None
    by_webhook, by_poll = await told.rows(), await polled.rows()
    assert len(by_webhook) > ORDERS
    assert shown(by_webhook, "return") == shown(by_poll, "return")
    assert await packed(told, by_webhook) == await packed(polled, by_poll) == sent(shop)
    assert await bills(told, by_webhook) == await bills(polled, by_poll) == billed(shop)
    assert (await told.poller.tick()).error is None
    assert shown(await told.rows()) == shown(by_poll)
    for name in ("tabs", "shipments", "returns", "inventory_blocks"):
        assert (await told.get("/sync/orders"))[name] == (await polled.get("/sync/orders"))[name]
    heard, read = await timelines(told, by_webhook), await timelines(polled, by_poll)
    assert {key: read[key] - heard[key] for key in read if not read[key] <= heard[key]} == {}
    of_the_moment = {event for key in heard for _, event in heard[key] - read[key]}
    assert of_the_moment <= {"inventory_hold", "inventory_release", "note"}


async def barcodes(one: Desk) -> dict[str, str | None]:
    """The barcode of every line."""
    found: dict[str, str | None] = {}
    for key in await one.rows():
        detail = await one.get(f"/sync/orders/{key.rpartition('/')[2]}")
        found |= {line["id"]: line["barcode"] for line in detail["line_items"]}
    return found


async def test_barcodes_are_read_where_the_token_may_and_cost_nothing_else_where_not(
    shop: Shop, new_desk: NewDesk
) -> None:
    lines = [line for order in shop.world.simulation.stage.shop.orders.values() for line in order.lines]
    coded = {gid("LineItem", line.id): line.variant.barcode if line.variant else None for line in lines}
    may = await back_filled(new_desk("may"))
    assert await barcodes(may) == coded
    assert any(coded.values())
    shop.world.simulation.admin.scopes -= {"read_products"}
    may_not = await back_filled(new_desk("may_not"))
    assert shown(await may_not.rows()) == shown(await may.rows())
    assert await barcodes(may_not) == dict.fromkeys(coded)


async def test_with_the_cost_bucket_nearly_empty_it_slows_down_and_finishes(shop: Shop, new_desk: NewDesk) -> None:
    bucket = shop.world.simulation.admin.bucket
    plenty = await back_filled(new_desk("plenty"))
    assert shop.slept_s == 0
    bucket.set(maximum=1_000, available=5, restore_rate=50)
    scarce = await back_filled(new_desk("scarce"))
    assert shop.slept_s > 5
    assert shown(await scarce.rows()) == shown(await plenty.rows())


async def test_poll_once_reads_what_there_is_and_says_why_it_cannot(
    shop: Shop, sqlite_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    token = {"shopify_admin_token": SECRETS.admin_token, "shopify_api_url": shop.url}
    assert await asyncio.to_thread(shopify.poll, shop.settings(sqlite_url, **token)) == 0
    assert "Read " in capsys.readouterr().out
    assert (
        await asyncio.to_thread(shopify.poll, shop.settings(sqlite_url, **token | {"shopify_admin_token": "old"})) == 1
    )
    assert "Polling failed: Shopify does not accept the Admin token" in capsys.readouterr().err


async def test_missing_subscriptions_are_found_and_made_on_request(
    shop: Shop, new_desk: NewDesk, capsys: pytest.CaptureFixture[str]
) -> None:
    one = await back_filled(new_desk("one"))
    assert "ORDERS_CREATE" in await one.unsubscribed()
    settings = shop.settings("sqlite:///unused.db", shopify_admin_token=SECRETS.admin_token, shopify_api_url=shop.url)
    assert await asyncio.to_thread(shopify.check, settings) == 1
    assert "subscribe --url" in capsys.readouterr().out
    assert await asyncio.to_thread(shopify.subscribe, settings, "https://hooks.example.org/shopify/webhook") == 0
    shop.later(minutes=15)
    assert (await one.poller.tick()).error is None
    assert await one.unsubscribed() == []
    await asyncio.to_thread(shopify.check, settings)
    assert f"ok      webhook subscriptions: all {len(TOPICS)} topics" in capsys.readouterr().out


async def test_a_shop_whose_webhooks_stop_shows_a_gap_and_loses_nothing(shop: Shop, new_desk: NewDesk) -> None:
    one = await back_filled(new_desk("one"))
    for _ in range(10):
        await one.hear(shop.live())
    for _ in range(20):
        shop.live()
    shop.later(minutes=6)
    assert (await one.poller.tick()).error is None
    assert await open_gaps(one.database) == {"webhooks_silent"}
    assert any("shopify check" in text for text in (await one.get("/sync/orders"))["data_gaps"])
    assert shown(await one.rows()) == shown(await (await back_filled(new_desk("anew"))).rows())
    await one.hear(shop.live())
    shop.later(minutes=6)
    assert (await one.poller.tick()).error is None
    assert await open_gaps(one.database) == set()
