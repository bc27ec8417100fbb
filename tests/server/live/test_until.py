"""The time of a hold: once for the whole fleet, within 10 s, and never for an order that ended (contract §3a, `hold`)."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import aiohttp
import pytest
from tests.server.conftest import SettableClock
from tests.server.live.test_alerts import told
from tests.support.acting import SHOP, Desk, serve
from tests.support.desk_orders import line, order
from tests.support.processes import ServerProcess
from tests.support.relaying import Ledger, relay_to

from orders_sync.db.engine import Database
from orders_sync.instants import DAY, HOUR, MINUTE, SECOND, system_clock, to_text
from orders_sync.outbox.outcome import Refused
from orders_sync.rules.thresholds import Thresholds
from orders_sync.upkeep.retention import Retention
from orders_sync.upkeep.sweeper import Sweeper

postgresql = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


@pytest.fixture
async def desk(db: Database) -> AsyncIterator[Desk]:
    async with serve(db) as running:
        await running.tell(order(1, None, line(quantity=2)))
        yield running


def sweeper(db: Database, owner: str = "a") -> Sweeper:
    return Sweeper(db, Thresholds(), Retention(events=7 * DAY, answers=72 * HOUR), owner=owner)


async def hold(desk: Desk, minutes: int, then: str, **body: Any) -> dict[str, Any]:
    until = to_text(desk.db.clock() + minutes * MINUTE)
    sent = {"orderIds": ["1"], "reason": "customer", "until": until, "then": then, "delaySeconds": 0, **body}
    return (await desk.act("hold", sent))[1]


async def due_events(db: Database, after: int) -> list[tuple[str, str | None]]:
    found = [event for event in await told(db, after) if event["type"] == "hold_due"]
    return [(event["status"], event.get("message")) for event in found]


async def test_it_reminds_once_until_the_hold_ends_or_is_put_off(
    desk: Desk, db: Database, clock: SettableClock
) -> None:
    await hold(desk, 5, "remind")
    before = db.version
    clock.advance(5 * MINUTE - 1)
    await sweeper(db).sweep()
    assert await due_events(db, before) == []
    clock.advance(1)
    for _ in range(2):
        await sweeper(db).sweep()
    message = "#1: the customer hold was to last until 2026-03-10 12:05"
    assert await due_events(db, before) == [("open", message)]
    assert (await desk.order(1)).alerts == {"hold_due"}
    await hold(desk, 5, "remind")
    clock.advance(5 * MINUTE)
    await sweeper(db).sweep()
    await desk.act("release", {"orderIds": ["1"]})
    states = [status for status, _ in await due_events(db, before)]
    assert states == ["open", "cleared", "open", "cleared"]


@pytest.mark.parametrize("sent", [False, True])
async def test_it_releases_and_says_so(desk: Desk, db: Database, clock: SettableClock, sent: bool) -> None:
    await hold(desk, 5, "release", delaySeconds=0 if sent else 60)
    if sent:
        await relay_to(db, Ledger()).send_due()
    before = db.version
    clock.advance(5 * MINUTE)
    for _ in range(2):
        await sweeper(db).sweep()
    seen = await desk.order(1)
    assert (dict(seen.state.held), seen.operator.desk_holds, await due_events(db, before)) == ({}, {}, [])
    kinds = [(row.kind, row.state.value) for row in await desk.outbox(1)]
    assert kinds == ([("hold", "done"), ("release_hold", "queued")] if sent else [("hold", "discarded")])
    assert [(entry.action, entry.actor) for entry in await desk.audited(1)][-1] == ("release", "desk")
    assert seen.timeline.count("note") == 2


async def test_a_release_that_shopify_refuses_is_shown_as_due(desk: Desk, db: Database, clock: SettableClock) -> None:
    await hold(desk, 5, "release")
    await relay_to(db, Ledger()).send_due()
    clock.advance(5 * MINUTE)
    await sweeper(db).sweep()
    await relay_to(db, Ledger(answers=[Refused("no")])).send_due()
    for _ in range(2):
        await sweeper(db).sweep()
    assert (await desk.order(1)).alerts == {"hold_due", "integration_failed"}
    assert len(await desk.payloads("release_hold")) == 1


@pytest.mark.parametrize("then", ["remind", "release"])
@pytest.mark.parametrize("end", [{"cancelled_at": 1}, {"lines": (line(quantity=2, owed=0),)}])
async def test_never_for_an_order_that_ended(
    desk: Desk, db: Database, clock: SettableClock, then: str, end: dict[str, Any]
) -> None:
    await hold(desk, 5, then)
    await desk.tell(order(1, at=clock() + SECOND, **end))
    before, rows = db.version, len(await desk.outbox(1))
    clock.advance(5 * MINUTE)
    await sweeper(db).sweep()
    assert await due_events(db, before) == []
    assert len(await desk.outbox(1)) == rows
    assert not [entry for entry in await desk.audited(1) if entry.actor == "desk"]


async def test_once_for_three_that_sweep_at_the_same_time(
    desk: Desk, db: Database, clock: SettableClock, database_url: str
) -> None:
    await hold(desk, 5, "remind")
    await desk.tell(order(2))
    await desk.act(
        "hold", {"orderIds": ["2"], "reason": "other", "until": to_text(clock() + MINUTE), "then": "release"}
    )
    before = db.version
    clock.advance(5 * MINUTE)
    async with AsyncExitStack() as stack:
        others = [await Database.open(database_url, SHOP, clock, migrating=False) for _ in range(2)]
        for other in others:
            stack.push_async_callback(other.close)
        await asyncio.gather(*(sweeper(each, f"s{n}").sweep() for n, each in enumerate((db, *others))))
        clock.advance(10 * SECOND)
        await asyncio.gather(*(sweeper(each, f"t{n}").sweep() for n, each in enumerate((db, *others))))
    assert [status for status, _ in await due_events(db, before)] == ["open"]
    assert len([entry for entry in await desk.audited(2) if entry.actor == "desk"]) == 1


@postgresql
async def test_three_processes_and_a_restart_fire_once_within_ten_seconds(desk: Desk, database_url: str) -> None:
    """The orders' clocks are the test's; the processes' run on, a year ahead of them."""
    await desk.tell(order(2))
    due = system_clock()
    year = {"until": to_text(due), "delaySeconds": 0}
    await desk.act("hold", {"orderIds": ["1"], "reason": "fraud", "then": "remind", **year})
    await desk.act("hold", {"orderIds": ["2"], "reason": "fraud", "then": "release", **year})
    settings = {"DATABASE_URL": database_url, "SHOP_DOMAIN": SHOP, "SHOPIFY_WEBHOOK_SECRET": "s"}
    fleet = [ServerProcess(settings) for _ in range(3)]
    try:
        await asyncio.gather(*(process.start() for process in fleet))
        assert await _happened(fleet[0]) == {"hold_due": 1, "release": 1}
        await asyncio.gather(*(process.kill() for process in fleet))
        await asyncio.gather(*(process.start() for process in fleet))
        await asyncio.sleep(1)
        assert await _happened(fleet[1]) == {"hold_due": 1, "release": 1}
    finally:
        await asyncio.gather(*(process.kill() for process in fleet))


async def _happened(process: ServerProcess) -> dict[str, int]:
    """How often each was told or done, as soon as both were, and at most 10 s later."""
    async with aiohttp.ClientSession(process.url) as session, asyncio.timeout(10):
        while True:
            async with session.get("/sync/orders/alerts", params={"since": "2026-01-01T00:00:00Z"}) as answer:
                events = (await answer.json())["alerts"]
            async with session.get("/sync/orders/2") as answer:
                audited = (await answer.json())["audit"]
            found = Counter(event["type"] for event in events if event.get("status") == "open")
            done = sum(entry["actor"] == "desk" for entry in audited)
            if found["hold_due"] and done:
                return {"hold_due": found["hold_due"], "release": done}
            await asyncio.sleep(0.2)
