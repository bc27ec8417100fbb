"""Accepting, refunding and denying a return in the shop: by its status there as it is now.

What is read first makes both repeatable: quantities that were processed are not processed again, a return that has ended is not
ended again. So an unknown outcome is settled by doing it again, and no refund is ever made twice.

What is paid back, and on which payments, is what the shop suggests, in the currency that the buyer paid in: the schema takes
`transactionAmount` "in the presentment currency of the order". An outcome that is denied, or that names a sum without the
payments for it, is no "nothing is due".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import AliasPath, Field

from orders_sync.external.shopify import write_documents as documents
from orders_sync.external.shopify.client import ShopifyClient
from orders_sync.external.shopify.documents import MOST_AT_ONCE
from orders_sync.external.shopify.errors import UnexpectedShape
from orders_sync.external.shopify.mutations import (
    PreconditionFailed,
    UserErrors,
    WholePage,
    mutate,
    read_connection,
    read_object,
    read_undenied,
)
from orders_sync.external.shopify.nodes import Node, parsing
from orders_sync.external.shopify.scalars import Id, Whole, Word, gid

_NOTE_LENGTH = 500

_WHY_NOT_OPEN = {
    "requested": "the return is still a request in Shopify: approve it there first",
    "closed": "the return was closed in Shopify without a refund",
}

_ACCEPTED = ("open", "closed")
"""Statuses of a return whose request was accepted: only an open one is closed."""
_UNMAILED = "NOTIFICATION_FAILED"

Units = list[dict[str, Any]]
"""Lines with their quantities, as inputs of the API have them."""


class Line(Node):
    """A line of what comes back, or of what is sent for it."""

    id: str
    processable_quantity: Whole
    processed_quantity: Whole
    unprocessed_quantity: Whole


class Named(Node):
    id: str


class Return(Node):
    """Of its refunds only whether there is one counts, which the first page says."""

    id: Id
    status: Word
    refunds: WholePage[Named]


class _Money(Node):
    amount: Decimal
    currency_code: str

    def __str__(self) -> str:
        return f"{self.amount} {self.currency_code}"


class _Payment(Node):
    amount: Annotated[_Money, Field(validation_alias=AliasPath("amountSet", "presentmentMoney"))]
    parent_transaction: Named | None


class _Refund(Node):
    kind: Annotated[Literal["RefundReturnOutcome"], Field(alias="__typename")]
    amount: Annotated[_Money, Field(validation_alias=AliasPath("amount", "presentmentMoney"))]
    suggested_transactions: list[_Payment]


class _Invoice(Node):
    kind: Annotated[Literal["InvoiceReturnOutcome"], Field(alias="__typename")]
    amount: Annotated[_Money, Field(validation_alias=AliasPath("amount", "presentmentMoney"))]


class _Outcome(Node):
    financial_transfer: Annotated[_Refund | _Invoice, Field(discriminator="kind")] | None


@dataclass(frozen=True, slots=True)
class Settlement:
    """`payments`: inputs for the refund, empty when nothing is paid back. `owed`: what the customer owes instead, for people."""

    payments: Sequence[Mapping[str, Any]] = ()
    owed: str | None = None


async def refund(client: ShopifyClient, return_id: int) -> str | None:
    """Processes what is left of the return, with what is exchanged, pays back what the shop suggests for it, and closes it.

    Returns what people should know of it, if anything: what the customer owes, or what was left open. A return of which
    something could not be processed stays open. Raises PreconditionFailed, UserErrors, OutcomeLost, ShopifyError.
    """
    entity = gid("Return", return_id)
    known = await _read(client, entity)
    returned = await read_connection(client, documents.RETURN_LINES, entity, "returnLineItems", Line)
    exchanged = await read_connection(client, documents.EXCHANGE_LINES, entity, "exchangeLineItems", Line)
    both = [*returned, *exchanged]
    left = any(line.unprocessed_quantity > 0 for line in both)
    settled = not left and any(line.processed_quantity > 0 for line in both)
    if known.status == "closed" and (known.refunds.nodes or settled):
        return None
    if known.status != "open":
        raise PreconditionFailed(_WHY_NOT_OPEN.get(known.status, f"the return is {known.status} in Shopify"))
    lines, exchanges = _units(returned), _units(exchanged)
    if not lines and not exchanges and not settled:
        raise PreconditionFailed("Shopify lets nothing of the return be processed yet")
    owed = [each for batch in _batches(lines, exchanges) if (each := await _process(client, entity, *batch))]
    note = f"nothing is paid back: the customer owes {' and '.join(owed)}" if owed else None
    if any(line.unprocessed_quantity > line.processable_quantity for line in both):
        open_note = "the return stays open: Shopify does not let all of it be processed yet"
        return open_note if note is None else f"{note}; {open_note}"
    await mutate(client, documents.CLOSE_RETURN, {"id": entity}, "return")
    return note


async def approve(client: ShopifyClient, return_id: int, *, notify: bool = False) -> str | None:
    """Accepts a request; one that was accepted, whoever did it, is left as it is, and nobody is mailed again (contract §3a).

    `notify`: the customer is mailed, with instructions where the shop has some. Returns what people should know, if anything.
    Raises PreconditionFailed, UserErrors, OutcomeLost, ShopifyError.
    """
    entity = gid("Return", return_id)
    if _accepted(await _read(client, entity)):
        return None
    mailed = {"notifyCustomer": True} if notify else {}
    try:
        await mutate(client, documents.APPROVE_RETURN, {"input": {"id": entity} | mailed}, "return")
    except UserErrors as errors:
        if not _accepted(await _read(client, entity)):
            raise
        return f"the request was accepted, and the customer not mailed: {errors}" if errors.have(_UNMAILED) else None
    return None


def _accepted(known: Return) -> bool:
    """Whether the request was accepted. Raises PreconditionFailed where it cannot be any more."""
    if known.status not in ("requested", *_ACCEPTED):
        raise PreconditionFailed(f"the return is {known.status} in Shopify")
    return known.status in _ACCEPTED


async def deny(client: ShopifyClient, return_id: int, note: str | None, *, notify: bool = False) -> None:
    """Declines a request, cancels an open return, and closes it where it can no longer be cancelled (contract §3).

    `notify`: the customer is mailed that the request was declined; of the others the shop mails nothing.
    Raises PreconditionFailed, UserErrors, OutcomeLost, ShopifyError.
    """
    entity = gid("Return", return_id)
    known = await _read(client, entity)
    if known.status == "requested":
        reason = {"id": entity, "declineReason": "OTHER", "declineNote": (note or "")[:_NOTE_LENGTH]}
        mailed = {"notifyCustomer": True} if notify else {}
        await mutate(client, documents.DECLINE_RETURN, {"input": reason | mailed}, "return")
    elif known.status == "open":
        try:
            await mutate(client, documents.CANCEL_RETURN, {"id": entity}, "return")
        except UserErrors as errors:
            if not errors.have("INVALID_STATE"):
                raise
            await mutate(client, documents.CLOSE_RETURN, {"id": entity}, "return")


async def _read(client: ShopifyClient, entity: str) -> Return:
    return await read_object(client, documents.RETURN_TO_PROCESS, entity, Return, "return")


def _units(lines: Sequence[Line]) -> Units:
    return [{"id": line.id, "quantity": line.processable_quantity} for line in lines if line.processable_quantity > 0]


def _batches(lines: Units, exchanges: Units) -> list[tuple[Units, Units]]:
    """What is processed in one request each; an exchange is never parted from what it is set off against."""
    if not exchanges:
        return [(lines[start : start + MOST_AT_ONCE], []) for start in range(0, len(lines), MOST_AT_ONCE)]
    if max(len(lines), len(exchanges)) > MOST_AT_ONCE:
        raise PreconditionFailed(f"an exchange of more than {MOST_AT_ONCE} lines has to be processed in Shopify")
    return [(lines, exchanges)]


async def _process(client: ShopifyClient, entity: str, lines: Units, exchanges: Units) -> str | None:
    """Processes these; returns what the customer owes for them instead of being paid, if so."""
    due = await _settlement(client, entity, lines, exchanges)
    process: dict[str, Any] = {"returnId": entity, "returnLineItems": lines}
    if exchanges:
        process["exchangeLineItems"] = exchanges
    if due.payments:
        process["financialTransfer"] = {"issueRefund": {"orderTransactions": due.payments}}
    await mutate(client, documents.PROCESS_RETURN, {"input": process}, "return")
    return due.owed


async def _settlement(client: ShopifyClient, entity: str, lines: Units, exchanges: Units) -> Settlement:
    """What processing these lines comes to in money. Raises ShopifyError when the shop does not say so whole."""
    variables = {"id": entity, "lines": lines, "exchanges": exchanges}
    data = (await read_undenied(client, documents.RETURN_OUTCOME, variables)).data
    with parsing("suggestedFinancialOutcome"):
        outcome = _Outcome.model_validate(data["return"]["suggestedFinancialOutcome"])
    match outcome.financial_transfer:
        case None:
            return Settlement()
        case _Invoice(amount=amount):
            return Settlement(owed=str(amount))
        case _Refund() as refunded:
            return Settlement([_transaction(payment) for payment in _payments(refunded)])


def _payments(refunded: _Refund) -> list[_Payment]:
    """The payments with something to pay back, which together are all of it."""
    due = [each for each in refunded.suggested_transactions if each.amount.amount > 0]
    whole = refunded.amount
    if sum(each.amount.amount for each in due) < whole.amount:
        raise UnexpectedShape(
            f"Shopify suggests to pay back {whole} and does not say on which payments: refund it there"
        )
    if any(each.amount.currency_code != whole.currency_code for each in due):
        raise UnexpectedShape("Shopify suggests a refund in more than one currency: refund it there")
    return due


def _transaction(payment: _Payment) -> dict[str, Any]:
    money = payment.amount
    if payment.parent_transaction is None:
        raise UnexpectedShape(f"Shopify suggests to pay back {money} and not on which payment: refund it there")
    amount = {"amount": str(money.amount), "currencyCode": money.currency_code}
    return {"parentId": payment.parent_transaction.id, "transactionAmount": amount}
