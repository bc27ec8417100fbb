"""Rows of a query as one text: a JSON list of lists, so that a statement for many lists stays one statement."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ScalarSelect, Select, Text, func, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


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
