"""Refunding and denying a return in the shop: by its status there as it is now.

What is read first makes both repeatable: quantities that were processed are not processed again, a return that has ended is not
ended again. So an unknown outcome is settled by doing it again, and no refund is ever made twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from orders_sync.external.shopify import documents
from orders_sync.external.shopify.asking import understood
from orders_sync.external.shopify.client import ShopifyClient
from orders_sync.external.shopify.mutations import UserErrors, mutate
from orders_sync.external.shopify.nodes import Node, Page, Ref
from orders_sync.external.shopify.scalars import Id, Word, gid

_NOTE_LENGTH = 500


class Line(Node):
    id: str
    processable_quantity: int = 0


class Return(Node):
    id: Id
    status: Word
    refunds: Page[Ref] | None = None
    return_line_items: Page[Line]


class CannotReturn(Exception):
    """The return as it is in the shop does not allow it; the message says why."""


async def refund(client: ShopifyClient, return_id: int) -> None:
    """Processes what is left of the return, pays back what the shop suggests for it, and closes it.

    Raises CannotReturn, UserErrors, OutcomeLost, ShopifyError.
    """
    known = await _read(client, return_id)
    if known.status == "closed" and known.refunds and known.refunds.nodes:
        return
    if known.status != "open":
        raise CannotReturn(_WHY.get(known.status, f"the return is {known.status} in Shopify"))
    lines = [line for line in known.return_line_items.nodes if line.processable_quantity > 0]
    if lines:
        await _process(client, return_id, [{"id": line.id, "quantity": line.processable_quantity} for line in lines])
    await mutate(client, documents.CLOSE_RETURN, {"id": gid("Return", return_id)})


async def deny(client: ShopifyClient, return_id: int, note: str | None) -> None:
    """Declines a request, cancels an open return, and closes it where it can no longer be cancelled (contract §3).

    Raises CannotReturn, UserErrors, OutcomeLost, ShopifyError.
    """
    known = await _read(client, return_id)
    if known.status == "requested":
        reason = {"id": gid("Return", return_id), "declineReason": "OTHER", "declineNote": (note or "")[:_NOTE_LENGTH]}
        await mutate(client, documents.DECLINE_RETURN, {"input": reason})
    elif known.status == "open":
        await _cancel_or_close(client, gid("Return", return_id))


_WHY = {
    "requested": "the return is still a request in Shopify: approve it there first",
    "closed": "the return was closed in Shopify without a refund",
}


async def _cancel_or_close(client: ShopifyClient, return_gid: str) -> None:
    try:
        await mutate(client, documents.CANCEL_RETURN, {"id": return_gid})
    except UserErrors as errors:
        if not errors.have("INVALID_STATE"):
            raise
        await mutate(client, documents.CLOSE_RETURN, {"id": return_gid})


async def _process(client: ShopifyClient, return_id: int, lines: Sequence[dict[str, Any]]) -> None:
    payments = await _suggested(client, return_id, lines)
    told: dict[str, Any] = {"returnId": gid("Return", return_id), "returnLineItems": list(lines)}
    if payments:
        told["financialTransfer"] = {"issueRefund": {"orderTransactions": payments}}
    await mutate(client, documents.PROCESS_RETURN, {"input": told})


async def _suggested(client: ShopifyClient, return_id: int, lines: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """What the shop suggests to pay back for these lines, and on which payments; nothing where it suggests nothing."""
    variables = {"id": gid("Return", return_id), "lines": list(lines)}
    answer = await client.execute(documents.RETURN_OUTCOME, variables)
    with understood():
        outcome = answer.data["return"]["suggestedFinancialOutcome"] or {}
        transactions = (outcome.get("financialTransfer") or {}).get("suggestedTransactions") or []
        return [
            {
                "parentId": transaction["parentTransaction"]["id"],
                "transactionAmount": {
                    "amount": transaction["amountSet"]["shopMoney"]["amount"],
                    "currencyCode": transaction["amountSet"]["shopMoney"]["currencyCode"],
                },
            }
            for transaction in transactions
            if transaction.get("parentTransaction") and Decimal(transaction["amountSet"]["shopMoney"]["amount"]) > 0
        ]


async def _read(client: ShopifyClient, return_id: int) -> Return:
    answer = await client.execute(documents.RETURN_TO_PROCESS, {"id": gid("Return", return_id)})
    if answer.data["return"] is None:
        raise CannotReturn("Shopify has no such return, or does not show it to this app")
    with understood():
        return Return.model_validate(answer.data["return"])
