"""What a stream is sent first, without and with a `Last-Event-ID`: contract §2."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from tests.server.live.raising import held, overdue, ping, raising
from tests.server.live.serving import Event, Server, stream

from orders_sync.alerts import data_gaps
from orders_sync.db.engine import Database
from orders_sync.db.tables import desk
from orders_sync.live import history
from orders_sync.poller.backfill import finish
from orders_wire.vocabulary import Gap, Severity


def ids(db: Database, *numbers: int) -> list[str]:
    return [f"{db.desk_id}-{n}" for n in numbers]


def seen(events: list[Event]) -> list[str]:
    return [event.id for event in events]


async def test_what_is_open_comes_with_the_ids_it_was_raised_with_oldest_first(db: Database, server: Server) -> None:
    await db.write(raising(1, overdue(1)))
    await db.write(raising(2, held(2)))
    await db.write(raising(3, overdue(3)))
    await db.write(raising(1))
    await ping(db)
    async with stream(server.port) as client:
        events = await client.opening()
    assert seen(events) == ids(db, 2, 3, 5)
    assert [event.data.get("message") for event in events] == ["#2 is held for stock", "#3 is overdue since 1", None]
    assert events[-1].data["type"] == "refresh"
    assert events[-1].data["version"] == 5


async def test_of_many_only_the_fifty_most_severe_come_and_of_equals_the_newest(db: Database, server: Server) -> None:
    await db.write(raising(1, held(1)))
    for order_id in range(2, 62):
        severity = Severity.INFO if order_id < 10 else Severity.WARNING
        await db.write(raising(order_id, overdue(order_id, severity=severity)))
    async with stream(server.port) as client:
        events = await client.opening()
    assert seen(events) == ids(db, 1, *range(13, 62), 61)


async def test_gaps_are_among_them(db: Database, server: Server) -> None:
    await db.write(lambda tx: data_gaps.open_gap(tx, Gap.POLLER_LATE, "", "late", Severity.WARNING))
    async with stream(server.port) as client:
        first, _ = await client.opening()
    assert (first.data["type"], first.data["message"]) == ("data_gap", "late")


async def test_a_snapshot_is_never_older_than_what_was_answered(db: Database, server: Server) -> None:
    for order_id in range(1, 6):
        await db.write(raising(order_id, overdue(order_id)))
        async with stream(server.port) as client:
            assert seen(await client.opening()) == ids(db, *range(1, order_id + 1), order_id)


async def test_a_stream_continues_right_after_its_last_event(db: Database, server: Server) -> None:
    await db.write(raising(1, overdue(1)))
    await db.write(raising(1))
    await ping(db)
    async with stream(server.port, ids(db, 1)[0]) as client:
        assert seen(await client.events(2)) == ids(db, 2, 3)
        await ping(db)
        assert (await client.event()).id == ids(db, 4)[0]


async def test_a_stream_that_missed_nothing_is_sent_nothing_old(db: Database, server: Server) -> None:
    await db.write(raising(1, overdue(1)))
    async with stream(server.port, ids(db, 1)[0]) as client:
        assert await client.block() == "retry: 1000"
        await ping(db)
        assert (await client.event()).id == ids(db, 2)[0]


async def test_a_stream_of_an_empty_desk_continues_from_its_beginning(db: Database, server: Server) -> None:
    await db.write(raising(1, overdue(1)))
    async with stream(server.port, ids(db, 0)[0]) as client:
        assert (await client.event()).id == ids(db, 1)[0]


async def test_a_stream_that_was_cut_within_its_snapshot_misses_nothing(db: Database, server: Server) -> None:
    for order_id in (1, 2, 3):
        await db.write(raising(order_id, overdue(order_id)))
    async with stream(server.port, ids(db, 2)[0]) as client:
        assert (await client.event()).id == ids(db, 3)[0]


async def test_silent_events_are_skipped_and_nothing_else(db: Database, server: Server) -> None:
    await ping(db)
    async with stream(server.port, ids(db, 1)[0]) as client:
        await client.block()
        await db.write(raising(1, overdue(1), silent=True))
        await ping(db)
        assert (await client.event()).id == ids(db, 3)[0]
    async with stream(server.port, ids(db, 1)[0]) as client:
        assert (await client.event()).id == ids(db, 3)[0]


@pytest.mark.parametrize("last_id", ["other-1", "garbage", "{desk}-9", "{desk}-01", "{desk}-x"])
async def test_an_unknown_id_starts_over(db: Database, server: Server, last_id: str) -> None:
    await db.write(raising(1, overdue(1)))
    async with stream(server.port, last_id.format(desk=db.desk_id)) as client:
        events = await client.events(3)
    assert seen(events) == ids(db, 0, 1, 1)
    assert [event.data.get("reset") for event in events] == [True, None, None]
    assert [event.data["type"] for event in events] == ["refresh", "order_overdue", "refresh"]


async def test_an_id_older_than_what_is_kept_starts_over(db: Database, server: Server) -> None:
    for _ in range(3):
        await ping(db)
    await db.write(lambda tx: tx.conn.execute(desk.update().values(floor_n=2)))
    async with stream(server.port, ids(db, 1)[0]) as client:
        server.hub.recent.forget(2)
    async with stream(server.port, ids(db, 1)[0]) as client:
        assert seen(await client.events(2)) == ids(db, 0, 3)
    async with stream(server.port, ids(db, 2)[0]) as client:
        assert (await client.event()).id == ids(db, 3)[0]


async def test_the_end_of_the_first_back_fill_is_one_reset_on_open_streams_and_for_earlier_ids(
    db: Database, server: Server
) -> None:
    await ping(db)
    async with stream(server.port) as client:
        await client.opening()
        for order_id in range(1, 4):
            await db.write(raising(order_id, overdue(order_id), silent=True))
        await db.write(finish)
        event = await client.event()
        assert (event.id, event.data["type"], event.data["reset"]) == (ids(db, 5)[0], "refresh", True)
        await ping(db)
        assert (await client.event()).id == ids(db, 6)[0]
    async with stream(server.port, ids(db, 1)[0]) as client:
        assert seen(await client.events(5)) == ids(db, 0, 2, 3, 4, 6)
    async with stream(server.port, ids(db, 5)[0]) as client:
        assert (await client.event()).id == ids(db, 6)[0]


async def test_a_long_absence_is_made_up_in_batches(
    db: Database, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history, "BATCH_LIMIT", 50)
    await asyncio.gather(*(ping(db, n) for n in range(140)))
    async with stream(server.port, ids(db, 10)[0]) as client:
        assert seen(await client.events(130)) == ids(db, *range(11, 141))


async def test_an_alert_reopened_by_undo_is_in_the_snapshot_once_under_its_new_id(db: Database, server: Server) -> None:
    await db.write(raising(1, held(1)))
    await db.write(raising(1))
    await db.write(raising(1, held(1), reopen=[replace(held(1))]))
    async with stream(server.port) as client:
        assert seen(await client.opening()) == ids(db, 3, 3)
