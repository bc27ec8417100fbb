"""The Admin API as a client meets it: pages, searches, refusals."""

from __future__ import annotations

import base64
import json
from datetime import timedelta
from typing import Any

import pytest
from tests.server.demo.worlds import NOW, World

from orders_demo.world.ids import gid

PAGE = """query Page($first: Int, $after: String, $last: Int, $before: String, $query: String, $reverse: Boolean) {
  orders(first: $first, after: $after, last: $last, before: $before, query: $query, sortKey: UPDATED_AT, reverse: $reverse) {
    nodes { id updatedAt } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}"""


def _walk(world: World, **variables: Any) -> list[str]:
    seen: list[str] = []
    after = None
    while True:
        found = world.ask(PAGE, after=after, **variables)["data"]["orders"]
        seen += [node["id"] for node in found["nodes"]]
        if not found["pageInfo"]["hasNextPage"]:
            return seen
        after = found["pageInfo"]["endCursor"]


@pytest.mark.parametrize("size", [1, 7, 250])
@pytest.mark.parametrize("reverse", [False, True])
def test_walking_all_pages_sees_every_order_once_in_order_of_change(size: int, reverse: bool, library: World) -> None:
    orders = sorted(library.simulation.stage.shop.orders.values(), key=lambda order: (order.updated_at, order.id))
    expected = [gid("Order", order.id) for order in orders]
    assert _walk(library, first=size, reverse=reverse) == (expected[::-1] if reverse else expected)


def test_pages_can_be_walked_backwards(library: World) -> None:
    end = library.ask(PAGE, last=5)["data"]["orders"]
    before = library.ask(PAGE, last=5, before=end["pageInfo"]["startCursor"])["data"]["orders"]
    assert _walk(library, first=250)[-10:] == [node["id"] for node in (*before["nodes"], *end["nodes"])]
    assert before["pageInfo"]["hasNextPage"]


def test_a_cursor_of_a_time_sort_holds_id_and_milliseconds(library: World) -> None:
    page = library.ask(PAGE, first=1)["data"]["orders"]
    cursor = json.loads(base64.b64decode(page["pageInfo"]["endCursor"]))
    order = min(library.simulation.stage.shop.orders.values(), key=lambda entry: (entry.updated_at, entry.id))
    assert cursor == {"last_id": order.id, "last_value": int(order.updated_at.timestamp() * 1000)}


@pytest.mark.parametrize(
    ("query", "since_hours"),
    [("updated_at:>='{}'", 48), ("updated_at:>{}", 48), ("updated_at:>='{}' status:open OR name:1001", 48)],
)
def test_orders_are_found_by_when_they_changed(query: str, since_hours: int, library: World) -> None:
    since = NOW - timedelta(hours=since_hours)
    answer = library.ask(PAGE, first=250, query=query.format(since.strftime("%Y-%m-%dT%H:%M:%SZ")))
    found = {node["id"] for node in answer["data"]["orders"]["nodes"]}
    changed = {
        gid("Order", order.id) for order in library.simulation.stage.shop.orders.values() if order.updated_at >= since
    }
    if "OR" in query:
        first = next(iter(library.simulation.stage.shop.orders.values()))
        assert gid("Order", first.id) in found
        assert found <= changed | {gid("Order", first.id)}
    else:
        assert found == changed
    assert "search" not in answer["extensions"]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("updatedat:>='2026-01-01'", "invalid_field"),
        ("updated_at:>=yesterday", "invalid_value"),
        ("name:>=5", "invalid_comparator"),
    ],
)
def test_a_term_that_cannot_be_read_is_ignored_with_a_warning_and_so_matches_everything(
    query: str, code: str, library: World
) -> None:
    answer = library.ask(PAGE, first=250, query=query)
    assert len(answer["data"]["orders"]["nodes"]) == 250
    [search] = answer["extensions"]["search"]
    assert (search["path"], search["query"], search["warnings"][0]["code"]) == (["orders"], query, code)


@pytest.mark.parametrize(
    "query", ["tag:VIP", "-tag:vip NOT status:cancelled", "(financial_status:paid OR name:#1001) email:*", "#1001"]
)
def test_searches_that_make_sense_warn_of_nothing(query: str, library: World) -> None:
    assert "search" not in library.ask(PAGE, first=5, query=query)["extensions"]


def test_orders_older_than_sixty_days_are_absent_without_the_scope_for_them(world: World) -> None:
    world.later(days=20)
    assert len(_walk(world, first=250)) == 260
    world.simulation.admin.scopes -= {"read_all_orders"}
    assert 0 < len(_walk(world, first=250)) < 260
    first = next(iter(world.simulation.stage.shop.orders))
    assert world.ask("query One($id: ID!) { order(id: $id) { id } }", id=gid("Order", first))["data"] == {"order": None}


def test_a_field_without_its_scope_is_null_and_the_rest_is_answered(library: World) -> None:
    task = next(task for task in library.simulation.stage.shop.tasks.values() if task.holds)
    query = "query One($id: ID!) { fulfillmentOrder(id: $id) { status fulfillmentHolds { reason heldByApp { id } } } }"
    answer = library.ask(query, id=gid("FulfillmentOrder", task.id))
    assert answer["data"]["fulfillmentOrder"]["status"] == "ON_HOLD"
    assert answer["data"]["fulfillmentOrder"]["fulfillmentHolds"][0]["heldByApp"] is None
    error = answer["errors"][0]
    assert error["path"] == ["fulfillmentOrder", "fulfillmentHolds", 0, "heldByApp"]
    assert error["message"] == "Access denied for heldByApp field. Required access: `read_apps` access scope."
    assert error["extensions"]["code"] == "ACCESS_DENIED"


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("{ orders(first: 1) { nodes { definitelyNotAnOrderField } } }", "undefinedField"),
        ("{ shop }", "selectionMismatch"),
        ("{ shop { name ", "PARSE_ERROR"),
        ("query One($id: ID!) { order(id: $id) { id } }", "INVALID_VARIABLE"),
        ('{ order(id: "gid://shopify/Order/0") { id } }', "RESOURCE_NOT_FOUND"),
        ("{ orders { nodes { id } } }", "BAD_REQUEST"),
        ("{ orders(first: 251) { nodes { id } } }", "BAD_REQUEST"),
    ],
)
def test_what_the_real_api_refuses_is_refused_with_its_code(query: str, code: str, library: World) -> None:
    answer = library.ask(query)
    assert answer["errors"][0]["extensions"]["code"] == code
    assert not answer.get("data") or set(answer["data"].values()) == {None}


def test_an_unknown_id_is_null_and_no_error(library: World) -> None:
    ids = '["gid://shopify/Order/1", "gid://shopify/Return/2"]'
    answer = library.ask(f'{{ nodes(ids: {ids}) {{ id }} return(id: "gid://shopify/Return/3") {{ id }} }}')
    assert answer["data"] == {"nodes": [None, None], "return": None}
    assert "errors" not in answer


def test_no_more_than_two_hundred_and_fifty_nodes_at_once(library: World) -> None:
    ids = [gid("Order", number) for number in range(1, 252)]
    answer = library.ask("query N($ids: [ID!]!) { nodes(ids: $ids) { id } }", ids=ids)
    assert answer["errors"][0]["extensions"]["code"] == "MAX_INPUT_SIZE_EXCEEDED"


def test_numbers_beyond_what_json_readers_hold_are_text(library: World) -> None:
    order = next(order for order in library.simulation.stage.shop.orders.values() if order.id > 2**53)
    found = library.ask("query One($id: ID!) { order(id: $id) { legacyResourceId } }", id=gid("Order", order.id))
    assert found["data"]["order"]["legacyResourceId"] == str(order.id)


def test_times_are_whole_seconds_in_utc(library: World) -> None:
    order = next(iter(library.simulation.stage.shop.orders.values()))
    found = library.ask("query One($id: ID!) { order(id: $id) { createdAt } }", id=gid("Order", order.id))
    assert found["data"]["order"]["createdAt"] == order.created_at.strftime("%Y-%m-%dT%H:%M:%SZ")


def test_money_is_written_as_the_api_writes_it(library: World) -> None:
    order = next(order for order in library.simulation.stage.shop.orders.values() if order.tender.presentment == "CAD")
    money = "totalPriceSet { shopMoney { amount currencyCode } presentmentMoney { currencyCode } }"
    query = f"query One($id: ID!) {{ order(id: $id) {{ {money} }} }}"
    found = library.ask(query, id=gid("Order", order.id))["data"]["order"]["totalPriceSet"]
    assert float(found["shopMoney"]["amount"]) == order.total / 100
    assert (found["shopMoney"]["currencyCode"], found["presentmentMoney"]["currencyCode"]) == ("USD", "CAD")


def test_stock_is_read_by_location(library: World) -> None:
    place = gid("Location", library.simulation.stage.shop.locations[0].id)
    query = """query Stock($id: ID!, $query: String) { location(id: $id) { inventoryLevels(first: 250, query: $query) {
      nodes { id quantities(names: ["available"]) { name quantity } item { sku } } } } }"""
    rows = library.ask(query, id=place)["data"]["location"]["inventoryLevels"]["nodes"]
    assert {row["item"]["sku"] for row in rows} == {
        item.sku for item in library.simulation.stage.shop.items.values() if item.levels
    }
    warned = library.ask(query, id=place, query="nonsense:1")
    assert warned["extensions"]["search"][0]["path"] == ["location", "inventoryLevels"]
