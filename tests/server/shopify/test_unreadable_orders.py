"""Orders in a shape that nobody expected: kept, told and retried, while those beside and after them are taken: contract §7."""

from __future__ import annotations

import orjson
import pytest
from sqlalchemy import Connection, select
from tests.server.conftest import SettableClock
from tests.server.shopify.world import LATER, World, open_gaps, reached, stored, told
from tests.support.acting import Desk, serve
from tests.support.shopify import page, parcel, returned

from orders_sync.db import dead_letters
from orders_sync.db.dead_letters import DeadLetterRow
from orders_sync.db.engine import Database
from orders_sync.db.tables import metadata
from orders_sync.evidence.changes import CustomerRedacted, Delivery, FulfillmentSeen, Stamp
from orders_sync.evidence.entities import FulfillmentPart
from orders_sync.external.shopify.errors import BadRequest, NoAnswer
from orders_sync.ingest.apply import apply
from orders_sync.instants import MINUTE
from orders_sync.rules.thresholds import Thresholds
from orders_wire.vocabulary import DeadLetterState

DEAD, RETRIED, DISCARDED = DeadLetterState.DEAD, DeadLetterState.RETRIED, DeadLetterState.DISCARDED


@pytest.fixture
def world(clock: SettableClock) -> World:
    """Five orders, the third of which has no name; the shop's pages hold two."""
    world = World(clock)
    world.put(*(told(number) for number in (1, 2, 4, 5)), told(3, name=None))
    return world


async def kept(db: Database) -> list[DeadLetterRow]:
    """The dead letters, oldest first."""
    return (await db.read(lambda conn: dead_letters.listed(conn, db.shop_id, None)))[::-1]


async def states(db: Database) -> list[tuple[str, DeadLetterState]]:
    return [(letter.topic, letter.state) for letter in await kept(db)]


async def test_the_back_fill_goes_on_past_an_order_that_cannot_be_read(db: Database, world: World) -> None:
    assert (await world.poller(db).tick()).error is None
    assert await stored(db) == [1, 2, 4, 5]
    (letter,) = await kept(db)
    assert (letter.source, letter.topic, letter.state) == ("poll", "order 3", DEAD)
    assert orjson.loads(letter.body) == world.orders["gid://shopify/Order/3"]
    assert " at name: " in letter.reason
    assert await open_gaps(db) == {"dead_letter"}
    known = await reached(db)
    assert known.backfill is not None
    assert (known.backfill.done, known.complete, known.error) == (5, True, None)


async def test_a_tick_goes_on_past_it_and_moves_its_mark(db: Database, world: World, clock: SettableClock) -> None:
    world.orders.pop("gid://shopify/Order/3")
    poller = world.poller(db)
    await poller.tick()
    clock.advance(LATER)
    wrong = {"updatedAt": world.now(MINUTE), "displayFinancialStatus": 7}
    world.put(told(6, **wrong), told(7, **wrong), told(8, updatedAt=world.now()))
    assert (await poller.tick()).error is None
    assert await stored(db) == [1, 2, 4, 5, 8]
    assert await states(db) == [("order 6", DEAD), ("order 7", DEAD)]
    assert (await reached(db)).orders_until == clock()


async def test_it_is_kept_once_for_each_update_and_only_the_last_waits(
    db: Database, world: World, clock: SettableClock
) -> None:
    poller = world.poller(db)
    await poller.tick()
    world.put(told(3, name=None, updatedAt=world.now()))
    for _ in range(2):
        clock.advance(MINUTE)
        await poller.tick()
    assert await states(db) == [("order 3", DISCARDED), ("order 3", DEAD)]


async def test_it_is_over_once_a_tick_can_read_it(db: Database, world: World, clock: SettableClock) -> None:
    poller = world.poller(db)
    await poller.tick()
    clock.advance(LATER)
    world.put(told(3, updatedAt=world.now()))
    await poller.tick()
    assert await stored(db) == [1, 2, 3, 4, 5]
    assert await states(db) == [("order 3", RETRIED)]
    assert await open_gaps(db) == set()


async def test_one_that_was_read_and_then_cannot_be_again_is_kept_again(
    db: Database, world: World, clock: SettableClock
) -> None:
    poller = world.poller(db)
    await poller.tick()
    now = {"updatedAt": world.now()}
    for name in (None, "#1003", None):
        world.put(told(3, name=name, **now))
        clock.advance(MINUTE)
        await poller.tick()
    assert await states(db) == [("order 3", DISCARDED), ("order 3", RETRIED), ("order 3", DEAD)]
    assert await open_gaps(db) == {"dead_letter"}


async def test_a_page_of_another_shape_still_fails_the_tick(db: Database, world: World, clock: SettableClock) -> None:
    poller = world.poller(db)
    await poller.tick()
    clock.advance(LATER)
    world.shop.say("OrdersPage", {"orders": {"edges": []}})
    assert isinstance((await poller.tick()).error, BadRequest)
    assert await open_gaps(db) == {"dead_letter", "poller_failed"}


async def test_parcels_and_returns_that_cannot_be_read_stop_no_tick(
    db: Database, world: World, clock: SettableClock
) -> None:
    world.put(told(3, fulfillments=[parcel(3)]), told(4, returns=page([{"id": "gid://shopify/Return/2"}])))
    world.details["r"] = returned(2, 4)
    poller = world.poller(db)
    await poller.tick()
    world.put(told(3, fulfillments=[parcel(3, updatedAt="soon")]))
    world.details["r"] = returned(2, 4, createdAt="soon")
    clock.advance(LATER)
    assert (await poller.tick()).error is None
    assert await states(db) == [("order 3", DEAD), ("order 4", DEAD)]
    assert "gid://shopify/Return/2.createdAt" in (await kept(db))[1].reason


async def test_an_order_known_in_part_whose_rest_cannot_be_read_stays_a_gap(db: Database, world: World) -> None:
    poller = world.poller(db)
    await poller.tick()
    at = db.clock()
    part = FulfillmentSeen(3, FulfillmentPart(id=99, created_at=at, updated_at=at), Stamp(at, at))
    await db.write(lambda tx: apply(tx, Delivery("webhook", "w1", "fulfillments/create", at, (part,)), Thresholds()))
    for _ in range(3):
        poller.repairs.forget()
        assert await poller.repairs.run() == 0
    assert await open_gaps(db) == {"dead_letter", "order_partial"}
    assert await states(db) == [("order 3", DEAD)]


async def letter_of(desk: Desk) -> str:
    _, answer = await desk.get("/sync/dead-letters?state=dead")
    return f"/sync/dead-letters/{answer['items'][0]['id']}"


async def test_a_retry_asks_the_shop_for_the_order_and_takes_it_in(db: Database, world: World) -> None:
    await world.poller(db).tick()
    async with serve(db, shop=world.shop) as desk:
        path = await letter_of(desk)
        status, answer = await desk.post(f"{path}/retry")
        assert (status, answer["message"].partition(": ")[0]) == (409, "It still cannot be read")
        assert await states(db) == [("order 3", DEAD)]
        world.put(told(3))
        assert (await desk.post(f"{path}/retry"))[0] == 200
        assert (await desk.order(3)).state.name == "#1003"
    assert await states(db) == [("order 3", RETRIED)]
    assert await open_gaps(db) == set()


async def test_a_retry_without_the_shop_changes_nothing(db: Database, world: World) -> None:
    await world.poller(db).tick()
    (before,) = await kept(db)
    async with serve(db) as desk:
        status, answer = await desk.post(f"{await letter_of(desk)}/retry")
        assert (status, answer["code"]) == (503, "unavailable")
        assert "SHOPIFY_ADMIN_TOKEN" in answer["message"]
    world.failing = NoAnswer("Shopify did not answer")
    async with serve(db, shop=world.shop) as desk:
        status, answer = await desk.post(f"{await letter_of(desk)}/retry")
        assert (status, answer["message"]) == (503, "Shopify did not answer")
    assert await kept(db) == [before]


async def test_an_order_that_the_shop_no_longer_knows_is_discarded_by_hand(
    db: Database, world: World, clock: SettableClock
) -> None:
    poller = world.poller(db)
    await poller.tick()
    wrong = world.orders.pop("gid://shopify/Order/3")
    async with serve(db, shop=world.shop) as desk:
        path = await letter_of(desk)
        status, answer = await desk.post(f"{path}/retry")
        assert (status, answer["message"]) == (409, "It still cannot be read: Shopify knows no order 3")
        assert (await desk.post(f"{path}/discard"))[0] == 200
    assert await open_gaps(db) == set()
    world.put(wrong | {"updatedAt": world.now()})
    clock.advance(LATER)
    await poller.tick()
    assert await states(db) == [("order 3", DISCARDED), ("order 3", DEAD)]


async def test_one_that_tells_no_id_can_only_be_discarded(db: Database, world: World, clock: SettableClock) -> None:
    world.put(told(3) | {"id": "gid://shopify/Order/x"})
    world.orders.pop("gid://shopify/Order/3")
    poller = world.poller(db)
    for _ in range(2):
        assert (await poller.tick()).error is None
        clock.advance(MINUTE)
    assert await states(db) == [("order", DEAD)]
    async with serve(db, shop=world.shop) as desk:
        path = await letter_of(desk)
        assert (await desk.post(f"{path}/retry"))[0] == 409
        assert (await desk.post(f"{path}/discard"))[0] == 200


def _traces(conn: Connection) -> list[str]:
    """Where the buyer's address still stands."""
    cells = (cell for table in metadata.sorted_tables for row in conn.execute(select(table)) for cell in row)
    texts = (cell.decode("utf-8", "replace") if isinstance(cell, bytes) else str(cell) for cell in cells)
    return [text for text in texts if "ada@example.org" in text]


async def test_a_redaction_erases_it_and_what_its_reason_quotes(db: Database, world: World) -> None:
    customer = {"id": "gid://shopify/Customer/77", "defaultEmailAddress": {"emailAddress": "ada@example.org"}}
    world.put(told(3, email=None, customer=customer, closedAt="ada@example.org"))
    await world.poller(db).tick()
    assert len(await db.read(_traces)) == 2
    at = db.clock()
    redacted = CustomerRedacted(77, None, (), Stamp(at, at))
    await db.write(lambda tx: apply(tx, Delivery("webhook", "w1", "customers/redact", at, (redacted,)), Thresholds()))
    assert await db.read(_traces) == []
    assert await states(db) == [("order 3", DISCARDED)]
    assert await open_gaps(db) == set()
