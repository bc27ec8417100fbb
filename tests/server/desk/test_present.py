"""Who has an order open, in its detail and in the tag that a client holds it by."""

from __future__ import annotations

from aiohttp import ClientResponse
from tests.server.conftest import SettableClock
from tests.support.desk_client import DeskClient
from tests.support.desk_orders import order, told

from orders_sync.instants import HOUR, Ms
from orders_sync.live.attendance import ATTENDANCE
from orders_sync.live.presence import Connection, Place
from orders_wire.detail import OrderDetail


async def ask(desk: DeskClient, etag: str = "") -> ClientResponse:
    headers = {"If-None-Match": etag} if etag else {}
    async with desk.client.get("/sync/orders/77", headers=headers) as answer:
        await answer.read()
        return answer


def say(desk: DeskClient, name: str, order_id: int | None, doing: str | None = None, client: str = "one") -> None:
    app = desk.client.app
    assert app is not None
    now = Ms(desk.database.clock())
    place = None if order_id is None else Place(name, order_id, doing, now)
    app[ATTENDANCE].say(Connection(name.casefold(), client), place)


async def test_it_tells_who_has_it_open_what_they_do_and_since_when(desk: DeskClient, clock: SettableClock) -> None:
    await told(desk.database, [order(77), order(78)])
    say(desk, "ana", 77, "fulfill")
    clock.advance(1500)
    say(desk, "Bo", 77)
    say(desk, "cy", 78)
    _, body = await desk.get("/sync/orders/77")
    assert body["present"] == [
        {"name": "ana", "doing": "fulfill", "since": "2026-03-10T12:00:00Z"},
        {"name": "Bo", "doing": None, "since": "2026-03-10T12:00:01.500Z"},
    ]
    OrderDetail.model_validate(body)


async def test_an_order_that_is_held_already_is_not_sent_again_until_something_of_it_changes(
    desk: DeskClient, clock: SettableClock
) -> None:
    await told(desk.database, [order(77)])
    first = await ask(desk)
    etag = first.headers["ETag"]
    assert (etag[0], etag[-1], len(etag)) == ('"', '"', 34)
    again = await ask(desk, f'"other", W/{etag}')
    assert (again.status, again.headers["ETag"], again.headers["Cache-Control"]) == (304, etag, "no-cache")
    say(desk, "ana", 77)
    with_ana = await ask(desk, etag)
    assert (with_ana.status, with_ana.headers["ETag"] != etag) == (200, True)
    say(desk, "ana", 77, "fulfill")
    assert (await ask(desk, with_ana.headers["ETag"])).status == 200
    say(desk, "ana", None)
    assert (await ask(desk, etag)).status == 304
    clock.advance(HOUR)
    assert (await ask(desk, etag)).status == 200


async def test_no_page_changes_by_who_is_there(desk: DeskClient) -> None:
    await told(desk.database, [order(77)])
    async with desk.client.get("/sync/orders") as answer:
        etag = answer.headers["ETag"]
    say(desk, "ana", 77)
    async with desk.client.get("/sync/orders", headers={"If-None-Match": etag}) as answer:
        assert answer.status == 304
