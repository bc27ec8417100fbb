"""Walking the pages: every row once, forward and back, and a rewind that new orders do not move."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from itertools import chain, product
from random import Random
from typing import Any

import orjson
import pytest
from tests.support.desk_client import DeskClient, numbers
from tests.support.desk_model import DeskModel, random_orders

from orders_sync.db import page_rows as stored_page
from orders_sync.db.selection import EVERYTHING, Selection, Sort
from orders_sync.db.tx import Reading
from orders_sync.desk import page, query
from orders_sync.instants import HOUR, Ms
from orders_sync.rules.projection import Projection
from orders_wire.vocabulary import SortField, Tab

ORDERS = 500

Ask = Callable[..., dict[str, Any]]


def half_at_equal_times(now: Ms) -> list[Projection]:
    orders = random_orders(Random(11), ORDERS, now)
    return [
        dataclasses.replace(o, placed_at=Ms(now - (o.order_id % 5) * HOUR)) if o.order_id % 2 else o for o in orders
    ]


def asking(conn: Reading, desk: DeskClient) -> Ask:
    view = page.View(desk.database.shop_id, desk.database.clock(), desk.thresholds)

    def ask(**parameters: Any) -> dict[str, Any]:
        wanted = query.read(((name, str(value)) for name, value in parameters.items()), desk.thresholds.zone)
        answer: dict[str, Any] = orjson.loads(page.answer(conn, view, wanted).body)["orders"]
        return answer

    return ask


def ids(page: dict[str, Any]) -> list[str]:
    return [item["id"] for item in page["items"]]


def walk(ask: Ask, link: str, cursor: str | None, **parameters: Any) -> Iterator[list[str]]:
    while cursor is not None:
        found = ask(cursor=cursor, **parameters)
        yield ids(found)
        cursor = found["page_info"][link]


@pytest.mark.parametrize("near", [stored_page.NEAR, 20], ids=["near", "by_day_counters"])
async def test_every_page_size_sees_each_order_once_forward_and_back(
    desk: DeskClient, near: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stored_page, "NEAR", near)
    now = desk.database.clock()
    model = DeskModel(half_at_equal_times(now), now)
    await desk.save(model.orders)
    expected = [f"gid://shopify/Order/{o.order_id}" for o in model.select(EVERYTHING)]

    def check(conn: Reading) -> None:
        ask = asking(conn, desk)
        for size in [3, 12, 77, 250, Random(near).randrange(4, 250)]:
            forward = list(walk(ask, "nextCursor", "ofs:0", pageSize=size))
            assert list(chain.from_iterable(forward)) == expected, size
            past_the_end = ask(cursor="ofs:zz", pageSize=size)["page_info"]
            assert past_the_end["startCursor"] is None
            back = list(walk(ask, "previousCursor", past_the_end["previousCursor"], pageSize=size, direction="before"))
            assert back[::-1] == forward, size

    await desk.database.read(check)


async def test_every_tab_is_walked_forward_and_back_by_position_and_rewound_by_key(desk: DeskClient) -> None:
    now = desk.database.clock()
    model = DeskModel(half_at_equal_times(now), now)
    await desk.save(model.orders)
    orders = [None, Sort(SortField.STATUS, descending=True), Sort(SortField.ASSIGNED_TO, descending=False)]

    def check(conn: Reading) -> None:
        ask = asking(conn, desk)
        for tab, sort in product(Tab, orders):
            given = {"tab": tab.value, "pageSize": 60} | ({} if sort is None else {"sort": str(sort)})
            expected = [f"gid://shopify/Order/{o.order_id}" for o in model.select(Selection(tab, sort))]
            forward = list(walk(ask, "nextCursor", "ofs:0", **given))
            assert list(chain.from_iterable(forward)) == expected, given
            past_the_end = ask(cursor="ofs:zz", **given)["page_info"]
            assert list(walk(ask, "previousCursor", past_the_end["previousCursor"], **given))[::-1] == forward, given
            second = ask(cursor="ofs:1o", **given)
            key = second["page_info"]["shopifyCursor"]
            if key is not None:
                assert ask(cursor=key, **given)["items"] == second["items"], given
                assert ids(ask(cursor=key, direction="before", **given)) == forward[0], given

    await desk.database.read(check)


@pytest.mark.parametrize("sort", [None, "-value_usd", "customer_name"])
async def test_a_rewind_returns_the_same_rows_after_new_orders_came(desk: DeskClient, sort: str | None) -> None:
    now = desk.database.clock()
    await desk.save(half_at_equal_times(now))
    order = {} if sort is None else {"sort": sort}
    before = await desk.page(cursor="ofs:2s", pageSize=20, **order)
    ahead = await desk.page(cursor="ofs:28", pageSize=20, **order)
    assert before.orders.page_info.next_cursor is not None
    key = before.orders.page_info.shopify_cursor
    newer = [dataclasses.replace(o, placed_at=now) for o in random_orders(Random(5), 30, now, first_id=9001)]
    await desk.save([dataclasses.replace(o, value_usd_cents=10**9, customer_name="\u0001") for o in newer])
    after = await desk.page(cursor=key, pageSize=20, **order)
    assert numbers(after) == numbers(before)
    assert after.orders.page_info.cursor == "ofs:3m"
    assert numbers(await desk.page(cursor=key, pageSize=20, direction="before", **order)) == numbers(ahead)


async def test_a_key_still_finds_its_place_when_its_row_has_left(desk: DeskClient) -> None:
    now = desk.database.clock()
    orders = half_at_equal_times(now)
    await desk.save(orders)
    before = await desk.page(cursor="ofs:5", pageSize=10)
    leaving = next(o for o in orders if o.order_id == numbers(before)[0])
    await desk.save([dataclasses.replace(leaving, placed_at=Ms(now - 9_000 * HOUR))])
    after = await desk.page(cursor=before.orders.page_info.shopify_cursor, pageSize=9)
    assert numbers(after) == numbers(before)[1:]


async def test_the_page_before_an_early_key_holds_only_what_comes_before_it(desk: DeskClient) -> None:
    await desk.save(half_at_equal_times(desk.database.clock()))
    second = await desk.page(cursor="ofs:5", pageSize=10)
    found = await desk.page(cursor=second.orders.page_info.shopify_cursor, pageSize=10, direction="before")
    assert len(found.orders.items) == 5
    assert found.orders.page_info.cursor == "ofs:0"
    assert found.orders.page_info.next_cursor == "ofs:5"
    assert found.orders.page_info.previous_cursor is None
