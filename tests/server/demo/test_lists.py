"""Lists are cut as Shopify cuts them: connections page by page, plain lists at their `first`, so that it can be told."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from graphql import GraphQLList, GraphQLNonNull, GraphQLObjectType, get_named_type, get_nullable_type
from tests.server.demo.worlds import World

from orders_demo.admin.schema import executable
from orders_demo.world.ids import gid
from orders_demo.world.orders import Order

ROOTS = ("orders", "fulfillmentOrders", "locations", "inventoryItems")


def _pages(world: World, text: str, at: tuple[str, ...], **variables: Any) -> Iterator[dict[str, Any]]:
    after = None
    while True:
        found: Any = world.ask(text, after=after, **variables)["data"]
        for name in at:
            found = found[name]
        yield found
        if not found["pageInfo"]["hasNextPage"]:
            return
        after = found["pageInfo"]["endCursor"]


@pytest.mark.parametrize("root", ROOTS)
def test_a_root_list_read_by_pages_is_the_list_read_at_once(root: str, library: World) -> None:
    more = "includeClosed: true, " if root == "fulfillmentOrders" else ""
    text = f"query($n: Int!, $after: String) {{ {root}({more}first: $n, after: $after) "
    text += "{ nodes { id } edges { cursor } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }"
    whole = [node["id"] for page in _pages(library, text, (root,), n=250) for node in page["nodes"]]
    pages = list(_pages(library, text, (root,), n=max(1, len(whole) // 7)))
    assert [node["id"] for page in pages for node in page["nodes"]] == whole
    assert [page["pageInfo"]["hasPreviousPage"] for page in pages] == [False, *[True] * (len(pages) - 1)]
    assert all(page["edges"][-1]["cursor"] == page["pageInfo"]["endCursor"] for page in pages)


def _rich(world: World) -> Order:
    """An order with three of everything that an order has lists of."""
    shop = world.simulation.stage.shop
    order = next(iter(shop.orders.values()))
    for listing in ("parcels", "refunds", "payments", "metafields", "returns", "lines"):
        pool = [entry for other in shop.orders.values() for entry in getattr(other, listing)][:3]
        setattr(order, listing, pool)
    for parcel in order.parcels:
        parcel.tracking = (parcel.tracking or [next(t for p in shop.parcels.values() for t in p.tracking)]) * 3
        parcel.scans = [scan for other in shop.parcels.values() for scan in other.scans][:3]
    return order


PLAIN = {
    ("Fulfillment", "trackingInfo"),
    ("LineItem", "taxLines"),
    ("Order", "fulfillments"),
    ("Order", "refunds"),
    ("Order", "transactions"),
}
"""Plain lists that take `first`: an answer as long as that says nothing of whether there is more."""


def test_these_are_the_plain_lists_that_can_be_cut() -> None:
    kinds = [kind for kind in executable().type_map.values() if isinstance(kind, GraphQLObjectType)]
    found = {
        (kind.name, name)
        for kind in kinds
        for name, field in kind.fields.items()
        if "first" in field.args and isinstance(get_nullable_type(field.type), GraphQLList | GraphQLNonNull)
    }
    assert found == PLAIN


def test_plain_lists_are_cut(world: World) -> None:
    order = _rich(world)
    text = """query($id: ID!, $n: Int) { order(id: $id) {
      fulfillments(first: $n) { id trackingInfo(first: $n) { number } }
      refunds(first: $n) { id } transactions(first: $n) { id }
      lineItems(first: 1) { nodes { taxLines(first: $n) { title } } } } }"""
    for wanted, expected in ((0, 0), (2, 2), (3, 3), (9, 3), (None, 3)):
        found = world.ask(text, id=gid("Order", order.id), n=wanted)["data"]["order"]
        assert {name: len(found[name]) for name in ("fulfillments", "refunds", "transactions")} == {
            "fulfillments": expected,
            "refunds": expected,
            "transactions": expected,
        }
        assert all(len(parcel["trackingInfo"]) == expected for parcel in found["fulfillments"])
        assert len(found["lineItems"]["nodes"][0]["taxLines"]) == min(1, expected)


NESTED = [
    (kind.name, name)
    for kind in executable().type_map.values()
    if isinstance(kind, GraphQLObjectType) and kind.name in ("Order", "Fulfillment")
    for name, field in kind.fields.items()
    if get_named_type(field.type).name.endswith("Connection")
]


@pytest.mark.parametrize(("kind", "name"), NESTED)
def test_a_connection_within_a_record_is_read_page_by_page(kind: str, name: str, world: World) -> None:
    order = _rich(world)
    record, at = (
        (gid("Order", order.id), "order") if kind == "Order" else (gid(kind, order.parcels[0].id), "fulfillment")
    )
    text = f"query($id: ID!, $n: Int!, $after: String) {{ {at}(id: $id) {{ {name}(first: $n, after: $after) "
    text += "{ edges { cursor node { __typename } } pageInfo { hasNextPage endCursor } } } }"
    (whole,) = list(_pages(world, text, (at, name), id=record, n=250))
    pages = list(_pages(world, text, (at, name), id=record, n=1))
    assert [edge for page in pages for edge in page["edges"]] == whole["edges"]
    assert len(pages) == max(1, len(whole["edges"]))
