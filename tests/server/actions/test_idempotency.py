"""Idempotency-Key: the first answer again, whoever answers and whatever crashed in between: contract §3."""

from __future__ import annotations

import asyncio

import orjson
import pytest
from tests.server.conftest import SettableClock
from tests.support.acting import SHOP, Desk, serve
from tests.support.desk_orders import gid, held, order
from tests.support.dying import STATUS, die
from tests.support.forked import Forked

from orders_sync.db.engine import Database
from orders_sync.instants import HOUR

ASSIGN = b'{"orderIds": ["#1"], "assignee": "maya", "delaySeconds": 5}'


async def test_the_same_request_again_gets_the_same_bytes_and_does_nothing(desk: Desk) -> None:
    await desk.tell(order(1))
    first = await desk.raw("assign", ASSIGN, key="k")
    await desk.act("assign", {"orderIds": ["1"], "assignee": "bo"})
    again = await desk.raw("assign", ASSIGN, key="k")
    assert first[0] == 200
    assert again == first
    assert (await desk.order(1)).operator.assigned_to == "bo"
    assert len(await desk.outbox(1)) == 2


async def test_bodies_are_compared_as_json_values(light_desk: Desk) -> None:
    await light_desk.tell(order(1))
    first = await light_desk.raw("assign", ASSIGN, key="k")
    other = b'{ "delaySeconds":5.0,\n "assignee":"\\u006daya","orderIds":["#1"] }'
    assert await light_desk.raw("assign", other, key="k") == first


@pytest.mark.parametrize(
    ("action", "body"),
    [("assign", b'{"orderIds": ["#1"], "assignee": "bo"}'), ("fulfill", b'{"orderIds": ["#1"]}')],
)
async def test_another_body_or_path_is_a_mismatch(desk: Desk, action: str, body: bytes) -> None:
    await desk.tell(order(1))
    first = await desk.raw("assign", ASSIGN, key="k")
    before = await desk.order(1)
    status, answer = await desk.raw(action, body, key="k")
    assert (status, orjson.loads(answer)["code"]) == (422, "idempotency_mismatch")
    assert orjson.loads(answer)["updatedOrders"] == []
    assert await desk.order(1) == before
    assert await desk.raw("assign", ASSIGN, key="k") == first


async def test_a_key_is_its_callers_own(light_desk: Desk) -> None:
    await light_desk.tell(order(1))
    await light_desk.raw("assign", ASSIGN, key="k", X_Operator="bo")
    status, _ = await light_desk.raw("assign", b'{"orderIds": ["1"], "assignee": "lee"}', key="k", X_Operator="lee")
    assert status == 200
    assert (await light_desk.order(1)).operator.assigned_to == "lee"


@pytest.mark.parametrize(("order_id", "status"), [("#404", 404), ("#1", 409)])
async def test_refusals_that_come_out_of_the_transaction_are_recorded(desk: Desk, order_id: str, status: int) -> None:
    await desk.tell(order(1), held(1))
    body = orjson.dumps({"orderIds": [order_id]})
    first = await desk.raw("fulfill", body, key="k")
    assert first[0] == status
    await desk.tell(order(404, "#404"), order(2))
    assert await desk.raw("fulfill", body, key="k") == first


async def test_refusals_before_it_are_not(light_desk: Desk) -> None:
    await light_desk.tell(order(1))
    wrong = orjson.dumps({"orderIds": ["#1"], "assignee": ""})
    large = orjson.dumps({"orderIds": ["#1"] * 251, "assignee": "maya"})
    other = orjson.dumps({"orderIds": ["#1"], "assignee": "maya", "shop_domain": "other.example"})
    assert [(await light_desk.raw("assign", body, key="k"))[0] for body in (wrong, large, other)] == [400, 413, 403]
    assert (await light_desk.raw("assign", ASSIGN, key="k"))[0] == 200


async def test_a_refusal_to_undo_anothers_action_is_not_recorded(light_desk: Desk) -> None:
    await light_desk.tell(order(1))
    mismatch = await light_desk.raw("undo", b'{"actionId": "none"}', key="k")
    assert mismatch[0] == 404
    assert await light_desk.raw("undo", b'{"actionId": "none"}', key="k") == mismatch


async def test_an_answer_is_forgotten_after_its_time(desk: Desk, clock: SettableClock) -> None:
    await desk.tell(order(1))
    _, first = await desk.act("assign", orjson.loads(ASSIGN), key="k")
    clock.advance(72 * HOUR - 1)
    assert (await desk.act("assign", orjson.loads(ASSIGN), key="k"))[1] == first
    clock.advance(1)
    status, later = await desk.act("assign", orjson.loads(ASSIGN), key="k")
    assert status == 200
    assert later["actionId"] != first["actionId"]


@pytest.mark.parametrize("key", ["", "   ", "k" * 256, "k\u200b"])
async def test_a_key_is_printable_and_of_bounded_length(light_desk: Desk, key: str) -> None:
    status, answer = await light_desk.act("assign", orjson.loads(ASSIGN), key=key)
    assert (status, answer["code"]) == (400, "invalid_request")
    assert "Idempotency-Key" in answer["message"]


async def test_many_at_once_are_done_once(desk: Desk) -> None:
    await desk.tell(order(1))
    answers = await asyncio.gather(*(desk.raw("assign", ASSIGN, key="k") for _ in range(20)))
    assert set(answers) == {answers[0]}
    assert answers[0][0] == 200
    assert len(await desk.outbox(1)) == 1


async def test_many_at_once_on_two_processes_are_done_once(desk: Desk, database_url: str, clock: SettableClock) -> None:
    await desk.tell(order(1))
    other = await Database.open(database_url, SHOP, clock)
    try:
        async with serve(other) as elsewhere:
            asked = [where.raw("support", b'{"orderId": "1"}', key="k") for where in [desk, elsewhere] * 8]
            answers = await asyncio.gather(*asked)
    finally:
        await other.close()
    assert {status for status, _ in answers} == {200}
    assert len({body for _, body in answers}) == 1
    assert len(await desk.outbox(1)) == 3


async def test_a_process_killed_right_before_its_commit_did_nothing(light_desk: Desk, sqlite_url: str) -> None:
    await light_desk.tell(order(1))
    assert await Forked(die, sqlite_url, "before", ASSIGN).ended() == STATUS
    assert await light_desk.outbox(1) == []
    assert (await light_desk.raw("assign", ASSIGN, key="k"))[0] == 200
    assert len(await light_desk.outbox(1)) == 1


async def test_a_process_killed_before_it_could_answer_has_its_answer_given_by_another(
    desk: Desk, database_url: str
) -> None:
    await desk.tell(order(1))
    assert await Forked(die, database_url, "after", ASSIGN).ended() == STATUS
    assert len(await desk.outbox(1)) == 1
    first = await desk.raw("assign", ASSIGN, key="k")
    assert first[0] == 200
    assert orjson.loads(first[1])["updatedOrders"] == [{"id": "#1", "assignedTo": "maya"}]
    assert len(await desk.outbox(1)) == 1
    assert await desk.raw("assign", ASSIGN, key="k") == first


async def test_ids_come_back_as_the_first_answer_had_them(light_desk: Desk) -> None:
    await light_desk.tell(order(1))
    body = orjson.dumps({"orderIds": [gid(1)], "assignee": "maya"})
    first = await light_desk.raw("assign", body, key="k")
    other = await light_desk.raw("assign", orjson.dumps({"orderIds": ["#1"], "assignee": "maya"}), key="k")
    assert first[0] == 200
    assert other[0] == 422
