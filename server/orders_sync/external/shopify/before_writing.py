"""Reads that a write rests on: whole, or not at all.

A part that is denied, missing, cut off or unexpectedly null is never taken for "nothing": the read raises, and nothing is
written.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated, Any, Generic, TypeVar

from pydantic import AliasPath, Field

from orders_sync.external.shopify.asking import understood
from orders_sync.external.shopify.client import ShopifyClient
from orders_sync.external.shopify.documents import Document
from orders_sync.external.shopify.errors import Denied, Misshapen
from orders_sync.external.shopify.nodes import Node

N = TypeVar("N", bound=Node)

_STANDS_STILL = "Shopify says that there is more and does not give it, so nothing was written: try again later"


class WholePage(Node, Generic[N]):
    """One page of a connection that has to be read to its end."""

    nodes: list[N]
    has_next_page: Annotated[bool, Field(validation_alias=AliasPath("pageInfo", "hasNextPage"))]
    end_cursor: Annotated[str | None, Field(validation_alias=AliasPath("pageInfo", "endCursor"))] = None


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


async def to_end(page: Callable[[str | None], Awaitable[WholePage[N]]]) -> list[N]:
    """All nodes of a connection; `page`: the one after a cursor, null for the first. Raises ShopifyError."""
    found: list[N] = []
    cursors: set[str | None] = {None}
    cursor: str | None = None
    while True:
        told = await page(cursor)
        found += told.nodes
        if not told.has_next_page:
            return found
        cursor = told.end_cursor
        if cursor in cursors:
            raise Misshapen(_STANDS_STILL)
        cursors.add(cursor)


async def connection(
    client: ShopifyClient, document: Document, entity: str, where: tuple[str, str], kind: type[N]
) -> list[N]:
    """All nodes of a connection of `entity`; `where`: the names of the document's root and of the connection.

    Raises ShopifyError, also when there is no such entity.
    """
    root, name = where

    async def page(cursor: str | None) -> WholePage[N]:
        data = await ask(client, document, {"id": entity, "after": cursor})
        with understood(root):
            return WholePage[kind].model_validate(data[root][name])  # type: ignore[valid-type]

    return await to_end(page)
