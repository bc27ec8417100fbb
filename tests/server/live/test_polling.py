"""The polling fallback: the same events in the same order (contract §2)."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta, timezone
from math import ceil
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.server.conftest import SettableClock
from tests.server.live.raising import overdue, ping, raising
from tests.server.live.serving import Server, poll, stream

from orders_sync.db.engine import Database
from orders_sync.instants import SECOND
from orders_sync.live.history import instant
from orders_sync.poller.backfill import finish
from orders_wire.alerts import AlertsAnswer


def ids(answer: dict[str, list[dict[str, str]]]) -> list[str]:
    return [event["id"] for event in answer["alerts"]]


async def test_without_since_it_is_what_a_stream_would_send_and_the_head(db: Database, server: Server) -> None:
    await db.write(raising(1, overdue(1)))
    await ping(db)
    answer = await poll(server.port)
    async with stream(server.port) as client:
        events = await client.opening()
    assert answer["alerts"] == [event.data for event in events]
    assert answer["cursor"] == f"{db.desk_id}-2"
    assert answer["more"] is False
    AlertsAnswer.model_validate(answer)


async def test_on_an_empty_desk_the_cursor_stands_before_the_first_event(db: Database, server: Server) -> None:
    answer = await poll(server.port)
    assert answer["cursor"] == f"{db.desk_id}-0"
    await ping(db)
    assert ids(await poll(server.port, f"?since={answer['cursor']}")) == [f"{db.desk_id}-1"]


async def test_a_cursor_is_exclusive_and_the_answers_cursor_asks_for_what_is_new(db: Database, server: Server) -> None:
    for _ in range(3):
        await ping(db)
    answer = await poll(server.port, f"?since={db.desk_id}-1")
    assert ids(answer) == [f"{db.desk_id}-2", f"{db.desk_id}-3"]
    again = await poll(server.port, f"?since={answer['cursor']}")
    assert (ids(again), again["cursor"]) == ([], answer["cursor"])


async def test_an_answer_has_at_most_five_hundred_events_and_says_that_there_are_more(
    db: Database, server: Server
) -> None:
    await asyncio.gather(*(ping(db, n) for n in range(1_001)))
    await server.caught_up()
    pages = [await poll(server.port, f"?since={db.desk_id}-0")]
    while pages[-1]["more"]:
        pages.append(await poll(server.port, f"?since={pages[-1]['cursor']}"))
    assert [len(page["alerts"]) for page in pages] == [500, 500, 1]
    assert [event for page in pages for event in ids(page)] == [f"{db.desk_id}-{n}" for n in range(1, 1_002)]


async def test_a_poll_tells_what_a_stream_tells(db: Database, server: Server) -> None:
    async with stream(server.port) as client:
        await client.opening()
        for order_id in range(1, 4):
            await db.write(raising(order_id, overdue(order_id)))
        await db.write(raising(1))
        await db.write(raising(9, overdue(9), silent=True))
        await ping(db, 4)
        events = await client.events(5)
    answer = await poll(server.port, f"?since={db.desk_id}-0")
    assert answer["alerts"] == [event.data for event in events]
    assert answer["cursor"] == f"{db.desk_id}-6"


@pytest.mark.parametrize("since", ["garbage", "other-3", "{desk}-99", "2026-03-10", "-1"])
async def test_what_is_neither_a_time_nor_a_known_cursor_starts_over(db: Database, server: Server, since: str) -> None:
    await db.write(raising(1, overdue(1)))
    answer = await poll(server.port, f"?since={since.format(desk=db.desk_id)}")
    assert ids(answer) == [f"{db.desk_id}-0", f"{db.desk_id}-1", f"{db.desk_id}-1"]
    assert answer["alerts"][0]["reset"] is True
    assert answer["cursor"] == f"{db.desk_id}-1"


async def test_a_time_is_inclusive_whatever_its_spelling(db: Database, clock: SettableClock, server: Server) -> None:
    await ping(db)
    clock.advance(SECOND)
    await ping(db)
    for text, expected in [
        ("2026-03-10T12:00:00Z", [1, 2]),
        ("2026-03-10T12:00:00.001Z", [2]),
        ("2026-03-10T14:00:01+02:00", [2]),
        ("2026-03-10T12:00:01.5Z", []),
    ]:
        for written in {text, quote(text)}:
            answer = await poll(server.port, f"?since={written}")
            assert ids(answer) == [f"{db.desk_id}-{n}" for n in expected]
            assert answer["cursor"] == f"{db.desk_id}-2"


async def test_a_time_before_the_end_of_the_first_back_fill_finds_the_reset(db: Database, server: Server) -> None:
    await ping(db)
    await db.write(finish)
    assert ids(await poll(server.port, "?since=2020-01-01T00:00:00Z")) == [f"{db.desk_id}-2"]


@given(st.datetimes(datetime(1970, 1, 2), datetime(2200, 1, 1)), st.integers(-1439, 1439), st.sampled_from(["T", " "]))
def test_every_written_instant_is_read(moment: datetime, offset_minutes: int, separator: str) -> None:
    aware = moment.replace(tzinfo=timezone(timedelta(minutes=offset_minutes)))
    written = aware.isoformat(separator)
    assert instant(written) == instant(written.replace("+", " ")) == ceil(aware.timestamp() * 1000 - 0.0001)
