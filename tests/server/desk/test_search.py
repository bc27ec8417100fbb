"""`q` as people type it, over HTTP on both databases, and rows that an earlier edition made: contract §1."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from sqlalchemy import Connection, delete, update
from tests.support import shop_bodies as shop
from tests.support.desk_client import DeskClient, numbers
from tests.support.shop_bodies import delivery

from orders_sync.db.tables import name_suffixes, order_terms, orders
from orders_sync.db.tx import Tx
from orders_sync.ingest.apply import apply
from orders_sync.rules.thresholds import Thresholds
from orders_sync.upkeep.rederive import rederive

FIRST, SECOND = "1Z999AA10123456784", "1Z999AA10123456795"


async def take(desk: DeskClient, order_id: int, name: str, person: str, **fields: Any) -> None:
    first, _, last = person.partition(" ")
    customer = {"id": order_id, "first_name": first, "last_name": last, "email": f"{order_id}@example.com"}
    body = shop.order(order_id, name=name, customer=customer, **fields)
    await desk.database.write(lambda tx: apply(tx, delivery("orders/updated", body), Thresholds()))


async def found(desk: DeskClient, q: str) -> list[int]:
    return sorted(numbers(await desk.page(q=q, pageSize=50)))


async def filled(desk: DeskClient) -> None:
    await take(desk, 1, "EU-4711-09", "José O’Brien", fulfillments=[_parcel(f"{FIRST}, {SECOND}")])
    await take(desk, 2, "#7002 ", "İnci Łukasiewicz")
    await take(desk, 3, "＃4711", "Jean‑Luc Ångström")


def _parcel(number: str) -> dict[str, Any]:
    return shop.fulfillment(21, 1, "09:00", tracking_number=number)


QUESTIONS = [
    ("jose\u0301", [1]),
    ("JOSE", [1]),
    ("o'brien", [1]),
    ("O´BRIEN", [1]),
    ("4711", [1, 3]),
    ("４７１１", [1, 3]),
    ("09", [1]),
    ("711", []),
    ("eu-47", [1]),
    ("EU–4711", [1]),
    ("#4711", [3]),
    ("＃47", [3]),
    ("#EU", []),
    ("#7002", [2]),
    ("inci", [2]),
    ("İNCİ", [2]),
    ("ıncı", [2]),
    ("lukasie", [2]),
    ("jean-luc", [3]),
    ("angstro\u0308m", [3]),
    ("ostro", []),
    (FIRST[:12], [1]),
    (SECOND, [1]),
    (f"{SECOND} José", [1]),
    ("\u200b", [1, 2, 3]),
    ("\u00a0jose\u2060", [1]),
]


async def test_what_is_typed_is_found(desk: DeskClient) -> None:
    await filled(desk)
    assert [(q, await found(desk, q)) for q, _ in QUESTIONS] == QUESTIONS
    page = await desk.page(q="o'brien")
    assert [parcel.number for parcel in page.orders.items[0].tracking] == [FIRST]


async def test_a_blank_or_wider_name_is_trimmed_and_its_id_found(desk: DeskClient) -> None:
    await filled(desk)
    page = await desk.page(q="#7002")
    assert [order.order_number for order in page.orders.items] == ["#7002"]
    for spelling in ("#7002", "7002", " #7002\u00a0", "\ufeff#7002 "):
        status, _ = await desk.get(f"/sync/orders/{spelling.replace('#', '%23')}")
        assert status == 200, spelling


async def test_rows_of_an_earlier_edition_are_made_again(desk: DeskClient) -> None:
    await filled(desk)

    def as_before(tx: Tx) -> None:
        """Terms and names only case-folded, cards without `delivery`."""
        _fold_case_only(tx.conn)

    await desk.database.write(as_before)
    assert [await found(desk, "jose"), await found(desk, "4711")] == [[], [3]]
    assert {order.delivery.value for order in (await desk.page()).orders.items} == {"shipping"}
    await rederive(desk.database, Thresholds())
    assert [(q, await found(desk, q)) for q, _ in QUESTIONS] == QUESTIONS


def _fold_case_only(conn: Connection) -> None:
    conn.execute(delete(order_terms).where(order_terms.c.kind == "digits"))
    conn.execute(delete(name_suffixes))
    for row in conn.execute(orders.select()).mappings().all():
        card = {name: value for name, value in orjson.loads(row["card"]).items() if name != "delivery"}
        name = card["customer_name"].casefold()
        changed = {"card": orjson.dumps(card), "customer_folded": name, "parts": b"\0" * len(row["parts"])}
        conn.execute(update(orders).where(orders.c.id == row["id"]).values(changed))
        conn.execute(name_suffixes.insert().values(shop_id=row["shop_id"], suffix=name[:48], name=name))


@pytest.mark.parametrize("blank", [" ", "\u00a0", "\u200b\ufeff"])
@pytest.mark.parametrize("name", ["assigned_to", "tag"])
async def test_a_blank_filter_is_refused(desk: DeskClient, name: str, blank: str) -> None:
    assert name in await desk.refusal(**{name: blank})
