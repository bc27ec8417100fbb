"""Shopify's hold follows the escalation that asked for it: contract §3, inventory."""

from __future__ import annotations

from tests.support.acting import Desk
from tests.support.desk_orders import line, order
from tests.support.relaying import Ledger, relay_to


async def ended(desk: Desk) -> list[tuple[str, str]]:
    """The order's writes to Shopify, after what was owed is sent."""
    await desk.tell(order(1, None, line(owed=0), at=desk.db.clock() + 1000))
    return [(row.kind, row.state.value) for row in await desk.outbox(1) if row.target == "shopify"]


async def test_a_hold_that_was_sent_is_released_by_its_name(desk: Desk) -> None:
    await desk.tell(order(1))
    await desk.act("inventory", {"sku": "TEE-M", "delaySeconds": 0})
    await relay_to(desk.db, Ledger()).send_due()
    assert await ended(desk) == [("hold", "done"), ("release_hold", "queued")]
    (held,), (released,) = await desk.payloads("hold"), await desk.payloads("release_hold")
    assert released == {"handle": held["handle"], "hold_ids": []}
    assert (await desk.order(1)).waiting == 1


async def test_a_hold_that_may_be_leaving_is_released_after_it(light_desk: Desk) -> None:
    await light_desk.tell(order(1))
    await light_desk.act("inventory", {"sku": "TEE-M", "delaySeconds": 0})
    await light_desk.claim("shopify")
    assert await ended(light_desk) == [("hold", "claimed"), ("release_hold", "queued")]
    assert await light_desk.claim("shopify") == []


async def test_a_hold_that_was_not_sent_stays_here(light_desk: Desk) -> None:
    await light_desk.tell(order(1))
    await light_desk.act("inventory", {"sku": "TEE-M"})
    assert await ended(light_desk) == [("hold", "discarded")]


async def test_an_undone_hold_needs_no_release(light_desk: Desk) -> None:
    await light_desk.tell(order(1))
    _, answer = await light_desk.act("inventory", {"sku": "TEE-M"})
    await light_desk.act("undo", {"actionId": answer["actionId"]})
    assert await ended(light_desk) == [("hold", "undone")]
