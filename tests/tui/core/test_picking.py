"""What is picked: only what can be sent, all of it, each thing once, with what ships together side by side."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.tui.core.samples import gid, order

from orders_tui.errors import ApiError, NotASyncServer, Refused, UsageError
from orders_tui.picking import reading
from orders_tui.picking.by_sku import by_sku
from orders_tui.picking.pick import Item, Pick, Why, pick
from orders_tui.picking.reading import Which
from orders_tui.picking.sentences import left_out, missing_partners
from orders_tui.query import Filters, OrdersQuery
from orders_tui.session.matching import Matching
from orders_wire.actions import Failure
from orders_wire.detail import Customer, LineProperty, OrderDetail
from orders_wire.lines import LinesAnswer, OrderLines, PackingLine
from orders_wire.orders import Cancelling, Order
from orders_wire.vocabulary import ErrorCode, Tab


def line(sku: str | None = "TEE", owed: int = 1, sendable: int | None = None, **fields: Any) -> PackingLine:
    given = {"lineId": "l", "sku": sku, "title": "T-shirt", "quantity": owed, "owed": owed}
    return PackingLine.model_validate(given | {"sendable": owed if sendable is None else sendable} | fields)


def lines(number: int, *of: PackingLine) -> OrderLines:
    return OrderLines(id=gid(number), version=1, lines=list(of))


def picked(*of: tuple[Order, Sequence[PackingLine]]) -> Pick:
    return pick(
        [each for each, _ in of],
        {each.id: OrderLines(id=each.id, version=1, lines=list(rows)) for each, rows in of},
        {},
    )


def test_what_is_held_or_waits_is_left_out_and_said() -> None:
    one = picked((order(1), [line(owed=5, sendable=2, held=1), line("CUP", owed=1, sendable=0)]))
    (first,) = one.orders
    assert [item.quantity for item in first.items] == [2]
    assert [(each.item.name, each.item.quantity, each.why) for each in first.waiting] == [
        ("TEE", 1, Why.HELD),
        ("TEE", 2, Why.STOCK),
        ("CUP", 1, Why.STOCK),
    ]
    assert left_out(one) == "left out: 2 lines wait for stock; 1 line is held"


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"blockers": ["payment"]}, "not paid"),
        ({"blockers": ["stock:CUP", "address"]}, "no address"),
        ({"cancelling": Cancelling(by="bo", at=order(1).placed_at)}, "being cancelled, ordered by bo"),
        ({"status": "cancelled"}, "cancelled"),
    ],
)
def test_an_order_that_may_not_leave_is_left_out_whole(fields: dict[str, Any], why: str) -> None:
    one = picked((order(1, **fields), [line()]))
    assert one.orders == ()
    assert left_out(one) == f"left out: {why}: #1001"


def test_what_shopify_does_not_let_go_is_no_want_of_stock() -> None:
    one = picked((order(1, blockers=["shop", "stock:CUP"]), [line(sendable=0), line("CUP", sendable=0)]))
    assert [each.why for _, each in one.waiting] == [Why.SHOP, Why.STOCK]


def test_an_order_that_is_gone_by_now_is_said_and_hides_no_other() -> None:
    failure = Failure(id=gid(2), code=ErrorCode.NOT_FOUND, message="no order has this id")
    one = pick([order(1), order(2), order(3)], {gid(1): lines(1, line()), gid(3): lines(3)}, {gid(2): failure})
    assert [each.number for each in one.orders] == ["#1001"]
    assert left_out(one) == "left out: not read: no order has this id: #1002; nothing left to send: #1003"
    assert not one.whole


def test_lines_of_one_sku_that_differ_stand_apart_and_the_rest_adds_up() -> None:
    engraved: dict[str, Any] = {
        "properties": [LineProperty(name="Engraving", value="Ana"), LineProperty(name="_id", value="7")]
    }
    hidden: dict[str, Any] = {"properties": [LineProperty(name="_id", value="8")], "variant_title": "Default Title"}
    one = picked(
        (order(1), [line(owed=2), line(owed=1, **engraved), line("A10")]),
        (order(2), [line(owed=3, **hidden), line(variant_title="Blue"), line("A2"), line(None, title="Card")]),
    )
    found = [
        (each.item.name, each.item.variant, each.item.properties, each.item.quantity, each.told) for each in by_sku(one)
    ]
    assert found == [
        ("A2", "", (), 1, "#1002"),
        ("A10", "", (), 1, "#1001"),
        ("TEE", "", (), 5, "#1001 (2), #1002 (3)"),
        ("TEE", "", (("Engraving", "Ana"),), 1, "#1001"),
        ("TEE", "Blue", (), 1, "#1002"),
        ("Card", "", (), 1, "#1002"),
    ]


SKUS = st.sampled_from(["TEE", "tee", "A10", "A2", "²", "A١", None])
LINES = st.builds(
    lambda sku, owed, sendable, held, variant, told: line(
        sku,
        owed,
        sendable,
        held=held,
        variant_title=variant,
        properties=[LineProperty(name="n", value=each) for each in told],
    ),
    SKUS,
    st.integers(0, 9),
    st.integers(0, 9),
    st.integers(0, 9),
    st.sampled_from([None, "M", "L"]),
    st.lists(st.sampled_from("xy"), max_size=2),
)
ORDERS = st.lists(
    st.tuples(
        st.sampled_from([None, "g1", "g2"]), st.sampled_from([[], ["payment"], ["shop"]]), st.lists(LINES, max_size=4)
    ),
    max_size=8,
)


@given(ORDERS)
@settings(max_examples=80, deadline=None)
def test_the_list_is_the_sum_of_the_slips_and_nothing_that_is_owed_is_lost(given: list[Any]) -> None:
    rows = [(order(n, together=group, blockers=blockers), of) for n, (group, blockers, of) in enumerate(given, start=1)]
    one = picked(*rows)

    def kinds(items: Sequence[Item]) -> Counter[object]:
        counts: Counter[object] = Counter()
        for item in items:
            counts[item.kind] += item.quantity
        return counts

    listed = by_sku(one)
    assert kinds([each.item for each in listed]) == kinds([item for each in one.orders for item in each.items])
    assert len({each.item.kind for each in listed}) == len(listed)
    assert all(each.item.quantity == sum(units for _, units in each.orders) > 0 for each in listed)
    owed = sum(each.owed for row, of in rows if "payment" not in row.blockers for each in of)
    assert one.units + sum(each.item.quantity for _, each in one.waiting) == owed
    assert {each.number for each in (*one.orders, *one.left)} == {row.order_number for row, _ in rows}
    together = [each.order.together for each in one.orders if each.order.together]
    assert together == sorted(together, key=together.index), "a group stands together"


def test_orders_that_ship_together_stand_together_and_are_never_merged() -> None:
    one = picked(
        (order(1, together="g"), [line()]),
        (order(2), [line()]),
        (order(3, together="g"), [line()]),
        (order(4, together="h"), [line()]),
    )
    assert [each.number for each in one.orders] == ["#1001", "#1003", "#1002", "#1004"]
    assert [[each.number for each in group] for group in one.groups] == [["#1001", "#1003"]]
    assert one.partners(one.orders[0]) == ["#1003"]
    assert missing_partners(one) == "#1004 ships together with orders that are not among these"


class Server:
    """Answers for every order with one line."""

    def __init__(self) -> None:
        self.asked: list[int] = []

    async def lines(self, ids: Sequence[str]) -> LinesAnswer:
        self.asked.append(len(ids))
        return LinesAnswer(orders=[OrderLines(id=each, version=1, lines=[line()]) for each in ids])


async def test_six_hundred_orders_are_read_in_three_requests_and_none_twice() -> None:
    server, told = Server(), list[tuple[int, int]]()
    rows = [order(n) for n in range(1, 601)]
    one = await reading.read([*rows, rows[0]], server.lines, lambda done, of: told.append((done, of)))
    assert server.asked == [250, 250, 100]
    assert told == [(250, 600), (500, 600), (600, 600)]
    assert (len(one.orders), one.units) == (600, 600)
    assert [each.number for each in one.orders] == [row.order_number for row in rows]


@pytest.mark.parametrize("error", [NotASyncServer("405"), Refused(ErrorCode.NOT_FOUND, "no such page")])
async def test_a_server_of_an_earlier_release_is_named_as_such(error: ApiError) -> None:
    async def ask(_: Sequence[str]) -> LinesAnswer:
        raise error

    with pytest.raises(Refused, match="of an earlier release"):
        await reading.read([order(1)], ask)


class Session(Server):
    """Knows the customers of orders, and what is open of them."""

    def __init__(self, *open_orders: Order) -> None:
        super().__init__()
        self.open_orders, self.queries = open_orders, list[OrdersQuery]()

    async def read_details(self, ids: Sequence[str], came: Callable[[str, OrderDetail], None]) -> None:
        customer = Customer(id="gid://shopify/Customer/77")
        for each in self.open_orders:
            if each.id in ids:
                came(each.id, OrderDetail(**dict(each), customer=customer))

    async def collect_matching(self, query: OrdersQuery) -> Matching:
        self.queries.append(query)
        return Matching(self.open_orders, complete=True)

    read_lines = Server.lines


async def test_what_ships_together_with_an_order_is_picked_with_it() -> None:
    rows = [order(1, together="g"), order(2), order(3, together="g"), order(4, together="h")]
    session = Session(*rows)
    wanted = [order(1, together="g")]
    assert reading.offered([gid(1)], wanted) == [Which.TOGETHER, Which.TARGET]
    one = await reading.of(session, Which.TOGETHER, [gid(1)], wanted)  # type: ignore[arg-type]
    assert [each.number for each in one.orders] == ["#1001", "#1003"]
    (query,) = session.queries
    assert (query.tab, query.filters) == (Tab.UNFULFILLED, Filters(customer="77"))
    alone = await reading.of(session, Which.TARGET, [gid(1), gid(2)], wanted)  # type: ignore[arg-type]
    assert [each.number for each in alone.orders] == ["#1001", "#1002"], "one that was not known here is read"


async def test_more_marks_than_one_carries_are_refused_before_anything_is_asked() -> None:
    session = Session()
    with pytest.raises(UsageError, match="1,001 orders are too many for one pick"):
        await reading.of(session, Which.TARGET, [gid(n) for n in range(1001)], [])  # type: ignore[arg-type]
    assert session.asked == []
