"""Migrations at every start: once, whoever starts; and releases that overlap on one schema."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import TypeVar

import pytest
from alembic import command
from sqlalchemy import Connection, inspect, text
from tests.server.conftest import SHOP, SettableClock
from tests.support.desk_model import random_orders
from tests.support.desk_orders import order, told
from tests.support.postgres import Cluster
from tests.support.releases import OURS, versions

from orders_sync.db import connections, migrate, recount
from orders_sync.db import orders as stored
from orders_sync.db.engine import Database
from orders_sync.db.location import parse, sqlite_path
from orders_sync.db.migrate import LeftBehind, newest, revision
from orders_sync.db.orders import Saved
from orders_sync.db.tables import metadata
from orders_sync.desk.page import View, summarise
from orders_sync.rules.thresholds import Thresholds

T = TypeVar("T")
Release = Callable[[str], None]
Shape = dict[str, list[str]]


@pytest.fixture
def release(monkeypatch: pytest.MonkeyPatch) -> Release:
    """Makes this process the release whose newest revision is the given one."""
    return lambda number: monkeypatch.setattr(migrate, "VERSIONS", versions(number))


@pytest.fixture
def postgres_url(postgres_cluster: Cluster, postgres_template: str) -> Iterator[str]:
    """A database of this test's own, since its tables change."""
    postgres_cluster.create("migrated", postgres_template)
    yield postgres_cluster.url("migrated")
    postgres_cluster.drop("migrated")


def look(url: str, fn: Callable[[Connection], T]) -> T:
    engine = connections.unpooled(parse(url))
    with engine.connect() as conn:
        found = fn(conn)
    engine.dispose()
    return found


def columns(conn: Connection) -> set[str]:
    return {column["name"] for column in inspect(conn).get_columns("orders")}


async def works(url: str, clock: SettableClock) -> None:
    """A process of this release opens the database, writes and reads."""
    db = await Database.open(url, SHOP, clock)
    await told(db, [order(1)])
    await db.close()


def test_the_tables_are_those_of_the_code(database_url: str) -> None:
    made, wanted = look(database_url, lambda conn: (shape(conn, None), shape_of_the_code(conn)))
    assert made == wanted


def shape_of_the_code(conn: Connection) -> Shape:
    attached = conn.dialect.name == "sqlite"
    conn.execute(text("ATTACH DATABASE ':memory:' AS wanted" if attached else "CREATE SCHEMA wanted"))
    metadata.create_all(conn.execution_options(schema_translate_map={None: "wanted"}))
    return shape(conn, "wanted")


def shape(conn: Connection, schema: str | None) -> Shape:
    """The columns, keys and indexes of every table of the code, as the database tells them."""
    seen = inspect(conn)
    return {
        name: [
            *(f"{column['name']} {column['type']} {column['nullable']}" for column in seen.get_columns(name, schema)),
            *seen.get_pk_constraint(name, schema)["constrained_columns"],
            *sorted(map(str, seen.get_unique_constraints(name, schema))),
            *sorted(
                f"{index['name']} {index['column_names']} {[*map(str, index.get('dialect_options', {}).values())]}"
                for index in seen.get_indexes(name, schema)
            ),
        ]
        for name in metadata.tables
    }


def test_a_sqlite_file_is_copied_before_it_is_changed(sqlite_url: str, release: Release) -> None:
    assert migrate.migrate(parse(sqlite_url)) is None
    release("9001")
    copy = migrate.migrate(parse(sqlite_url))
    assert copy == Path(f"{sqlite_path(parse(sqlite_url))}.before-9001")
    assert look(f"sqlite:///{copy}", revision) == OURS
    assert look(sqlite_url, revision) == newest() == "9001"


async def test_a_release_goes_on_working_and_starting_on_a_schema_that_a_later_one_expanded(
    database_url: str, clock: SettableClock, release: Release
) -> None:
    old = await Database.open(database_url, SHOP, clock)
    release("9001")
    await works(database_url, clock)
    assert "colour" in look(database_url, columns)
    await told(old, [order(2)])
    await old.close()
    release(OURS)
    await works(database_url, clock)
    assert look(database_url, revision) == "9001"


async def test_a_release_that_a_contraction_left_behind_says_so_and_the_one_before_does_not(
    database_url: str, clock: SettableClock, release: Release
) -> None:
    release("9002")
    await works(database_url, clock)
    release("9001")
    await works(database_url, clock)
    release(OURS)
    with pytest.raises(LeftBehind, match=f"revision 9002, this release at {OURS}: start one at 9001 or later"):
        await works(database_url, clock)


def test_a_change_does_not_make_others_wait_behind_it(
    postgres_url: str, release: Release, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrate, "_WAIT_FOR_TABLE", "50ms")
    release("9001")
    tried = []
    engine = connections.unpooled(parse(postgres_url))
    with engine.connect() as reading:
        reading.execute(text("SELECT count(*) FROM orders"))

        def released(pause_s: float) -> None:
            tried.append(pause_s)
            reading.rollback()

        migrate.migrate(parse(postgres_url), released)
    engine.dispose()
    assert len(tried) == 1
    assert "colour" in look(postgres_url, columns)


async def test_open_work_is_counted_before_any_order_is_derived_again(db: Database) -> None:
    """A database of the release before: its rows, and none of the counters."""
    orders = random_orders(Random(3), 120, db.clock())
    await db.write(lambda tx: stored.save(tx, [Saved(each, 1) for each in orders]))
    view = View(db.shop_id, db.clock(), Thresholds())
    before = (await db.read(lambda conn: summarise(conn, view))).overview
    with connections.connected(connections.unpooled(db.url)) as conn, conn.begin():
        config = migrate._config()
        config.attributes["connection"] = conn
        command.downgrade(config, "0007")
        kept = "'placed', 'placed/32', 'fulfilled', 'fulfilled/32', 'refunded', 'refunded/32', 'value', 'value/32'"
        marks = " OR ".join(f"kind LIKE '{d}:%'" for d in ("delivery", "country", "sku", "hold", "issue", "has"))
        conn.execute(text(f"DELETE FROM day_counters WHERE kind NOT IN ({kept}) AND NOT ({marks})"))
        conn.execute(text("DELETE FROM order_marks WHERE mark = 'late:several'"))
        beforehand = "CREATE INDEX orders_unallotted ON orders (shop_id, id) WHERE length(parts) < 64"
        conn.execute(text(beforehand))  # as the operations' page advises
        command.upgrade(config, "head")
    assert await db.read(lambda conn: recount.day_counts(conn, db.shop_id)) == []
    after = (await db.read(lambda conn: summarise(conn, view))).overview
    assert (after.tabs, after.unowned_overdue, after.blocks) == (before.tabs, before.unowned_overdue, before.blocks)
