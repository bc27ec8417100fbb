"""Receivers that are off, and what a switch does: nothing old is ever fired by it (contract §3, Outbound)."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from tests.server.conftest import SettableClock
from tests.support.acting import Desk, serve
from tests.support.desk_orders import order
from tests.support.relaying import Ledger, relay_to

from orders_sync.db.engine import Database
from orders_sync.instants import DAY
from orders_sync.outbox.kinds import Target

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
