"""A bulk assign over HTTP against its own statements run bare: `python -m tests.benchmarks.write [--orders 5000] [--rounds 6]`.

The orders are assigned in requests of 250. What the server says to its database is written down and said again by the bare
driver, in the same transactions, to a copy of that database. Both databases have to end in the same rows, and in what was
asked for; otherwise, or when a ratio is over its goal, it ends with status 1.
"""

from __future__ import annotations

import argparse
import asyncio
import shutil
import sqlite3
import sys
import tempfile
import threading
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

import psycopg
from sqlalchemy import Engine, create_engine, event, select
from tests.support.acting import SHOP, Desk, serve
from tests.support.desk_orders import order, told
from tests.support.postgres import cluster

from orders_sync.db.engine import Database
from orders_sync.db.location import is_sqlite, parse, sqlite_path
from orders_sync.db.tables import desk as desks
from orders_sync.db.tables import metadata
from orders_sync.db.tables import orders as rows
from orders_sync.serving import tune_garbage_collector

GOAL = 3.0
BATCH = 250


@dataclass
class Statements:
    """What was said to the database on the writer's thread: the text, its values, and whether they are many; null: a commit."""

    said: list[tuple[str, Any, bool] | None] = field(default_factory=list)

    def listen(self) -> None:
        event.listen(Engine, "before_cursor_execute", self._say)
        event.listen(Engine, "commit", lambda _conn: self._note(None))
        self._listen_to_the_driver()

    def _listen_to_the_driver(self) -> None:
        """Numbering speaks to psycopg itself, past SQLAlchemy."""
        execute = psycopg.Connection.execute

        def said(connection: Any, text: Any, values: Any = None, **options: Any) -> Any:
            self._note((text, values, False))
            return execute(connection, text, values, **options)

        psycopg.Connection.execute = said  # type: ignore[method-assign, assignment]

    def _say(self, _conn: Any, _cursor: Any, text: str, values: Any, _context: Any, many: bool) -> None:
        self._note((text, values, many))

    def _note(self, statement: tuple[str, Any, bool] | None) -> None:
        """What readers say, and what tells other processes, is on connections and threads of their own."""
        if threading.current_thread().name.startswith("db-write"):
            self.said.append(statement)

    def take(self) -> list[tuple[str, Any, bool] | None]:
        """All since the last time."""
        said, self.said = self.said, []
        return said


def replay(connection: Any, said: Sequence[tuple[str, Any, bool] | None]) -> float:
    """Says the same with the bare driver; returns how long it took, in seconds."""
    cursor = connection.cursor()
    started = time.perf_counter()
    for statement in said:
        if statement is None:
            connection.commit()
            continue
        text, values, many = statement
        (cursor.executemany if many else cursor.execute)(text, values)
        if cursor.description is not None:
            cursor.fetchall()
    return time.perf_counter() - started


def driver(url: str) -> Any:
    """The one connection of the bare side, as warm as the server's, with the same settings."""
    location = parse(url)
    if not is_sqlite(location):
        given = location.set(drivername="postgresql").render_as_string(hide_password=False)
        return psycopg.connect(given, options="-c jit=off")
    connection = sqlite3.connect(sqlite_path(location), isolation_level=None)
    for setting in ("synchronous = FULL", "foreign_keys = ON", "cache_size = -65536", "mmap_size = 1073741824"):
        connection.execute(f"PRAGMA {setting}")
    return connection


async def fill(url: str, count: int) -> None:
    """So many open orders."""
    database = await Database.open(url, SHOP)
    for start in range(1, count + 1, 500):
        await told(database, [order(n) for n in range(start, min(start + 500, count + 1))])
    await database.close()


async def assign(desk: Desk, count: int, owner: str) -> float:
    """All orders in requests of 250; returns how long it took, in seconds."""
    started = time.perf_counter()
    for start in range(1, count + 1, BATCH):
        ids = [str(n) for n in range(start, min(start + BATCH, count + 1))]
        status, answer = await desk.act("assign", {"orderIds": ids, "assignee": owner}, key=f"{owner} {start}")
        assert status == 200, answer
        assert [updated["id"] for updated in answer["updatedOrders"]] == ids
    return time.perf_counter() - started


def check(ours: str, bare: str, count: int, owner: str) -> None:
    """Both databases hold the same, and what was asked for. Ends the program otherwise.

    How far the disk is known to have come is left out: that is what other processes are told.
    """
    mine, theirs = (create_engine(parse(url)) for url in (ours, bare))
    with mine.connect() as one, theirs.connect() as other:
        for table in metadata.sorted_tables:
            columns = [column for column in table.columns if column is not desks.c.durable_n]
            found = [sorted(map(repr, conn.execute(select(*columns)))) for conn in (one, other)]
            if found[0] != found[1]:
                sys.exit(f"wrong: {table.name} differs between the server's database and the bare one")
        owners = list(one.scalars(select(rows.c.assigned_to)))
    mine.dispose()
    theirs.dispose()
    if owners != [owner] * count:
        sys.exit(f"wrong: not all orders are {owner}'s")


async def measure(ours: str, bare: str, count: int, rounds: int) -> list[tuple[float, float]]:
    """Seconds of the server and of the bare driver, round by round."""
    statements, taken = Statements(), []
    statements.listen()
    tune_garbage_collector()
    async with _desk(ours) as desk:
        connection = driver(bare)
        for number in range(rounds + 1):
            statements.take()
            seconds = await assign(desk, count, f"owner {number}")
            taken.append((seconds, replay(connection, statements.take())))
        connection.close()
    check(ours, bare, count, f"owner {rounds}")
    return taken[1:]


@asynccontextmanager
async def _desk(url: str) -> AsyncIterator[Desk]:
    database = await Database.open(url, SHOP, migrating=False)
    async with serve(database) as desk:
        yield desk
    await database.close()


def report(name: str, taken: Sequence[tuple[float, float]], count: int) -> bool:
    """One line of the table; true when the goal is met."""
    ratio = median(ours / bare for ours, bare in taken)
    ours, bare = (median(column) for column in zip(*taken, strict=True))
    print(f"| {name} | {ours:.2f} s | {ours / count * 1e6:.0f} µs | {bare:.2f} s | {ratio:.2f} | {GOAL:.0f} |")
    return ratio <= GOAL


def main(arguments: Sequence[str]) -> bool:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--orders", type=int, default=5000)
    parser.add_argument("--rounds", type=int, default=6)
    options = parser.parse_args(arguments)
    count, rounds = options.orders, options.rounds
    print(f"Assigning {count} orders, {BATCH} a request\n")
    print("| database | the server | an order | bare statements | ratio | goal |\n|---|---:|---:|---:|---:|---:|")
    with tempfile.TemporaryDirectory() as folder:
        one, other = Path(folder, "ours.db"), Path(folder, "bare.db")
        asyncio.run(fill(f"sqlite:///{one}", count))
        shutil.copy(one, other)
        good = report("SQLite", asyncio.run(measure(f"sqlite:///{one}", f"sqlite:///{other}", count, rounds)), count)
    with cluster(("shared_buffers=256MB",)) as postgres:
        postgres.create("ours")
        asyncio.run(fill(postgres.url("ours"), count))
        postgres.create("bare", "ours")
        taken = asyncio.run(measure(postgres.url("ours"), postgres.url("bare"), count, rounds))
        return report("PostgreSQL", taken, count) and good


if __name__ == "__main__":
    sys.exit(not main(sys.argv[1:]))
