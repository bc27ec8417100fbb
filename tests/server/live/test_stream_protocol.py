"""The bytes of a stream: contract §2."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import replace

import pytest
from tests.server.live.raising import overdue, ping, raising
from tests.server.live.serving import PATH, Server, connect, serving, stream

from orders_sync.db.engine import Database
from orders_sync.db.tx import Tx
from orders_sync.live import broadcaster

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


async def test_the_head_says_that_nothing_may_keep_the_stream_back(server: Server) -> None:
    async with stream(server.port) as client:
        assert client.status == 200
        assert client.headers["content-type"] == "text/event-stream"
        assert client.headers["cache-control"] == "no-cache"
        assert client.headers["x-accel-buffering"] == "no"
        assert client.headers["vary"] == "Accept"
        assert "content-encoding" not in client.headers


async def test_retry_is_sent_first_and_then_one_refresh_on_an_empty_desk(server: Server) -> None:
    async with stream(server.port) as client:
        assert await client.block() == "retry: 1000"
        event = await client.event()
        assert [name for name, _ in event.fields] == ["id", "data"]
        assert event.id == event.data["id"] == f"{server.database.desk_id}-0"
        assert event.data["type"] == "refresh"
        assert "message" not in event.data
        assert "reset" not in event.data


async def test_an_event_is_an_unnamed_message_with_the_same_id_twice(db: Database, server: Server) -> None:
    async with stream(server.port) as client:
        await client.opening()
        await db.write(raising(7, overdue(7)))
        event = await client.event()
        assert [name for name, _ in event.fields] == ["id", "data"]
        assert event.id == event.data["id"] == f"{db.desk_id}-1"
        assert event.data["version"] == 1
        assert event.data["type"] == "order_overdue"
        assert event.data["status"] == "open"
        assert event.data["message"] == "#7 is overdue since 1"
        assert event.data["order_id"] == "gid://shopify/Order/7"
        assert event.data["order_number"] == "#7"
        assert event.data["severity"] == "warning"
        assert event.data["created_at"] == "2026-03-10T12:00:00Z"


async def test_hostile_text_stays_inside_its_data_line(db: Database, server: Server) -> None:
    text = "a\r\nid: 9\n\ndata: {}\u2028\x85 ünï"
    async with stream(server.port) as client:
        await client.opening()
        await db.write(raising(7, replace(overdue(7), message=text)))
        event = await client.event()
        assert [name for name, _ in event.fields] == ["id", "data"]
        assert event.data["message"] == text


async def test_a_cleared_event_has_the_alert_id_and_no_message(db: Database, server: Server) -> None:
    async with stream(server.port) as client:
        await client.opening()
        await db.write(raising(7, overdue(7)))
        await db.write(raising(7))
        opened, cleared = await client.events(2)
        assert cleared.data["status"] == "cleared"
        assert cleared.data["alert_id"] == opened.data["alert_id"]
        assert "message" not in cleared.data


async def test_a_ping_names_its_orders_and_has_no_message(db: Database, server: Server) -> None:
    async with stream(server.port) as client:
        await client.opening()
        await ping(db, 5, 3)
        event = await client.event()
        assert event.data["type"] == "refresh"
        assert event.data["order_ids"] == ["gid://shopify/Order/3", "gid://shopify/Order/5"]
        assert "message" not in event.data


async def test_a_heartbeat_is_a_comment(server: Server) -> None:
    async with stream(server.port) as client:
        await client.opening()
        await server.hub.beat()
        block = await client.block()
        assert block is not None
        assert all(line.startswith(":") for line in block.split("\n"))


async def test_streams_beat_by_themselves(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    assert broadcaster.HEARTBEAT_S == 15
    monkeypatch.setattr(broadcaster, "HEARTBEAT_S", 0.01)
    async with serving(db) as running, stream(running.port) as client:
        await client.opening()
        block = await asyncio.wait_for(client.block(), 10)
        assert block is not None
        assert block.startswith(":")


async def test_a_head_request_gets_the_head_alone(server: Server) -> None:
    client = await connect(server.port)
    await client.send(PATH, {"Accept": "text/event-stream", "Connection": "close"}, method="HEAD")
    assert client.status == 200
    assert client.headers["content-type"] == "text/event-stream"
    assert await client.reader.read() == b""
    client.close()


async def test_http_1_0_gets_the_same_events_without_chunks(db: Database, server: Server) -> None:
    client = await connect(server.port)
    await client.send(PATH, {"Accept": "text/event-stream"}, version="1.0")
    assert "transfer-encoding" not in client.headers
    await client.opening()
    await ping(db)
    assert (await client.event()).id == f"{db.desk_id}-1"
    server.hub.close()
    assert await client.block() is None
    client.close()


@pytest.mark.parametrize(
    "accept", ["text/event-stream", "TEXT/EVENT-STREAM;q=0.9, */*", "text/html, text/event-stream"]
)
async def test_a_client_that_accepts_a_stream_gets_one(server: Server, accept: str) -> None:
    async with stream(server.port, Accept=accept) as client:
        assert client.headers["content-type"] == "text/event-stream"


@pytest.mark.parametrize("accept", ["*/*", "application/json", "text/event-streams", ""])
async def test_any_other_client_polls(server: Server, accept: str) -> None:
    client = await connect(server.port)
    await client.send(PATH, {"Accept": accept})
    assert client.headers["content-type"] == "application/json"
    assert (await client.json())["more"] is False
    client.close()


async def test_shutdown_ends_every_stream_at_once_and_cleanly(db: Database, server: Server) -> None:
    async with stream(server.port) as first, stream(server.port) as second:
        await first.opening()
        await second.opening()
        server.hub.close()
        async with asyncio.timeout(1):
            assert await first.block() is None
            assert await second.block() is None
        assert len(server.hub) == 0


async def test_a_reader_that_does_not_read_is_cut_off_and_costs_the_others_nothing(
    db: Database, server: Server
) -> None:
    async with stream(server.port) as slow, stream(server.port) as quick:
        await slow.opening()
        await quick.opening()
        seen = 0
        while not server.hub.cut_off:
            await db.write(_long_alert(seen + 1))
            seen += 1
            assert (await quick.event()).data["version"] == seen
            assert seen < 500
        assert len(server.hub) == 1
        with pytest.raises((EOFError, asyncio.IncompleteReadError, ConnectionError)):
            await slow.events(seen)


def _long_alert(order_id: int) -> Callable[[Tx], object]:
    """A job that raises an alert of a size that fills sockets quickly."""
    cause = replace(overdue(order_id), message=f"{order_id}" + "x" * 100_000)
    return raising(order_id, cause)


async def test_a_stream_that_its_client_left_is_forgotten(server: Server) -> None:
    async with stream(server.port) as client:
        await client.opening()
        assert len(server.hub) == 1
    async with asyncio.timeout(5):
        while len(server.hub):  # noqa: ASYNC110
            await asyncio.sleep(0.005)


async def test_no_more_streams_than_one_caller_may_have(server: Server) -> None:
    server.hub._per_caller = 1
    async with stream(server.port) as first:
        await first.opening()
        async with stream(server.port) as second:
            assert second.status == 429
            assert int(second.headers["retry-after"]) >= 1
            assert (await second.json())["code"] == "rate_limited"
        async with stream(server.port, **{"X-Operator": "bo"}) as other:
            assert other.status == 200


async def test_the_text_of_an_event_is_the_same_bytes_on_every_stream(db: Database, server: Server) -> None:
    async with stream(server.port) as live:
        await live.opening()
        await db.write(raising(7, overdue(7)))
        await live.event()
        async with stream(server.port, f"{db.desk_id}-0") as replayed:
            await replayed.event()
            assert live.raw.endswith(replayed.raw.removeprefix(b"retry: 1000\n\n"))
            assert json.loads(replayed.raw.split(b"data: ")[1].split(b"\n")[0])["message"] == "#7 is overdue since 1"
