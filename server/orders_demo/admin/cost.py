"""What a query costs, by the formula that live recordings follow: what it asks for, and what its answer then holds.

An object is 1, a scalar 0, money and page information 0, a mutation 10 with its payload's own objects free. A plain list is one
object, however long. A connection is 2 plus its node's cost times max(1, ⌊2 ln first⌋).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    OperationType,
    SchemaMetaFieldDef,
    SelectionSetNode,
    TypeMetaFieldDef,
    get_named_type,
    value_from_ast_untyped,
)

LIMIT = 1_000
"""No single query may ask for more, whatever the plan."""

_FREE = frozenset({"PageInfo", "MoneyBag", "MoneyV2"})
_MONEY = frozenset({"shopMoney", "presentmentMoney"})
_UNBILLED = frozenset({"pageInfo", "userErrors"})
_SURCHARGES = {
    "fulfillmentTrackingInfoUpdate": 40,
    "fulfillmentTrackingInfoUpdateV2": 40,
    "ordersCount": 9,
    "refundCreate": 10,
    "storeCreditAccounts": 32,
}
_INTROSPECTION = {"__schema": SchemaMetaFieldDef, "__type": TypeMetaFieldDef}


@dataclass(frozen=True, slots=True)
class Estimate:
    """Counts one document's cost with its variables."""

    schema: GraphQLSchema
    fragments: Mapping[str, FragmentDefinitionNode]
    variables: Mapping[str, Any]

    def operation(self, node: OperationDefinitionNode) -> int:
        """The requested cost of an operation; at least 1."""
        mutation = node.operation is OperationType.MUTATION
        root = self.schema.mutation_type if mutation else self.schema.query_type
        return max(1, self._selections(node.selection_set, root))

    def _selections(self, node: SelectionSetNode | None, parent: GraphQLNamedType | None, *, free: bool = False) -> int:
        if node is None:
            return 0
        total = 0
        for entry in node.selections:
            if isinstance(entry, FieldNode):
                total += self._field(entry, parent, free=free)
            elif isinstance(entry, InlineFragmentNode):
                named = entry.type_condition and self.schema.get_type(entry.type_condition.name.value)
                total += self._selections(entry.selection_set, named or parent, free=free)
            elif isinstance(entry, FragmentSpreadNode):
                fragment = self.fragments[entry.name.value]
                named = self.schema.get_type(fragment.type_condition.name.value)
                total += self._selections(fragment.selection_set, named, free=free)
        return total

    def _field(self, node: FieldNode, parent: GraphQLNamedType | None, *, free: bool) -> int:
        if node.selection_set is None or not isinstance(parent, GraphQLObjectType | GraphQLInterfaceType):
            return 0
        known = parent.fields.get(node.name.value) or _INTROSPECTION.get(node.name.value)
        if known is None:
            return 0
        kind = get_named_type(known.type)
        extra = _SURCHARGES.get(node.name.value, 0)
        if parent is self.schema.mutation_type:
            return 10 + extra + self._selections(node.selection_set, kind, free=True)
        if kind.name.endswith("Connection"):
            return 2 + extra + self._breadth(node) * self._nodes(node.selection_set, kind)
        if kind.name.endswith("Error"):
            return 0
        own = 0 if free or kind.name in _FREE else 1
        return own + extra + self._selections(node.selection_set, kind)

    def _breadth(self, node: FieldNode) -> int:
        given = node.arguments or ()
        sizes = {entry.name.value: value_from_ast_untyped(entry.value, dict(self.variables)) for entry in given}
        size = sizes.get("first") or sizes.get("last") or 1
        return breadth(size) if isinstance(size, int) else 1

    def _nodes(self, node: SelectionSetNode, kind: GraphQLNamedType) -> int:
        """The cost of one node, whether it is asked for as a node or within an edge."""
        if not isinstance(kind, GraphQLObjectType):
            return 0
        total = 0
        for entry in node.selections:
            if not isinstance(entry, FieldNode) or entry.name.value not in ("nodes", "edges", "node"):
                continue
            inner = get_named_type(kind.fields[entry.name.value].type)
            if entry.name.value == "edges" and entry.selection_set:
                total += self._nodes(entry.selection_set, inner)
            else:
                total += 1 + self._selections(entry.selection_set, inner)
        return total


def requested(
    schema: GraphQLSchema, document: DocumentNode, node: OperationDefinitionNode, variables: Mapping[str, Any]
) -> int:
    """`requestedQueryCost` of one operation of a valid document."""
    fragments = {entry.name.value: entry for entry in document.definitions if isinstance(entry, FragmentDefinitionNode)}
    return Estimate(schema, fragments, variables).operation(node)


def used(data: Any, *, mutation: bool) -> int:
    """`actualQueryCost`: the same sum over what was really found. Near the recordings, not exact: nobody may rely on it."""
    if not isinstance(data, dict):
        return 1
    if mutation:
        payloads = [payload for payload in data.values() if payload]
        return math.ceil(
            sum(10 + sum(max(0, _weight(entry) - 1) for entry in payload.values()) for payload in payloads)
        )
    return max(1, math.ceil(sum(_weight(value) for value in data.values())))


def breadth(size: int) -> int:
    """How much wider a connection of this size is than one of a single node."""
    return max(1, int(2 * math.log(size))) if size > 0 else 1


def _weight(value: Any) -> float:
    if isinstance(value, list):
        return max((_weight(entry) for entry in value), default=0)
    if not isinstance(value, dict) or value.keys() <= _MONEY:
        return 0
    rows = value.get("nodes", value.get("edges"))
    if isinstance(rows, list):
        return 2 + (breadth(len(rows)) * sum(_weight(row) for row in rows) / len(rows) if rows else 0)
    return 1 + sum(_weight(entry) for key, entry in value.items() if key not in _UNBILLED)
