"""Sending one mutation, and the reads that it rests on.

`WriteStopped` ┬ `UserErrors`          the shop understood and does not do it; nothing was written
               ├ `FieldsRefused`       the same of single fields
               ├ `PreconditionFailed`  what is in the shop does not allow it; nothing was sent
               └ `OutcomeLost`         it left and no answer came: only reading again says
Everything else is a ShopifyError, and nothing was written.

A read before a write is whole or not at all: a part that is denied, missing, cut off or unexpectedly null is never taken for
"nothing". The read raises, and nothing is written.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Annotated, Any, TypeVar

from pydantic import AliasPath, Field

from orders_sync.external.shopify.answers import Answer
from orders_sync.external.shopify.client import ShopifyClient
from orders_sync.external.shopify.documents import Document
from orders_sync.external.shopify.errors import Denied, NoAnswer, UnexpectedShape
from orders_sync.external.shopify.nodes import Node, Page, parsing
from orders_sync.external.shopify.pagination import complete_lists, read_to_end
from orders_wire.detail import FieldError

N = TypeVar("N", bound=Node)


class UserError(Node):
    """`code` is `None` for mutations that have none: then the text is all there is."""

    field: list[str] | None = None
    message: str
    code: str | None = None


class WriteStopped(Exception):
    """The message is for an operator's eyes."""


class UserErrors(WriteStopped):
    def __init__(self, errors: list[UserError]) -> None:
        super().__init__("; ".join(error.message for error in errors))
        self.errors = errors

    def have(self, code: str) -> bool:
        """True when one of the errors has this code."""
        return any(error.code == code for error in self.errors)


class FieldsRefused(WriteStopped):
    """The same of single fields, in the words of the request."""

    def __init__(self, errors: Sequence[FieldError]) -> None:
        super().__init__("; ".join(error.message for error in errors))
        self.errors = tuple(errors)


class PreconditionFailed(WriteStopped):
    pass


class OutcomeLost(WriteStopped):
    pass


async def mutate(client: ShopifyClient, document: Document, variables: Mapping[str, Any], made: str) -> Any:
    """Sends a mutation; returns what the payload of a write that was done shows as `made`: without it there is no success.

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
            done = dict(payload).get(made, ...)
    except UnexpectedShape as error:
        raise OutcomeLost(f"Shopify does not say what became of it: {error}") from error
    if errors:
        raise UserErrors(errors)
    if done is None:
        raise OutcomeLost(f"Shopify names no error and shows no {made}: whether it was done is not known")
    return done


class WholePage(Page[N]):
    """One page of a connection that has to be read to its end: it says whether more follow."""

    has_next_page: Annotated[bool, Field(validation_alias=AliasPath("pageInfo", "hasNextPage"))]


async def read_undenied(client: ShopifyClient, document: Document, variables: Mapping[str, Any]) -> Answer:
    """The answer, of which nothing is denied. Raises ShopifyError."""
    answer = await client.execute(document, variables)
    if answer.denied:
        parts = ", ".join(sorted({field.name for field in answer.denied}))
        needs = "; ".join(sorted({field.needs for field in answer.denied}))
        raise Denied(
            f"Shopify does not let this app read {parts} ({needs}), so nothing was written: give the app that scope, then "
            "retry"
        )
    return answer


async def read_object(
    client: ShopifyClient, document: Document, gid: str, kind: type[N], of: str, *, after: str | None = None
) -> N:
    """The object that the document's one root reads by its id, its lists to their end; `of` names it to an operator.

    Raises ShopifyError, PreconditionFailed when the shop knows no such object.
    """
    answer = await read_undenied(
        client, document, {"id": gid} | ({"after": after} if "$after" in document.text else {})
    )
    with parsing():
        ((root, node),) = answer.data.items()
    if isinstance(node, dict):
        await complete_lists(partial(read_undenied, client), document.lists, node)
    with parsing(root):
        found = None if node is None else kind.model_validate(node)
    if found is None:
        raise PreconditionFailed(f"Shopify has no such {of}, or does not show it to this app")
    return found


async def read_connection(client: ShopifyClient, document: Document, gid: str, field: str, kind: type[N]) -> list[N]:
    """All nodes of the connection `field` of an object. Raises ShopifyError, also when there is no such object."""
    (root,) = document.at

    async def page(cursor: str | None) -> WholePage[N]:
        answer = await read_undenied(client, document, {"id": gid, "after": cursor})
        with parsing(root):
            return WholePage[kind].model_validate(answer.data[root][field])  # type: ignore[valid-type]

    return await read_to_end(field, page)
