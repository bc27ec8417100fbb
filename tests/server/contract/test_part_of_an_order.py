"""`fulfill` with `lines`, and of an order of which a part is held: contract §3a."""

from __future__ import annotations

import orjson
import pytest
from tests.server.conftest import SettableClock
from tests.server.contract.whole_desk import Body, WholeDesk
from tests.support import shop_bodies as shop
from tests.support.desk_orders import line, order, parcel, told

from orders_sync.instants import DAY

TEE, MUG = "gid://shopify/LineItem/1", "gid://shopify/LineItem/2"


def lines(**wanted: int) -> list[Body]:
    return [{"lineId": name.lstrip("l"), "quantity": quantity} for name, quantity in wanted.items()]


def body(order_id: str = "#1", **wanted: int) -> Body:
    return {"orderIds": [order_id], "lines": lines(**wanted)}


def owed(detail: Body) -> dict[str, int]:
    return {item["id"]: item["owed"] for item in detail["line_items"]}


def contents(detail: Body) -> list[dict[str, int]]:
    """What is in each parcel, oldest first."""
    return [{item["id"]: item["quantity"] for item in each["lines"]} for each in detail["fulfillments"]]


@pytest.fixture
async def selling(desk: WholeDesk) -> WholeDesk:
    """Order 1 owes two TEE and three MUG; order 2 one of its own line."""
    await told(desk.database, [order(1, None, line(1, "TEE", 2), line(2, "MUG", 3)), order(2, None, line(9, "HAT", 1))])
    return desk


async def test_just_these_are_sent_and_the_rest_stays_owed(selling: WholeDesk) -> None:
    before = await selling.detail(1)
    answer = await selling.done("fulfill", body(l1=1, l2=3) | {"tracking": {"number": "1Z1", "carrier": "UPS"}})
    after = await selling.detail(1)
    assert answer["updatedOrders"] == [
        {"id": "#1", "fulfillmentStatus": "partial", "tracking": {"number": "1Z1", "carrier": "UPS"}}
    ]
    assert owed(after) == {TEE: 1, MUG: 0}
    assert contents(after) == [{TEE: 1, MUG: 3}]
    (ours,) = after["fulfillments"]
    assert (ours["ours"], ours["number"], ours["sent"]) == (True, "1Z1", "waiting")
    assert [(each["sku"], each["title"]) for each in ours["lines"]] == [("TEE", "Tee"), ("MUG", "Mug")]
    assert after["status"] == "awaiting_fulfillment"
    assert after["ship_by"] == before["ship_by"]
    assert [entry["event"] for entry in after["timeline"]].count("fulfillment_submitted") == 1


async def test_an_order_that_is_overdue_stays_so_while_something_is_owed(
    selling: WholeDesk, clock: SettableClock
) -> None:
    clock.advance(2 * DAY)
    await selling.sweep()
    assert "order_overdue" in (await selling.detail(1))["alerts"]
    await selling.done("fulfill", body(l1=2))
    assert "order_overdue" in (await selling.detail(1))["alerts"]
    assert (await selling.page(tab="overdue"))["metrics"]["total_orders"] == 2
    await selling.done("fulfill", body(l2=3))
    assert "order_overdue" not in (await selling.detail(1))["alerts"]


async def test_other_parcels_delays_stay_open(desk: WholeDesk, clock: SettableClock) -> None:
    slow = parcel(1, 10, shipment_status="in_transit", number="1Z0")
    await told(desk.database, [order(1, None, line(1, "TEE", 2), line(2, "MUG", 3, 0)), slow])
    clock.advance(2 * DAY)
    await desk.sweep()
    assert "shipment_delay" in (await desk.detail(1))["alerts"]
    await desk.done("fulfill", body(l1=1))
    assert "shipment_delay" in (await desk.detail(1))["alerts"]


async def test_parts_come_one_after_the_other_until_all_is_sent(selling: WholeDesk) -> None:
    statuses = []
    for part in (body(l1=1), body(l1=1, l2=1), body(l2=2)):
        answer = await selling.done("fulfill", part)
        statuses.append(answer["updatedOrders"][0]["fulfillmentStatus"])
    after = await selling.detail(1)
    assert statuses == ["partial", "partial", "fulfilled"]
    assert contents(after) == [{TEE: 1}, {TEE: 1, MUG: 1}, {MUG: 2}]
    assert after["status"] == "awaiting_tracking"
    assert [entry["event"] for entry in after["timeline"]].count("fulfillment_submitted") == 3
    assert len([row for row in after["outbox"] if row["kind"] == "fulfillment"]) == 3


async def test_without_lines_what_is_left_is_sent(selling: WholeDesk) -> None:
    await selling.done("fulfill", body(l1=1))
    answer = await selling.done("fulfill", {"orderIds": ["#1"]})
    assert answer["updatedOrders"][0]["fulfillmentStatus"] == "fulfilled"
    assert contents(await selling.detail(1)) == [{TEE: 1}, {TEE: 1, MUG: 3}]


@pytest.mark.parametrize("line_id", ["1", 1, TEE])
async def test_a_line_is_named_as_the_detail_has_it_or_by_its_number(selling: WholeDesk, line_id: str | int) -> None:
    await selling.done("fulfill", {"orderIds": ["1"], "lines": [{"lineId": line_id, "quantity": 1}]})
    assert contents(await selling.detail(1)) == [{TEE: 1}]


@pytest.mark.parametrize("quantity", [0, -1, 3, 10**12])
async def test_a_quantity_that_is_not_owed_names_the_line_and_what_is_left_and_is_recorded(
    selling: WholeDesk, quantity: int
) -> None:
    asked = orjson.dumps(body(l1=quantity))
    status, raw = await selling.raw("fulfill", asked, key="k")
    refused = orjson.loads(raw)
    assert (status, refused["code"], refused["updatedOrders"]) == (400, "invalid_request", [])
    assert "2" in refused["message"]
    assert "TEE" in refused["message"] or "LineItem/1" in refused["message"]
    assert (await selling.detail(1))["fulfillments"] == []
    await selling.webhook("orders/updated", shop.order(1, "13:00", name="#1", line_items=[shop.line(1, quantity=20)]))
    assert await selling.raw("fulfill", asked, key="k") == (status, raw)


async def test_what_waits_is_not_owed_any_more(selling: WholeDesk) -> None:
    await selling.done("fulfill", body(l1=2))
    status, refused = await selling.act("fulfill", body(l1=1))
    assert (status, refused["code"]) == (400, "invalid_request")
    assert "0" in refused["message"] or "nothing" in refused["message"]


@pytest.mark.parametrize("line_id", ["9", "gid://shopify/LineItem/9", "404", "TEE"])
async def test_a_line_of_another_order_is_not_found(selling: WholeDesk, line_id: str) -> None:
    asked = {"orderIds": ["1"], "lines": [{"lineId": "2", "quantity": 1}, {"lineId": line_id, "quantity": 1}]}
    status, refused = await selling.act("fulfill", asked)
    assert (status, refused["code"], refused["updatedOrders"]) == (404, "not_found", [])
    assert line_id in refused["message"]
    assert (await selling.detail(1))["fulfillments"] == []


async def test_wholly_held_is_on_hold_and_held_in_part_is_by_line(selling: WholeDesk) -> None:
    await selling.done("hold", {"orderIds": ["1"], "reason": "customer", "lines": lines(l1=2, l2=1)})
    held = await selling.detail(1)
    assert {item["id"]: (item["held"], item["sendable"]) for item in held["line_items"]} == {TEE: (2, 0), MUG: (1, 2)}
    status, refused = await selling.act("fulfill", body(l1=1))
    assert (status, refused["code"]) == (409, "on_hold")
    answer = await selling.done("fulfill", {"orderIds": ["1"]})
    assert answer["updatedOrders"] == [{"id": "1", "fulfillmentStatus": "partial"}]
    assert "held" in answer["message"] or "hold" in answer["message"]
    after = await selling.detail(1)
    assert contents(after) == [{MUG: 2}]
    assert owed(after) == {TEE: 2, MUG: 1}
    status, refused = await selling.act("fulfill", {"orderIds": ["1"]})
    assert (status, refused["code"]) == (409, "on_hold")


async def test_of_several_orders_each_open_part_is_sent_and_the_wholly_held_fail(selling: WholeDesk) -> None:
    await selling.done("hold", {"orderIds": ["1"], "reason": "other", "lines": lines(l1=2)})
    await selling.done("hold", {"orderIds": ["2"], "reason": "other"})
    status, answer = await selling.act("fulfill", {"orderIds": ["1", "2"]})
    assert status == 200
    assert [(failure["id"], failure["code"]) for failure in answer["failures"]] == [("2", "on_hold")]
    assert answer["updatedOrders"] == [{"id": "1", "fulfillmentStatus": "partial"}]


async def test_a_cancelled_order_is_closed(desk: WholeDesk) -> None:
    await told(desk.database, [order(1, None, line(1, "TEE", 2), cancelled_at=order(1).stamp.seen)])
    status, refused = await desk.act("fulfill", body(l1=1))
    assert (status, refused["code"]) == (409, "order_closed")


async def test_undo_of_one_part_leaves_the_other(selling: WholeDesk) -> None:
    first = await selling.done("fulfill", body(l1=1))
    await selling.done("fulfill", body(l2=2))
    undone = await selling.done("undo", {"actionId": first["actionId"]})
    assert undone["updatedOrders"] == [{"id": "#1", "fulfillmentStatus": "partial"}]
    after = await selling.detail(1)
    assert contents(after) == [{MUG: 2}]
    assert owed(after) == {TEE: 2, MUG: 1}


async def test_a_fulfilment_of_line_2_in_the_admin_neither_frees_nor_doubles_our_part_of_line_1(
    selling: WholeDesk,
) -> None:
    await selling.done("fulfill", body(l1=1))
    theirs = shop.fulfillment(70, 1, "13:00", line_items=[shop.line(2, quantity=3)])
    await selling.webhook("fulfillments/create", theirs)
    left = [
        shop.line(1, sku="TEE", quantity=2, current_quantity=2, fulfillable_quantity=2),
        shop.line(2, sku="MUG", quantity=3, current_quantity=3, fulfillable_quantity=0),
    ]
    told_anew = shop.order(1, "13:00", name="#1", line_items=left, fulfillments=[theirs])
    await selling.webhook("orders/updated", told_anew)
    after = await selling.detail(1)
    assert owed(after) == {TEE: 1, MUG: 0}
    assert sorted(map(str, contents(after))) == sorted(map(str, [{TEE: 1}, {MUG: 3}]))
    assert [entry["event"] for entry in after["timeline"]].count("fulfillment_submitted") == 2
    assert [row["state"] for row in after["outbox"]] == ["queued"]
