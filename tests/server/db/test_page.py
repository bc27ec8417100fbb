"""Pages against a plain model: every tab, sort and filter, from every position, by position and by key."""

from __future__ import annotations

import itertools
from dataclasses import replace
from random import Random

import pytest
from sqlalchemy import Connection, insert
from tests.support.desk_model import DeskModel, random_filters, random_list_filters, random_orders

from orders_sync.db import drivers, page_rows
from orders_sync.db import orders as stored
from orders_sync.db.cutoffs import Cutoffs
from orders_sync.db.engine import Database
from orders_sync.db.orders import Saved
from orders_sync.db.page_rows import Reader
from orders_sync.db.selection import Filters, Selection, Sort
from orders_sync.db.tables import stock
from orders_sync.db.tx import Tx
from orders_sync.instants import Ms
from orders_wire.vocabulary import SortField, Tab

ORDERS = 120
AVAILABLE = {"TEE-1": -9, "MUG": -40}
SORTS = [None, *(Sort(field, way) for field in SortField for way in (False, True))]


async def filled(db: Database, seed: int, now: Ms, count: int = ORDERS) -> DeskModel:
    model = DeskModel(random_orders(Random(seed), count, now), now, available=AVAILABLE)

    def fill(tx: Tx) -> None:
        rows = [{"shop_id": tx.shop_id, "sku": sku, "available": units} for sku, units in AVAILABLE.items()]
        tx.conn.execute(insert(stock), rows)
        stored.save(tx, [Saved(o, 1) for o in model.orders])

    await db.write(fill)
    return model


def compare(conn: Connection, db: Database, model: DeskModel, selection: Selection, dice: Random) -> None:
    reader = Reader(conn, db.shop_id, selection, Cutoffs.at(model.now, model.thresholds))
    expected = model.select(selection)
    total = reader.total()
    assert total == len(expected), selection
    for position in {0, total // 2, max(0, total - 3), dice.randrange(total + 2)}:
        rows = reader.rows(position, 7, total)
        assert [row.id for row in rows] == [o.order_id for o in expected[position : position + 7]], (
            selection,
            position,
        )
        assert [row.late for row in rows] == [model.late_at(o) is not None for o in expected[position : position + 7]]
        if rows:
            assert reader.position(rows[0].key, rows[0].id) == position, (selection, position)


@pytest.mark.parametrize("near", [page_rows.NEAR, 0], ids=["near", "by_day_counters"])
async def test_every_tab_in_every_order(db: Database, near: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_rows, "NEAR", near)
    model = await filled(db, 1, db.clock())
    dice = Random(2)

    def check(conn: Connection) -> None:
        for tab, sort in itertools.product(Tab, SORTS):
            compare(conn, db, model, Selection(tab, sort), dice)

    await db.read(check)


@pytest.mark.parametrize("seed", range(3))
async def test_every_filter(db: Database, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_rows, "NEAR", 5)
    model = await filled(db, seed, db.clock())
    dice = Random(seed)

    def check(conn: Connection) -> None:
        for _ in range(60):
            sort = dice.choice([None, None, *SORTS])
            filters = random_filters(dice, model.now)
            compare(conn, db, model, Selection(dice.choice([Tab.ALL, *Tab]), sort, filters), dice)

    await db.read(check)


@pytest.mark.parametrize("rows", [drivers.ROW, 0, 10**6], ids=["cheapest", "along the order", "from what is asked"])
async def test_every_list_parameter(db: Database, rows: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_rows, "NEAR", 5)
    monkeypatch.setattr(drivers, "ROW", rows)
    model = await filled(db, rows, db.clock())
    dice = Random(rows)

    def check(conn: Connection) -> None:
        for _ in range(30):
            sort = dice.choice([None, None, *SORTS])
            filters = random_list_filters(dice)
            if dice.random() < 0.3:
                asked = random_filters(dice, model.now)
                filters = replace(
                    filters, **{n: getattr(asked, n) for n in ("placed", "status", "assigned_to", "words")}
                )
            compare(conn, db, model, Selection(dice.choice([Tab.ALL, Tab.ALL, *Tab]), sort, filters), dice)

    await db.read(check)


async def test_a_word_matches_where_the_contract_says(db: Database) -> None:
    model = await filled(db, 5, db.clock())
    words = [
        "#1",
        "1",
        "#",
        "en#1",
        "#en",
        "åsa",
        "ÖBERG",
        "weiss",
        "weiß",
        "maß",
        "小龍",
        "100%_",
        "_",
        "a" * 60,
        "ann1",
        "1z1",
    ]

    def check(conn: Connection) -> None:
        for word in words:
            for tab in (Tab.ALL, Tab.UNFULFILLED):
                compare(conn, db, model, Selection(tab, None, Filters(words=(word.casefold(),))), Random(1))

    await db.read(check)
