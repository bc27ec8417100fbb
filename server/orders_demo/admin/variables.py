"""Variables held against the types that an operation declares, with what is wrong in Shopify's words."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLSchema,
    OperationDefinitionNode,
    is_input_type,
    is_required_input_field,
    print_ast,
    type_from_ast,
)
from graphql.language import get_location

from orders_demo.admin.problems import Json

NULL = "Expected value to not be null"
Problem = tuple[list[str | int], str]
"""(path into the value, explanation)"""


def refusals(schema: GraphQLSchema, node: OperationDefinitionNode, given: Mapping[str, Any]) -> list[Json]:
    """One error for each variable that is not what it was declared to be."""
    found = []
    for declared in node.variable_definitions or ():
        name, kind = declared.variable.name.value, type_from_ast(schema, declared.type)
        if not is_input_type(kind) or (name not in given and declared.default_value is not None):
            continue
        if problems := list(_problems(kind, given.get(name), [])):
            told = f"Variable ${name} of type {print_ast(declared.type)} was provided invalid value"
            places = [f"{'.'.join(map(str, path))} ({why})" for path, why in problems if path]
            at = get_location(declared.loc.source, declared.loc.start) if declared.loc else None
            found.append(
                {
                    "message": told + (" for " + ", ".join(places) if places else ""),
                    "locations": [{"line": at.line, "column": at.column}] if at else [],
                    "extensions": {
                        "code": "INVALID_VARIABLE",
                        "value": given.get(name),
                        "problems": [{"path": path, "explanation": why} for path, why in problems],
                    },
                }
            )
    return found


def _problems(kind: GraphQLInputType, value: Any, path: list[str | int]) -> Iterator[Problem]:
    if isinstance(kind, GraphQLNonNull):
        yield from [(path, NULL)] if value is None else _problems(kind.of_type, value, path)
    elif value is None:
        return
    elif isinstance(kind, GraphQLList):
        for index, entry in enumerate(value if isinstance(value, list) else []):
            yield from _problems(kind.of_type, entry, [*path, index])
        if not isinstance(value, list):
            yield from _problems(kind.of_type, value, path)
    elif isinstance(kind, GraphQLInputObjectType):
        yield from _object(kind, value, path)
    elif isinstance(kind, GraphQLEnumType) and value not in kind.values:
        yield path, f"Expected {json.dumps(value)} to be one of: {', '.join(kind.values)}"
    elif (kind.name == "Int" and type(value) is not int) or (kind.name == "Boolean" and type(value) is not bool):
        yield path, f"Could not coerce value {json.dumps(value)} to {kind.name}"


def _object(kind: GraphQLInputObjectType, value: Any, path: list[str | int]) -> Iterator[Problem]:
    if not isinstance(value, dict):
        yield path, f"Expected {json.dumps(value)} to be a key-value object."
        return
    for name in value:
        if name not in kind.fields:
            yield [*path, name], f"Field is not defined on {kind.name}"
    for name, field in kind.fields.items():
        if name in value:
            yield from _problems(field.type, value[name], [*path, name])
        elif is_required_input_field(field):
            yield [*path, name], NULL
