"""Inventory escalation: contract §3."""

from __future__ import annotations

from tests.server.conftest import NOON
from tests.support.acting import Desk
from tests.support.desk_orders import gid, line, order

from orders_sync.outbox.kinds import Kind
from orders_wire.vocabulary import Issue


async def test_every_open_order_that_owes_the_sku_is_held_and_the_erp_told_once(desk: Desk) -> None:
    await desk.tell(order(1, "#1001"), order(2, "#1002"), order(3, None, line(1, "CAP")), order(4, cancelled_at=1))
    await desk.tell(order(5, None, line(owed=0)))
    status, answer = await desk.act("inventory", {"sku": "TEE-M", "note": "flooded"}, X_Operator="bo")
    assert status == 200
    assert answer["message"].startswith("Inventory escalated")
    assert answer["updatedOrders"] == [{"id": gid(1), "issue": "inventory"}, {"id": gid(2), "issue": "inventory"}]
    for order_id in (1, 2):
        seen = await desk.order(order_id)
        assert [hold.meaning for hold in seen.state.holds] == [Issue.INVENTORY]
        assert seen.alerts == {"inventory_hold"}
        assert "inventory_hold" in seen.timeline
    assert (await desk.order(3)).state.holds == ()
    (message,) = await desk.payloads(Kind.INVENTORY)
    assert message["type"] == "inventory.escalated"
    assert message["data"] == {
        "sku": "TEE-M",
        "orders": [
            {"order_id": gid(1), "order_number": "#1001"},
            {"order_id": gid(2), "order_number": "#1002"},
        ],
        "by": "bo",
        "note": "flooded",
    }
    assert [row.kind for row in await desk.outbox(2)] == ["hold"]


async def test_only_those_of_the_named_orders_that_owe_it_are_held(desk: Desk) -> None:
    await desk.tell(order(1), order(2), order(3, None, line(1, "CAP")))
    _, answer = await desk.act("inventory", {"sku": "TEE-M", "orderIds": ["#1", "3"], "note": "x"})
    assert answer["updatedOrders"] == [{"id": "#1", "issue": "inventory"}]
    assert [(failure["id"], failure["code"]) for failure in answer["failures"]] == [("3", "not_found")]
    assert (await desk.order(2)).state.holds == ()


async def test_when_no_order_owes_it_nothing_is_found(light_desk: Desk) -> None:
    await light_desk.tell(order(1), order(2, None, line(1, "CAP")))
    for body in ({"sku": "NONE"}, {"sku": "CAP", "orderIds": ["1"]}):
        status, answer = await light_desk.act("inventory", body)
        assert (status, answer["code"], answer["updatedOrders"]) == (404, "not_found", [])
    assert await light_desk.payloads(Kind.INVENTORY) == []


async def test_an_order_that_is_held_for_it_already_is_left_as_it_is(light_desk: Desk) -> None:
    await light_desk.tell(order(1), order(2))
    await light_desk.act("inventory", {"sku": "TEE-M", "orderIds": ["1"]})
    _, answer = await light_desk.act("inventory", {"sku": "TEE-M"})
    assert [updated["id"] for updated in answer["updatedOrders"]] == [gid(1), gid(2)]
    messages = await light_desk.payloads(Kind.INVENTORY)
    assert [[told["order_id"] for told in message["data"]["orders"]] for message in messages] == [[gid(1)], [gid(2)]]
    assert len((await light_desk.order(1)).state.holds) == 1


async def test_a_held_order_is_not_fulfilled(light_desk: Desk) -> None:
    await light_desk.tell(order(1))
    await light_desk.act("inventory", {"sku": "TEE-M"})
    status, answer = await light_desk.act("fulfill", {"orderIds": ["1"]})
    assert (status, answer["code"]) == (409, "on_hold")


async def test_the_hold_ends_with_the_order(light_desk: Desk) -> None:
    await light_desk.tell(order(1))
    await light_desk.act("inventory", {"sku": "TEE-M"})
    await light_desk.tell(order(1, None, line(owed=0), at=NOON + 1000))
    seen = await light_desk.order(1)
    assert seen.state.holds == ()
    assert seen.operator.holds == {}
    assert seen.alerts == frozenset()
