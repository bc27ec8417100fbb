"""Two processes that change one SKU at the same moment: an order that owes it, and what is available of it. On PostgreSQL, since
SQLite has one writer."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Connection
from tests.server.ingest.rows import desk, taken_at_once
from tests.support import shop_bodies as shop
from tests.support.shop_bodies import ARRIVED, clock, delivery

from orders_sync.db import allotment, connections, recount
from orders_sync.db.location import parse
from orders_sync.evidence.changes import Delivery


def order(order_id: int) -> Delivery:
    """A paid order for two mugs."""
    lines = [shop.line(sku="MUG", quantity=2, current_quantity=2, fulfillable_quantity=2)]
    return delivery(
        "orders/create", shop.order(order_id, financial_status="paid", line_items=lines), "08:00", f"{order_id}"
    )


def level(available: int, time_of_day: str) -> Delivery:
    body = {"inventory_item_id": 91, "location_id": 1, "available": available, "updated_at": clock(time_of_day)}
    return delivery("inventory_levels/update", body, time_of_day, time_of_day)


ITEM = delivery("inventory_items/update", {"id": 91, "sku": "MUG", "updated_at": clock("07:00")}, "07:00", "item")
SHORT, ENOUGH = level(-1, "08:00"), level(3, "09:00")


def committed(conn: Connection, told: Delivery) -> None:
    with conn.begin():
        taken_at_once(conn, [told], ARRIVED)


@pytest.mark.parametrize(
    ("before", "first", "second", "goes_without"),
    [
        ([order(1)], SHORT, order(2), {2: {"MUG": 1}}),
        ([order(1)], order(2), SHORT, {2: {"MUG": 1}}),
        ([order(1), SHORT], ENOUGH, order(2), {}),
        ([order(1), SHORT], order(2), ENOUGH, {}),
    ],
)
def test_whoever_commits_last_allots_what_both_have_said(
    postgres_url: str,
    before: list[Delivery],
    first: Delivery,
    second: Delivery,
    goes_without: dict[int, dict[str, int]],
) -> None:
    engine = connections.writer(parse(postgres_url))
    with desk(postgres_url) as one, engine.connect() as other, ThreadPoolExecutor() as threads:
        for told in (ITEM, *before):
            committed(one, told)
        with one.begin():
            taken_at_once(one, [first], ARRIVED)
            waiting = threads.submit(committed, other, second)
            time.sleep(0.1)
            assert not waiting.done()
        waiting.result()
        assert recount.allotted(one, 1) == []
        assert allotment.missing(one, 1, [1, 2]) == goes_without
    engine.dispose()
