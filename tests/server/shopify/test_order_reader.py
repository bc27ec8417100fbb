"""Whole orders, whatever the pages cut short: sizes that follow the shop's costs, connections to their end, details by id."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
import pytest
from tests.support.shopify import (
    ScriptedShop,
    by_type,
    costing,
    fulfillment_order,
    line,
    order,
    page,
    parcel,
    returned,
    scan,
)

from orders_sync.evidence.changes import FulfillmentSeen, InventoryItemSeen, InventoryLevelSeen
from orders_sync.external.shopify.errors import BadRequest, TooCostly
from orders_sync.external.shopify.order_changes import changes
from orders_sync.external.shopify.order_reader import OrderReader
from orders_sync.external.shopify.stock import StockReader


async def one_page(shop: ScriptedShop) -> Any:
    return await OrderReader(shop).page("q", None, sort_key="UPDATED_AT")


async def test_a_page_is_asked_for_as_the_caller_wants_it() -> None:
    shop = ScriptedShop(OrdersPage={"orders": page([order(1), order(2)], cursor="next")})
    found = await OrderReader(shop).page("updated_at:>='x'", "here", sort_key="CREATED_AT", reverse=True)
    (asked,) = shop.asked("OrdersPage")
    assert asked == {
        "first": 10,
        "after": "here",
        "query": "updated_at:>='x'",
        "sortKey": "CREATED_AT",
        "reverse": True,
    }
    assert ([read.order.id for read in found.orders], found.next_cursor) == ([1, 2], "next")


async def test_an_order_that_has_nothing_more_costs_one_request() -> None:
    shop = ScriptedShop(OrdersPage={"orders": page([order()])})
    await one_page(shop)
    assert shop.names == ["OrdersPage"]


async def test_pages_grow_towards_what_one_request_may_cost() -> None:
    shop = ScriptedShop(OrdersPage=[costing({"orders": page([order()])}, 100), costing({"orders": page()}, 700)])
    reader = OrderReader(shop)
    for _ in range(3):
        await reader.page(None, None, sort_key="CREATED_AT")
    assert [asked["first"] for asked in shop.asked("OrdersPage")] == [10, 40, 45]


async def test_a_small_bucket_gets_small_requests() -> None:
    shop = ScriptedShop(OrdersPage=costing({"orders": page()}, 100, maximum=100))
    reader = OrderReader(shop)
    for _ in range(2):
        await reader.page(None, None, sort_key="CREATED_AT")
    assert [asked["first"] for asked in shop.asked("OrdersPage")] == [10, 8]


async def test_a_request_that_costs_too_much_is_halved_and_never_that_large_again() -> None:
    def reply(variables: Mapping[str, Any]) -> dict[str, Any]:
        if variables["first"] > 3:
            return {"errors": [{"message": "too much", "extensions": {"code": "MAX_COST_EXCEEDED"}}]}
        return costing({"orders": page()}, 10)

    shop = ScriptedShop(OrdersPage=reply)
    reader = OrderReader(shop)
    for _ in range(2):
        await reader.page(None, None, sort_key="CREATED_AT")
    assert [asked["first"] for asked in shop.asked("OrdersPage")] == [10, 5, 2, 2]


async def test_an_order_too_costly_by_itself_is_told() -> None:
    with pytest.raises(TooCostly):
        await one_page(ScriptedShop(OrdersPage=TooCostly("too much")))


async def test_connections_are_read_to_their_end() -> None:
    long = order(
        lineItems=page([line(1)], cursor="l1"),
        fulfillmentOrders=page([fulfillment_order(1)], cursor="f1"),
        fulfillments=[parcel(1, events=page([scan(1)], cursor="e1")), parcel(2)],
    )
    shop = ScriptedShop(
        OrdersPage={"orders": page([long])},
        OrderLines=[
            {"order": {"lineItems": page([line(2)], cursor="l2")}},
            {"order": {"lineItems": page([line(3)])}},
        ],
        OrderFulfillmentOrders={"order": {"fulfillmentOrders": page([fulfillment_order(2)])}},
        FulfillmentScans={"fulfillment": {"events": page([scan(2, "DELIVERED")])}},
    )
    (read,) = (await one_page(shop)).orders
    assert [part.id for part in read.order.line_items.nodes] == [1, 2, 3]
    assert [part.id for part in read.order.fulfillment_orders.nodes] == [1, 2]
    assert [len(part.events.nodes) for part in read.order.fulfillments] == [2, 1]
    assert [asked["after"] for asked in shop.asked("OrderLines")] == ["l1", "l2"]


async def test_what_is_in_a_parcel_is_read_where_the_order_does_not_say_it() -> None:
    whole = line(1, unfulfilledQuantity=0)
    orders = [
        order(1, fulfillments=[parcel(1)], lineItems=page([whole])),
        order(2, fulfillments=[parcel(2)], lineItems=page([whole, line(2)])),
        order(3, fulfillments=[parcel(3)], lineItems=page([whole | {"currentQuantity": 1}])),
        order(4, fulfillments=[parcel(4)], lineItems=page([whole | {"requiresShipping": False}])),
        order(5, fulfillments=[parcel(5), parcel(6, status="CANCELLED")], lineItems=page([whole])),
    ]
    lines = page([{"quantity": 1, "lineItem": {"id": "gid://shopify/LineItem/1"}}], "more")
    parcels = [
        {"__typename": "Fulfillment", "id": f"gid://shopify/Fulfillment/{n}", "fulfillmentLineItems": lines}
        for n in range(1, 7)
    ]
    rest = {
        "fulfillment": {"fulfillmentLineItems": page([{"quantity": 2, "lineItem": {"id": "gid://shopify/LineItem/2"}}])}
    }
    shop = ScriptedShop(OrdersPage={"orders": page(orders)}, Details=by_type(parcels), PackedLines=rest)
    read = await one_page(shop)
    found = {
        change.fulfillment.id: {each.id: each.quantity for each in change.fulfillment.lines}
        for each in read.orders
        for change in changes(each)
        if isinstance(change, FulfillmentSeen)
    }
    assert found == {1: {1: 2}} | {key: {1: 1, 2: 2} for key in range(2, 7)}
    assert [gid.rpartition("/")[2] for asked in shop.asked("Details") for gid in asked["ids"]] == [
        "2",
        "3",
        "4",
        "5",
        "6",
    ]


async def test_details_are_read_for_those_that_have_them_in_batches() -> None:
    held = fulfillment_order(5, status="ON_HOLD")
    orders = [
        order(n, returns=page([{"id": f"gid://shopify/Return/{n}"}]), fulfillmentOrders=page([held] if n == 1 else []))
        for n in range(1, 6)
    ]
    lines = {
        "nodes": [
            {"sku": "A", "remainingQuantity": 1},
            {"sku": "B", "remainingQuantity": 0},
            {"sku": None, "remainingQuantity": 1},
        ]
    }
    details = [returned(n, n) for n in range(1, 6)]
    details.append(
        {"__typename": "FulfillmentOrder", "id": held["id"], "orderId": "gid://shopify/Order/1", "lineItems": lines}
    )
    shop = ScriptedShop(OrdersPage={"orders": page(orders)}, Details=by_type(details))
    found = await one_page(shop)
    assert [[r.id for r in read.returns] for read in found.orders] == [[1], [2], [3], [4], [5]]
    assert found.orders[0].held_skus == {5: ("A",)}
    assert found.orders[1].held_skus == {}
    assert [len(asked["ids"]) for asked in shop.asked("Details")] == [4, 2]


async def test_a_detail_that_is_hidden_is_left_out() -> None:
    told = order(disputes=[{"id": "gid://shopify/ShopifyPaymentsDispute/5", "initiatedAs": "INQUIRY", "status": "WON"}])
    hole = {"message": "no", "path": ["nodes", 0], "extensions": {"code": "ACCESS_DENIED"}}
    shop = ScriptedShop(OrdersPage={"orders": page([told])}, Details={"data": {"nodes": [None]}, "errors": [hole]})
    (read,) = (await one_page(shop)).orders
    assert read.disputes == {}


async def test_fields_that_a_scope_hides_are_known_by_order() -> None:
    hole = {"message": "no", "path": ["orders", "nodes", 1, "customer"], "extensions": {"code": "ACCESS_DENIED"}}
    body = {"data": {"orders": page([order(1), order(2, customer=None)])}, "errors": [hole]}
    found = await one_page(ScriptedShop(OrdersPage=body))
    assert [read.order.hidden for read in found.orders] == [frozenset(), frozenset({"customer"})]


async def test_orders_by_id_leave_out_what_is_not_there() -> None:
    shop = ScriptedShop(OrdersRead=by_type([order(1), order(3)]))
    found = [read.order.id async for batch in OrderReader(shop).by_id([1, 2, 3, 1]) for read in batch.reads]
    assert found == [1, 3]


async def test_parcels_alone_are_read_to_their_last_scan() -> None:
    told = {"id": "gid://shopify/Order/1", "updatedAt": "2026-03-09T10:00:00Z"}
    shop = ScriptedShop(
        ParcelsRead=by_type([told | {"fulfillments": [parcel(events=page([scan(1)], cursor="e"))]}]),
        FulfillmentScans={"fulfillment": {"events": page([scan(2)])}},
    )
    ((read,),) = [batch.reads async for batch in OrderReader(shop).parcels([1])]
    assert read.order.fulfillments is not None
    assert [len(part.events.nodes) for part in read.order.fulfillments if part.events] == [2]


async def test_whose_something_is() -> None:
    shop = ScriptedShop(
        Whose=by_type(
            [
                {"id": "gid://shopify/FulfillmentOrder/1", "orderId": "gid://shopify/Order/11"},
                {"id": "gid://shopify/Return/2", "returned": {"id": "gid://shopify/Order/12"}},
                {"id": "gid://shopify/ReverseFulfillmentOrder/3", "reversed": {"id": "gid://shopify/Order/13"}},
                {
                    "id": "gid://shopify/ReverseDelivery/4",
                    "reverseFulfillmentOrder": {"reversed": {"id": "gid://shopify/Order/14"}},
                },
                {"id": "gid://shopify/ReverseDelivery/5", "reverseFulfillmentOrder": {"reversed": None}},
            ]
        )
    )
    reader = OrderReader(shop)
    assert await reader.order_ids_of("FulfillmentOrder", [1, 9]) == {1: 11}
    assert await reader.order_ids_of("Return", [2]) == {2: 12}
    assert await reader.order_ids_of("ReverseFulfillmentOrder", [3]) == {3: 13}
    assert await reader.order_ids_of("ReverseDelivery", [4, 5]) == {4: 14}


async def test_an_answer_of_another_shape_is_misread_and_says_where() -> None:
    with pytest.raises(BadRequest, match="nodes"):
        await one_page(ScriptedShop(OrdersPage={"orders": {"edges": []}}))


@pytest.mark.parametrize(
    ("wrong", "where"),
    [
        ({"name": None}, "name"),
        ({"updatedAt": "yesterday"}, "updatedAt"),
        ({"closedAt": "0001-01-01T00:00:00+14:00"}, "closedAt"),
        ({"closedAt": "3000-01-01T00:00:00Z"}, "closedAt"),
        ({"totalPriceSet": {"shopMoney": {"amount": "much", "currencyCode": "EUR"}}}, "totalPriceSet"),
        ({"totalPriceSet": {"shopMoney": None}}, "totalPriceSet"),
        ({"lineItems": page([line(quantity=2.0**64)])}, "lineItems.nodes.0.quantity"),
        ({"lineItems": page([line(id="gid://shopify/LineItem/99999999999999999999")])}, "lineItems.nodes.0.id"),
        ({"fulfillments": {}}, "fulfillments"),
    ],
)
async def test_an_order_that_cannot_be_read_is_told_beside_the_others(wrong: dict[str, Any], where: str) -> None:
    told = order(2, **wrong)
    found = await one_page(ScriptedShop(OrdersPage={"orders": page([order(1), told, order(3)])}))
    assert [read.order.id for read in found.orders] == [1, 3]
    (unread,) = found.unreadable
    assert (unread.order_id, unread.updated_at) == (2, told["updatedAt"])
    assert orjson.loads(unread.body) == orjson.loads(orjson.dumps(told))
    assert f" at {where}: " in unread.reason


async def test_what_tells_not_even_its_id_is_set_aside_too() -> None:
    nobody = [order(2, id=None), order(3, id="gid://shopify/Order/three"), {}, "order", None]
    found = await one_page(ScriptedShop(OrdersPage={"orders": page([order(1), *nobody])}))
    assert [read.order.id for read in found.orders] == [1]
    assert [unread.order_id for unread in found.unreadable] == [None] * 5


async def test_a_detail_or_a_later_page_that_cannot_be_read_concerns_its_own_order_alone() -> None:
    orders = [
        order(1, returns=page([{"id": "gid://shopify/Return/1"}])),
        order(2, returns=page([{"id": "gid://shopify/Return/2"}])),
        order(3, lineItems=page([line()], cursor="more")),
    ]
    details = [returned(1, 1), returned(2, 2, createdAt=None)]
    lines = {"order": {"lineItems": page([line(2, quantity=None)])}}
    shop = ScriptedShop(OrdersPage={"orders": page(orders)}, Details=by_type(details), OrderLines=lines)
    found = await one_page(shop)
    assert [read.order.id for read in found.orders] == [1]
    assert {unread.order_id: unread.reason.split(" at ")[1].split(": ")[0] for unread in found.unreadable} == {
        2: "gid://shopify/Return/2.createdAt",
        3: "lineItems.nodes.1.quantity",
    }


async def test_parcels_that_cannot_be_read_are_told_beside_the_others() -> None:
    wrong = order(2, fulfillments=[parcel(updatedAt=None)])
    shop = ScriptedShop(ParcelsRead=by_type([order(1, fulfillments=[parcel()]), wrong]))
    (batch,) = [batch async for batch in OrderReader(shop).parcels([1, 2])]
    assert [read.order.id for read in batch.reads] == [1]
    assert [unread.order_id for unread in batch.unreadable] == [2]


async def test_how_many_orders_there_are() -> None:
    shop = ScriptedShop(OrdersCount=[{"ordersCount": {"count": 17, "precision": "EXACT"}}, {"ordersCount": None}])
    reader = OrderReader(shop)
    assert [await reader.count("q"), await reader.count()] == [17, 0]


@pytest.mark.parametrize("told", [{"count": "many"}, [1], {"count": [3]}])
async def test_a_count_of_another_shape_is_misread(told: Any) -> None:
    with pytest.raises(BadRequest, match="shape"):
        await OrderReader(ScriptedShop(OrdersCount={"ordersCount": told})).count()


@pytest.mark.parametrize("told", [{"id": "gid://shopify/FulfillmentOrder/x", "orderId": "gid://shopify/Order/1"}, 7])
async def test_an_owner_of_another_shape_is_misread(told: Any) -> None:
    with pytest.raises(BadRequest, match="shape"):
        await OrderReader(ScriptedShop(Whose={"nodes": [told]})).order_ids_of("FulfillmentOrder", [1])


def level(item: int, available: int, *, tracked: bool = True) -> dict[str, Any]:
    return {
        "id": f"gid://shopify/InventoryLevel/9{item}?inventory_item_id={item}",
        "updatedAt": "2026-03-09T10:00:00Z",
        "quantities": [{"name": "available", "quantity": available}],
        "item": {
            "id": f"gid://shopify/InventoryItem/{item}",
            "sku": f"SKU-{item}",
            "tracked": tracked,
            "updatedAt": "2026-03-01T00:00:00Z",
        },
    }


async def test_stock_is_read_by_location() -> None:
    shop = ScriptedShop(
        Locations=[
            {"locations": page([{"id": "gid://shopify/Location/1"}], cursor="c")},
            {"locations": page([{"id": "gid://shopify/Location/2"}])},
        ],
        StockPage=[
            {"location": {"inventoryLevels": page([level(1, -2), level(2, 5, tracked=False)])}},
            {"location": None},
        ],
    )
    reader = StockReader(shop)
    assert await reader.locations() == [1, 2]
    told = await reader.page(1, "q", None)
    items = [(c.item_id, c.sku) for c in told.changes if isinstance(c, InventoryItemSeen)]
    levels = [(c.item_id, c.location_id, c.available) for c in told.changes if isinstance(c, InventoryLevelSeen)]
    assert items == [(1, "SKU-1"), (2, "SKU-2")]
    assert levels == [(1, 1, -2), (2, 1, None)]
    assert (await reader.page(2, None, None)).changes == ()
