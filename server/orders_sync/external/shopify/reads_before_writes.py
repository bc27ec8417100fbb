"""Reads that a write rests on: whole, or not at all.

A part that is denied, missing, cut off or unexpectedly null is never taken for "nothing": the read raises, and nothing is
written.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated, Any, TypeVar

from pydantic import AliasPath, Field

from orders_sync.external.shopify.batches import understood
from orders_sync.external.shopify.client import ShopifyClient
from orders_sync.external.shopify.documents import Document
from orders_sync.external.shopify.errors import Denied
from orders_sync.external.shopify.nodes import Node, Page
from orders_sync.external.shopify.pagination import Walk

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
    walk, cursor = Walk(of), None
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
        with understood(root):
            return WholePage[kind].model_validate(data[root][name])  # type: ignore[valid-type]

    return await to_end(name, page)
