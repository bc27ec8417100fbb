"""Recorded exchanges with a live shop: in which order they happened, and which part of each the simulated shop can be asked."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graphql import (
    REMOVE,
    ArgumentNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLInterfaceType,
    GraphQLObjectType,
    InlineFragmentNode,
    OperationDefinitionNode,
    TypeInfo,
    TypeInfoVisitor,
    VariableDefinitionNode,
    Visitor,
    get_named_type,
    parse,
    print_ast,
    visit,
)

from orders_demo.admin.schema import executable

Json = dict[str, Any]


@dataclass(frozen=True)
class Exchange:
    """One request and its answer. `query` is null where the recording keeps none."""

    path: str
    query: str | None
    variables: Json
    body: Json


def exchanges(node: object, path: str = "", around: Mapping[str, Any] | None = None) -> Iterator[Exchange]:
    """The exchanges of a recording in the order in which they happened: what is set up for a request precedes it."""
    if isinstance(node, list):
        for index, entry in enumerate(node):
            yield from exchanges(entry, f"{path}.{index}", around)
    if not isinstance(node, dict):
        return
    if "setup" in node:
        yield from exchanges(node["setup"], f"{path}.setup", node)
    if (body := _body(node)) is not None:
        holder = _holder(node, around or {}, path)
        yield Exchange(path.strip("."), _text(holder), dict(_given(node) or _given(holder) or {}), body)
    for name, entry in node.items():
        if name not in ("setup", "response", "result", "upstreamCalls"):
            yield from exchanges(entry, f"{path}.{name}", node)


def orders(recording: Json) -> Iterator[Json]:
    """The orders that the recorder read before it began, where the recording does not show how they were made."""
    made = json.dumps(recording.get("setup") or {})
    for entry in recording.get("upstreamCalls") or ():
        told = ((_body(entry) or {}).get("data") or {}).get("order")
        if told and told["id"] not in made and told.get("lineItems", told.get("transactions")) is not None:
            yield told


def variants(recording: Json) -> Iterator[Json]:
    """The product variants that the recorder read."""
    for entry in recording.get("upstreamCalls") or ():
        if told := ((_body(entry) or {}).get("data") or {}).get("productVariant"):
            yield told


def load(shared_dir: Path, name: str) -> Json:
    """One recording."""
    told: Json = json.loads((shared_dir / "shopify" / "graphql" / f"{name}.json").read_text("utf-8"))
    return told


def _body(node: Mapping[str, Any]) -> Json | None:
    answer = node.get("response") or node.get("result")
    if not isinstance(answer, dict):
        return None
    for entry in (answer, answer.get("payload"), answer.get("body")):
        if isinstance(entry, dict) and ("data" in entry or "errors" in entry):
            return entry
    return None


def _holder(node: Mapping[str, Any], around: Mapping[str, Any], path: str) -> Mapping[str, Any]:
    """Where the request stands: beside its answer, in a `request` of its own, or, for what a recording is about, around it."""
    if isinstance(node.get("request"), dict):
        request: Mapping[str, Any] = node["request"]
        return request
    return around if _text(node) is None and path.endswith(".mutation") else node


def _text(holder: Mapping[str, Any]) -> str | None:
    return next((holder[name] for name in ("query", "document") if isinstance(holder.get(name), str)), None)


def _given(holder: Mapping[str, Any]) -> Mapping[str, Any] | None:
    given = holder.get("variables")
    return given if isinstance(given, dict) else None


def roots(document: DocumentNode) -> list[str]:
    """The root fields of the only operation."""
    node = next(entry for entry in document.definitions if isinstance(entry, OperationDefinitionNode))
    return [entry.name.value for entry in node.selection_set.selections if isinstance(entry, FieldNode)]


def asked(exchange: Exchange) -> DocumentNode:
    """The request's document: the recorded one, else one that asks for just what the answer holds."""
    if exchange.query is not None:
        return parse(re.sub(r"#graphql", "", exchange.query))
    return parse(_written(exchange))


def answerable(document: DocumentNode) -> DocumentNode:
    """The document without the fields that the simulated shop's schema does not have."""
    types = TypeInfo(executable())
    return _without_unused(visit(document, TypeInfoVisitor(types, _Pruning(types))))


class _Pruning(Visitor):
    def __init__(self, types: TypeInfo) -> None:
        super().__init__()
        self._types = types

    def enter_field(self, node: FieldNode, *_: object) -> Any:
        """Unknown here: not asked for."""
        return None if self._types.get_field_def() is not None else REMOVE

    def enter_inline_fragment(self, node: InlineFragmentNode, *_: object) -> Any:
        """Of a type that is not here."""
        named = node.type_condition
        return REMOVE if named and named.name.value not in executable().type_map else None


class _Unused(Visitor):
    """Variables that nothing takes any more."""

    def __init__(self, taken: set[str]) -> None:
        super().__init__()
        self._taken = taken

    def enter_variable_definition(self, node: VariableDefinitionNode, *_: object) -> Any:
        return None if node.variable.name.value in self._taken else REMOVE


def _without_unused(document: DocumentNode) -> DocumentNode:
    """Fragments that nobody spreads and variables that nobody takes are errors of their own."""
    used: set[str] = set()
    taken: set[str] = set()

    class Uses(Visitor):
        def enter_fragment_spread(self, node: FragmentSpreadNode, *_: object) -> None:
            used.add(node.name.value)

        def enter_argument(self, node: ArgumentNode, *_: object) -> None:
            taken.update(re.findall(r"\$(\w+)", print_ast(node.value)))

    visit(document, Uses())
    document = visit(document, _Unused(taken))
    kept = [
        entry
        for entry in document.definitions
        if not isinstance(entry, FragmentDefinitionNode) or entry.name.value in used
    ]
    return DocumentNode(definitions=tuple(kept))


def _written(exchange: Exchange) -> str:
    schema = executable()
    ((root, answer),) = exchange.body["data"].items()
    mutation, query = schema.mutation_type, schema.query_type
    assert mutation is not None
    assert query is not None
    owner = mutation if root in mutation.fields else query
    field = owner.fields[root]
    given = [name for name in field.args if name in exchange.variables]
    declared = ", ".join(f"${name}: {field.args[name].type}" for name in given)
    passed = ", ".join(f"{name}: ${name}" for name in given)
    kind = "mutation" if owner is mutation else "query"
    return f"{kind} Recorded({declared}) {{ {root}({passed}) {_selection(answer, field.type)} }}"


def _selection(value: Any, kind: Any) -> str:
    rows = value if isinstance(value, list) else [value]
    merged: Json = {}
    for row in rows:
        if isinstance(row, dict):
            merged |= {name: entry for name, entry in row.items() if entry is not None or name not in merged}
    named = get_named_type(kind)
    if not isinstance(named, GraphQLObjectType | GraphQLInterfaceType):
        return ""
    parts = []
    for name, entry in merged.items():
        if name not in named.fields:
            parts.append(f"... on Order {{ {name} }}")
            continue
        inner = get_named_type(named.fields[name].type)
        many = "(first: 50)" if inner.name.endswith("Connection") else ""
        parts.append(f"{name}{many} {_selection(entry, inner)}")
    return f"{{ {' '.join(parts) or '__typename'} }}"
