"""The relay: each write leaves once, whatever becomes of relays, receivers and answers."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import pytest
from sqlalchemy import update
from tests.server.conftest import SettableClock
from tests.support.acting import SHOP, Desk
from tests.support.desk_orders import PLACED, order, returned, stamp
from tests.support.relaying import Hanging, Ledger, relay_between, relay_to

from orders_sync.backoff import MAX_TRIES
from orders_sync.db import outbox_claims
from orders_sync.db.engine import Database
from orders_sync.db.failures import Unavailable
from orders_sync.db.tables import outbox
from orders_sync.evidence.changes import ReturnMoved
from orders_sync.instants import HOUR, MINUTE, SECOND, Ms
from orders_sync.outbox.kinds import Kind, Target
from orders_sync.outbox.outcome import MOST_REASON, Later, Outcome, Refused, Sent, Unknown
from orders_sync.outbox.queue import Switches, Write, queue
from orders_sync.relay import recording
from orders_sync.relay.consequence import Delivered
from orders_sync.relay.recording import OutcomeJob
from orders_sync.relay.relay import LEASE_MS, SHARE, Chance, Relay
from orders_sync.rules.thresholds import Thresholds
from orders_wire.vocabulary import Status

FULFILL: dict[str, Any] = {"orderIds": ["1"], "delaySeconds": 0}


async def states(desk: Desk, order_id: int = 1) -> list[str]:
    return [row.state.value for row in await desk.outbox(order_id)]


async def test_a_row_leaves_when_it_is_due_and_not_before(desk: Desk, clock: SettableClock) -> None:
    await desk.tell(order(1))
    await desk.act("fulfill", {"orderIds": ["1"]})
    shop = Ledger()
    relay = relay_to(desk.db, shop)
    clock.advance(10 * SECOND - 1)
    assert await relay.send_due() == 0
    clock.advance(1)
    assert await relay.send_due() == 1
    assert len(shop.effects) == 1
    assert await states(desk) == ["done"]
    seen = await desk.order(1)
    assert (seen.waiting, seen.failed) == (0, 0)
    assert await relay.send_due() == 0


async def test_a_row_that_cannot_leave_now_is_tried_again_later(desk: Desk, clock: SettableClock) -> None:
    await desk.tell(order(1))
    await desk.act("fulfill", FULFILL)
    shop = Ledger(answers=[Later("busy"), Later("busy", after_ms=MINUTE)])
    relay = relay_to(desk.db, shop)
    await relay.send_due()
    (row,) = await desk.outbox(1)
    assert (row.state, row.attempts, row.last_error) == ("queued", 1, "busy")
    assert await relay.send_due() == 0
    clock.advance(SECOND)
    await relay.send_due()
    clock.advance(MINUTE - 1)
    assert await relay.send_due() == 0
    clock.advance(1)
    assert await relay.send_due() == 1
    assert await states(desk) == ["done"]
    assert len(shop.effects) == 1


async def test_a_relay_that_is_stopped_while_it_looks_claims_nothing(
    light_desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    await light_desk.tell(order(1))
    await light_desk.act("fulfill", FULFILL)
    shop = Ledger()
    relay = relay_to(light_desk.db, shop)
    look = outbox_claims.next_due

    def looked(*asked: Any) -> dict[str, Ms]:
        relay.stop()
        return look(*asked)

    monkeypatch.setattr(outbox_claims, "next_due", looked)
    await relay.run()
    assert shop.calls == []
    assert await states(light_desk) == ["queued"]


async def test_what_is_refused_is_dead_and_takes_the_acknowledgement_with_it(desk: Desk) -> None:
    await desk.tell(order(1))
    await desk.act("fulfill", FULFILL)
    version = (await desk.order(1)).version
    await relay_to(desk.db, Ledger(answers=[Refused("no such order")])).send_due()
    (row,) = await desk.outbox(1)
    assert (row.state, row.last_error) == ("dead", "no such order")
    seen = await desk.order(1)
    assert seen.alerts == {"integration_failed"}
    assert (seen.waiting, seen.failed) == (0, 1)
    assert seen.state.status is Status.AWAITING_FULFILLMENT
    assert seen.version > version


@pytest.mark.parametrize("outcome", [Later("down"), Unknown("no answer")])
async def test_after_the_last_try_it_is_dead(light_desk: Desk, clock: SettableClock, outcome: Outcome) -> None:
    await light_desk.tell(order(1))
    await light_desk.act("fulfill", FULFILL)
    shop = Ledger(answers=[outcome] * MAX_TRIES)
    relay = relay_to(light_desk.db, shop)
    for _ in range(MAX_TRIES):
        assert await relay.send_due() == 1
        clock.advance(15 * MINUTE)
    assert await relay.send_due() == 0
    assert await states(light_desk) == ["dead"]
    assert (await light_desk.order(1)).alerts == {"integration_failed"}


async def test_a_new_fulfilment_ends_the_alert_of_the_failed_one(light_desk: Desk) -> None:
    await light_desk.tell(order(1))
    await light_desk.act("fulfill", FULFILL)
    await relay_to(light_desk.db, Ledger(answers=[Refused("no")])).send_due()
    await light_desk.act("fulfill", FULFILL)
    assert (await light_desk.order(1)).alerts == frozenset()


@pytest.mark.parametrize("action", ["fulfill", "returns", "support"])
async def test_a_relay_killed_between_call_and_record_leaves_one_effect_each(
    desk: Desk, clock: SettableClock, action: str
) -> None:
    await desk.tell(order(1), returned(1, 9), ReturnMoved(9, 1, "inspected", stamp(PLACED + 1)))
    body: dict[str, Any] = {"action": "approve_refund"} if action == "returns" else {}
    body |= {"orderIds": ["1"]} if action == "fulfill" else {"orderId": "1"}
    await desk.act(action, {**body, "delaySeconds": 0})
    books = Ledger()
    claimed = await desk.claim(*Target)
    await books.send(claimed)

    clock.advance(LEASE_MS - 1)
    assert await relay_to(desk.db, books).send_due() == 0
    clock.advance(1)
    assert await relay_to(desk.db, books).send_due() == len(claimed)
    assert all(row.claimed_before for row in books.calls[-1])
    while await relay_to(desk.db, books).send_due():
        pass
    rows = await desk.outbox(1)
    assert {row.state for row in rows} == {"done"}
    assert len(books.effects) == len(set(books.effects)) == len(rows)


async def test_a_row_of_unknown_outcome_says_so_and_comes_back_as_such(light_desk: Desk, clock: SettableClock) -> None:
    await light_desk.tell(order(1))
    await light_desk.act("fulfill", FULFILL)
    shop = Ledger(answers=[Unknown("no answer")])
    relay = relay_to(light_desk.db, shop)
    await relay.send_due()
    assert await states(light_desk) == ["unknown"]
    assert (await light_desk.order(1)).waiting == 1
    clock.advance(SECOND)
    await relay.send_due()
    assert [row.claimed_before for row in shop.seen] == [False, True]


async def test_what_was_claimed_too_late_to_be_sent_is_known_not_to_have_left(desk: Desk, clock: SettableClock) -> None:
    await desk.tell(order(1))
    await desk.act("assign", {"orderIds": ["1"], "assignee": "maya", "delaySeconds": 0})
    ledger, hours = Ledger(), itertools.count(clock.now, HOUR)
    late = Relay(
        desk.db,
        {Target.SHOPIFY: ledger},
        Thresholds(),
        lambda: Ms(next(hours)),
        Chance(lambda: 0.0, lambda: "late"),
    )
    await late.send_due()
    assert ledger.calls == []
    assert [(row.state, row.last_error) for row in await desk.outbox(1)] == [
        ("queued", "there was no time left to send it")
    ]


async def test_the_outcome_of_a_lost_lease_counts_for_nothing(desk: Desk, clock: SettableClock) -> None:
    await desk.tell(order(1))
    await desk.act("fulfill", FULFILL)
    (row,) = await desk.claim("shopify", owner="slow")
    clock.advance(LEASE_MS)
    await relay_to(desk.db, Ledger()).send_due()
    await desk.db.write(OutcomeJob(Delivered("slow", row, Refused("too late"), 0.0), Thresholds()))
    assert await states(desk) == ["done"]
    assert (await desk.order(1)).alerts == frozenset()


async def test_two_relays_share_the_rows_out(desk: Desk, database_url: str, clock: SettableClock) -> None:
    await desk.tell(*(order(n) for n in range(1, 41)))
    await desk.act("assign", {"orderIds": [str(n) for n in range(1, 41)], "assignee": "maya", "delaySeconds": 0})
    other = await Database.open(database_url, SHOP, clock)
    here, there = Ledger(), Ledger()
    try:
        sent = 1
        while sent:
            sent = sum(await asyncio.gather(relay_to(desk.db, here).send_due(), relay_to(other, there).send_due()))
    finally:
        await other.close()
    both = here.effects + there.effects
    assert len(both) == len(set(both)) == 40


async def test_an_orders_writes_to_one_receiver_leave_in_order(desk: Desk, clock: SettableClock) -> None:
    await desk.tell(order(1), order(2))
    for owner in ("maya", "bo"):
        await desk.act("assign", {"orderIds": ["1", "2"], "assignee": owner, "delaySeconds": 0})
    shop = Ledger(answers=[Later("busy")])
    relay = relay_to(desk.db, shop)
    assert await relay.send_due() == 2
    assert await relay.send_due() == 1
    assert [(row.order_id, row.payload["value"]) for row in shop.seen] == [(1, "maya"), (2, "maya"), (2, "bo")]
    clock.advance(MINUTE)
    while await relay.send_due():
        pass
    assert [row.payload["value"] for row in shop.seen if row.order_id == 1] == ["maya", "maya", "bo"]


async def test_a_relay_hears_of_what_may_leave_sooner_and_of_nothing_else(desk: Desk) -> None:
    heard: list[int] = []
    desk.db.on_outbound(lambda: heard.append(len(heard)))
    relay = relay_to(desk.db, Ledger())
    await desk.tell(order(1))
    assert heard == []
    _, first = await desk.act("fulfill", {"orderIds": ["1"]})
    await desk.act("assign", {"orderIds": ["1"], "assignee": "bo", "delaySeconds": 0})
    assert (heard, await relay.send_due()) == ([0, 1], 0)
    await desk.act("undo", {"actionId": first["actionId"]})
    assert (heard, await relay.send_due()) == ([0, 1, 2], 1)
    await desk.tell(order(2))
    assert heard == [0, 1, 2]


async def test_metafields_leave_together(light_desk: Desk) -> None:
    await light_desk.tell(*(order(n) for n in range(1, 6)))
    await light_desk.act("assign", {"orderIds": ["1", "2", "3", "4", "5"], "assignee": "maya", "delaySeconds": 0})
    await light_desk.act("fulfill", FULFILL)
    shop = Ledger()
    await relay_to(light_desk.db, shop).send_due()
    assert [[row.kind for row in rows] for rows in shop.calls] == [["owner"] * 5]
    await relay_to(light_desk.db, shop).send_due()
    assert [row.kind for row in shop.calls[-1]] == ["fulfillment"]


async def test_a_claim_takes_no_more_than_can_be_under_way_at_once(light_desk: Desk) -> None:
    ids = [str(n) for n in range(1, 41)]
    await light_desk.tell(*(order(int(n)) for n in ids))
    await light_desk.act("fulfill", {"orderIds": ids[:12], "delaySeconds": 0})
    await light_desk.act("assign", {"orderIds": ids[12:], "assignee": "maya", "delaySeconds": 0})
    shop = Ledger()
    assert await relay_to(light_desk.db, shop).send_due() == SHARE.batch + SHARE.single
    assert sorted(len(rows) for rows in shop.calls) == [1] * SHARE.single + [SHARE.batch]


async def test_what_a_later_release_queued_waits_for_it_and_holds_nobody_else_up(desk: Desk) -> None:
    await desk.tell(order(1), order(2))
    for order_id in ("1", "2"):
        await desk.act("fulfill", {**FULFILL, "orderIds": [order_id]})
    later = update(outbox).where(outbox.c.order_id == 1).values(kind="of_a_later_release")
    await desk.db.write(lambda tx: tx.conn.execute(later) and None)
    shop = Ledger()
    relay = relay_to(desk.db, shop)
    assert [await relay.send_due(), await relay.send_due()] == [1, 0]
    assert (await states(desk, 1), await states(desk, 2)) == (["queued"], ["done"])
    (row,) = await desk.outbox(1)
    for verb in ("retry", "discard"):
        status, answer = await desk.post(f"/sync/outbox/{row.id}/{verb}")
        assert (status, answer["code"]) == (409, "illegal_transition")


async def test_a_receivers_fault_is_an_unknown_outcome_and_ends_nothing(light_desk: Desk) -> None:
    await light_desk.tell(order(1))
    await light_desk.act("fulfill", FULFILL)
    await relay_to(light_desk.db, Ledger(fault=KeyError("bug"))).send_due()
    (row,) = await light_desk.outbox(1)
    assert (row.state, row.last_error) == ("unknown", "our own fault: KeyError")


@pytest.mark.parametrize("outcome", [Refused, Later, Unknown, Sent])
async def test_whatever_a_receiver_says_is_stored_and_what_was_taken_is_never_sent_again(
    desk: Desk, clock: SettableClock, outcome: Callable[[str], Outcome]
) -> None:
    ids = ["1", "2", "3"]
    await desk.tell(*(order(int(n)) for n in ids))
    await desk.act("assign", {"orderIds": ids, "assignee": "maya", "delaySeconds": 0})
    shop = Ledger(answers=[Sent(), outcome("\ud800 \x00" + "x" * 100_000)])
    relay = relay_to(desk.db, shop)
    assert await relay.send_due() == 3
    rows = [row for n in (1, 2, 3) for row in await desk.outbox(n)]
    assert "claimed" not in {row.state for row in rows}
    assert len(rows[1].last_error or "") <= MOST_REASON
    for _ in range(3):
        clock.advance(max(LEASE_MS, MINUTE))
        await relay.send_due()
    assert [row.order_id for row in shop.seen[3:]] == ([2] if outcome in (Later, Unknown) else [])


async def test_one_outcome_that_cannot_be_recorded_loses_no_others(
    desk: Desk, clock: SettableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All three left in one call; a fault of ours over the first concerns the first."""
    await desk.tell(*(order(n) for n in (1, 2, 3)))
    await desk.act("assign", {"orderIds": ["1", "2", "3"], "assignee": "maya", "delaySeconds": 0})
    shop = Ledger()
    relay = relay_to(desk.db, shop)
    record = recording.record

    def failing(tx: Any, delivered: Sequence[Delivered], thresholds: Thresholds) -> None:
        if any(each.row.order_id == 1 for each in delivered):
            raise TypeError("a fault")
        record(tx, delivered, thresholds)

    with monkeypatch.context() as patched:
        patched.setattr(recording, "record", failing)
        assert await relay.send_due() == 3
    assert [await states(desk, n) for n in (1, 2, 3)] == [["claimed"], ["done"], ["done"]]
    clock.advance(LEASE_MS)
    await relay_to(desk.db, shop).send_due()
    assert [row.order_id for row in shop.seen[3:]] == [1]
    assert await states(desk, 1) == ["done"]


async def test_an_outcome_that_cannot_be_recorded_is_found_again_and_stops_no_other(
    light_desk: Desk, clock: SettableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    await light_desk.tell(order(1), order(2))
    await light_desk.act("fulfill", {"orderIds": ["1", "2"], "delaySeconds": 0})
    shop, write = Ledger(), light_desk.db.write
    fails = iter([False, True, False])

    async def failing(job: Any, orders: Any = None) -> Any:
        if next(fails):
            raise Unavailable("away")
        return await write(job, orders)

    with monkeypatch.context() as patched:
        patched.setattr(light_desk.db, "write", failing)
        await relay_to(light_desk.db, shop).send_due()
    assert sorted(await states(light_desk, 1) + await states(light_desk, 2)) == ["claimed", "done"]
    clock.advance(LEASE_MS)
    assert await relay_to(light_desk.db, shop).send_due() == 1
    assert await states(light_desk, 1) == await states(light_desk, 2) == ["done"]
    assert len(shop.effects) == 2


async def test_it_runs_by_itself_and_ends_when_told(light_desk: Desk) -> None:
    await light_desk.tell(order(1))
    shop = Ledger()
    relay = relay_to(light_desk.db, shop)
    running = asyncio.create_task(relay.run())
    await light_desk.act("fulfill", FULFILL)
    async with asyncio.timeout(5):
        await shop.called.wait()
        relay.stop()
        await running
    assert await states(light_desk) == ["done"]


async def test_a_receiver_that_hangs_delays_no_other(desk: Desk) -> None:
    await desk.tell(order(1), order(2), returned(2, 9), ReturnMoved(9, 2, "inspected", stamp(PLACED + 1)))
    shop, erp, queue = Hanging(), Ledger(), Ledger()
    relay = relay_between(desk.db, {Target.SHOPIFY: shop, Target.ERP: erp, Target.SUPPORT: queue})
    running = asyncio.create_task(relay.run())
    async with asyncio.timeout(30):
        await desk.act("fulfill", FULFILL)
        await shop.called.wait()
        await desk.act("returns", {"orderId": "2", "action": "approve_refund", "delaySeconds": 0})
        await erp.called.wait()
        await desk.act("support", {"orderId": "2", "note": "soon", "delaySeconds": 0})
        await queue.called.wait()
        assert await states(desk, 1) == ["claimed"]
        shop.release.set()
        relay.stop()
        await running
    assert await states(desk, 1) == ["done"]
    assert (len(shop.calls), len(erp.calls), len(queue.calls)) == (1, 1, 1)


async def test_a_fulfilment_that_one_row_made_is_none_of_the_next_ones_and_takes_its_number(desk: Desk) -> None:
    await desk.tell(order(1))
    switches = Switches(frozenset(Target), 0)
    part = Write(Kind.FULFILLMENT, 1, {"tracking": None, "known": [5], "lines": [[11, 1]]})
    number = Write(Kind.TRACKING, 1, {"fulfillment_id": None, "of": "a", "known": [5], "number": "1Z", "before": None})
    for action, write in {"a": part, "b": part, "c": number}.items():
        await desk.db.write(partial(queue, writes=[write], switches=switches, action_id=action, delay_ms=0))
    shop = Ledger(answers=[Sent(made=(70, 71)), Sent(made=(72,))])
    relay = relay_to(desk.db, shop)
    for _ in range(3):
        assert await relay.send_due() == 1
    first, second, third = shop.seen
    assert [first.payload["known"], second.payload["known"]] == [[5], [5, 70, 71]]
    assert third.payload["fulfillment_id"] == 70
