"""Sending one mutation, and the three layers at which the shop can refuse it.

`WriteStopped` ┬ `UserErrors`  the shop understood and does not do it; nothing was written
               └ `OutcomeLost` it left and no answer came: only reading again tells
Everything else is a ShopifyError, and nothing was written.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated, Any, TypeVar

from pydantic import AliasPath, Field

from orders_sync.external.shopify.client import ShopifyClient
from orders_sync.external.shopify.documents import Document
from orders_sync.external.shopify.errors import Denied, NoAnswer, UnexpectedShape
from orders_sync.external.shopify.nodes import Node, Page, parsing
from orders_sync.external.shopify.pagination import Pagination


class UserError(Node):
    """`code` is null for mutations that have none: then the text is all there is."""

    field: list[str] | None = None
    message: str
    code: str | None = None


class WriteStopped(Exception):
    pass


class UserErrors(WriteStopped):
    def __init__(self, errors: list[UserError]) -> None:
        super().__init__("; ".join(error.message for error in errors))
        self.errors = errors

    def have(self, *codes: str) -> bool:
        """True when one of the errors has one of these codes."""
        return any(error.code in codes for error in self.errors)


class PreconditionFailed(WriteStopped):
    pass


class OutcomeLost(WriteStopped):
    pass


async def mutate(
    client: ShopifyClient, document: Document, variables: Mapping[str, Any], made: str | None = None
) -> dict[str, Any]:
    """The mutation's payload. `made`: what a write that was done shows there; null there is no success.

    Raises UserErrors, OutcomeLost, ShopifyError.
    """
    try:
        answer = await client.execute(document, variables)
    except NoAnswer as error:
        raise OutcomeLost(str(error)) from error
    try:
        with parsing():
            (payload,) = answer.data.values()
            errors = [UserError.model_validate(error) for error in payload["userErrors"]]
            told = dict(payload)
    except UnexpectedShape as error:
        raise OutcomeLost(f"Shopify does not say what became of it: {error}") from error
    if errors:
        raise UserErrors(errors)
    if made is not None and told.get(made, ...) is None:
        raise OutcomeLost(f"Shopify names no error and shows no {made}: whether it was done is not known")
    return told


N = TypeVar("N", bound=Node)


class WholePage(Page[N]):
    """One page of a connection that has to be read to its end: it says whether more follow."""

    has_next_page: Annotated[bool, Field(validation_alias=AliasPath("pageInfo", "hasNextPage"))]


async def ask(client: ShopifyClient, document: Document, variables: Mapping[str, Any]) -> Mapping[str, Any]:
    """The answer's data, of which nothing is withheld. Raises ShopifyError."""
    answer = await client.execute(document, variables)
    if answer.denied:
        parts = ", ".join(sorted({field.name for field in answer.denied}))
        needs = "; ".join(sorted({field.needs for field in answer.denied}))
        raise Denied(
            f"Shopify does not let this app read {parts} ({needs}), so nothing was written: give the app that scope, then "
            "retry"
        )
    return answer.data


async def to_end(of: str, page: Callable[[str | None], Awaitable[WholePage[N]]]) -> list[N]:
    """All nodes of a connection; `of` names it, `page`: the one after a cursor, null for the first. Raises ShopifyError."""
    found: list[N] = []
    walk, cursor = Pagination(of), None
    while True:
        told = await page(cursor)
        found += told.nodes
        cursor = walk.step(told)
        if cursor is None:
            return found


async def connection(
    client: ShopifyClient, document: Document, entity: str, where: tuple[str, str], kind: type[N]
) -> list[N]:
    """All nodes of a connection of `entity`; `where`: the names of the document's root and of the connection.

    Raises ShopifyError, also when there is no such entity.
    """
    root, name = where

    async def page(cursor: str | None) -> WholePage[N]:
        data = await ask(client, document, {"id": entity, "after": cursor})
        with parsing(root):
            return WholePage[kind].model_validate(data[root][name])  # type: ignore[valid-type]

    return await to_end(name, page)
