"""Sending one mutation, and the three layers at which the shop can refuse it.

`WriteStopped` ┬ `UserErrors`  the shop understood and does not do it; nothing was written
               └ `OutcomeLost` it left and no answer came: only reading again tells
Everything else is a ShopifyError, and nothing was written.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from orders_sync.external.shopify.batches import understood
from orders_sync.external.shopify.client import ShopifyClient
from orders_sync.external.shopify.documents import Document
from orders_sync.external.shopify.errors import Misshapen, NoAnswer
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
        with understood():
            (payload,) = answer.data.values()
            errors = [UserError.model_validate(error) for error in payload["userErrors"]]
            told = dict(payload)
    except Misshapen as error:
        raise OutcomeLost(f"Shopify does not say what became of it: {error}") from error
    if errors:
        raise UserErrors(errors)
    if made is not None and told.get(made, ...) is None:
        raise OutcomeLost(f"Shopify names no error and shows no {made}: whether it was done is not known")
    return told
