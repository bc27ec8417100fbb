"""Errors in the form Shopify gives them."""

from __future__ import annotations

import re
from typing import Any

from graphql import DocumentNode, FieldNode, GraphQLError, GraphQLSyntaxError, Node, Visitor, visit

Json = dict[str, Any]

LIMITS = "https://shopify.dev/api/usage/rate-limits"
SCOPES = "https://shopify.dev/api/usage/access-scopes"


def resource_not_found(text: str | None = None) -> GraphQLError:
    """An id that cannot exist; mutations of fulfilment orders say which."""
    return GraphQLError(f"Invalid id: {text}" if text else "invalid id", extensions={"code": "RESOURCE_NOT_FOUND"})


def bad_id(text: str) -> GraphQLError:
    """An id that is no gid."""
    return GraphQLError(f"Invalid global id '{text}'", extensions={"code": "argumentLiteralsIncompatible"})


def bad_request(message: str) -> GraphQLError:
    """Arguments that contradict each other."""
    return GraphQLError(message, extensions={"code": "BAD_REQUEST"})


def too_many(count: int, largest: int) -> GraphQLError:
    """An array argument with more than Shopify takes."""
    told = f"The input array size of {count} is greater than the maximum allowed of {largest}."
    return GraphQLError(told, extensions={"code": "MAX_INPUT_SIZE_EXCEEDED"})


def access_denied(field: str, scope: str) -> GraphQLError:
    """A field whose scope the app was not given: that field is null, the rest is answered."""
    required = f"`{scope}` access scope."
    return GraphQLError(
        f"Access denied for {field} field. Required access: {required}",
        extensions={"code": "ACCESS_DENIED", "documentation": SCOPES, "requiredAccess": required},
    )


def throttled() -> Json:
    """The bucket is empty."""
    return {"message": "Throttled", "extensions": {"code": "THROTTLED", "documentation": LIMITS}}


def too_costly(cost: int, limit: int) -> Json:
    """A single query asks for more than any plan allows."""
    return {
        "message": f"Query cost is {cost}, which exceeds the single query max cost limit ({limit}).",
        "extensions": {"code": "MAX_COST_EXCEEDED", "cost": cost, "maxCost": limit, "documentation": LIMITS},
    }


def translate(error: GraphQLError, operation: str, document: DocumentNode | None = None) -> Json:
    """graphql-core's refusal in Shopify's words, for the kinds that the recordings show."""
    plain: Json = {"message": error.message}
    if error.locations:
        plain["locations"] = [{"line": at.line, "column": at.column} for at in error.locations]
    if error.path:
        plain["path"] = error.path
    if error.extensions:
        return {**plain, "extensions": error.extensions}
    if isinstance(error, GraphQLSyntaxError):
        return {**plain, **_syntax(error)}
    route = _route(document, error.nodes[0]) if document and error.nodes else []
    return {**plain, **_validation(error.message, [operation, *route])}


def _syntax(error: GraphQLSyntaxError) -> Json:
    """Where the text ends too early, its last word is pointed at."""
    line, column = error.locations[0] if error.locations else (1, 1)
    told = error.message.removeprefix("Syntax Error: ").rstrip(".").lower()
    if "<eof>" in told and error.source:
        told = "unexpected end of file"
        line, column = _last_word(error.source.body)
    return {
        "message": f"syntax error, {told} at [{line}, {column}]",
        "locations": [{"line": line, "column": column}],
        "extensions": {"code": "PARSE_ERROR"},
    }


def _last_word(text: str) -> tuple[int, int]:
    lines = text.rstrip().split("\n")
    found = list(re.finditer(r"\w+|[^\w\s]", lines[-1]))
    return len(lines), found[-1].start() + 1 if found else 1


def _route(document: DocumentNode, wanted: Node) -> list[str]:
    """The names of the fields that lead to a field, and its own."""

    class Search(Visitor):
        above: list[str] = []
        found: list[str] = []

        def enter_field(self, node: FieldNode, *_: Any) -> None:
            self.above = [*self.above, node.name.value]
            if node is wanted:
                self.found = self.above

        def leave_field(self, *_: Any) -> None:
            self.above = self.above[:-1]

    search = Search()
    visit(document, search)
    return search.found


def _validation(message: str, path: list[str]) -> Json:
    if found := re.match(r"Cannot query field '(\w+)' on type '(\w+)'", message):
        name, kind = found.groups()
        extensions = {"code": "undefinedField", "typeName": kind, "fieldName": name}
        return {"message": f"Field '{name}' doesn't exist on type '{kind}'", "path": path, "extensions": extensions}
    if found := re.match(r"Field '(\w+)' of type '([^']+)' must have a selection", message):
        name, kind = found.group(1), found.group(2).strip("[]!")
        hint = f"(field '{name}' returns {kind} but has no selections. Did you mean '{name} {{ ... }}'?)"
        extensions = {"code": "selectionMismatch", "nodeName": f"field '{name}'", "typeName": kind}
        return {"message": f"Field must have selections {hint}", "path": path, "extensions": extensions}
    return {"extensions": {"code": "GRAPHQL_VALIDATION_FAILED"}}
