"""Sending one mutation, and the three layers at which the shop can refuse it.

`WriteStopped` ┬ `UserErrors`  the shop understood and does not do it; nothing was written
               └ `OutcomeLost` it left and no answer came: only reading again tells
Everything else is a ShopifyError, and nothing was written.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from orders_sync.external.shopify.asking import understood
from orders_sync.external.shopify.client import ShopifyClient
from orders_sync.external.shopify.documents import Document
from orders_sync.external.shopify.errors import NoAnswer
from orders_sync.external.shopify.nodes import Node


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


class OutcomeLost(WriteStopped):
    pass


async def mutate(client: ShopifyClient, document: Document, variables: Mapping[str, Any]) -> dict[str, Any]:
    """The mutation's payload. Raises UserErrors, OutcomeLost, ShopifyError."""
    try:
        answer = await client.execute(document, variables)
    except NoAnswer as error:
        raise OutcomeLost(str(error)) from error
    with understood():
        (payload,) = answer.data.values()
        errors = [UserError.model_validate(error) for error in payload["userErrors"]]
    if errors:
        raise UserErrors(errors)
    return dict(payload)
