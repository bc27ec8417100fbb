"""Fulfilments at the simulated shop, which executes the schema: whatever is lost, each is made once, and mailed once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

import pytest
from tests.server.shopify.demo_shop import Shop
from tests.server.shopify.test_writes import row
from tests.server.shopify.test_writes_at_the_demo_shop import made, owing, parcel, shop

from orders_demo.operations import ordering, parcels, routing
from orders_demo.world.orders import Order
from orders_demo.world.parcels import Parcel, Tracking
from orders_sync.db.outbox import OutboxRow
from orders_sync.external.shopify.answers import Answer
from orders_sync.external.shopify.client import ShopifyClient
from orders_sync.external.shopify.documents import Document
from orders_sync.external.shopify.errors import NoAnswer
from orders_sync.external.shopify.sender import ShopifySender
from orders_sync.instants import from_datetime
from orders_sync.outbox.kinds import Kind
from orders_sync.outbox.outcome import Outcome, Refused, Sent, Unknown

__all__ = ["shop"]

NUMBER = {"number": "1Z999AA10123456784", "carrier": "UPS", "url": None}


@dataclass
class Losing:
    """A client that breaks at its write number `at`: before the shop has it, or with the answer lost."""

    client: ShopifyClient
    at: int
    done: bool
    writes: int = 0

    @property
    def clock_skew_ms(self) -> int | None:
        return self.client.clock_skew_ms

    async def execute(self, document: Document, variables: Mapping[str, Any] | None = None) -> Answer:
        writes = document.text.startswith("mutation")
        self.writes += writes
        broken = writes and self.writes == self.at
        if broken and not self.done:
            raise NoAnswer("killed before it left")
        answer = await self.client.execute(document, variables)
        if broken:
            raise NoAnswer("killed before it was recorded")
        return answer


async def send(shop: Shop, write: OutboxRow, client: object = None) -> Outcome:
    (outcome,) = await ShopifySender(cast("ShopifyClient", client or shop.client())).send([write])
    return outcome


def of_two_locations(shop: Shop) -> Order:
    """An order that owes a unit of one line from here and two of another from elsewhere; and two more of each, from the same
    locations, by younger fulfilment orders."""
    order, stage = owing(shop), shop.world.simulation.stage
    for task in list(order.tasks):
        parcels.send_all(stage.shop, task, [], shop.world.now)
    for variant, location, units in zip(stage.shop.variants, stage.shop.locations, (3, 4), strict=False):
        ordering.add(stage.shop, order, variant, units, shop.world.now)
        routing.move(stage.shop, order.tasks[-1], (), location, shop.world.now)
    shop.later(seconds=5)
    for task in order.tasks[-2:]:
        routing.split(stage.shop, task, [(task.lines[0], 2)], shop.world.now)
    shop.later(minutes=5)
    return order


def wanting(shop: Shop, order: Order, *units: int) -> OutboxRow:
    """A row for so many units of the first lines that the order owes."""
    owed = [line for line in order.lines if line.unfulfilled]
    lines = [[line.id, quantity] for line, quantity in zip(owed, units, strict=False) if quantity]
    known = [parcel.id for parcel in order.parcels]
    write = row(Kind.FULFILLMENT, order.id, tracking=NUMBER, lines=lines, known=known, notify=True)
    return write._replace(created_at=from_datetime(shop.world.now))


def contents(found: list[Parcel]) -> list[dict[int, int]]:
    return [{entry.line.id: entry.quantity for entry in parcel.lines} for parcel in found]


@pytest.mark.parametrize("done", [False, True], ids=["before it left", "before it was recorded"])
@pytest.mark.parametrize("at", [1, 2])
async def test_whatever_is_lost_each_location_has_one_fulfilment_and_one_mail(shop: Shop, at: int, done: bool) -> None:
    order = of_two_locations(shop)
    before, ledger = len(order.parcels), len(made(shop))
    write = wanting(shop, order, 1, 2)
    lines = dict(cast("list[tuple[int, int]]", write.payload["lines"]))
    assert isinstance(await send(shop, write, Losing(shop.client(), at, done)), Unknown)
    shop.later(minutes=1)
    outcome = await send(shop, write._replace(claimed_before=True))
    found = order.parcels[before:]
    assert isinstance(outcome, Sent)
    assert outcome.made == tuple(each.id for each in found)
    assert contents(found) == [{line: quantity} for line, quantity in lines.items()]
    assert made(shop)[ledger:] == ["fulfillmentCreate"] * 2
    assert made(shop, "mail") == ["shipping_confirmation"] * 2
    assert [each.number for each in found] == [NUMBER["number"], None]
    assert await send(shop, write._replace(claimed_before=True)) == outcome
    assert len(order.parcels) == before + 2


async def test_a_line_in_several_fulfilment_orders_is_taken_from_the_oldest_first(shop: Shop) -> None:
    order = of_two_locations(shop)
    first = order.tasks[-4]
    assert isinstance(await send(shop, wanting(shop, order, 2)), Sent)
    assert first.remaining == 0
    assert [task.remaining for task in order.tasks[-4:]] == [0, 2, 1, 2]
    assert len(order.parcels[-1].tasks) == 2


async def test_two_rows_of_the_same_lines_make_two_fulfilments(shop: Shop) -> None:
    order = of_two_locations(shop)
    rows = [wanting(shop, order, 1) for _ in range(2)]
    first = await send(shop, rows[0])
    assert isinstance(first, Sent)
    known = {"known": [*cast("list[int]", rows[1].payload["known"]), *first.made]}
    second = await send(shop, rows[1]._replace(payload=rows[1].payload | known))
    assert isinstance(second, Sent)
    assert set(first.made).isdisjoint(second.made)
    assert order.lines[-2].unfulfilled == 1


async def test_what_was_made_in_the_shop_meanwhile_is_not_shipped_twice(shop: Shop) -> None:
    order, stage = of_two_locations(shop), shop.world.simulation.stage
    write = wanting(shop, order, 1, 2)
    shop.later(seconds=5)
    theirs = parcels.send_all(stage.shop, order.tasks[-4], [], shop.world.now)
    outcome = await send(shop, write)
    assert isinstance(outcome, Sent)
    ours = order.parcels[-1]
    assert outcome.made == (ours.id, theirs.id), "the one with the number first"
    assert (contents([ours]), ours.number, theirs.number) == ([{order.lines[-1].id: 2}], NUMBER["number"], None)


async def test_more_than_the_shop_has_is_refused_and_nothing_is_sent(shop: Shop) -> None:
    order, stage = of_two_locations(shop), shop.world.simulation.stage
    before = len(order.parcels)
    parcels.hold(stage.shop, order.tasks[-4], "OTHER", None, shop.world.now)
    outcome = await send(shop, wanting(shop, order, 3, 1))
    assert isinstance(outcome, Refused)
    assert outcome.reason.startswith(order.lines[-2].title)
    assert "3 to send, and Shopify has 2 (1 on hold)" in outcome.reason
    assert len(order.parcels) == before


@pytest.mark.parametrize("done", [False, True], ids=["before it left", "before it was recorded"])
async def test_a_number_whose_outcome_was_lost_is_written_and_mailed_once(shop: Shop, done: bool) -> None:
    sent_already = parcel(shop, "A1", "B2")
    given: dict[str, Any] = {"fulfillment_id": sent_already.id, "before": "A1", "notify": True, "number": "1Z9"}
    given["url"] = "https://example.org/mine"
    write = row(Kind.TRACKING, sent_already.order.id, **given)
    assert isinstance(await send(shop, write, Losing(shop.client(), 1, done)), Unknown)
    assert await send(shop, write) == Sent()
    assert [(each.number, each.url) for each in sent_already.tracking] == [
        ("1Z9", "https://example.org/mine"),
        ("B2", "https://example.org/track/B2"),
    ]
    assert made(shop) == ["fulfillmentTrackingInfoUpdate"]
    assert made(shop, "mail") == ["shipping_update"]


async def test_only_another_number_carrier_or_page_is_written(shop: Shop) -> None:
    sent_already = parcel(shop, "A1")
    page = sent_already.tracking[0].url
    given: dict[str, Any] = {"fulfillment_id": sent_already.id, "before": "A1", "number": "A1", "notify": True}
    for same in ({}, {"carrier": "ups"}, {"carrier": "UPS", "url": page}):
        assert await send(shop, row(Kind.TRACKING, **given, **same)) == Sent()
    assert made(shop) == []
    assert await send(shop, row(Kind.TRACKING, **given, url="https://example.org/other")) == Sent()
    assert await send(shop, row(Kind.TRACKING, **given, carrier="DHL")) == Sent()
    assert [(each.number, each.company) for each in sent_already.tracking] == [("A1", "DHL")]
    assert made(shop) == ["fulfillmentTrackingInfoUpdate"] * 2


@pytest.mark.parametrize("units", [(1,), (1, 2)], ids=["exactly these lines", "a part of these lines"])
async def test_a_number_goes_to_the_fulfilment_of_its_own_acknowledgement(shop: Shop, units: tuple[int, ...]) -> None:
    order, stage = of_two_locations(shop), shop.world.simulation.stage
    write = wanting(shop, order, *units)
    write.payload["tracking"] = None
    whole = [(task, [(line, line.remaining) for line in task.lines]) for task in (order.tasks[-1], order.tasks[-3])]
    foreign = parcels.send(stage.shop, whole, [Tracking("UPS", "FOREIGN", None)], shop.world.now)
    await send(shop, write)
    given = {name: write.payload[name] for name in ("known", "lines")} | {"number": "1Z9", "before": None}
    assert await send(shop, row(Kind.TRACKING, order.id, fulfillment_id=None, **given)) == Sent()
    assert (order.parcels[-1].number, foreign.number) == ("1Z9", "FOREIGN")
