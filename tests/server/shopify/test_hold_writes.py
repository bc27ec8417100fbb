"""Holds and releases at the simulated shop: whole orders and some units, found again by their handle (contract §3a, Holds)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from tests.server.shopify.demo_shop import Shop, desk, living
from tests.server.shopify.test_writes import HELD, fulfillable, part, row
from tests.server.shopify.test_writes import sent as answered
from tests.server.shopify.test_writes_at_the_demo_shop import made, sent
from tests.support.shopify import ScriptedShop, page

from orders_demo.operations import ordering, parcels
from orders_demo.world.orders import Order
from orders_demo.world.parcels import FulfillmentOrder
from orders_sync.external.shopify.hold_writes import ANOTHER_APP
from orders_sync.outbox.kinds import Kind
from orders_sync.outbox.outcome import Refused, Sent

HANDLE = "desk-a1"
Json = dict[str, Any]


@pytest.fixture
async def shop() -> AsyncIterator[Shop]:
    async with living(120) as shop:
        yield shop


def wide(shop: Shop, *quantities: int) -> Order:
    """An open order with lines of so many units, at one location."""
    world = shop.world.simulation.stage.shop
    for order in world.orders.values():
        fresh = not (order.cancelled_at or order.parcels or order.returns)
        if fresh and len(order.tasks) == 1 and order.tasks[0].status == "OPEN":
            for variant, quantity in zip(world.variants, quantities, strict=False):
                ordering.add(world, order, variant, quantity, shop.world.now)
            return order
    raise AssertionError("no such order")


def units(task: FulfillmentOrder) -> dict[int, int]:
    return {entry.line.id: entry.remaining for entry in task.lines if entry.remaining}


def held(order: Order, handle: str = HANDLE) -> dict[int, int]:
    """What fulfilment orders with a hold of this handle have to send."""
    found: dict[int, int] = {}
    for task in order.tasks:
        for line, count in units(task).items() if any(hold.handle == handle for hold in task.holds) else ():
            found[line] = found.get(line, 0) + count
    return found


def owed(order: Order) -> dict[int, int]:
    return {line.id: line.unfulfilled for line in order.lines if line.unfulfilled}


def hold(*lines: tuple[int, int], handle: str = HANDLE, reason: str = "OTHER") -> Json:
    return {"handle": handle, "reason": reason, "note": "why", "lines": [list(each) for each in lines] or None}


async def test_a_whole_order_is_held_once_however_often_it_is_sent(shop: Shop) -> None:
    order = wide(shop, 3, 2)
    for _ in range(2):
        assert await sent(shop, Kind.HOLD, order.id, **hold(reason="HIGH_RISK_OF_FRAUD")) == Sent()
    assert held(order) == owed(order)
    assert {(each.reason, each.reason_notes) for task in order.tasks for each in task.holds} == {
        ("HIGH_RISK_OF_FRAUD", "why")
    }
    assert made(shop) == ["fulfillmentOrderHold"] * len([task for task in order.tasks if task.holds])


async def test_some_units_are_split_off_and_held_and_not_once_more(shop: Shop) -> None:
    order = wide(shop, 5, 2)
    line, quantity = next((line, count) for line, count in owed(order).items() if count > 2)
    for _ in range(2):
        assert await sent(shop, Kind.HOLD, order.id, **hold((line, 2))) == Sent()
    assert held(order) == {line: 2}
    assert sum(units(task).get(line, 0) for task in order.tasks if not task.holds) == quantity - 2
    assert made(shop) == ["fulfillmentOrderHold"]


async def test_units_in_several_fulfilment_orders_are_held_where_they_are(shop: Shop) -> None:
    order = wide(shop, 4)
    first, last = order.tasks[0], order.tasks[-1]
    assert first is not last
    wanted = [*units(first).items(), (last.lines[0].line.id, 1)]
    assert await sent(shop, Kind.HOLD, order.id, **hold(*wanted)) == Sent()
    assert held(order) == dict(wanted)
    assert len(made(shop)) == 2


async def test_a_hold_that_was_placed_in_part_is_completed(shop: Shop) -> None:
    order = wide(shop, 4)
    first, last = order.tasks[0], order.tasks[-1]
    wanted = {**units(first), last.lines[0].line.id: 3}
    stage = shop.world.simulation.stage
    parcels.hold(stage.shop, first, "OTHER", "why", shop.world.now, handle=HANDLE, by_us=True)
    assert await sent(shop, Kind.HOLD, order.id, **hold(*wanted.items())) == Sent()
    assert held(order) == wanted
    assert made(shop) == ["fulfillmentOrderHold"]


async def test_what_cannot_be_held_is_said(shop: Shop) -> None:
    order = wide(shop, 4)
    line, count = next((line, count) for line, count in owed(order).items() if count == 4)
    for task in order.tasks:
        if line in units(task):
            parcels.send_all(shop.world.simulation.stage.shop, task, [], shop.world.now)
    assert await sent(shop, Kind.HOLD, order.id, **hold((line, count))) == Refused(
        "Shopify does not let this app hold it"
    )
    other = next(iter(owed(order)))
    assert await sent(shop, Kind.HOLD, order.id, **hold((line, 3), (other, 1))) == Sent(
        "3 of 4 units could not be held in Shopify"
    )
    for task in order.tasks:
        if task.remaining:
            parcels.release(shop.world.simulation.stage.shop, task, shop.world.now)
            parcels.send_all(shop.world.simulation.stage.shop, task, [], shop.world.now)
    assert await sent(shop, Kind.HOLD, order.id, **hold(handle="desk-a2")) == Refused(
        "nothing is left to send in Shopify"
    )


async def test_a_second_hold_lies_over_the_first_and_each_is_released_alone(shop: Shop) -> None:
    order = wide(shop, 3)
    for handle in (HANDLE, "desk-a2"):
        await sent(shop, Kind.HOLD, order.id, **hold(handle=handle))
    for _ in range(2):
        assert await sent(shop, Kind.RELEASE_HOLD, order.id, handle=HANDLE, hold_ids=[]) == Sent()
    assert (held(order), held(order, "desk-a2")) == ({}, owed(order))
    tasks = len([task for task in order.tasks if task.remaining])
    assert made(shop) == ["fulfillmentOrderHold"] * 2 * tasks + ["fulfillmentOrderReleaseHold"] * tasks


@pytest.mark.parametrize("locked", [False, True])
async def test_a_hold_of_another_app_is_released_where_shopify_lets_us(shop: Shop, locked: bool) -> None:
    order = wide(shop)
    stage = shop.world.simulation.stage
    entry, _ = parcels.hold(stage.shop, order.tasks[0], "OTHER", None, shop.world.now, handle="w", locked=locked)
    await sent(shop, Kind.HOLD, order.id, **hold())
    outcome = await sent(shop, Kind.RELEASE_HOLD, order.id, handle=None, hold_ids=[entry.id])
    assert outcome == (Refused(ANOTHER_APP) if locked else Sent())
    assert (entry in order.tasks[0].holds) is locked
    assert held(order)


async def test_what_others_hold_already_is_not_split() -> None:
    lines = {
        "id": "gid://shopify/FulfillmentOrderLineItem/1",
        "sku": "A",
        "remainingQuantity": 5,
        "lineItem": {"id": "gid://shopify/LineItem/1"},
    }
    theirs = part(actions=("RELEASE_HOLD", "HOLD"), fulfillmentHolds=[{"id": "gid://shopify/FulfillmentHold/1"}])
    there = ScriptedShop(
        Holdable=fulfillable(theirs), HoldableLines={"fulfillmentOrder": {"lineItems": page([lines])}}, Hold=HELD
    )
    (outcome,) = await answered(there, row(Kind.HOLD, **hold((1, 2))))
    assert isinstance(outcome, Refused)
    assert "cannot be split" in outcome.reason
    assert there.asked("Hold") == []


async def test_the_poll_tells_which_units_are_held(shop: Shop, sqlite_url: str) -> None:
    order = wide(shop, 5, 2)
    line = next(line for line, count in owed(order).items() if count > 2)
    await sent(shop, Kind.HOLD, order.id, **hold((line, 2)))
    async with desk(shop, sqlite_url) as server:
        await server.poller.tick()
        found = await server.get(f"/sync/orders/{order.id}")
        shown = {each["id"].rpartition("/")[2]: each["held"] for each in found["line_items"] if each["held"]}
        assert shown == {str(line): 2}
        (entry,) = found["holds"]
        assert (entry["id"], entry["ours"], entry["lines"][0]["quantity"]) == (HANDLE, True, 2)
