"""No list parameter reads a table whole: each plan goes by an index, on both databases, whichever way the rows are found."""

from __future__ import annotations

import re
from collections.abc import Mapping
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection, Select
from tests.support.desk_model import random_orders

from orders_sync.db import drivers
from orders_sync.db import orders as stored
from orders_sync.db.cutoffs import Cutoffs
from orders_sync.db.engine import Database
from orders_sync.db.orders import Saved
from orders_sync.db.page_rows import Reader
from orders_sync.db.statement import Statement
from orders_sync.desk import query
from orders_sync.rules.thresholds import Thresholds

ASKED: list[dict[str, str]] = [
    *({name: sign + word} for name, word in (
        ("hold", "any"), ("issue", "carrier"), ("issue", "manual_check"), ("issue", "none"), ("delivery", "pickup"),
        ("country", "DE"), ("sku", "MUG"), ("has", "note"),
    ) for sign in ("", "-")),
    *({"ready": sign + word} for word in ("yes", "part", "no") for sign in ("", "-")),
    {"tab": "unfulfilled", "ready": "yes"},
    {"customer": "7"},
    {"value_min": "10", "value_max": "20"},
    {"country": "DE", "sku": "MUG", "value_min": "10"},
    {"country": "-DE", "sort": "-value_usd"},
    {"tab": "refunded", "country": "DE"},
]  # fmt: skip
WHOLE = re.compile(
    r"SCAN (orders|order_marks|driving|of_\w+|parcels|day_counters|owed_units|short_units)\b|Seq Scan"
    r"|USING PRIMARY KEY \(shop_id=\?\)"
)
"""The last: a key of which nothing but the shop is known, so every row of the table, and that for each row of a page."""


def plan(conn: Connection, statement: Statement, values: Mapping[str, Any]) -> str:
    sqlite = conn.dialect.name == "sqlite"
    assert isinstance(statement._query, Select)
    told = statement._query.params({name: value for name, value in values.items() if name != "ids"})
    sql = str(told.compile(dialect=conn.dialect, compile_kwargs={"literal_binds": True}))
    if sqlite:
        return "\n".join(str(row[-1]) for row in conn.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}"))
    conn.exec_driver_sql("SET LOCAL enable_seqscan = off")
    return "\n".join(conn.exec_driver_sql(f"EXPLAIN {sql}".replace("%", "%%")).scalars())


@pytest.mark.parametrize("row_cost", [0, 10**6], ids=["along the order", "from what is asked"])
async def test_no_list_parameter_reads_a_table_whole(
    db: Database, row_cost: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drivers, "ROW", row_cost)
    await db.write(lambda tx: stored.save(tx, [Saved(order, 1) for order in random_orders(Random(1), 60, db.clock())]))
    said: list[tuple[Statement, Mapping[str, Any]]] = []
    real = Statement.rows

    def rows(self: Statement, conn: Connection, values: Mapping[str, Any]) -> Any:
        said.append((self, values))
        return real(self, conn, values)

    monkeypatch.setattr(Statement, "rows", rows)

    def check(conn: Connection) -> None:
        for asked in ASKED:
            said.clear()
            selection = query.read(asked.items(), ZoneInfo("UTC")).selection
            Reader(conn, db.shop_id, selection, Cutoffs.at(db.clock(), Thresholds())).page(0, 7)
            for statement, values in said:
                found = plan(conn, statement, values)
                assert not WHOLE.search(found), (asked, found)

    await db.read(check)
