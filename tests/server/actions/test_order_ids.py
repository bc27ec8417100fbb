"""Order ids in every spelling, echoed as they were sent: contract §1 and §3."""

from __future__ import annotations

import pytest
from tests.support import shop_bodies as shop
from tests.support.acting import Desk
from tests.support.desk_orders import gid, order

from orders_sync.ingest.apply import apply
from orders_sync.rules.thresholds import Thresholds


@pytest.mark.parametrize("spelling", [gid(4711), "#1001", "1001", "4711", " #1001 "])
async def test_every_spelling_finds_the_order_and_comes_back_as_it_was_sent(light_desk: Desk, spelling: str) -> None:
    await light_desk.tell(order(4711, "#1001"))
    status, answer = await light_desk.act("assign", {"orderIds": [spelling], "assignee": "maya"})
    assert status == 200
    assert answer["updatedOrders"] == [{"id": spelling, "assignedTo": "maya"}]
    assert list(answer["versions"]) == [spelling]
    assert (await light_desk.order(4711)).operator.assigned_to == "maya"


async def test_a_bare_number_is_an_id_before_it_is_a_name(desk: Desk) -> None:
    await desk.tell(order(1001, "#7"), order(7, "#1001"))
    await desk.act("assign", {"orderIds": ["1001"], "assignee": "maya"})
    await desk.act("assign", {"orderIds": ["#1001"], "assignee": "bo"})
    assert (await desk.order(1001)).operator.assigned_to == "maya"
    assert (await desk.order(7)).operator.assigned_to == "bo"


async def test_a_name_without_hash_is_found_too(desk: Desk) -> None:
    await desk.tell(order(1, "1001"), order(2, "EN-5"))
    status, _ = await desk.act("assign", {"orderIds": ["1001", "#1001", "#EN-5", "EN-5"], "assignee": "maya"})
    assert status == 200
    assert (await desk.order(2)).operator.assigned_to == "maya"


@pytest.mark.parametrize(
    "spelling", ["#404", "404", gid(404), "gid://shopify/Customer/1", "gid://shopify/Order/x", "", "9" * 30, "-1"]
)
async def test_what_names_no_order_is_not_found(light_desk: Desk, spelling: str) -> None:
    await light_desk.tell(order(1))
    status, answer = await light_desk.act("support", {"orderId": spelling})
    assert (status, answer["code"], answer["updatedOrders"]) == (404, "not_found", [])
    assert answer["failures"] == [{"id": spelling, "message": answer["message"], "code": "not_found"}]


async def test_two_orders_of_one_name_are_ambiguous(desk: Desk) -> None:
    await desk.tell(order(1, "#1001"), order(2, "#1001"))
    status, answer = await desk.act("support", {"orderId": "#1001"})
    assert (status, answer["code"]) == (409, "ambiguous")


async def test_one_order_in_several_spellings_is_done_once_and_echoed_each_time(desk: Desk) -> None:
    await desk.tell(order(4711, "#1001"), order(4712, "#1002"))
    spellings = ["#1001", gid(4711), "#1002", "1001", "#1001"]
    status, answer = await desk.act("assign", {"orderIds": spellings, "assignee": "maya"})
    assert status == 200
    assert [updated["id"] for updated in answer["updatedOrders"]] == spellings
    assert answer["message"] == "Assigned 2 orders to maya"
    assert len(await desk.outbox(4711)) == 1
    assert len(await desk.audited(4711)) == 1
    assert (await desk.order(4711)).timeline.count("assigned") == 1


async def test_one_order_in_two_spellings_fails_once_and_is_told_twice(light_desk: Desk) -> None:
    await light_desk.tell(order(4711, "#1001", cancelled_at=1), order(2))
    _, answer = await light_desk.act("fulfill", {"orderIds": ["#1001", gid(4711), "2"]})
    assert [failure["id"] for failure in answer["failures"]] == ["#1001", gid(4711)]
    assert answer["message"] == "Marked 1 order as fulfilled; 1 failed"


async def test_an_order_whose_name_came_with_white_space_is_found_by_it(light_desk: Desk) -> None:
    body = shop.order(7002, name="#7002 \u00a0")
    await light_desk.db.write(lambda tx: apply(tx, shop.delivery("orders/create", body), Thresholds()))
    status, answer = await light_desk.act(
        "assign", {"orderIds": ["#7002 ", "\ufeff#7002"], "assignee": "\u00a0maya\u200b"}
    )
    assert status == 200
    assert answer["updatedOrders"] == [
        {"id": "#7002 ", "assignedTo": "maya"},
        {"id": "\ufeff#7002", "assignedTo": "maya"},
    ]
    assert (await light_desk.order(7002)).operator.assigned_to == "maya"
