"""Receivers that are off, and what a switch does: nothing old is ever fired by it (contract §3, Outbound)."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from tests.server.conftest import SettableClock
from tests.support.acting import Desk, serve
from tests.support.desk_orders import line, order, parcel
from tests.support.relaying import Ledger, relay_to

from orders_sync.db.engine import Database
from orders_sync.instants import DAY, HOUR, Ms, to_text
from orders_sync.outbox.kinds import Target
from orders_sync.rules.thresholds import Thresholds
from orders_sync.settle.order import resettle

OTHERS = (Target.ERP, Target.SUPPORT)


@pytest.fixture
async def offline(db: Database) -> AsyncIterator[Desk]:
    """A desk whose Shopify writes are off."""
    async with serve(db, shopify_writes=False) as running:
        yield running


async def states(desk: Desk) -> list[tuple[str, str]]:
    return [(row.kind, row.state.value) for row in await desk.outbox(1)]


async def test_while_writes_are_off_they_are_queued_visible_and_never_due(offline: Desk, clock: SettableClock) -> None:
    await offline.tell(order(1))
    _, answer = await offline.act("fulfill", {"orderIds": ["1"], "delaySeconds": 0})
    assert answer["undoUntil"] is None
    (row,) = await offline.outbox(1)
    assert (row.state, row.not_before) == ("queued", None)
    assert (await offline.order(1)).waiting == 1
    clock.advance(365 * DAY)
    relay = relay_to(offline.db, Ledger(), OTHERS)
    await relay.step()
    assert await relay.send_due() == 0
    assert await states(offline) == [("fulfillment", "queued")]


async def test_what_was_queued_before_needs_a_review_when_they_are_switched_on(
    offline: Desk, clock: SettableClock
) -> None:
    await offline.tell(order(1))
    await offline.act("fulfill", {"orderIds": ["1"]})
    for owner in ("maya", "bo", "lee"):
        await offline.act("assign", {"orderIds": ["1"], "assignee": owner})
    await offline.act("support", {"orderId": "1"})
    clock.advance(30 * DAY)
    shop = Ledger()
    relay = relay_to(offline.db, shop)
    await relay.step()
    assert [row.target for row in shop.seen] == ["support"]
    assert await states(offline) == [
        ("fulfillment", "needs_review"),
        ("owner", "discarded"),
        ("owner", "discarded"),
        ("owner", "discarded"),
        ("escalation", "done"),
        ("owner", "needs_review"),
        ("thread", "needs_review"),
    ]
    assert (await offline.order(1)).waiting == 3
    await relay.step()
    assert len(shop.seen) == 1


async def test_what_waits_for_a_review_can_still_be_undone_and_the_value_before_it_is_back(
    offline: Desk,
) -> None:
    await offline.tell(order(1))
    await offline.act("assign", {"orderIds": ["1"], "assignee": "maya"})
    _, answer = await offline.act("assign", {"orderIds": ["1"], "assignee": "bo"})
    await relay_to(offline.db, Ledger()).step()
    status, _ = await offline.act("undo", {"actionId": answer["actionId"]})
    assert status == 200
    assert await states(offline) == [("owner", "needs_review"), ("owner", "undone")]
    assert (await offline.order(1)).waiting == 1


async def test_switching_off_parks_what_was_due_and_on_again_fires_none_of_it(desk: Desk, clock: SettableClock) -> None:
    await desk.tell(order(1))
    await desk.act("fulfill", {"orderIds": ["1"]})
    await relay_to(desk.db, Ledger(), OTHERS).step()
    assert (await desk.outbox(1))[0].not_before is None
    clock.advance(30 * DAY)
    shop = Ledger()
    await relay_to(desk.db, shop).step()
    assert await states(desk) == [("fulfillment", "needs_review")]
    assert shop.calls == []


async def test_a_row_whose_holder_died_is_parked_too(desk: Desk, clock: SettableClock) -> None:
    await desk.tell(order(1))
    await desk.act("fulfill", {"orderIds": ["1"], "delaySeconds": 0})
    await desk.claim("shopify")
    relay = relay_to(desk.db, Ledger(), OTHERS)
    await relay.step()
    assert await states(desk) == [("fulfillment", "claimed")]
    clock.advance(DAY)
    await relay.step()
    assert await states(desk) == [("fulfillment", "unknown")]
    await relay_to(desk.db, Ledger()).step()
    assert await states(desk) == [("fulfillment", "needs_review")]


async def test_a_receiver_without_an_address_waits_like_shopify_without_writes(db: Database) -> None:
    async with serve(db, support_url=None) as desk:
        await desk.tell(order(1))
        await desk.act("support", {"orderId": "1"})
        assert (await desk.outbox(1))[0].not_before is None
        assert (await desk.outbox(1))[1].not_before is not None


async def test_of_every_kind_nothing_old_is_fired_by_a_switch(db: Database, clock: SettableClock) -> None:
    """What was under way when writes were switched off as well: its hold, and what the desk itself releases since."""
    now = {"delaySeconds": 0}
    later = {"until": to_text(Ms(clock.now + HOUR)), "then": "release"}
    async with serve(db) as desk:
        await desk.tell(*(order(n) for n in range(1, 5)), order(5, None, line(owed=0)), parcel(5, 50))
        await desk.act("hold", {"orderIds": ["1", "4"], "reason": "other", **now})
        await desk.act("hold", {"orderIds": ["2"], "reason": "other", **later, **now})
        await relay_to(db, Ledger()).send_due()
    async with serve(db, shopify_writes=False) as offline:
        for action, body in (
            ("release", {"orderIds": ["1"]}),
            ("fulfill", {"orderIds": ["3"], "tracking": {"number": "N1"}, "lines": [{"lineId": "1", "quantity": 1}]}),
            ("tracking", {"items": [{"orderId": "5", "number": "N2"}]}),
            ("tags", {"orderIds": ["5"], "add": ["x"]}),
            ("address", {"orderId": "4", "shippingAddress": {"city": "Bonn"}, "release": True}),
        ):
            status, answer = await offline.act(action, {**body, **now})
            assert (status, answer["undoUntil"]) == (200, None), answer
        clock.advance(2 * HOUR)
        await db.write(lambda tx: resettle(tx, [2], Thresholds()))
        await relay_to(db, Ledger(), OTHERS).step()
    clock.advance(90 * DAY)
    shop = Ledger()
    await relay_to(db, shop).step()
    assert shop.seen == []
    waiting = [row for n in range(1, 6) for row in await desk.outbox(n) if row.state != "done"]
    assert {row.state.value for row in waiting} == {"needs_review"}
    assert {row.kind for row in waiting} == {"release_hold", "fulfillment", "tracking", "tags", "address"}
    assert sum(row.kind == "release_hold" for row in waiting) == 2
