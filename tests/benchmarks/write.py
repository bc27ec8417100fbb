"""A bulk assign, and its undo, over HTTP against their own statements run bare: `python -m tests.benchmarks.write
[--orders 5000] [--rounds 6]`.

The orders are assigned in requests of 250, and each request is taken back. What the server says to its database is written down
and said again by the bare driver, in the same transactions, to a copy of that database. Both databases have to end in the same
rows, and in what was asked for; otherwise, or when the ratio of assigning is over its goal, it ends with status 1.
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
from collections.abc import AsyncIterator, Awaitable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from enum import Enum, auto
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple, TypeVar

import psycopg
from sqlalchemy import create_engine, select
from tests.support.acting import SHOP, Desk, serve
from tests.support.desk_orders import order, told
from tests.support.postgres import cluster

from orders_sync.db.engine import Database
from orders_sync.db.location import is_sqlite, parse, sqlite_path
from orders_sync.db.tables import desk as desks
from orders_sync.db.tables import metadata
from orders_sync.db.tables import orders as rows
from orders_sync.serving import tune_garbage_collector

T = TypeVar("T")

GOAL = 3.0
BATCH = 250


class Turn(Enum):
    """What is said beside statements. Those between `SENT` and `ANSWERED` do not wait for each other's answer."""

    COMMIT = auto()
    SENT = auto()
    ANSWERED = auto()


class Said(NamedTuple):
    """A statement as a driver's cursor was handed it, or many rows of it: how, and with what."""

    cursor: type[Any]
    how: str
    text: Any
    values: tuple[Any, ...]
    options: Mapping[str, Any]


@dataclass
class Statements:
    """What was said to the database on the writer's thread."""

    said: list[Said | Turn] = field(default_factory=list)
    in_one: bool = False
    """What the driver says itself, of a statement that it was handed."""

    def listen(self) -> None:
        """From now on, to connections that are made from now on."""
        for how in ("execute", "executemany"):
            setattr(psycopg.Cursor, how, self._heard(psycopg.Cursor, how))
        psycopg.Connection.commit = self._committed(psycopg.Connection.commit)  # type: ignore[method-assign]
        psycopg.Connection.pipeline = self._piped(psycopg.Connection.pipeline)  # type: ignore[method-assign]
        sqlite3.connect = partial(sqlite3.connect, factory=self._of_sqlite())  # type: ignore[assignment]

    def take(self) -> list[Said | Turn]:
        """All since the last time."""
        said, self.said = self.said, []
        return said

    def _note(self, said: Said | Turn) -> None:
        """What readers say, and what tells other processes, is on connections and threads of their own."""
        if threading.current_thread().name.startswith("db-write") and not self.in_one:
            self.said.append(said)

    def _heard(self, cursor: type[Any], how: str) -> Any:
        method = getattr(cursor, how)

        def hear(cursor: Any, text: Any, *values: Any, **options: Any) -> Any:
            self._note(Said(type(cursor), how, text, values, options))
            self.in_one = threading.current_thread().name.startswith("db-write")
            try:
                return method(cursor, text, *values, **options)
            finally:
                self.in_one = False

        return hear

    def _committed(self, method: Any) -> Any:
        def commit(connection: Any) -> None:
            self._note(Turn.COMMIT)
            method(connection)

        return commit

    def _piped(self, method: Any) -> Any:
        @contextmanager
        def pipeline(connection: Any) -> Iterator[Any]:
            self._note(Turn.SENT)
            with method(connection) as piped:
                yield piped
            self._note(Turn.ANSWERED)

        return pipeline

    def _of_sqlite(self) -> type[sqlite3.Connection]:
        class Cursor(sqlite3.Cursor):
            execute = self._heard(sqlite3.Cursor, "execute")
            executemany = self._heard(sqlite3.Cursor, "executemany")

        class Connection(sqlite3.Connection):
            commit = self._committed(sqlite3.Connection.commit)

            def cursor(self, *_: Any) -> Any:
                return super().cursor(Cursor)

            def execute(self, *given: Any) -> Any:
                return self.cursor().execute(*given)

            def executemany(self, *given: Any) -> Any:
                return self.cursor().executemany(*given)

        return Connection


def replay(connection: Any, said: Sequence[Said | Turn]) -> float:
    """Says the same with the bare driver; returns how long it took, in seconds."""
    started = time.perf_counter()
    pipelines: list[Any] = []
    cursors: list[Any] = []
    for each in said:
        if isinstance(each, Said):
            cursor = each.cursor(connection) if issubclass(each.cursor, psycopg.Cursor) else connection.cursor()
            getattr(cursor, each.how)(each.text, *each.values, **each.options)
            cursors.append(cursor)
        elif each is Turn.COMMIT:
            connection.commit()
        elif each is Turn.SENT:
            pipelines.append(connection.pipeline())
            pipelines[-1].__enter__()
        else:
            pipelines.pop().__exit__(None, None, None)
        while cursors and not pipelines:
            _taken(cursors.pop())
    return time.perf_counter() - started


def _taken(cursor: Any) -> None:
    if cursor.description is not None:
        cursor.fetchall()


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


async def assign(desk: Desk, count: int, owner: str) -> list[str]:
    """All orders in requests of 250; returns their actions."""
    actions = []
    for start in range(1, count + 1, BATCH):
        ids = [str(n) for n in range(start, min(start + BATCH, count + 1))]
        status, answer = await desk.act("assign", {"orderIds": ids, "assignee": owner}, key=f"{owner} {start}")
        assert status == 200, answer
        assert [updated["id"] for updated in answer["updatedOrders"]] == ids
        actions.append(answer["actionId"])
    return actions


async def undo(desk: Desk, actions: Sequence[str]) -> None:
    """Takes these back, one after the other."""
    for action_id in actions:
        status, answer = await desk.act("undo", {"actionId": action_id}, key=f"undo {action_id}")
        assert (status, "failures" in answer) == (200, False), answer


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


Taken = dict[str, list[tuple[float, float]]]
"""Seconds of the server and of the bare driver, round by round, by what was done."""


async def measure(ours: str, bare: str, count: int, rounds: int) -> Taken:
    """All is assigned, taken back, and assigned once more in the end. The first round is none that counts."""
    statements, taken = Statements(), Taken(assign=[], undo=[])
    statements.listen()
    tune_garbage_collector()
    async with _desk(ours) as desk:
        connection = driver(bare)
        statements.take()

        async def timed(doing: Awaitable[T]) -> tuple[T, tuple[float, float]]:
            started = time.perf_counter()
            done = await doing
            return done, (time.perf_counter() - started, replay(connection, statements.take()))

        for number in range(rounds + 1):
            actions, of_assigning = await timed(assign(desk, count, f"owner {number}"))
            _, of_undoing = await timed(undo(desk, actions))
            if number:
                taken["assign"].append(of_assigning)
                taken["undo"].append(of_undoing)
        await timed(assign(desk, count, "owner"))
        connection.close()
    check(ours, bare, count, "owner")
    return taken


@asynccontextmanager
async def _desk(url: str) -> AsyncIterator[Desk]:
    database = await Database.open(url, SHOP, migrating=False)
    async with serve(database) as desk:
        yield desk
    await database.close()


def report(name: str, taken: Taken, count: int) -> bool:
    """Two lines of the table; true when the goal is met."""
    ratios = {}
    for what, of_rounds in taken.items():
        ratios[what] = median(ours / bare for ours, bare in of_rounds)
        ours, bare = (median(column) for column in zip(*of_rounds, strict=True))
        goal = f"{GOAL:.0f}" if what == "assign" else "–"
        order = f"{ours / count * 1e6:.0f} µs"
        print(f"| {name} | {what} | {ours:.2f} s | {order} | {bare:.2f} s | {ratios[what]:.2f} | {goal} |")
    return ratios["assign"] <= GOAL


def main(arguments: Sequence[str]) -> bool:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--orders", type=int, default=5000)
    parser.add_argument("--rounds", type=int, default=6)
    options = parser.parse_args(arguments)
    count, rounds = options.orders, options.rounds
    print(f"Assigning {count} orders, {BATCH} a request, and taking that back\n")
    print(
        "| database | what | the server | an order | bare statements | ratio | goal |\n|---|---|---:|---:|---:|---:|---:|"
    )
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
