"""Statements over many rows: written by SQLAlchemy once, however many rows they are for.

Rows to write are taken by the driver as they are: SQLAlchemy's own way handles each row and each of its values anew, which costs
more than the row costs SQLite (`docs/performance.md`). Rows are selected by a list of ids that goes as one value: a parameter for
each would make another statement of every number of them, to be written and planned anew, and cost as much as the rows do.
Rows that were kept long enough are forgotten some at a time: one transaction for all of a day's would hold up every other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, TypeVar

import orjson
from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Dialect,
    Insert,
    Table,
    Text,
    Update,
    any_,
    bindparam,
    delete,
    func,
    select,
    tuple_,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import TypeDecorator, TypeEngine

from orders_sync.db.tx import Tx

K = TypeVar("K", int, str, tuple[str, int])


class BulkStatement:
    """`statement` is that of one row, in the connection's dialect; a row's keys are its columns and parameters.

    All rows of one call have the same keys. Values are what the driver takes: numbers, truths, text, bytes, None.
    """

    def __init__(self, statement: Callable[[Connection], Insert | Update]) -> None:
        self._statement = statement
        self._written: dict[tuple[str, ...], str] = {}

    def run(self, conn: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        """Executes it for each row, in this order."""
        if rows:
            conn.exec_driver_sql(self._text(conn, tuple(rows[0])), list(rows))

    def _text(self, conn: Connection, keys: tuple[str, ...]) -> str:
        of = (conn.dialect.name, *keys)
        if of not in self._written:
            compiled = self._statement(conn).compile(dialect=conn.dialect, column_keys=list(keys))
            self._written[of] = str(compiled)
        return self._written[of]


def insert_into(conn: Connection, table: Table) -> postgresql.Insert:
    """INSERT with the clause ON CONFLICT, which SQLite and PostgreSQL share."""
    return sqlite.insert(table) if conn.dialect.name == "sqlite" else postgresql.insert(table)  # type: ignore[return-value]


def insert_if_missing(conn: Connection, table: Table) -> Insert:
    """Does nothing where any unique key is taken already."""
    return insert_into(conn, table).on_conflict_do_nothing()


def insert_or_replace(conn: Connection, table: Table, columns: Sequence[str] | None = None) -> Insert:
    """Overwrites the row of the same primary key: all its other columns, or those named."""
    keys = [column.name for column in table.primary_key.columns]
    written = [c.name for c in table.columns if c.name not in keys] if columns is None else columns
    insert = insert_into(conn, table)
    return insert.on_conflict_do_update(index_elements=keys, set_={c: insert.excluded[c] for c in written})


IDS_AT_ONCE = 400
"""Ids in one `IN (…)`: each is a parameter, of which SQLite takes so many."""


def batches(wanted: Iterable[K], size: int = IDS_AT_ONCE) -> Iterator[list[K]]:
    """The distinct values, sorted, in parts of at most `size`."""
    ordered = sorted(set(wanted))
    return (ordered[start : start + size] for start in range(0, len(ordered), size))


AT_ONCE = 2_000
"""Rows forgotten in one transaction: what bounds the wait of other writes."""


def older(column: Column[int], *also: ColumnElement[bool]) -> Callable[[Tx, int], int]:
    """A function that forgets at most `AT_ONCE` of the shop's rows whose `column` is before an instant, where `also` holds.

    It returns how many. As many as that: there may be more.
    """
    table = column.table
    key = table.primary_key.columns

    def forget(tx: Tx, before: int) -> int:
        chosen = select(*key).where(table.c.shop_id == tx.shop_id, column < before, *also).limit(AT_ONCE)
        return tx.conn.execute(delete(table).where(tuple_(*key).in_(chosen))).rowcount

    return forget


class _Ids(TypeDecorator[Sequence[int]]):
    """A list of ids: an array, and for SQLite the text of a JSON list."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(ARRAY(BigInteger) if dialect.name == "postgresql" else Text())

    def process_bind_param(self, value: Sequence[int] | None, dialect: Dialect) -> Any:
        return value if dialect.name == "postgresql" else orjson.dumps(value).decode()


def among(conn: Connection, column: Column[int]) -> ColumnElement[bool]:
    """The column is one of the statement's parameter `ids`, a list."""
    return _among(conn.dialect.name, column)


@lru_cache
def _among(dialect: str, column: Column[int]) -> ColumnElement[bool]:
    ids = bindparam("ids", type_=_Ids())
    if dialect == "postgresql":
        return column == any_(ids)
    return column.in_(select(func.json_each(ids).table_valued("value").c.value))
