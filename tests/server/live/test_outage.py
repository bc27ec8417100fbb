"""A lost database as streams are told of it: not for moments, at once when it lasts, and recorded once for the whole fleet."""

from __future__ import annotations

import orjson
import pytest
from sqlalchemy import select
from tests.server.conftest import SettableClock
from tests.server.live.raising import ping
from tests.server.live.serving import serving, stream

from orders_sync.db.engine import Database
from orders_sync.db.failures import Unavailable
from orders_sync.db.tables import events
from orders_sync.live.hub import Hub
from orders_sync.live.outage import GRACE_S, Outage


class Seconds:
    """A monotonic clock that is moved by hand."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


async def recorded(db: Database) -> list[tuple[str, str]]:
    """Type and status of every event, in order."""
    bodies = await db.read(lambda conn: list(conn.execute(select(events.c.body).order_by(events.c.n)).scalars()))
    told = [orjson.loads(body) for body in bodies]
    return [(event["gap"], event["status"]) for event in told if event["type"] == "data_gap"]


def outage(db: Database, owner: str) -> tuple[Outage, Hub, Seconds]:
    hub, seconds = Hub(db.desk_id, db.version), Seconds()
    return Outage(db, hub, owner, seconds), hub, seconds


async def test_moments_are_no_gap(db: Database) -> None:
    lost, hub, _ = outage(db, "a")
    await lost.failed()
    assert not hub.cut_from_database
    await lost.recovered()
    assert await recorded(db) == []


async def test_a_fleet_records_one_gap_for_each_loss(db: Database, clock: SettableClock) -> None:
    fleet = [outage(db, owner) for owner in "abc"]
    for _ in range(2):
        for lost, _hub, seconds in fleet:
            await lost.failed()
            seconds.now += GRACE_S
            await lost.failed()
        clock.advance(60_000)
        for lost, _hub, _seconds in fleet:
            await lost.recovered()
        clock.advance(1)
    assert await recorded(db) == [("database_lost", "open"), ("database_lost", "cleared")] * 2


async def test_no_stream_and_no_poll_begins_meanwhile(db: Database) -> None:
    await ping(db)
    async with serving(db) as server:
        server.hub.cut_from_database = True
        async with stream(server.port) as refused:
            assert (refused.status, refused.headers["retry-after"]) == (503, "2")
        server.hub.cut_from_database = False
        async with stream(server.port) as client:
            assert client.status == 200


async def test_what_cannot_be_recorded_yet_is_still_lost(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    lost, hub, seconds = outage(db, "a")
    await lost.failed()
    seconds.now += GRACE_S
    await lost.failed()

    async def unreachable(*_: object) -> None:
        raise Unavailable("still away")

    with monkeypatch.context() as patched:
        patched.setattr(db, "write", unreachable)
        with pytest.raises(Unavailable):
            await lost.recovered()
    assert hub.cut_from_database
    await lost.recovered()
    assert await recorded(db) == [("database_lost", "open"), ("database_lost", "cleared")]
