"""An answer with errors in it: each concerns what its path names, and nothing that is not told is taken for none."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from tests.server.conftest import SettableClock
from tests.server.shopify.world import LATER, Ill, World, level, open_gaps, reached, stored, told
from tests.support.shopify import (
    ScriptedShop,
    by_type,
    failure,
    fulfillment_order,
    hollow,
    line,
    money,
    order,
    page,
    parcel,
    returned,
    scan,
)

from orders_sync.db import dead_letters
from orders_sync.db.engine import Database
from orders_sync.db.tables import stock
from orders_sync.evidence.facts import IN_PART, REDACTED, OrderFacts
from orders_sync.evidence.from_changes import merge
from orders_sync.external.shopify.errors import BadRequest, Denied, NoAnswer, PartFailed, Throttled, TooCostly
from orders_sync.external.shopify.order_changes import changes
from orders_sync.external.shopify.order_reader import OrderReader, OrdersPage
from orders_sync.rules.operator_state import OperatorState
from orders_sync.rules.order_state import build_order_state
from orders_sync.rules.thresholds import Thresholds
from orders_wire.vocabulary import DeadLetterState

Json = dict[str, Any]
DENIED = "ACCESS_DENIED"


async def letters(db: Database) -> list[tuple[str, DeadLetterState]]:
    kept = await db.read(lambda conn: dead_letters.listed(conn, db.shop_id, None))
    return [(letter.topic, letter.state) for letter in kept[::-1]]


ILL = [
    Ill(),
    Ill(takes=1),
    Ill(takes=2),
    Ill(("fulfillments", 0, "events", "nodes", 0), "TIMEOUT"),
    Ill(("lineItems",), "SOMETHING_NEW"),
    Ill((), "INTERNAL_SERVER_ERROR"),
    Ill((), DENIED),
]


@pytest.mark.parametrize("ill", ILL, ids=str)
async def test_one_that_fails_inside_waits_alone_and_comes_with_the_first_reading_that_is_whole(
    ill: Ill, db: Database, world: World, clock: SettableClock
) -> None:
    world.put(told(3, fulfillments=[parcel(3, status="CANCELLED")]))
    world.ill = {"gid://shopify/Order/3": ill}
    poller = world.poller(db)
    assert (await poller.tick()).error is None
    assert await stored(db) == [1, 2, 4, 5]
    assert await letters(db) == [("order 3", DeadLetterState.DEAD)]
    assert await open_gaps(db) == {"dead_letter"}
    clock.advance(LATER)
    world.put(told(4, updatedAt=world.now(), note="changed"))
    assert (await poller.tick()).error is None
    assert (await reached(db)).orders_until == clock()
    world.ill = {}
    clock.advance(LATER)
    await poller.tick()
    assert await stored(db) == [1, 2, 3, 4, 5]
    assert await letters(db) == [("order 3", DeadLetterState.RETRIED)]
    assert await open_gaps(db) == set()


@pytest.mark.parametrize(
    ("errors", "kind"),
    [
        ([failure("INTERNAL_SERVER_ERROR")], NoAnswer),
        ([failure("INTERNAL_SERVER_ERROR", "orders")], PartFailed),
        ([failure("TIMEOUT", "orders", "nodes")], PartFailed),
        ([failure("INTERNAL_SERVER_ERROR", "orders", "nodes", 1, "risk"), failure("TIMEOUT")], NoAnswer),
        ([failure("INTERNAL_SERVER_ERROR", "orders", "pageInfo")], PartFailed),
        ([failure(DENIED, "orders", "nodes")], Denied),
        ([failure(DENIED)], Denied),
        ([failure("THROTTLED", "orders", "nodes", 1, "risk")], Throttled),
        ([failure("MAX_COST_EXCEEDED", "orders", "nodes", 1)], TooCostly),
        ([failure("SOMETHING_NEW", "orders")], BadRequest),
    ],
)
async def test_an_error_that_names_no_order_fails_the_page_and_moves_nothing(
    errors: list[Json], kind: type[Exception], db: Database, world: World, clock: SettableClock
) -> None:
    poller = world.poller(db)
    await poller.tick()
    before = (await reached(db)).orders_until
    clock.advance(LATER)
    world.shop.say("OrdersPage", {"data": {"orders": page([told(6)])}, "errors": errors})
    assert type((await poller.tick()).error) is kind
    assert (await reached(db)).orders_until == before
    assert "poller_failed" in await open_gaps(db)
    assert 6 not in await stored(db)


async def test_a_detail_or_a_rest_that_fails_concerns_its_order_alone(db: Database, world: World) -> None:
    world.put(
        told(3, lineItems=page([line(1)], cursor="more")),
        told(4, returns=page([{"id": "gid://shopify/Return/1"}])),
        told(5, returns=page([{"id": "gid://shopify/Return/2"}])),
    )
    world.details |= {"a": returned(1, 4), "b": returned(2, 5)}
    world.ill = {"gid://shopify/Return/2": Ill(("decline",), takes=1)}
    rest = {"data": None, "errors": [failure("INTERNAL_SERVER_ERROR", "order", "lineItems", "nodes", 3)]}
    world.shop.say("OrderLines", rest)
    assert (await world.poller(db).tick()).error is None
    assert await stored(db) == [1, 2, 4]
    assert {topic for topic, _ in await letters(db)} == {"order 3", "order 5"}


async def test_stock_that_fails_in_one_item_is_taken_but_for_it_and_asked_for_again(
    db: Database, world: World, clock: SettableClock
) -> None:
    levels = [level(n, f"SKU-{n}", n, "2026-03-01T00:00:00Z") for n in (1, 2, 3)]
    errors = [failure("INTERNAL_SERVER_ERROR", "location", "inventoryLevels", "nodes", 1, "item")]
    holed = [levels[0], levels[1] | {"item": None}, levels[2]]
    world.shop.say("StockPage", {"data": {"location": {"inventoryLevels": page(holed)}}, "errors": errors})
    poller = world.poller(db)
    assert isinstance((await poller.tick()).error, PartFailed)
    known = await reached(db)
    assert (known.complete, known.stock_until) == (True, None)
    assert await skus(db) == {"SKU-1", "SKU-3"}
    world.shop.say("StockPage", {"location": {"inventoryLevels": page(levels)}})
    clock.advance(LATER)
    assert (await poller.tick()).error is None
    assert world.shop.asked("StockPage")[-1]["query"] is None
    assert await skus(db) == {"SKU-1", "SKU-2", "SKU-3"}


async def skus(db: Database) -> set[str]:
    return await db.read(lambda conn: set(conn.scalars(select(stock.c.sku))))


async def test_stock_of_which_a_part_is_denied_is_told_without_it(db: Database, world: World) -> None:
    levels = [level(n, f"SKU-{n}", n, "2026-03-01T00:00:00Z") for n in (1, 2, 3)]
    at = ("location", "inventoryLevels", "nodes")
    errors = [failure(DENIED, *at, 0, "item", "tracked"), failure(DENIED, *at, 1, "item", "sku")]
    errors.append(failure(DENIED, *at, 2))
    data: Any = {"location": {"inventoryLevels": page(levels)}}
    for error in errors:
        data = hollow(data, error["path"])
    world.shop.say("StockPage", {"data": data, "errors": errors})
    assert (await world.poller(db).tick()).error is None
    rows = await db.read(lambda conn: [(row.sku, row.available) for row in conn.execute(select(stock))])
    assert rows in ([], [("SKU-1", None)])


# Laws over every path in an order


def _paths(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    if path:
        yield path
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in parts:
        yield from _paths(inner, (*path, key))


HOLD = {"id": "gid://shopify/FulfillmentHold/8", "reason": "OTHER", "reasonNotes": "wait", "handle": "h"}
ADDRESS = dict.fromkeys(("name", "company", "address1", "city", "zip", "country", "phone"), "known")
PROMISED = fulfillment_order(2, fulfillBy="2026-03-12T10:00:00Z", deliveryMethod={"methodType": "SHIPPING"})
RICH = order(
    3,
    note="ring twice",
    billingAddress=ADDRESS,
    shippingAddress=ADDRESS,
    shippingLines=page([{"title": "Express"}, {"title": "Insurance"}]),
    lineItems=page([line(1), line(2)]),
    fulfillments=[parcel(1, events=page([scan(1), scan(2, "DELIVERED")])), parcel(2, deliveredAt=None)],
    fulfillmentOrders=page([fulfillment_order(1, status="ON_HOLD", fulfillmentHolds=[HOLD]), PROMISED]),
    refunds=[
        {
            "id": "gid://shopify/Refund/4",
            "createdAt": "2026-03-09T10:00:00Z",
            "note": "sorry",
            "return": {"id": "gid://shopify/Return/1"},
            "totalRefundedSet": money("2.5"),
        }
    ],
    returns=page([{"id": "gid://shopify/Return/1"}]),
    disputes=[{"id": "gid://shopify/ShopifyPaymentsDispute/5", "initiatedAs": "INQUIRY", "status": "UNDER_REVIEW"}],
)
LINES_BACK = [
    {
        "id": f"gid://shopify/ReturnLineItem/{n}",
        "quantity": 1,
        "returnReasonDefinition": {"handle": "wrong-item"},
        "customerNote": "not mine",
        "withCodeDiscountedTotalPriceSet": money("4.0"),
    }
    for n in (1, 2)
]
DISPOSED = {"type": "RESTOCKED", "quantity": 2, "createdAt": "2026-03-09T10:00:00Z"}
BACK = {
    "id": "gid://shopify/ReverseFulfillmentOrder/1",
    "status": "OPEN",
    "lineItems": page([{"totalQuantity": 2, "dispositions": [DISPOSED]}]),
    "reverseDeliveries": page(
        [
            {
                "id": "gid://shopify/ReverseDelivery/1",
                "deliverable": {"label": None, "tracking": {"number": "R1", "carrierName": "UPS"}},
            }
        ]
    ),
}
DETAILS = [
    returned(
        1,
        3,
        decline={"note": "worn"},
        returnLineItems=page(LINES_BACK),
        exchangeLineItems=page([{"lineItems": [{"id": "gid://shopify/LineItem/9"}]}]),
        reverseFulfillmentOrders=page([BACK]),
    )
]
PATHS = list(_paths(RICH))
PATHS_OF_RETURN = list(_paths(DETAILS[0]))


def _read(*errors: Json, told: Json = RICH, back: tuple[Any, list[Json]] = (DETAILS[0], [])) -> OrdersPage:
    """A page of three orders of which the one in the middle is told so."""
    data = {"orders": page([order(1), told, order(5)])}
    held = {"__typename": "FulfillmentOrder", "id": "gid://shopify/FulfillmentOrder/1", "orderId": RICH["id"]}
    nodes = {DETAILS[0]["id"]: back[0], held["id"]: held | {"lineItems": page([])}}

    def details(variables: Any) -> Json:
        places = {gid: place for place, gid in enumerate(variables["ids"])}
        found = [
            error | {"path": ["nodes", places[DETAILS[0]["id"]], *error["path"]]}
            for error in back[1]
            if DETAILS[0]["id"] in places
        ]
        return {"data": {"nodes": [nodes.get(gid) for gid in variables["ids"]]}, "errors": found}

    ids = [{"id": node["id"], "updatedAt": node["updatedAt"]} for node in (order(1), RICH, order(5))]
    lost = failure(errors[0]["extensions"]["code"] if errors else "", "nodes", 1)
    shop = ScriptedShop(
        OrdersPage={"data": data, "errors": list(errors)},
        OrderIdsPage={"orders": page(ids)},
        OrdersRead={"data": {"nodes": [order(1), None, order(5)]}, "errors": [lost]},
        Details=details,
    )
    return asyncio.run(OrderReader(shop).page(None, None, sort_key="UPDATED_AT"))


@given(st.sampled_from(PATHS), st.integers(0, 4))
@settings(max_examples=120, deadline=None)
def test_what_fails_at_any_depth_sets_its_own_order_aside(path: tuple[str | int, ...], takes: int) -> None:
    null_at = path[: max(0, len(path) - takes)]
    found = _read(failure("INTERNAL_SERVER_ERROR", "orders", "nodes", 1, *path), told=hollow(RICH, null_at))
    others = {read.order.id for read in found.orders} - {3}
    assert others == {1, 5}
    assert [unread.order_id for unread in found.unread] == [3]


def _known(facts: OrderFacts) -> dict[tuple[str, str], Any]:
    known = {(kind, key): fields for kind in facts.reported for key, fields in facts.entities(kind)}
    return {place: fields for place, fields in known.items() if place[0] != IN_PART}


def _facts_of(page: OrdersPage) -> OrderFacts:
    (found,) = (read for read in page.orders if read.order.id == 3)
    return merge(OrderFacts(), changes(found))


@given(st.lists(st.tuples(st.sampled_from(PATHS), st.integers(0, 3)), min_size=1, max_size=3))
@settings(max_examples=200, deadline=None)
def test_what_is_denied_at_any_depth_takes_nothing_from_what_is_known(
    holes: list[tuple[tuple[str | int, ...], int]],
) -> None:
    known = _facts_of(_read())
    told: Any = RICH
    for path, takes in holes:
        told = hollow(told, path[: max(1, len(path) - takes)])
    later = RICH | {"updatedAt": "2026-03-09T12:00:00Z"} if told.get("updatedAt") else RICH
    told = {name: (later["updatedAt"] if name == "updatedAt" and value else value) for name, value in told.items()}
    found = _read(*(failure(DENIED, "orders", "nodes", 1, *path) for path, _ in holes), told=told)
    assert {read.order.id for read in found.orders} >= {1, 5}
    for read in found.orders:
        if read.order.id == 3:
            merged = _known(merge(known, changes(read)))
            for place, fields in _known(known).items():
                fresh = {"updated_at": merged[place].get("updated_at")} if "updated_at" in fields else {}
                assert merged[place] == fields | fresh


@given(st.lists(st.tuples(st.sampled_from(PATHS_OF_RETURN), st.integers(0, 3)), min_size=1, max_size=3))
@settings(max_examples=100, deadline=None)
def test_what_is_denied_of_a_return_takes_nothing_from_what_is_known(
    holes: list[tuple[tuple[str | int, ...], int]],
) -> None:
    known = _facts_of(_read())
    told: Any = DETAILS[0]
    for path, takes in holes:
        told = hollow(told, path[: max(1, len(path) - takes)])
    found = _read(back=(told, [failure(DENIED, *path) for path, _ in holes]))
    for read in found.orders:
        if read.order.id == 3:
            merged = merge(known, changes(read))
            assert _known(merged) == _known(known)
            assert merged.instants == known.instants


def test_goods_of_which_a_part_is_hidden_are_not_called_inspected() -> None:
    hidden = BACK | {"id": "gid://shopify/ReverseFulfillmentOrder/2", "lineItems": None}
    told = DETAILS[0] | {"reverseFulfillmentOrders": page([BACK, hidden])}
    error = failure(DENIED, "reverseFulfillmentOrders", "nodes", 1, "lineItems")
    facts = _facts_of(_read(back=(told, [error])))
    assert not any(step.endswith("disposed") for step in facts.instants["return"])


@pytest.mark.parametrize("path", [("customer", "firstName"), ("shippingAddress", "name")])
def test_a_person_known_in_part_is_shown_until_somebody_tells_all(path: tuple[str, str]) -> None:
    holed = _read(failure(DENIED, "orders", "nodes", 1, *path), told=hollow(RICH, path))
    (read,) = (read for read in holed.orders if read.order.id == 3)
    alone = merge(OrderFacts(), changes(read))
    both = merge(alone, changes(next(one for one in _read().orders if one.order.id == 3)))
    part, whole = (build_order_state(3, facts, OperatorState(), {}, Thresholds()) for facts in (alone, both))
    assert part is not None
    assert whole is not None
    assert part.order.customer is not None
    assert part.order.customer.email == "bo@example.org"
    assert part.order.shipping_address is not None
    assert part.order.shipping_address.city == "known"
    assert whole.order.customer is not None
    assert whole.order.customer.name == "Bo Å"
    assert whole.order.shipping_address is not None
    assert whole.order.shipping_address.name == "known"


def test_a_person_known_in_part_is_erased_like_any_other() -> None:
    holed = _read(
        failure(DENIED, "orders", "nodes", 1, "customer", "firstName"), told=hollow(RICH, ("customer", "firstName"))
    )
    redacted = merge(OrderFacts(first={REDACTED: {"": 1}}), changes(holed.orders[1]))
    assert redacted.fields(IN_PART) == {"customer": None}


def test_an_answer_all_of_whose_orders_are_denied_is_a_refusal() -> None:
    errors = [failure(DENIED, "orders", "nodes", place, "risk") for place in range(3)]
    ids = [{"id": f"gid://shopify/Order/{n}", "updatedAt": "2026-03-09T10:00:00Z"} for n in (1, 2, 3)]
    shop = ScriptedShop(
        OrdersPage={"data": None, "errors": errors},
        OrderIdsPage={"orders": page(ids)},
        OrdersRead={
            "data": {"nodes": [None] * 3, "more": 1},
            "errors": [failure(DENIED, "nodes", place, "risk") for place in range(3)],
        },
    )
    with pytest.raises(Denied):
        asyncio.run(OrderReader(shop).page(None, None, sort_key="UPDATED_AT"))


async def test_a_batch_in_which_one_takes_all_with_it_is_asked_for_without_it() -> None:
    def reply(variables: Any) -> Json:
        if "gid://shopify/Order/2" in variables["ids"]:
            place = variables["ids"].index("gid://shopify/Order/2")
            return {"data": None, "errors": [failure("INTERNAL_SERVER_ERROR", "nodes", place, "risk")]}
        return by_type([order(1), order(3)])(variables)

    found = [batch async for batch in OrderReader(ScriptedShop(OrdersRead=reply)).by_id([1, 2, 3])]
    assert [read.order.id for batch in found for read in batch.reads] == [1, 3]
    assert [unread.order_id for batch in found for unread in batch.unread] == [2]
