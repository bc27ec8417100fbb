"""The lists that a document asks for, with where they stand: read from its text, with or without the shop's schema."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from graphql import (
    ArgumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    TypeInfo,
    TypeInfoVisitor,
    VariableNode,
    Visitor,
    parse,
    visit,
)

from orders_sync.external.shopify.documents import Document

Fragments = Mapping[str, FragmentDefinitionNode]
_WRAPPERS = ("nodes", "edges", "node")


@dataclass(frozen=True)
class Listed:
    """A field that takes `first`. `path`: names from the answer's top, without `nodes`; `first`: null when it is a variable;
    `after`: true when it takes a cursor; `parts`: what is asked of each item, and `info` of the page."""

    path: tuple[str, ...]
    first: int | None
    after: bool
    connection: bool
    parts: frozenset[str]
    info: frozenset[str]


def lists(document: Document) -> list[Listed]:
    """Every field that is given `first`, or has `nodes` or `edges` under it."""
    parsed = parse(document.text)
    fragments = {d.name.value: d for d in parsed.definitions if isinstance(d, FragmentDefinitionNode)}
    (operation,) = (d for d in parsed.definitions if isinstance(d, OperationDefinitionNode))
    return list(_lists(operation.selection_set, (), fragments))


def fields_that_take_first(document: Document, schema: GraphQLSchema) -> list[tuple[str, bool]]:
    """By the schema, the fields of a document that may be cut short; true for those that are given `first`."""
    info = TypeInfo(schema)
    found: list[tuple[str, bool]] = []

    class Finder(Visitor):
        def enter_field(self, node: FieldNode, *_: object) -> None:
            field = info.get_field_def()
            if field is not None and "first" in field.args:
                found.append((node.name.value, "first" in _arguments(node)))

    visit(parse(document.text), TypeInfoVisitor(info, Finder()))
    return found


def _lists(selection: SelectionSetNode, path: tuple[str, ...], fragments: Fragments) -> Iterator[Listed]:
    for field in _fields(selection, fragments):
        if field.selection_set is None:
            continue
        name = field.alias.value if field.alias else field.name.value
        inner = {inner.name.value: inner for inner in _fields(field.selection_set, fragments)}
        here = path if name in _WRAPPERS and path else (*path, name)
        connection = not inner.keys().isdisjoint({"nodes", "edges"})
        if connection or "first" in _arguments(field):
            yield _listed(field, here, connection, fragments)
        yield from _lists(field.selection_set, here, fragments)


def _listed(field: FieldNode, path: tuple[str, ...], connection: bool, fragments: Fragments) -> Listed:
    arguments = _arguments(field)
    first = arguments["first"].value if "first" in arguments else None
    inner = {inner.name.value: inner for inner in _fields(field.selection_set, fragments)}
    items = inner.get("nodes") if connection else field
    info = inner.get("pageInfo")
    return Listed(
        path,
        int(first.value) if isinstance(first, IntValueNode) else None,
        isinstance(arguments["after"].value, VariableNode) if "after" in arguments else False,
        connection,
        _leaves(items, fragments),
        frozenset(part.name.value for part in _fields(info.selection_set, fragments)) if info else frozenset(),
    )


def _leaves(field: FieldNode | None, fragments: Fragments, path: str = "") -> frozenset[str]:
    """All that is asked of an object, by path."""
    if field is None or field.selection_set is None:
        return frozenset({path})
    leaves: set[str] = set()
    for inner in _fields(field.selection_set, fragments):
        leaves |= _leaves(inner, fragments, f"{path}.{inner.name.value}")
    return frozenset(leaves)


def _fields(selection: SelectionSetNode | None, fragments: Fragments) -> Iterator[FieldNode]:
    """The fields of a selection, through its fragments."""
    for part in selection.selections if selection else ():
        match part:
            case FieldNode():
                yield part
            case FragmentSpreadNode():
                yield from _fields(fragments[part.name.value].selection_set, fragments)
            case InlineFragmentNode():
                yield from _fields(part.selection_set, fragments)


def _arguments(field: FieldNode) -> dict[str, ArgumentNode]:
    return {argument.name.value: argument for argument in field.arguments or ()}
