"""The schema of the simulated Admin API is a consistent part of the real one, and everything in it can be answered."""

from __future__ import annotations

import typing

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    build_schema,
    execute,
    get_named_type,
    is_leaf_type,
    is_required_argument,
    parse,
    validate,
)
from tests.server.demo.worlds import World
from tests.support.shopify import DOCUMENTS

from orders_demo.admin.call import ALL_SCOPES, Call
from orders_demo.admin.schema import executable, source
from orders_sync.external.shopify.documents import Document

Fielded = GraphQLObjectType | GraphQLInterfaceType


def _own_types() -> list[GraphQLNamedType]:
    return [kind for kind in build_schema(source()).type_map.values() if not kind.name.startswith("__")]


@pytest.mark.shared
def test_every_type_field_argument_and_value_is_as_in_the_real_schema(real_schema: GraphQLSchema) -> None:
    assert [difference for kind in _own_types() for difference in _differences(kind, real_schema)] == []


def _differences(kind: GraphQLNamedType, real: GraphQLSchema) -> typing.Iterator[str]:
    other = real.get_type(kind.name)
    if other is None or type(other) is not type(kind):
        yield f"{kind.name}: no such {type(kind).__name__}"
    elif isinstance(kind, GraphQLEnumType) and isinstance(other, GraphQLEnumType):
        yield from (f"{kind.name}.{value}" for value in kind.values if value not in other.values)
    elif isinstance(kind, GraphQLUnionType) and isinstance(other, GraphQLUnionType):
        yield from (f"{kind.name} | {m.name}" for m in kind.types if m.name not in {t.name for t in other.types})
    elif isinstance(kind, GraphQLInputObjectType) and isinstance(other, GraphQLInputObjectType):
        yield from _input_differences(kind, other)
    elif isinstance(kind, Fielded) and isinstance(other, Fielded):
        yield from _field_differences(kind, other)


def _input_differences(kind: GraphQLInputObjectType, other: GraphQLInputObjectType) -> typing.Iterator[str]:
    mine = {name: (str(field.type), field.default_value) for name, field in kind.fields.items()}
    theirs = {name: (str(field.type), field.default_value) for name, field in other.fields.items()}
    yield from (f"{kind.name}.{name}" for name in mine.keys() | theirs.keys() if mine.get(name) != theirs.get(name))


def _field_differences(kind: Fielded, other: Fielded) -> typing.Iterator[str]:
    yield from (f"{kind.name}: {i.name}" for i in kind.interfaces if i.name not in {t.name for t in other.interfaces})
    for name, field in kind.fields.items():
        known = other.fields.get(name)
        if known is None or str(known.type) != str(field.type):
            yield f"{kind.name}.{name}: {field.type}"
            continue
        mine = {key: (str(arg.type), arg.default_value) for key, arg in field.args.items()}
        theirs = {key: (str(arg.type), arg.default_value) for key, arg in known.args.items()}
        yield from (
            f"{kind.name}.{name}({key})" for key in mine.keys() | theirs.keys() if mine.get(key) != theirs.get(key)
        )


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)
def test_every_document_of_the_server_can_be_answered(document: Document) -> None:
    assert validate(executable(), parse(document.text)) == []


def _leaves(kind: GraphQLNamedType | None, depth: int) -> str:
    """A selection of everything under a type, down to some depth, with a page of one wherever pages are asked for."""
    if not isinstance(kind, Fielded):
        return "{ __typename }"
    parts = ["__typename"]
    for name, field in kind.fields.items():
        if any(is_required_argument(arg) for arg in field.args.values()):
            continue
        inner = get_named_type(field.type)
        page = "(first: 1)" if "first" in field.args else ""
        if is_leaf_type(inner):
            parts.append(name)
        elif depth and not inner.name.endswith("Edge"):
            parts.append(f"{name}{page} {_leaves(inner, depth - (0 if inner.name.endswith('Connection') else 1))}")
    return "{ " + " ".join(parts) + " }"


ROOTS = ("orders", "fulfillmentOrders", "locations", "inventoryItems", "disputes", "webhookSubscriptions")


@pytest.mark.parametrize("root", ROOTS)
def test_every_field_can_be_read(root: str, library: World) -> None:
    """No field of any record raises, and none that must not be null is."""
    schema = executable()
    kind = schema.query_type.fields[root].type.of_type if schema.query_type else None
    query = parse(f"{{ {root}(first: 250) {_leaves(kind, 2)} }}")
    assert validate(schema, query) == []
    admin = library.simulation.admin
    scopes = frozenset((*ALL_SCOPES, "read_apps"))
    result = execute(schema, query, context_value=Call(admin.stage, admin.shelf, admin.subscriptions, scopes))
    assert result.errors is None  # type: ignore[union-attr]


def test_returns_can_be_read_whole(library: World) -> None:
    schema, admin = executable(), library.simulation.admin
    ids = ", ".join(f'"gid://shopify/Return/{number}"' for number in library.simulation.stage.shop.returns)
    query = parse(f"{{ nodes(ids: [{ids}]) {{ ... on Return {_leaves(schema.get_type('Return'), 3)} }} }}")
    result = execute(schema, query, context_value=Call(admin.stage, admin.shelf, admin.subscriptions))
    assert result.errors is None  # type: ignore[union-attr]
