"""Orders are written whole from their projections, and the counters move with them."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from sqlalchemy import Connection, func, select, update
from tests.support.projections import projection

from orders_sync.db import orders as stored
from orders_sync.db.counters import Counted
from orders_sync.db.engine import Database
from orders_sync.db.order_rows import PARTS
from orders_sync.db.orders import Saved
from orders_sync.db.tables import day_counters, name_suffixes, orders
from orders_sync.instants import DAY, HOUR, Ms
from orders_sync.rules.projection import OwedSku, ParcelRow, Projection, ReturnRow
from orders_wire.vocabulary import ReturnState


def rows(conn: Connection, table: Any) -> list[dict[str, Any]]:
    found = [dict(row) for row in conn.execute(select(table)).mappings()]
    return sorted(found, key=lambda row: str(sorted(row.items(), key=str)))


def everything(conn: Connection) -> dict[str, list[dict[str, Any]]]:
    counters = [row for row in rows(conn, day_counters) if row["n"] or row["total"]]
    return {table.name: rows(conn, table) for table in (orders, name_suffixes, *PARTS)} | {"day_counters": counters}


def rich(order_id: int, **changes: Any) -> Projection:
    return projection(
        order_id,
        customer_name="Åsa Öberg",
        tags=("VIP", "vip", "Café"),
        terms=frozenset({("number", str(order_id)), ("email", "asa@example.org"), ("sku", "TEE-1")}),
        parcels=(
            ParcelRow(7, Ms(1), Ms(2), live=True, moving=True, late_prone=True, has_number=False, open_order=True),
        ),
        returns=(ReturnRow(order_id * 10, ReturnState.INSPECTION, Ms(5)),),
        owed_skus=(OwedSku("TEE-1", "Tee"),),
        references=frozenset({("return", order_id * 10)}),
        **changes,
    )


async def save(db: Database, *projections: Projection, version: int = 1) -> None:
    await db.write(lambda tx: stored.save(tx, [Saved(p, version) for p in projections]))


async def test_saving_the_same_again_changes_nothing(db: Database) -> None:
    await save(db, rich(1), rich(2))
    before = await db.read(everything)
    await save(db, rich(2), rich(1))
    assert await db.read(everything) == before


async def test_what_is_saved_last_is_what_is_there(db: Database) -> None:
    final = projection(1, customer_name="Bo", tags=("rush",), terms=frozenset({("sku", "MUG")}))
    await save(db, final, version=2)
    expected = await db.read(everything)
    await db.write(lambda tx: stored.remove(tx, 1))
    await save(db, rich(1))
    await save(db, final, version=2)
    assert await db.read(everything) == expected


async def test_a_removed_order_leaves_nothing(db: Database) -> None:
    await save(db, rich(1))
    assert await db.write(lambda tx: stored.remove(tx, 1))
    assert not any((await db.read(everything)).values())
    assert not await db.write(lambda tx: stored.remove(tx, 1))


async def test_a_name_is_searchable_while_somebody_bears_it(db: Database) -> None:
    await save(db, rich(1), rich(2))
    await save(db, dataclasses.replace(rich(1), customer_name=None))
    count = select(func.count()).select_from(name_suffixes)
    assert await db.read(lambda conn: conn.scalar(count)) == len("Åsa Öberg") - 1
    await save(db, dataclasses.replace(rich(2), customer_name="Bo"))
    assert await db.read(lambda conn: conn.scalar(count)) == len("Bo")


async def test_saving_keeps_what_others_own_in_the_row(db: Database) -> None:
    await save(db, rich(1))
    await db.write(lambda tx: tx.conn.execute(update(orders).values(outbound_waiting=2, outbound_failed=1)))
    await save(db, dataclasses.replace(rich(1), number=5))
    row = await db.read(lambda conn: conn.execute(select(orders)).mappings().one())
    assert (row["outbound_waiting"], row["outbound_failed"], row["number"]) == (2, 1, 5)


async def test_counters_follow_an_order_to_another_day(db: Database) -> None:
    await save(db, projection(1, placed_at=Ms(10 * DAY)))
    await save(db, projection(1, placed_at=Ms(11 * DAY), first_fulfilled_at=Ms(12 * DAY + HOUR)))
    kept = select(day_counters.c.kind, day_counters.c.day, day_counters.c.n, day_counters.c.total)
    found = await db.read(lambda conn: [tuple(row) for row in conn.execute(kept) if row.n and ":" not in row.kind])
    fulfilled, placed = Counted.FULFILLED, Counted.PLACED
    assert sorted(found) == [
        (fulfilled, 12, 1, DAY + HOUR),
        (fulfilled.block, 0, 1, DAY + HOUR),
        (placed, 11, 1, 0),
        (placed.block, 0, 1, 0),
        (Counted.VALUE, 12, 1, 0),
        (Counted.VALUE.block, 0, 1, 0),
    ]


HOSTILE = {
    "nul": "a\x00b",
    "surrogate": "\ud800",
    "long": "x" * 5000,
    "long_cjk": "漢" * 5000,
    "escape": "\x1b]52;c;aGk=\x07",
    "last": "\U0010ffff" * 900,
}


@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE.keys())
async def test_hostile_text_is_stored_and_found_by_its_order(db: Database, hostile: str) -> None:
    await save(
        db,
        dataclasses.replace(
            rich(1),
            name=hostile,
            customer_name=hostile,
            assigned_to=hostile,
            tags=(hostile,),
            terms=frozenset({("sku", hostile), ("number", hostile)}),
            owed_skus=(OwedSku(hostile, hostile),),
        ),
    )
    assert await db.read(lambda conn: conn.scalar(select(func.count()).select_from(orders))) == 1
