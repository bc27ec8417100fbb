"""An exchange at the simulated shop: when what is sent for a return is due, as the poll finds it (contract §3a, `ship_by`)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from tests.server.shopify.demo_shop import Desk, Shop, desk, living
from tests.support.shopify import fulfillment_order, order, page, parcel

from orders_demo.operations import parcels, returning
from orders_demo.world.orders import Order
from orders_demo.world.parcels import FulfillmentOrder
from orders_demo.world.returns import Return
from orders_sync.external.shopify import nodes
from orders_sync.external.shopify.order_changes import late
from orders_sync.instants import parse_instant, to_datetime

Json = dict[str, Any]


@pytest.fixture
async def shop() -> AsyncIterator[Shop]:
    async with living(120) as running:
        yield running


def returned(shop: Shop) -> Return:
    """An open return of an order of which nothing is owed any more."""
    orders = shop.world.simulation.stage.shop.orders.values()
    return next(
        entry
        for order in orders
        if not order.owed and not order.cancelled_at and not order.refunded and order.requires_shipping
        for entry in order.returns
        if entry.status == "OPEN" and not any(line.processed for line in entry.lines)
    )


def exchanged(shop: Shop, entry: Return, quantity: int = 2) -> FulfillmentOrder:
    """The return is processed, and something else goes to the buyer for it; what that is sent from."""
    stage = shop.world.simulation.stage

    def process(now: datetime) -> None:
        line = returning.exchange(stage.shop, entry, stage.shop.variants[0], quantity, now)
        units = [(line, line.quantity) for line in entry.lines]
        returning.process(stage.shop, entry, units, now, exchanges=[(line, quantity)])

    stage.perform(process)
    return entry.order.tasks[-1]


async def shown(desk: Desk, order: Order) -> Json:
    shop = desk.shop
    shop.later(minutes=1)
    assert (await desk.poller.tick()).error is None
    return await desk.get(f"/sync/orders/{order.id}")


async def in_tab(desk: Desk, tab: str, order: Order) -> bool:
    rows = (await desk.get("/sync/orders", tab=tab, pageSize="250"))["orders"]["items"]
    return any(row["order_number"] == order.name for row in rows)


async def test_an_exchange_is_due_a_day_after_it_was_made(shop: Shop, database_url: str) -> None:
    entry = returned(shop)
    async with desk(shop, database_url) as one:
        before = await shown(one, entry.order)
        shop.later(days=21)
        assert (await shown(one, entry.order))["ship_by"] == before["ship_by"]
        task = exchanged(shop, entry)
        found = await shown(one, entry.order)
        assert to_datetime(parse_instant(found["ship_by"])) == task.created_at + timedelta(days=1)
        assert (found["status"], await in_tab(one, "overdue", entry.order)) == ("awaiting_fulfillment", False)
        shop.later(hours=25)
        await shown(one, entry.order)
        assert await in_tab(one, "overdue", entry.order)
        parcels.send_all(shop.world.simulation.stage.shop, task, [], shop.world.now)
        after = await shown(one, entry.order)
        assert (after["ship_by"], await in_tab(one, "overdue", entry.order)) == (found["ship_by"], False)


async def test_a_hold_that_splits_an_exchange_puts_nothing_off(shop: Shop, sqlite_url: str) -> None:
    entry, stage = returned(shop), shop.world.simulation.stage
    async with desk(shop, sqlite_url) as one:
        shop.later(days=21)
        task = exchanged(shop, entry)
        due = (await shown(one, entry.order))["ship_by"]
        shop.later(hours=2)
        (line,) = task.lines
        parcels.hold(stage.shop, task, "OTHER", None, shop.world.now, portion=[(line, 1)])
        assert len([each for each in entry.order.tasks if each.remaining]) == 2
        assert (await shown(one, entry.order))["ship_by"] == due


async def test_what_was_ordered_and_comes_late_is_as_late_as_it_is(shop: Shop, sqlite_url: str) -> None:
    """Units that were called back go out from a new fulfilment order, also of an order that has returns."""
    entry, stage = returned(shop), shop.world.simulation.stage
    async with desk(shop, sqlite_url) as one:
        due = (await shown(one, entry.order))["ship_by"]
        shop.later(days=21)
        parcels.call_back(stage.shop, entry.order.parcels[0], shop.world.now)
        assert entry.order.tasks[-1].created_at == shop.world.now
        found = await shown(one, entry.order)
        assert (found["ship_by"], await in_tab(one, "overdue", entry.order)) == (due, True)


async def test_webhooks_bring_it_before_the_next_tick(shop: Shop, sqlite_url: str) -> None:
    entry = returned(shop)
    async with desk(shop, sqlite_url) as one:
        await shown(one, entry.order)
        shop.later(days=21)
        shop.world.told.clear()
        task = exchanged(shop, entry)
        await one.hear(shop.world.told)
        await one.poller.repairs.run()
        found = await one.get(f"/sync/orders/{entry.order.id}")
        assert to_datetime(parse_instant(found["ship_by"])) == task.created_at + timedelta(days=1)


@pytest.mark.parametrize(
    ("returns", "sent", "asked"),
    [(True, True, [2, 3]), (False, True, []), (True, False, [1, 2, 3])],
    ids=["returned", "never returned", "when it was sent is hidden"],
)
def test_only_where_there_may_be_an_exchange_are_lines_asked_for(returns: bool, sent: bool, asked: list[int]) -> None:
    days = ("2026-03-08T08:00:00Z", "2026-03-09T10:00:00Z", "2026-03-10T08:00:00Z")
    told = order(
        returns=page([{"id": "gid://shopify/Return/1"}] if returns else []),
        fulfillments=[parcel(createdAt="2026-03-09T10:00:00Z")] if sent else None,
        fulfillmentOrders=page([fulfillment_order(n, createdAt=day) for n, day in enumerate(days, start=1)]),
    )
    assert list(late(nodes.Order.model_validate(told))) == asked
