"""The simulated shop as its desk shows it: every order makes sense, and webhooks and polls tell the same of it.

Two desks read the same past. Then the shop lives: one hears every webhook, in some order, and polls at the end; the other polls.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import orjson
import pytest
from sqlalchemy import Connection, select
from tests.server.demo.worlds import World, make
from tests.server.ingest.rows import desk

from orders_sync.db import order_documents
from orders_sync.db.tables import orders
from orders_sync.db.tx import Tx
from orders_sync.evidence.changes import Delivery
from orders_sync.external.shopify import answers
from orders_sync.external.shopify.answers import Answer
from orders_sync.external.shopify.client import ShopifyClient
from orders_sync.external.shopify.documents import Document
from orders_sync.external.shopify.order_changes import changes
from orders_sync.external.shopify.order_reader import OrderReader
from orders_sync.ingest import webhook
from orders_sync.ingest.apply import apply
from orders_sync.instants import from_datetime
from orders_sync.rules.detail import Detail, describe
from orders_sync.rules.thresholds import Thresholds
from orders_wire.vocabulary import ReturnState

Card = dict[str, Any]

JOURNEY = ("submitted", "in_transit", "out_for_delivery", "delivered")
UNTOLD_BY_THE_API = frozenset({"order_edited", "inventory_release", "note", "return_denied", "return_cancelled"})
"""Entries of which the API keeps neither the thing nor its time once it is over."""


class InProcess(ShopifyClient):
    """Asks the simulated shop itself; its bucket is never empty."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def execute(self, document: Document, variables: Mapping[str, Any] | None = None) -> Answer:
        self._world.seconds += 60
        told = self._world.ask(document.text, **dict(variables or {}))
        return answers.read(orjson.loads(orjson.dumps(told)), from_datetime(self._world.now))

    async def read(self, document: Document, variables: Mapping[str, Any] | None = None) -> Answer:
        return await self.execute(document, variables)


@dataclass(frozen=True)
class Shown:
    """What a desk has of every order."""

    cards: dict[int, Card]
    details: dict[int, Detail]


@dataclass(frozen=True)
class Desks:
    """`told`: heard the webhooks and polled; `polled`: polled alone."""

    told: Shown
    polled: Shown


async def _poll(world: World) -> Delivery:
    reader, found, after = OrderReader(InProcess(world)), [], None
    while True:
        page = await reader.page(None, after, sort_key="UPDATED_AT")
        found += [change for read in page.orders for change in changes(read)]
        after = page.next_cursor
        if after is None:
            return Delivery("poll", None, "poll", from_datetime(world.now), tuple(found))


def _take(conn: Connection, world: World, *deliveries: Delivery) -> None:
    with conn.begin():
        for each in deliveries:
            apply(Tx(conn, 1, from_datetime(world.now)), each, Thresholds())


def _live(world: World, steps: int, dice: Random) -> list[Delivery]:
    """What the shop's life announces, in another order."""
    heard: list[Delivery] = []
    for _ in range(steps):
        world.later(seconds=dice.choice([1, 7, 60, 900]))
        world.simulation.life.tick()
        for entry in world.told:
            headers = {webhook.TOPIC: entry.topic, webhook.TRIGGERED_AT: world.now.isoformat()}
            headers[webhook.WEBHOOK_ID] = f"w{len(heard)}"
            received = webhook.receive(entry.body, headers, from_datetime(world.now), ours=True)
            assert received.problem is None, f"{entry.topic}: {received.problem}"
            heard.append(received.delivery)
        world.told.clear()
    dice.shuffle(heard)
    return heard


def _shown(conn: Connection) -> Shown:
    with conn.begin():
        cards = {row.id: orjson.loads(row.card) for row in conn.execute(select(orders.c.id, orders.c.card))}
        known = {order_id: order_documents.read(conn, 1, order_id) for order_id in cards}
    drawn = {
        order_id: describe(order_id, doc.facts, doc.operator, {}, Thresholds())
        for order_id, doc in known.items()
        if doc is not None
    }
    return Shown(cards, {order_id: detail for order_id, detail in drawn.items() if detail is not None})


@pytest.fixture(scope="module")
def desks(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[Desks]:
    folder, world, dice = tmp_path_factory.mktemp("desks"), make(120), Random(3)
    for name in ("told", "polled"):
        (folder / name).write_bytes(sqlite_template.read_bytes())
    with desk(f"sqlite:///{folder}/told") as told, desk(f"sqlite:///{folder}/polled") as polled:
        past = asyncio.run(_poll(world))
        _take(told, world, past)
        _take(polled, world, past)
        world.told.clear()
        _take(told, world, *_live(world, 160, dice))
        present = asyncio.run(_poll(world))
        _take(told, world, present)
        _take(polled, world, present)
        yield Desks(_shown(told), _shown(polled))


def test_both_ways_show_the_same_orders(desks: Desks) -> None:
    for order_id, card in desks.told.cards.items():
        assert card | {"timeline": []} == desks.polled.cards[order_id] | {"timeline": []}
    assert desks.told.cards.keys() == desks.polled.cards.keys()


def test_both_ways_tell_the_same_history_as_far_as_the_api_tells(desks: Desks) -> None:
    for order_id, detail in desks.told.details.items():
        told, polled = (
            Counter((entry.ts, entry.event) for entry in shown.timeline if entry.event not in UNTOLD_BY_THE_API)
            for shown in (detail, desks.polled.details[order_id])
        )
        missing = {entry for entry in told - polled if not entry[1].startswith("inventory")}
        assert (missing, polled - told) == (set(), Counter())


def _amounts(detail: Detail, event: str) -> Decimal:
    told = (entry.details.split(" ")[0] for entry in detail.timeline if entry.event == event)
    return sum((Decimal(amount) for amount in told), Decimal(0))


def test_a_timeline_begins_with_the_order_and_only_goes_on(desks: Desks) -> None:
    for detail in desks.told.details.values():
        assert detail.timeline[0].event == "order_placed"
        assert [entry.ts for entry in detail.timeline] == sorted(entry.ts for entry in detail.timeline)
        told = Counter(
            (entry.event, entry.details) for entry in detail.timeline if entry.event.startswith("fulfillment")
        )
        assert set(told.values()) <= {1}


def test_every_parcel_went_its_way_in_order(desks: Desks) -> None:
    for detail in desks.told.details.values():
        for parcel in detail.fulfillments:
            mine = {entry.event: entry.ts for entry in detail.timeline if entry.details == parcel.name}
            steps = [mine[f"fulfillment_{step}"] for step in JOURNEY if f"fulfillment_{step}" in mine]
            assert "fulfillment_submitted" in mine
            assert steps == sorted(steps)
            assert ("fulfillment_delivered" in mine) is (parcel.shipment_status == "delivered")
            assert (parcel.delivered_at is not None) is (parcel.shipment_status == "delivered")
            assert parcel.shipment_status != "delivered" or "fulfillment_in_transit" in mine
            assert parcel.number is None or parcel.carrier is not None


def test_status_and_parcels_agree(desks: Desks) -> None:
    for order_id, card in desks.told.cards.items():
        detail = desks.told.details[order_id]
        owed, events = sum(line.owed for line in detail.line_items), [entry.event for entry in detail.timeline]
        alive = [parcel for parcel in detail.fulfillments if parcel.status == "success"]
        assert (card["status"] == "cancelled") is ("order_cancelled" in events)
        assert card["status"] != "awaiting_fulfillment" or owed
        if card["status"] in ("fulfilled", "in_transit", "awaiting_tracking"):
            assert not owed
            assert alive or card["channel"] == "pos"
        assert events.count("fulfillment_submitted") == len(detail.fulfillments)


def test_money_adds_up(desks: Desks) -> None:
    for order_id, card in desks.told.cards.items():
        detail, total = desks.told.details[order_id], Decimal(card["total"]["amount"])
        paid, back = _amounts(detail, "payment_captured"), _amounts(detail, "payment_refunded")
        assert back <= paid <= total
        assert detail.financial_status != "paid" or paid == total
        assert card["status"] != "refunded" or back == total
        assert detail.financial_status != "partially_refunded" or 0 < back < paid


def test_returns_go_their_way(desks: Desks) -> None:
    states = [state.value for state in ReturnState]
    for detail in desks.told.details.values():
        for found in detail.returns:
            mine = [e.event.removeprefix("return_") for e in detail.timeline if e.details.startswith(f"{found.name} ")]
            assert mine[0] == "awaiting_label"
            assert mine[-1] == found.state
            assert [states.index(state) for state in mine] == sorted(states.index(state) for state in mine)
            assert found.reason is not None
            assert found.refund_amount
            assert detail.fulfillments


def test_nothing_is_held_but_what_is_still_to_be_sent(desks: Desks) -> None:
    held = [card for card in desks.told.cards.values() if card["hold"]]
    assert held
    assert all(card["status"] == "awaiting_fulfillment" for card in held)
