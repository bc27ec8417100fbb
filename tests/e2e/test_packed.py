"""A parcel that was counted at a bench: from the lines of two orders that go together to the fulfilment in the simulated shop."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest
from tests.support.demo_desk import PATIENCE_S, DemoDesk, demo_desk

from orders_demo.operations import ordering, payments
from orders_demo.sample_data import baskets, places
from orders_demo.world.orders import Order as ShopOrder
from orders_tui.api.client import SyncApi
from orders_tui.query import OrdersQuery
from orders_wire.actions import FulfillBody, GivenLine, GivenTracking, Packed
from orders_wire.lines import OrderLines
from orders_wire.orders import Order
from orders_wire.vocabulary import ActionName, Status, Tab

pytestmark = pytest.mark.e2e

MORNING = datetime(2026, 3, 10, 8, 40, 5, tzinfo=UTC)


def in_shop(desk: DemoDesk, order: Order) -> ShopOrder:
    return desk.simulation.stage.shop.orders[int(order.id.rpartition("/")[2])]


async def buys_again(desk: DemoDesk, before: ShopOrder) -> None:
    """The same customer, in a hurry: to the same address, typed otherwise."""
    shop, home = desk.simulation.stage.shop, before.shipping_address
    assert home is not None
    again = replace(home, address1=places.typed_otherwise(home.address1 or ""))

    def deed(at: datetime) -> None:
        basket = replace(baskets.draw(shop, Random(1), at), customer=before.customer, shipping_address=again)
        payments.pay(shop, ordering.place(shop, basket, at), at)

    desk.simulation.stage.perform(deed)
    await desk.later(1)


async def waiting(api: SyncApi) -> dict[str, Order]:
    page = await api.orders(OrdersQuery(Tab.UNFULFILLED, page_size=250))
    return {order.id: order for order in page.orders.items}


def counted(order: OrderLines) -> FulfillBody:
    """All that can be sent of it, each line by the scanner where it has a barcode."""
    lines = [line for line in order.lines if line.sendable]
    scanned = sum(line.sendable for line in lines if line.barcode)
    return FulfillBody(
        order_ids=[order.id],
        expected_versions={order.id: order.version},
        lines=[GivenLine(line_id=line.line_id, quantity=line.sendable) for line in lines],
        tracking=GivenTracking(number="1Z999AA10123456784", carrier="UPS"),
        packed=Packed(scanned=scanned, by_hand=sum(line.sendable for line in lines) - scanned),
    )


async def sent(order: ShopOrder) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not order.parcels:  # noqa: ASYNC110  # the relay decides
            await asyncio.sleep(0.05)


def lonely(order: Order) -> bool:
    plain = order.hold is None and not order.tracking and order.together is None and order.issue is None
    return plain and order.status is Status.AWAITING_FULFILLMENT and order.delivery == "shipping"


async def test_of_two_orders_that_go_together_one_is_packed_and_leaves_with_its_lines(tmp_path: Path) -> None:
    async with demo_desk(tmp_path, 60, MORNING) as desk, SyncApi(desk.url, None, "ana") as api:
        first = next(order for order in (await waiting(api)).values() if lonely(order))
        await buys_again(desk, in_shop(desk, first))
        rows = await waiting(api)
        pair = [row.id for row in rows.values() if row.together is not None and row.together == rows[first.id].together]
        assert len(pair) == 2
        assert rows[first.id].version == first.version
        lines = {order.id: order for order in (await api.lines(pair)).orders}
        sold = {line.id: line.variant.barcode if line.variant else None for line in in_shop(desk, first).lines}
        assert {int(line.line_id.rpartition("/")[2]): line.barcode for line in lines[first.id].lines} == sold

        body = counted(lines[first.id])
        await api.act(ActionName.FULFILL, body, "k1")
        assert body.packed is not None
        told = f"by ana, packed: {body.packed.scanned} scanned, {body.packed.by_hand} by hand"
        submitted = (await api.order(first.id)).timeline[-1]
        assert (submitted.event, submitted.details.startswith(told)) == ("fulfillment_submitted", True)
        assert (await waiting(api))[next(of for of in pair if of != first.id)].together is None
        await desk.later(11)
        await sent(in_shop(desk, first))
        await desk.later(1)
        (parcel,) = in_shop(desk, first).parcels
        assert parcel.number == "1Z999AA10123456784"
        assert body.lines is not None
        asked = {int(line.line_id.rpartition("/")[2]): line.quantity for line in body.lines}
        assert {each.line.id: each.quantity for each in parcel.lines} == asked
        assert told in (await api.order(first.id)).audit[0].details
