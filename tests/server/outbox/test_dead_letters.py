"""What could not be read, as leads see it and decide on it: contract §3, Outbound."""

from __future__ import annotations

import pytest
from tests.support.acting import Desk

from orders_sync.evidence.changes import Delivery
from orders_sync.ingest import dead_letters
from orders_sync.instants import Ms


async def buried(desk: Desk, body: bytes = b"{]") -> str:
    """A webhook that cannot be read; its path."""
    delivery = Delivery("webhook", "w-1", "orders/create", Ms(desk.db.clock()))
    await desk.db.write(lambda tx: dead_letters.store(tx, delivery, {}, body, "the body is no JSON"))
    _, answer = await desk.get("/sync/dead-letters")
    return f"/sync/dead-letters/{answer['items'][0]['id']}"


async def test_they_are_listed_without_their_bodies(desk: Desk) -> None:
    await buried(desk)
    status, answer = await desk.get("/sync/dead-letters?state=dead")
    assert status == 200
    (letter,) = answer["items"]
    assert (letter["topic"], letter["state"], letter["size_bytes"]) == ("orders/create", "dead", 2)
    assert letter["received_at"] == "2026-03-10T12:00:00Z"
    assert "body" not in letter
    assert answer["counts"] == {"dead": 1}


async def test_one_that_can_be_read_by_now_is_taken_in(desk: Desk) -> None:
    path = await buried(desk, b'{"id": 5, "name": "#5", "created_at": "2026-03-10T08:00:00Z", "line_items": []}')
    status, answer = await desk.post(f"{path}/retry")
    assert (status, answer["success"], answer["updatedOrders"]) == (200, True, [])
    assert (await desk.order(5)).state.name == "#5"
    assert (await desk.get("/sync/dead-letters"))[1]["counts"] == {"retried": 1}


async def test_one_that_still_cannot_be_read_stays(light_desk: Desk) -> None:
    path = await buried(light_desk)
    status, answer = await light_desk.post(f"{path}/retry")
    assert (status, answer["success"], answer["updatedOrders"]) == (409, False, [])
    assert (await light_desk.get("/sync/dead-letters?state=dead"))[1]["items"][0]["reason"] in answer["message"]


async def test_one_that_is_given_up_is_over(light_desk: Desk) -> None:
    path = await buried(light_desk)
    assert (await light_desk.post(f"{path}/discard"))[0] == 200
    for what in ("retry", "discard"):
        status, answer = await light_desk.post(f"{path}/{what}")
        assert (status, answer["code"]) == (404, "not_found")


@pytest.mark.parametrize("letter", ["7", "x"])
async def test_one_that_is_not_there_is_not_found(light_desk: Desk, letter: str) -> None:
    assert (await light_desk.post(f"/sync/dead-letters/{letter}/retry"))[0] == 404
