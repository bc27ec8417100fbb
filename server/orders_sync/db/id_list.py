"""Rows by their ids, which go as one value: a parameter for each would make another statement of every number of them, to be
written and planned anew, and cost as much as the rows do.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import orjson
from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Dialect,
    ScalarSelect,
    Select,
    Text,
    any_,
    bindparam,
    func,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator, TypeEngine


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


class _Listed(FunctionElement[str]):
    """Aggregates rows, in the order in which they come, to the text of a JSON list of lists."""

    type = Text()
    inherit_cache = True


@compiles(_Listed, "sqlite")
def _sqlite(element: _Listed, compiler: SQLCompiler, **options: Any) -> str:
    columns = compiler.process(element.clauses, **options)
    return f"json_group_array(json_array({columns}))"


@compiles(_Listed, "postgresql")
def _postgresql(element: _Listed, compiler: SQLCompiler, **options: Any) -> str:
    columns = compiler.process(element.clauses, **options)
    return f"CAST(json_agg(json_build_array({columns})) AS text)"


def listed(query: Select[Any]) -> ScalarSelect[str]:
    """The ordered rows of `query` as the text of a JSON list of lists."""
    rows = query.subquery()
    return select(func.coalesce(_Listed(*rows.c), "[]")).scalar_subquery()
