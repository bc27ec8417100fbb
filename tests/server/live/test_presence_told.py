"""`PUT /sync/presence` and what streams hear of it, at every process (contract §3a, Presence)."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any
from unittest.mock import ANY

import pytest
from sqlalchemy import func, select
from tests.server.conftest import SHOP
from tests.server.live import serving_process
from tests.server.live.listening import break_connections, listening
from tests.server.live.raising import ping
from tests.server.live.serving import Client, Server, poll, put, serving, stream
from tests.support.desk_orders import gid, line, order
from tests.support.desk_orders import told as tell
from tests.support.forked import Forked

from orders_sync.db.engine import Database
from orders_sync.db.tables import metadata
from orders_sync.instants import to_text
from orders_sync.live import attendance, presence
from orders_sync.live import hub as hub_module
from orders_sync.live.attendance import STANDING_BYTES
from orders_wire.presence import PresenceEvent

ANA = {"X-Operator": "ana"}
BO = {"X-Operator": "bo"}
sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
postgresql = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> float:
    """Tests do not wait for others to move; what they would have waited."""
    waits_s = attendance.PUBLISHED_EVERY_S
    monkeypatch.setattr(attendance, "PUBLISHED_EVERY_S", 0.02)
    return waits_s


@pytest.fixture
async def told(db: Database, server: Server) -> Server:
    """A server whose desk has orders 1 to 3."""
    await tell(db, [order(n, None, line(n)) for n in (1, 2, 3)])
    await server.caught_up()
    return server


@pytest.fixture
async def other(database_url: str, db: Database) -> AsyncIterator[Database]:
    """The same desk in another process."""
    database = await Database.open(database_url, SHOP, db.clock, migrating=False)
    yield database
    await database.close()


async def news(client: Client) -> dict[str, Any]:
    """The data of the next event that is called `presence`."""
    while True:
        event = await client.event()
        if ("event", "presence") in event.fields:
            assert [name for name, _ in event.fields] == ["event", "data"]
            PresenceEvent.model_validate(event.data)
            return event.data


def at(db: Database, name: str, order_id: int | None, doing: str | None = None) -> dict[str, Any]:
    where = None if order_id is None else gid(order_id)
    return {"name": name, "order_id": where, "doing": doing, "since": to_text(db.clock())}


async def test_a_stream_hears_who_is_where_and_who_is_gone(db: Database, told: Server) -> None:
    async with stream(told.port) as client:
        await client.opening()
        assert await put(told.port, gid(1), "fulfill", **ANA) == (204, None)
        assert await news(client) == at(db, "ana", 1, "fulfill")
        await put(told.port, "#2", "  ", **ANA)
        assert await news(client) == at(db, "ana", 2)
        await put(told.port, "#2", " \u001b[31mlift\u202eoff\n", **ANA)
        assert await news(client) == at(db, "ana", 2, "[31mliftoff")
        await put(told.port, None, **ANA)
        assert await news(client) == at(db, "ana", None)


async def test_a_stream_that_begins_hears_who_is_there(db: Database, told: Server) -> None:
    async with stream(told.port) as first:
        await put(told.port, "1", **ANA)
        await put(told.port, "2", "hold", **{"X-Operator": "Bo"})
        assert sorted([(await news(first))["name"], (await news(first))["name"]]) == ["Bo", "ana"]
        async with stream(told.port) as client, stream(told.port, f"{db.desk_id}-1") as came_back:
            for each in (client, came_back):
                here = [await news(each), await news(each)]
                assert sorted(here, key=lambda event: str(event["name"])) == [at(db, "Bo", 2, "hold"), at(db, "ana", 1)]


async def test_to_say_it_again_is_told_to_nobody(db: Database, told: Server) -> None:
    async with stream(told.port) as client:
        await put(told.port, "1", **ANA)
        await news(client)
        for spelling in ("1", gid(1), "#1"):
            assert (await put(told.port, spelling, **ANA))[0] == 204
        await put(told.port, None, **ANA)
        assert (await news(client))["order_id"] is None
        await put(told.port, None, **ANA)
        await ping(db)
        assert (await client.event()).data["type"] == "refresh"


@sqlite
async def test_two_terminals_of_one_name_are_told_together(db: Database, told: Server) -> None:
    async with stream(told.port) as client:
        await put(told.port, "1", **ANA, **{"X-Client-Id": "one"})
        await news(client)
        db.clock.advance(1000)  # type: ignore[attr-defined]
        await put(told.port, "2", "hold", **ANA, **{"X-Client-Id": "two"})
        both = await news(client)
        assert (both["order_id"], [place["order_id"] for place in both["elsewhere"]]) == (gid(2), [gid(1)])
        await put(told.port, None, **ANA, **{"X-Client-Id": "two"})
        left = await news(client)
        assert (left["order_id"], "elsewhere" in left) == (gid(1), False)


REFUSED: list[tuple[str, str | None, dict[str, str], int, str, str]] = [
    ("99", None, {}, 404, "not_found", "there is no order 99"),
    ("#99", None, {}, 404, "not_found", "there is no order #99"),
    ("dup", None, {}, 409, "ambiguous", "several orders are called dup"),
    ("1", "x" * 41, {}, 400, "invalid_request", "doing"),
    ("", None, {}, 400, "invalid_request", "orderId"),
    ("1", None, {"X-Client-Id": "x" * 201}, 400, "invalid_request", "X-Client-Id"),
]


async def test_what_cannot_be_taken_is_refused_and_nobody_moves(db: Database, told: Server) -> None:
    await tell(db, [order(n, "dup", line(n)) for n in (11, 12)])
    async with stream(told.port) as client:
        await client.opening()
        for order_id, doing, headers, status, code, said in REFUSED:
            found, body = await put(told.port, order_id, doing, **ANA, **headers)
            assert (found, body["code"]) == (status, code)
            assert said in body["message"]
        await ping(db)
        assert (await client.event()).data["type"] == "refresh"


@sqlite
async def test_of_another_shop_nobody_moves_here(told: Server) -> None:
    client = Client(*await asyncio.open_connection("127.0.0.1", told.port))
    body = '{"orderId": null, "shop_domain": "other.myshopify.com"}'
    headers = {"Content-Type": "application/json", "Content-Length": str(len(body))}
    await client.send("/sync/presence", headers, "PUT", body=body)
    assert (client.status, (await client.json())["code"]) == (403, "unknown_shop")
    client.abort()


@sqlite
@pytest.mark.parametrize("body", ["", "{", "[]", "{}", '{"orderId": 7}', '{"orderId": "1", "doing": 7}'])
async def test_a_body_that_is_none_is_refused(told: Server, body: str) -> None:
    client = Client(*await asyncio.open_connection("127.0.0.1", told.port))
    headers = {"Content-Type": "application/json", "Content-Length": str(len(body))}
    await client.send("/sync/presence", headers, "PUT", body=body)
    assert (client.status, (await client.json())["code"]) == (400, "invalid_request")
    client.abort()


@sqlite
async def test_she_is_told_to_be_gone_by_the_clock_alone(
    db: Database, told: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(presence, "GONE_AFTER_S", 1.0)
    async with stream(told.port) as client:
        await put(told.port, "1", **ANA)
        assert (await news(client))["order_id"] == gid(1)
        async with asyncio.timeout(2):
            assert await news(client) == at(db, "ana", None)


async def test_it_leaves_nothing_behind(db: Database, told: Server) -> None:
    """No row, no event, no version of the desk; and no poll tells it."""

    async def rows() -> dict[str, int]:
        counts = {table.name: select(func.count()).select_from(table) for table in metadata.sorted_tables}
        return await db.read(lambda conn: {name: conn.scalar(count) or 0 for name, count in counts.items()})

    before, version = await rows(), db.version
    async with stream(told.port) as client:
        await put(told.port, "1", "fulfill", **ANA)
        await news(client)
        answer = await poll(told.port, f"?since={db.desk_id}-0")
        assert "presence" not in json.dumps(answer)
        await put(told.port, None, **ANA)
        await news(client)
    assert (await rows(), db.version) == (before, version)


@sqlite
async def test_a_version_1_2_page_gets_no_event_of_it(db: Database, told: Server) -> None:
    """`EventSource` gives events with a name to those who listen to that name, and keeps the last id of those that have one."""
    async with stream(told.port) as client:
        await client.opening()
        await put(told.port, "1", "fulfill", **ANA)
        await news(client)
        await ping(db)
        await client.event()
    blocks = [block.split(b"\n") for block in client.raw.split(b"\n\n")]
    named = [block for block in blocks if block[0].startswith(b"event:")]
    assert [[line.partition(b": ")[0] for line in block] for block in named] == [[b"event", b"data"]]
    assert named[0][0] == b"event: presence"
    assert all(b"ana" not in line for block in blocks if block not in named for line in block)


@sqlite
async def test_whoever_does_not_read_is_cut_off_by_it_as_by_events(
    db: Database, told: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub_module, "BUFFER_LIMIT_BYTES", 1)
    async with stream(told.port) as client:
        await client.opening()
        client.reader._transport.pause_reading()  # type: ignore[attr-defined]
        async with asyncio.timeout(20):
            while told.hub.cut_off == 0:
                for name in range(20):
                    await put(told.port, "1", **{"X-Operator": f"{name} {'x' * 100}"})
                    await told.hub.tell(b": so much of it\n\n" * 50_000, b"")


@sqlite
async def test_what_a_stream_begins_with_is_bounded(db: Database, told: Server) -> None:
    names = [f"{n} {'n' * 100}" for n in range(400)]
    async with stream(told.port) as first:
        await asyncio.gather(*(put(told.port, "1", **{"X-Operator": name}) for name in names))
        for _ in names:
            await news(first)
        async with stream(told.port) as client:
            await client.opening()
            await ping(db)
            while (event := await client.event()).data.get("type") != "refresh":
                assert event.fields[0] == ("event", "presence")
        assert 200 * 100 < len(client.raw) < STANDING_BYTES + 2_000


@postgresql
async def test_every_process_tells_it_within_a_second(
    db: Database, told: Server, other: Database, soon: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attendance, "PUBLISHED_EVERY_S", soon)
    async with serving(other) as there, stream(there.port) as client, stream(told.port) as mine:
        await client.opening()
        await listening(db, 2)
        await put(told.port, "1", "fulfill", **ANA)
        async with asyncio.timeout(1):
            assert await news(client) == at(db, "ana", 1, "fulfill")
            assert await news(mine) == at(db, "ana", 1, "fulfill")
        await put(there.port, "2", **ANA)
        async with asyncio.timeout(1):
            assert (await news(mine))["order_id"] == gid(2)
        await put(told.port, None, **ANA)
        async with asyncio.timeout(1):
            while await news(client) != at(db, "ana", None):  # where she was before may be told, or not
                pass


@postgresql
async def test_a_process_that_starts_is_told_who_is_there(db: Database, told: Server, other: Database) -> None:
    async with stream(told.port) as mine:
        await put(told.port, "1", "fulfill", **ANA)
        await news(mine)
    async with serving(other) as there, stream(there.port) as client, asyncio.timeout(5):
        assert await news(client) == at(db, "ana", 1, "fulfill")


@postgresql
async def test_nothing_is_sent_while_nobody_is_there_and_little_while_nobody_moves(
    db: Database, told: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[int] = []

    async def post(_channel: str, payloads: list[str]) -> None:
        sent.append(len(payloads[0]))

    await listening(db)
    monkeypatch.setattr(db, "post", post)
    monkeypatch.setattr(attendance, "BEAT_S", 0.05)
    async with stream(told.port) as client:
        for n in range(30):
            await put(told.port, "1", **{"X-Operator": f"operator {n}"})
        for _ in range(30):
            await news(client)
        await asyncio.sleep(0.5)
        assert sent[-1] < 150
        for n in range(30):
            await put(told.port, None, **{"X-Operator": f"operator {n}"})
        for _ in range(30):
            await news(client)
        await asyncio.sleep(0.3)
        before = len(sent)
        await asyncio.sleep(0.3)
        assert len(sent) == before


@postgresql
async def test_people_of_a_killed_process_go_with_it_and_who_goes_on_elsewhere_stays(
    database_url: str, db: Database, told: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(presence, "GONE_AFTER_S", 2.0)
    killed = Forked(serving_process.run, database_url, 0, 0.2)
    port = int(await killed.line())
    await listening(db, 2)
    async with stream(told.port) as client:
        await put(port, "1", **ANA)
        await put(port, "2", **BO)
        assert {(await news(client))["name"], (await news(client))["name"]} == {"ana", "bo"}
        await killed.kill()
        await put(told.port, "2", **BO)
        async with asyncio.timeout(4):
            assert await news(client) == at(db, "ana", None) | {"since": ANY}
        assert (await put(told.port, "3", **BO))[0] == 204
        assert (await news(client))["order_id"] == gid(3)


@postgresql
async def test_while_the_database_is_away_its_own_streams_hear_it_and_the_others_once_it_is_back(
    db: Database, told: Server, other: Database
) -> None:
    async with serving(other) as there, stream(there.port) as client, stream(told.port) as mine:
        await listening(db, 2)
        await put(told.port, "1", **ANA)
        assert (await news(mine), (await news(client))["order_id"]) == (at(db, "ana", 1), gid(1))
        break_connections(db)
        await put(told.port, gid(1), "fulfill", **ANA)
        async with asyncio.timeout(1):
            assert (await news(mine))["doing"] == "fulfill"
        async with asyncio.timeout(10):
            assert (await news(client))["doing"] == "fulfill"
