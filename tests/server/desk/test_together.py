"""Orders that go together, as rows show them: found when they are read, whatever came first (contract §3a, `together`)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from random import Random

import pytest
from tests.server.conftest import SettableClock
from tests.support import shop_bodies as shop
from tests.support.desk_client import DeskClient
from tests.support.desk_orders import PLACED, gid, line, order, told

from orders_sync.evidence.changes import OrderSeen
from orders_sync.evidence.entities import AddressPart, CustomerPart
from orders_sync.ingest.apply import apply
from orders_sync.instants import MINUTE
from orders_sync.rules.thresholds import Thresholds
from orders_wire.vocabulary import SortField, Tab

STREETS = (("5 Main Street", "5 MAIN ST."), ("7 Side Road, Apt 2", "7 side rd apt. 2"))
SPELLED = {typed: n for n, street in enumerate(STREETS) for typed in street}


def to(order_id: int, customer: int | None, street: str | None, *, owed: int = 1, at: int = PLACED) -> OrderSeen:
    address = None if street is None else AddressPart(address1=street, zip="02139", country_code="US")
    buyer = None if customer is None else CustomerPart(id=customer, name=f"Customer {customer}")
    parts = (line(order_id, owed=owed),)
    return order(order_id, None, *parts, at=at, customer=buyer, shipping_address=address)


def expected(known: Mapping[int, OrderSeen]) -> set[frozenset[int]]:
    """A scan: the orders of each customer and street of which something is owed, where there are several."""
    found: dict[tuple[int | None, int], set[int]] = defaultdict(set)
    for order_id, seen in known.items():
        customer, address = seen.fields.customer, seen.fields.shipping_address
        if customer is not None and address is not None and seen.fields.lines[0].fulfillable_quantity:
            found[customer.id, SPELLED[address.address1 or ""]].add(order_id)
    return {frozenset(group) for group in found.values() if len(group) > 1}


async def shown(desk: DeskClient, **parameters: str) -> dict[str, str | None]:
    page = await desk.page(pageSize="250", **parameters)
    return {row.id: row.together for row in page.orders.items}


def grouped(rows: Mapping[str, str | None]) -> set[frozenset[int]]:
    found: dict[str, set[int]] = defaultdict(set)
    for of, group in rows.items():
        if group is not None:
            found[group].add(int(of.rpartition("/")[2]))
    return {frozenset(group) for group in found.values()}


def random_telling(random: Random, order_id: int, at: int) -> OrderSeen:
    customer = random.choice((1, 2, None))
    street = random.choice((*SPELLED, None))
    return to(order_id, customer, street, owed=random.choice((1, 1, 0)), at=at)


@pytest.mark.parametrize("seed", [1, 2])
async def test_groups_are_what_a_scan_finds_after_every_telling(desk: DeskClient, seed: int) -> None:
    random, known = Random(seed), dict[int, OrderSeen]()
    for n in range(40):
        news = random_telling(random, random.randrange(1, 13), PLACED + n * MINUTE)
        known[news.order_id] = news
        await told(desk.database, [news])
        rows = await shown(desk)
        assert grouped(rows) == expected(known), n
    for sort in SortField:
        assert await shown(desk, sort=sort) == rows
    for tab in Tab:
        assert (await shown(desk, tab=tab)).items() <= rows.items()


async def test_whatever_comes_first_a_group_has_the_same_name(desk: DeskClient) -> None:
    names = []
    for first in (1, 101):
        news = [to(first + n, n // 6, typed) for n in range(12) for typed in [list(SPELLED)[n % 4]]]
        Random(first).shuffle(news)
        for each in news:
            await told(desk.database, [each])
        rows = await shown(desk)
        names.append({rows[gid(each.order_id)] for each in news})
    assert names[0] == names[1]
    assert len(names[0]) == 4
    assert all(name is not None and len(name) == 24 for name in names[0])


async def test_what_comes_for_one_shows_on_the_other_at_once(desk: DeskClient) -> None:
    """A row that changes by another's arrival keeps its version, as with an alert; the desk has a newer one, and a page another
    tag."""
    await told(desk.database, [to(1, 7, STREETS[0][0])])
    before = await desk.page()
    async with desk.client.get("/sync/orders") as answer:
        tag = answer.headers["ETag"]
    await told(desk.database, [to(2, 7, STREETS[0][1])])
    after = await desk.page(minVersion=desk.database.version)
    async with desk.client.get("/sync/orders", headers={"If-None-Match": tag}) as answer:
        assert (answer.status, answer.headers["ETag"] == tag) == (200, False)
    (alone,), (newer, older) = before.orders.items, after.orders.items
    assert (alone.together, alone.version) == (None, older.version)
    assert newer.together == older.together is not None
    assert before.desk is not None
    assert after.desk is not None
    assert after.desk.version > before.desk.version
    _, whole = await desk.get("/sync/orders/1")
    assert whole["together"] == older.together


async def test_erasing_the_customer_parts_their_orders(desk: DeskClient, clock: SettableClock) -> None:
    home = {"address1": "1 Engine Way", "zip": "N1", "country_code": "GB"}
    for n in (1, 2):
        body = shop.order(n, shipping_address=home)
        await desk.database.write(lambda tx, body=body: apply(tx, shop.delivery("orders/create", body), Thresholds()))  # type: ignore[misc]
    assert grouped(await shown(desk)) == {frozenset({1, 2})}
    erased = {"customer": {"id": 77, "email": "ada@example.com"}, "orders_to_redact": [1]}
    await desk.database.write(lambda tx: apply(tx, shop.delivery("customers/redact", erased, "11:00"), Thresholds()))
    assert await shown(desk) == {gid(1): None, gid(2): None}
