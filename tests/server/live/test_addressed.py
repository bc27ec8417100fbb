"""An event with an addressee: told to that caller alone, once, wherever and however it listens (contract §3a, Mentions)."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import select
from tests.server.conftest import SHOP
from tests.server.live.raising import mentioning, overdue, ping, raising
from tests.server.live.serving import Server, connect, poll, serving, stream

from orders_sync.db.engine import Database
from orders_sync.db.tables import events
from orders_sync.db.tx import Tx
from orders_sync.instants import to_text
from orders_wire.alerts import Event

ANA = {"X-Operator": "ana"}
BO = {"X-Operator": "bo"}


def text(db: Database, n: int, order_id: int = 1) -> dict[str, object]:
    return {
        "id": f"{db.desk_id}-{n}", "version": n, "type": "mention", "order_id": f"gid://shopify/Order/{order_id}",
        "order_number": f"#{order_id}", "note_id": "n1", "by": "bo", "created_at": to_text(db.clock()),
    }  # fmt: skip


async def test_it_reaches_every_stream_of_its_addressee_and_no_other(db: Database, server: Server) -> None:
    async with (
        stream(server.port, **ANA) as one,
        stream(server.port, **{"X-Operator": "ANA"}) as another,
        stream(server.port, **BO) as bo,
        stream(server.port) as nameless,
    ):
        clients = [one, another, bo, nameless]
        for client in clients:
            await client.opening()
        await db.write(mentioning("Ana"))
        await ping(db)
        for client in (one, another):
            assert [event.data for event in await client.events(1)] == [text(db, 1)]
        for client in clients:
            assert (await client.event()).id == f"{db.desk_id}-2"
        assert b"mention" not in bo.raw + nameless.raw
        Event.model_validate(text(db, 1))


async def test_several_told_in_one_go_keep_their_order(db: Database, server: Server) -> None:
    """As the transaction of one action raises them."""

    def job(tx: Tx) -> None:
        raising(1, overdue(1))(tx)
        mentioning("ana", 1)(tx)
        mentioning("bo", 2)(tx)
        raising(2, overdue(2))(tx)
        mentioning("Ana", 3)(tx)

    async with stream(server.port, **ANA) as ana, stream(server.port, **BO) as bo, stream(server.port) as nameless:
        for client in (ana, bo, nameless):
            await client.opening()
        await db.write(job)
        await ping(db)
        told = {}
        for client, count in ((ana, 5), (bo, 4), (nameless, 3)):
            told[client] = [int(event.id.rpartition("-")[2]) for event in await client.events(count)]
    assert list(told.values()) == [[1, 2, 4, 5, 6], [1, 3, 4, 6], [1, 4, 6]]


@pytest.mark.parametrize("remembered", [True, False])
async def test_a_stream_that_comes_back_is_told_its_own_alone(
    db: Database, server: Server, *, remembered: bool
) -> None:
    await ping(db)
    await db.write(mentioning("ana"))
    await db.write(mentioning("bo"))
    await server.caught_up()
    if not remembered:
        server.hub.recent.forget(2)
        server.hub.recent.floor = 3
    async with stream(server.port, f"{db.desk_id}-1", **ANA) as ana, stream(server.port, f"{db.desk_id}-1") as nameless:
        await ping(db)
        assert [event.data["type"] for event in await ana.events(2)] == ["mention", "refresh"]
        assert (await nameless.event()).id == f"{db.desk_id}-4"
    async with stream(server.port, f"{db.desk_id}-2", **ANA) as ana:
        assert (await ana.event()).id == f"{db.desk_id}-4"


async def test_a_stream_that_begins_is_not_told_what_was(db: Database, server: Server) -> None:
    await db.write(mentioning("ana"))
    async with stream(server.port, **ANA) as ana, stream(server.port, "other-1", **ANA) as started_over:
        assert [event.data["type"] for event in await ana.opening()] == ["refresh"]
        assert [event.data["type"] for event in await started_over.opening()] == ["refresh", "refresh"]


@pytest.mark.parametrize("since", ["{desk}-0", "2020-01-01T00:00:00Z"])
async def test_a_poll_tells_the_addressee_alone_and_its_cursor_passes_what_is_not_for_the_caller(
    db: Database, server: Server, since: str
) -> None:
    await ping(db)
    await db.write(mentioning("ana"))
    await db.write(mentioning("bo"))
    await server.caught_up()
    asked = since.format(desk=db.desk_id)
    ana, bo, nameless = [await poll(server.port, f"?since={asked}", **who) for who in (ANA, BO, {})]
    assert [event["id"] for event in ana["alerts"]] == [f"{db.desk_id}-1", f"{db.desk_id}-2"]
    assert [event["id"] for event in bo["alerts"]] == [f"{db.desk_id}-1", f"{db.desk_id}-3"]
    assert [event["id"] for event in nameless["alerts"]] == [f"{db.desk_id}-1"]
    assert {(answer["cursor"], answer["more"]) for answer in (ana, bo, nameless)} == {(f"{db.desk_id}-3", False)}
    again = await poll(server.port, f"?since={ana['cursor']}", **ANA)
    assert again["alerts"] == []


async def test_pages_of_a_poll_add_up_where_most_is_not_for_the_caller(db: Database, server: Server) -> None:
    def many(tx: Tx) -> None:
        for n in range(600):
            mentioning("bo" if n < 590 else "ana", n)(tx)

    await db.write(many)
    await server.caught_up()
    page = await poll(server.port, f"?since={db.desk_id}-0", **ANA)
    assert (page["alerts"], page["cursor"], page["more"]) == ([], f"{db.desk_id}-500", True)
    page = await poll(server.port, f"?since={page['cursor']}", **ANA)
    assert (len(page["alerts"]), page["more"]) == (10, False)


async def test_every_process_tells_it_within_a_second(db: Database, database_url: str) -> None:
    other = await Database.open(database_url, SHOP, db.clock, migrating=False)
    async with (
        serving(db) as here, serving(other) as there,
        stream(here.port, **ANA) as one, stream(there.port, **ANA) as two, stream(there.port) as nameless,
    ):  # fmt: skip
        for client in (one, two, nameless):
            await client.opening()
        await db.write(mentioning("ana"))
        async with asyncio.timeout(1):
            for client in (one, two):
                assert (await client.event()).data == text(db, 1)
        await ping(db)
        assert (await nameless.event()).id == f"{db.desk_id}-2"
    await other.close()


async def test_a_release_that_knows_no_addressees_takes_it_for_silent(db: Database) -> None:
    await db.write(mentioning("ana"))
    row = await db.read(lambda conn: conn.execute(select(events.c.silent, events.c.addressee)).one())
    assert (row.silent, row.addressee) == (True, "ana")


async def test_the_alerts_that_stand_and_the_snapshot_have_none(db: Database, server: Server) -> None:
    await db.write(raising(1, overdue(1)))
    await db.write(mentioning("ana"))
    await server.caught_up()
    client = await connect(server.port)
    await client.send("/sync/alerts", ANA)
    assert [event["id"] for event in (await client.json())["alerts"]] == [f"{db.desk_id}-1"]
    client.abort()
    answer = await poll(server.port, **ANA)
    assert [event["type"] for event in answer["alerts"]] == ["order_overdue", "refresh"]
    assert answer["cursor"] == f"{db.desk_id}-2"
