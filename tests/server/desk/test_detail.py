"""`GET /sync/orders/{id}`: one order whole, by any spelling of its id."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from tests.server.conftest import SettableClock
from tests.support.desk_client import DeskClient
from tests.support.evidence import delivery, order_seen

from orders_sync.evidence.changes import Change, Delivery, InventoryItemSeen, InventoryLevelSeen, ReturnSeen, Stamp
from orders_sync.evidence.entities import CustomerPart
from orders_sync.ingest.apply import apply
from orders_sync.instants import HOUR, Ms
from orders_wire.detail import OrderDetail


async def tell(desk: DeskClient, order_id: int, **fields: object) -> None:
    at = Ms(desk.database.clock() - HOUR)
    told = delivery(at, order_seen(order_id, at, **fields))
    await desk.database.write(lambda tx: apply(tx, told, desk.thresholds))


async def status(desk: DeskClient, spelling: str) -> int:
    async with desk.client.get(f"/sync/orders/{quote(spelling, safe='')}") as answer:
        return answer.status


@pytest.mark.parametrize("spelling", ["gid://shopify/Order/77", "77", "#1001", "1001"])
async def test_an_order_is_found_by_each_spelling_of_its_id(desk: DeskClient, spelling: str) -> None:
    await tell(desk, 77, name="#1001")
    async with desk.client.get(f"/sync/orders/{quote(spelling, safe='')}") as answer:
        found = OrderDetail.model_validate(await answer.json())
    assert (answer.status, found.id, found.order_number) == (200, "gid://shopify/Order/77", "#1001")


async def test_an_order_comes_whole(desk: DeskClient) -> None:
    await tell(desk, 77)
    page = await desk.page()
    _, body = await desk.get("/sync/orders/77")
    found = OrderDetail.model_validate(body)
    row = page.orders.items[0].model_dump()
    assert {name: found.model_dump()[name] for name in row} == row
    assert [(line.sku, line.owed, line.available) for line in found.line_items] == [("MUG", 1, None)]
    assert found.customer is not None
    assert (found.customer.name, found.email) == ("Åsa Öberg", "asa@example.org")
    assert found.shipping_address is not None
    assert found.shipping_address.city == "Umeå"
    assert (found.assignments, found.audit, found.outbox, found.returns) == ([], [], [], [])
    assert found.admin_url == "https://desk-test.myshopify.com/admin/orders/77"


async def test_an_id_wins_over_a_name(desk: DeskClient) -> None:
    await tell(desk, 77, name="#88")
    await tell(desk, 88, name="#99")
    _, body = await desk.get("/sync/orders/88")
    assert body["order_number"] == "#99"
    _, body = await desk.get(f"/sync/orders/{quote('#88')}")
    assert body["id"] == "gid://shopify/Order/77"


async def test_two_orders_of_one_name_are_ambiguous(desk: DeskClient) -> None:
    await tell(desk, 1, name="#1001")
    await tell(desk, 2, name="#1001")
    code, body = await desk.get("/sync/orders/1001")
    assert (code, body["code"], body["success"]) == (409, "ambiguous", False)


@pytest.mark.parametrize(
    "spelling",
    [
        "5",
        "#5",
        "gid://shopify/Order/5",
        "gid://shopify/Customer/77",
        "9" * 30,
        "-77",
        "\x00",
        "x" * 900,
        "77/",
        "077x",
        "%",
    ],
)
async def test_what_is_no_order_is_not_found(desk: DeskClient, spelling: str) -> None:
    await tell(desk, 77)
    code, body = await desk.get(f"/sync/orders/{quote(spelling, safe='')}")
    assert (code, body["code"]) == (404, "not_found")


async def test_the_age_is_that_of_the_moment(desk: DeskClient, clock: SettableClock) -> None:
    await tell(desk, 77)
    clock.advance(HOUR)
    _, body = await desk.get("/sync/orders/77")
    assert body["age_hours"] == 2.0


@pytest.mark.parametrize(
    ("available", "short"),
    [(3, [0, 0, 0]), (0, [0, 0, 0]), (-1, [0, 0, 1]), (-2, [0, 1, 1]), (-8, [1, 1, 1])],
)
async def test_a_line_is_covered_or_says_how_many_it_goes_without(
    desk: DeskClient, available: int, short: list[int]
) -> None:
    """Order 1 is due first; 2 is due before 3, but held for its payment, so it is served after."""
    at = Ms(desk.database.clock() - HOUR)
    due = {1: HOUR, 3: 3 * HOUR, 2: 2 * HOUR}
    for order_id, later in due.items():
        status = "voided" if order_id == 2 else "paid"
        await tell(desk, order_id, created_at=Ms(at + later), processed_at=Ms(at + later), financial_status=status)
    stock: list[Change] = [
        InventoryItemSeen(7, "MUG", Stamp(at, at)),
        InventoryLevelSeen(7, 1, available + 4, Stamp(at, at)),
        InventoryLevelSeen(7, 2, -4, Stamp(at, at)),
    ]
    told = Delivery("webhook", None, "inventory_levels/update", at, tuple(stock))
    await desk.database.write(lambda tx: apply(tx, told, desk.thresholds))
    found = [(await desk.get(f"/sync/orders/{order_id}"))[1]["line_items"][0] for order_id in due]
    assert [(line["available"], line["short"]) for line in found] == [(available, each) for each in short]


async def test_an_order_that_owes_nothing_is_short_of_nothing(desk: DeskClient) -> None:
    at = Ms(desk.database.clock() - HOUR)
    await tell(desk, 1, cancelled_at=at)
    stock: list[Change] = [InventoryItemSeen(7, "MUG", Stamp(at, at)), InventoryLevelSeen(7, 1, -4, Stamp(at, at))]
    told = Delivery("webhook", None, "inventory_levels/update", at, tuple(stock))
    await desk.database.write(lambda tx: apply(tx, told, desk.thresholds))
    _, body = await desk.get("/sync/orders/1")
    assert body["line_items"][0]["short"] in {None, 0}


async def test_a_customer_s_orders_are_counted_with_this_one(desk: DeskClient) -> None:
    at = Ms(desk.database.clock() - HOUR)
    for order_id in (1, 2, 3):
        await tell(desk, order_id)
    await tell(desk, 4, customer=CustomerPart(id=6, name="Bo Å"))
    await tell(desk, 5, customer=None)
    await tell(desk, 2, cancelled_at=at)
    steps = {1: "requested", 3: "declined"}
    returned = tuple(ReturnSeen(order_id * 7, order_id, Stamp(at, at), status) for order_id, status in steps.items())
    told = Delivery("webhook", None, "returns/request", at, returned)
    await desk.database.write(lambda tx: apply(tx, told, desk.thresholds))
    found = [(await desk.get(f"/sync/orders/{order_id}"))[1]["customer_orders"] for order_id in (1, 2, 4, 5)]
    mine = {"count": 3, "open": 2, "returned": 1}
    assert found == [mine, mine, {"count": 1, "open": 1, "returned": 0}, None]


async def test_what_nobody_told_of_an_order_is_null(desk: DeskClient) -> None:
    """An order that an earlier release took in opens, with what is known of it."""
    await tell(desk, 77)
    _, body = await desk.get("/sync/orders/77")
    assert body["totals"] == dict.fromkeys(("subtotal", "shipping", "tax", "discounts", "refunded", "captured"))
    (line,) = body["line_items"]
    assert (line["variant_title"], line["properties"], line["barcode"]) == (None, [], None)
