"""`GET /sync/owners`: everybody who owns an order, with the open ones counted."""

from __future__ import annotations

from tests.server.conftest import SettableClock
from tests.support.desk_client import DeskClient
from tests.support.projections import projection

from orders_sync.desk.owners import owners
from orders_sync.desk.page import View
from orders_sync.instants import DAY, FOREVER, Ms
from orders_sync.rules.thresholds import Thresholds


async def test_owners_come_with_their_open_orders_busiest_first(desk: DeskClient, clock: SettableClock) -> None:
    quiet, moving = Ms(clock.now - 30 * DAY), Ms(clock.now - 30 * DAY + 1)
    await desk.save(
        [
            projection(1, assigned_to="bo", live_at=FOREVER),
            projection(2, assigned_to="bo", live_at=moving),
            projection(3, assigned_to="bo", live_at=quiet),
            projection(4, assigned_to="Åsa", live_at=FOREVER),
            projection(5, assigned_to="anna"),
            projection(6, live_at=FOREVER),
        ]
    )
    status, body = await desk.get("/sync/owners")
    assert status == 200
    assert body == [
        {"name": "bo", "open_orders": 2},
        {"name": "Åsa", "open_orders": 1},
        {"name": "anna", "open_orders": 0},
    ]


async def test_a_desk_without_owners_has_none(desk: DeskClient) -> None:
    await desk.save([projection(1)])
    assert await desk.get("/sync/owners") == (200, [])


async def test_who_has_a_token_is_there_too_and_once(desk: DeskClient, clock: SettableClock) -> None:
    await desk.save([projection(1, assigned_to="bo", live_at=FOREVER)])
    view = View(desk.database.shop_id, clock(), Thresholds())
    found = await desk.database.read(lambda conn: owners(conn, view, {"Bo", "cy"}))
    assert [(owner.name, owner.open_orders) for owner in found] == [("bo", 1), ("cy", 0)]
