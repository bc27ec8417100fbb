"""A client written for version 1.2: default `message` events only, a toast for every `message`, a new connection after each
error, one refetch for each event, repeats told by the exact text (contract §2).
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest
from sqlalchemy import select
from tests.server.conftest import SettableClock
from tests.server.live.raising import held, mentioning, overdue, ping, raising
from tests.server.live.serving import Client, Server, connect
from tests.support.desk_orders import held as order_held
from tests.support.desk_orders import line, order, parcel, returned
from tests.support.desk_orders import told as tell

from orders_sync.db.engine import Database
from orders_sync.db.tables import alerts
from orders_sync.instants import DAY
from orders_sync.rules.thresholds import Thresholds
from orders_sync.upkeep.retention import Retention
from orders_sync.upkeep.sweeper import Sweeper

LOST = (EOFError, ConnectionError, asyncio.IncompleteReadError)
ACCEPT = {"Accept": "text/event-stream"}


class Dashboard:
    """It keeps no id: each connection is new. `toasts`: the messages of each connection."""

    def __init__(self, server: Server) -> None:
        self.toasts: list[list[str]] = []
        self.listed: list[str] = []
        self.refetches = 0
        self.quiet: list[dict[str, object]] = []
        self._server = server

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[Client]:
        client = await connect(self._server.port)
        self.toasts.append([])
        await client.send("/sync/orders/alerts", ACCEPT)
        try:
            yield client
        finally:
            client.abort()

    async def take(self, client: Client) -> dict[str, object]:
        """One event, as the page's script handles it. A named event would not reach it."""
        event = await client.event()
        assert {name for name, _ in event.fields} == {"id", "data"}
        self.refetches += 1
        if "message" not in event.data:
            self.quiet.append(event.data)
            return event.data
        self.toasts[-1].append(event.data["message"])
        if event.data["message"] not in self.listed:
            self.listed.append(event.data["message"])
        return event.data

    async def take_until_refresh(self, client: Client) -> None:
        while (await self.take(client))["type"] != "refresh":
            pass


async def test_it_lists_no_alert_twice_and_is_sent_none_twice_within_one_connection(
    db: Database, server: Server
) -> None:
    dashboard = Dashboard(server)
    rng = random.Random(3)
    raised: set[str] = set()
    for _ in range(12):
        async with dashboard.connected() as client:
            await dashboard.take_until_refresh(client)
            for _ in range(rng.randrange(6)):
                order_id = len(raised) + 1
                cause = held(order_id) if rng.random() < 0.5 else overdue(order_id)
                await db.write(raising(order_id, cause))
                raised.add(cause.message)
                await dashboard.take(client)
    assert set(dashboard.listed) == raised
    assert len(dashboard.listed) == len(raised)
    for toasts in dashboard.toasts:
        assert len(toasts) == len(set(toasts))


async def test_it_gets_no_message_on_a_ping_or_a_cleared_alert(db: Database, server: Server) -> None:
    dashboard = Dashboard(server)
    async with dashboard.connected() as client:
        await dashboard.take_until_refresh(client)
        await db.write(raising(1, held(1)))
        await ping(db, 1)
        await db.write(raising(1))
        for _ in range(3):
            await dashboard.take(client)
    assert dashboard.listed == [held(1).message]
    assert [event.get("status") for event in dashboard.quiet] == [None, None, "cleared"]
    assert dashboard.refetches == 4


async def test_it_is_told_of_its_own_mentions_without_a_message_and_of_no_others(db: Database, server: Server) -> None:
    dashboard = Dashboard(server)
    async with dashboard.connected() as client:
        await dashboard.take_until_refresh(client)
        await db.write(mentioning("ana"))
        await db.write(mentioning("Dashboard"))
        await ping(db)
        await dashboard.take_until_refresh(client)
    assert [event["type"] for event in dashboard.quiet] == ["refresh", "mention", "refresh"]
    assert dashboard.listed == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_what_happens_to_orders_reaches_it_as_the_pages_texts_which_do_not_age(
    db: Database, clock: SettableClock, server: Server
) -> None:
    await tell(db, [order(1, None, line(owed=0)), parcel(1, 10), parcel(1, 11), order(2), order(3), returned(3, 30)])
    await tell(db, [order(4), order_held(4, "inventory_out_of_stock")])
    sweeper = Sweeper(db, Thresholds(), Retention(events=7 * DAY, answers=DAY), owner="one")
    dashboard = Dashboard(server)
    for _ in range(3):
        clock.advance(DAY)
        await sweeper.sweep()
        async with dashboard.connected() as client:
            await dashboard.take_until_refresh(client)
    open_texts = select(alerts.c.message).where(alerts.c.state == "open")
    page = await db.read(lambda conn: list(conn.scalars(open_texts)))
    assert len(dashboard.listed) == len(page) == 7
    assert set(dashboard.listed) == set(page)
    for toasts in dashboard.toasts:
        assert len(toasts) == len(set(toasts))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_it_gets_at_most_fifty_messages_on_each_connecting(db: Database, server: Server) -> None:
    await asyncio.gather(*(db.write(raising(n, overdue(n))) for n in range(1, 81)))
    dashboard = Dashboard(server)
    for _ in range(3):
        async with dashboard.connected() as client:
            await dashboard.take_until_refresh(client)
    assert [len(toasts) for toasts in dashboard.toasts] == [50, 50, 50]
    assert len(dashboard.listed) == 50


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_it_comes_back_after_each_error_and_sees_what_is_open(db: Database, server: Server) -> None:
    dashboard = Dashboard(server)
    await db.write(raising(1, held(1)))
    with suppress(*LOST):
        async with dashboard.connected() as client:
            await dashboard.take_until_refresh(client)
            server.hub._end(next(iter(server.hub._open)))
            await dashboard.take(client)
    await db.write(raising(2, held(2)))
    async with dashboard.connected() as client:
        await dashboard.take_until_refresh(client)
    assert dashboard.toasts == [[held(1).message], [held(1).message, held(2).message]]
    assert dashboard.listed == [held(1).message, held(2).message]
