"""Several orders in one action: each succeeds or fails alone (contract §3)."""

from __future__ import annotations

from tests.support.acting import Desk
from tests.support.desk_orders import gid, held, order


async def test_some_succeed_and_the_others_say_why_not(desk: Desk) -> None:
    await desk.tell(order(1), order(2), held(2), order(3, cancelled_at=1), order(4))
    status, answer = await desk.act("fulfill", {"orderIds": [gid(1), "2", "#3", "#404", "4"]})

    assert (status, answer["success"]) == (200, True)
    assert answer["message"] == "Marked 2 orders as fulfilled; 3 failed"
    assert [updated["id"] for updated in answer["updatedOrders"]] == [gid(1), "4"]
    assert [(failure["id"], failure["code"]) for failure in answer["failures"]] == [
        ("2", "on_hold"),
        ("#3", "order_closed"),
        ("#404", "not_found"),
    ]
    assert list(answer["versions"]) == [gid(1), "4"]
    assert (await desk.order(2)).operator.acknowledgements == ()
    assert (await desk.order(4)).operator.acknowledgements


async def test_an_order_that_was_so_already_counts_as_done(light_desk: Desk) -> None:
    await light_desk.tell(order(1), order(2))
    await light_desk.act("assign", {"orderIds": ["1"], "assignee": "maya"})
    _, answer = await light_desk.act("assign", {"orderIds": ["1", "2"], "assignee": "maya"})
    assert answer["message"] == "Assigned 2 orders to maya"
    assert [updated["id"] for updated in answer["updatedOrders"]] == ["1", "2"]
    assert "failures" not in answer


async def test_when_none_succeeds_the_first_failure_decides_and_all_are_told(desk: Desk) -> None:
    await desk.tell(order(2), held(2))
    status, answer = await desk.act("fulfill", {"orderIds": ["2", "#404"]})
    assert (status, answer["success"], answer["code"]) == (409, False, "on_hold")
    assert answer["updatedOrders"] == []
    assert [failure["code"] for failure in answer["failures"]] == ["on_hold", "not_found"]
    assert "0" in answer["message"]
    assert "2" in answer["message"]
    assert "actionId" not in answer


async def test_a_version_that_the_operator_did_not_see_is_a_conflict_of_that_order_alone(desk: Desk) -> None:
    await desk.tell(order(1), order(2))
    version = (await desk.order(1)).version
    seen = {gid(1): version + 1, "#2": version}
    status, answer = await desk.act("assign", {"orderIds": [gid(1), "2"], "assignee": "maya", "expectedVersions": seen})
    assert status == 200
    assert answer["updatedOrders"] == [{"id": "2", "assignedTo": "maya"}]
    (failure,) = answer["failures"]
    assert (failure["id"], failure["code"], failure["version"]) == (gid(1), "version_conflict", version)


async def test_one_order_alone_in_conflict_tells_its_version_beside_the_code(light_desk: Desk) -> None:
    await light_desk.tell(order(1))
    version = (await light_desk.order(1)).version
    body = {"orderId": "#1", "expectedVersions": {"1": version - 1}}
    status, answer = await light_desk.act("support", body)
    assert (status, answer["code"], answer["version"]) == (409, "version_conflict", version)


async def test_versions_of_orders_that_are_not_named_do_not_matter(light_desk: Desk) -> None:
    await light_desk.tell(order(1), order(2))
    body = {"orderIds": ["1"], "assignee": "maya", "expectedVersions": {"2": 99, "#404": 1}}
    status, _ = await light_desk.act("assign", body)
    assert status == 200
