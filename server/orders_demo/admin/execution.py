"""One API request: read, refused or priced, executed, billed. Everything but the transport."""

from __future__ import annotations

from collections.abc import Awaitable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, TypeGuard

from graphql import (
    DocumentNode,
    ExecutionResult,
    GraphQLError,
    OperationDefinitionNode,
    OperationType,
    execute,
    get_operation_ast,
    parse,
    validate,
)

from orders_demo.admin.bucket import Bucket
from orders_demo.admin.call import ALL_SCOPES, Call
from orders_demo.admin.cost import LIMIT, requested, used
from orders_demo.admin.order_search import Shelf
from orders_demo.admin.problems import Json, throttled, too_costly, translate
from orders_demo.admin.schema import executable
from orders_demo.admin.variables import refusals as variables_wrong
from orders_demo.live_shop import LiveShop
from orders_demo.webhooks.subscriptions import Subscriptions


@dataclass(slots=True)
class Admin:
    """The Admin API of one shop. `scopes` may be changed while it runs."""

    stage: LiveShop
    subscriptions: Subscriptions
    bucket: Bucket
    scopes: frozenset[str] = frozenset(ALL_SCOPES)
    shelf: Shelf = field(init=False)

    def __post_init__(self) -> None:
        self.shelf = Shelf(self.stage.shop)

    def answer(self, request: Mapping[str, Any]) -> Json:
        """The response body for `{"query", "variables"?, "operationName"?}`; always HTTP 200."""
        self.stage.jobs.run(self.stage.clock())
        text, variables = request.get("query"), request.get("variables") or {}
        if not isinstance(text, str) or not text.strip():
            return {"errors": [{"message": "No query string was present"}]}
        document, refusals = _read(text)
        node = get_operation_ast(document, request.get("operationName")) if document else None
        if refusals or document is None:
            return {"errors": [translate(error, _title(node), document) for error in refusals]}
        if node is None:
            return {"errors": [{"message": "No operation named so, or more than one"}]}
        if wrong := variables_wrong(executable(), node, variables):
            return {"errors": wrong}
        asked = requested(executable(), document, node, variables)
        if asked > LIMIT:
            return {"errors": [too_costly(asked, LIMIT)], "extensions": self._bill(asked, None)}
        if not self.bucket.take(asked):
            return {"errors": [throttled()], "extensions": self._bill(asked, None)}
        return self._run(document, node, variables, asked)

    def _run(
        self, document: DocumentNode, node: OperationDefinitionNode, variables: Mapping[str, Any], asked: int
    ) -> Json:
        context = Call(self.stage, self.shelf, self.subscriptions, self.scopes)
        result = execute(
            executable(),
            document,
            context_value=context,
            variable_values=dict(variables),
            operation_name=node.name.value if node.name else None,
            is_awaitable=_never,
        )
        assert isinstance(result, ExecutionResult)
        spent = min(asked, used(result.data, mutation=node.operation is OperationType.MUTATION))
        self.bucket.give_back(asked - spent)
        body: Json = {}
        if result.data is not None or not result.errors:
            body["data"] = result.data
        if result.errors:
            body["errors"] = [translate(error, _title(node)) for error in result.errors]
        body["extensions"] = self._bill(asked, spent)
        if context.search:
            body["extensions"]["search"] = context.search
        return body

    def _bill(self, asked: int, spent: int | None) -> Json:
        status = self.bucket.status()
        return {"cost": {"requestedQueryCost": asked, "actualQueryCost": spent, "throttleStatus": status}}


@lru_cache(maxsize=256)
def _read(text: str) -> tuple[DocumentNode | None, list[GraphQLError]]:
    try:
        document = parse(text)
    except GraphQLError as error:
        return None, [error]
    return document, validate(executable(), document)


def _title(node: OperationDefinitionNode | None) -> str:
    if node is None:
        return "query"
    return f"{node.operation.value} {node.name.value}" if node.name else node.operation.value


def _never(_value: Any) -> TypeGuard[Awaitable[Any]]:
    """No resolver here waits for anything; not to ask makes large pages a third quicker."""
    return False
