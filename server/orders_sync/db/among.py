"""Rows chosen by a list that goes as one value.

A parameter for each would make another statement of every number of them, to be written and planned anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import orjson
from sqlalchemy import BigInteger, Column, ColumnElement, Connection, Dialect, Text, any_, bindparam, func, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import TypeDecorator, TypeEngine


class List(TypeDecorator[Sequence[Any]]):
    """Numbers or texts as one value: an array, and for SQLite the text of a JSON list."""

    impl = Text
    cache_ok = True

    def __init__(self, item: TypeEngine[Any]) -> None:
        super().__init__()
        self.item = item

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(ARRAY(self.item) if dialect.name == "postgresql" else Text())

    def process_bind_param(self, value: Sequence[Any] | None, dialect: Dialect) -> Any:
        return value if dialect.name == "postgresql" else orjson.dumps(value).decode()


def among(conn: Connection, column: Column[Any], name: str = "ids") -> ColumnElement[bool]:
    """The column is one of the statement's parameter `name`, a list."""
    return _among(conn.dialect.name, column, name)


@lru_cache
def _among(dialect: str, column: Column[Any], name: str) -> ColumnElement[bool]:
    wanted = bindparam(name, type_=List(Text() if isinstance(column.type, Text) else BigInteger()))
    if dialect == "postgresql":
        return column == any_(wanted)
    return column.in_(select(func.json_each(wanted).table_valued("value").c.value))
