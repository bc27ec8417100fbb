"""Rows by their ids, which go as one value: a parameter for each would make another statement of every number of them, to be
written and planned anew, and cost as much as the rows do.
"""

from __future__ import annotations

from collections.abc import Iterable

import orjson
from sqlalchemy import BigInteger, Column, ColumnElement, Connection, any_, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY


def among(conn: Connection, column: Column[int], ids: Iterable[int]) -> ColumnElement[bool]:
    """The column is one of these."""
    if conn.dialect.name == "postgresql":
        return column == any_(literal(list(ids), ARRAY(BigInteger)))
    listed = func.json_each(orjson.dumps(list(ids)).decode()).table_valued("value")
    return column.in_(select(listed.c.value))
