"""Refunding and denying a return in the shop: by its status there as it is now.

What is read first makes both repeatable: quantities that were processed are not processed again, a return that has ended is not
ended again. So an unknown outcome is settled by doing it again, and no refund is ever made twice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import Field

from orders_sync.external.shopify import write_documents
from orders_sync.external.shopify.client import ShopifyClient
from orders_sync.external.shopify.errors import UnexpectedShape
from orders_sync.external.shopify.mutations import PreconditionFailed, UserErrors, WholePage, ask, connection, mutate
from orders_sync.external.shopify.nodes import Node, parsing
from orders_sync.external.shopify.scalars import Id, Whole, Word, gid

_NOTE_LENGTH = 500

AT_ONCE = 250
"""What the shop takes of one list in a request."""


class Line(Node):
    """A line of what comes back, or of what is sent for it."""

    id: str
    processable_quantity: Whole
    processed_quantity: Whole
    unprocessed_quantity: Whole


class Refunded(Node):
    id: str


class _Told(Node):
    id: Id
    status: Word
    refunds: WholePage[Refunded]


@dataclass(frozen=True, slots=True)
class Return:
    """A return with all that comes back, and all that is sent for it."""

    status: str
    refunded: bool
    lines: list[Line]
    exchanges: list[Line]

    @property
    def left(self) -> bool:
        """Something of it was not processed."""
        return any(line.unprocessed_quantity > 0 for line in (*self.lines, *self.exchanges))

    @property
    def settled(self) -> bool:
        """Something of it was processed, and nothing is left."""
        return not self.left and any(line.processed_quantity > 0 for line in (*self.lines, *self.exchanges))


async def refund(client: ShopifyClient, return_id: int) -> str | None:
    """Processes what is left of the return, with what is exchanged, pays back what the shop suggests for it, and closes it.

    Returns what people should know of it, if anything: what the customer owes, or what was left open. A return of which
    something could not be processed stays open. Raises PreconditionFailed, UserErrors, OutcomeLost, ShopifyError.
    """
    known = await _read(client, return_id)
    if known.status == "closed" and (known.refunded or known.settled):
        return None
    if known.status != "open":
        raise PreconditionFailed(_WHY.get(known.status, f"the return is {known.status} in Shopify"))
    lines, exchanges = _units(known.lines), _units(known.exchanges)
    if not lines and not exchanges and not known.settled:
        raise PreconditionFailed("Shopify lets nothing of the return be processed yet")
    owed = [told for part in _parts(lines, exchanges) if (told := await _process(client, return_id, *part))]
    note = f"nothing is paid back: the customer owes {' and '.join(owed)}" if owed else None
    if any(line.unprocessed_quantity > line.processable_quantity for line in (*known.lines, *known.exchanges)):
        left = "the return stays open: Shopify does not let all of it be processed yet"
        return left if note is None else f"{note}; {left}"
    await mutate(client, write_documents.CLOSE_RETURN, {"id": gid("Return", return_id)}, "return")
    return note


async def deny(client: ShopifyClient, return_id: int, note: str | None, *, notify: bool = False) -> None:
    """Declines a request, cancels an open return, and closes it where it can no longer be cancelled (contract §3).

    `notify`: the customer is mailed that the request was declined; of the others the shop mails nothing.
    Raises PreconditionFailed, UserErrors, OutcomeLost, ShopifyError.
    """
    known = await _status(client, gid("Return", return_id))
    if known.status == "requested":
        reason = {"id": gid("Return", return_id), "declineReason": "OTHER", "declineNote": (note or "")[:_NOTE_LENGTH]}
        mailed = {"notifyCustomer": True} if notify else {}
        await mutate(client, write_documents.DECLINE_RETURN, {"input": reason | mailed}, "return")
    elif known.status == "open":
        await _cancel_or_close(client, gid("Return", return_id))


_WHY = {
    "requested": "the return is still a request in Shopify: approve it there first",
    "closed": "the return was closed in Shopify without a refund",
}


async def _cancel_or_close(client: ShopifyClient, return_gid: str) -> None:
    try:
        await mutate(client, write_documents.CANCEL_RETURN, {"id": return_gid}, "return")
    except UserErrors as errors:
        if not errors.have("INVALID_STATE"):
            raise
        await mutate(client, write_documents.CLOSE_RETURN, {"id": return_gid}, "return")


def _units(lines: Sequence[Line]) -> Units:
    return [{"id": line.id, "quantity": line.processable_quantity} for line in lines if line.processable_quantity > 0]


def _parts(lines: Units, exchanges: Units) -> list[tuple[Units, Units]]:
    """What is processed in one request each; an exchange is never parted from what it is set off against."""
    if not exchanges:
        return [(lines[start : start + AT_ONCE], []) for start in range(0, len(lines), AT_ONCE)]
    if max(len(lines), len(exchanges)) > AT_ONCE:
        raise PreconditionFailed(f"an exchange of more than {AT_ONCE} lines has to be processed in Shopify")
    return [(lines, exchanges)]


async def _process(client: ShopifyClient, return_id: int, lines: Units, exchanges: Units) -> str | None:
    """Processes these; returns what the customer owes for them instead of being paid, if so."""
    due = await settlement(client, return_id, lines, exchanges)
    told: dict[str, Any] = {"returnId": gid("Return", return_id), "returnLineItems": lines}
    if exchanges:
        told["exchangeLineItems"] = exchanges
    if due.payments:
        told["financialTransfer"] = {"issueRefund": {"orderTransactions": list(due.payments)}}
    await mutate(client, write_documents.PROCESS_RETURN, {"input": told}, "return")
    return due.owed


async def _read(client: ShopifyClient, return_id: int) -> Return:
    entity = gid("Return", return_id)
    told = await _status(client, entity)
    lines = await connection(client, write_documents.RETURN_LINES, entity, ("return", "returnLineItems"), Line)
    exchanges = await connection(client, write_documents.EXCHANGE_LINES, entity, ("return", "exchangeLineItems"), Line)
    return Return(told.status, bool(told.refunds.nodes), lines, exchanges)


async def _status(client: ShopifyClient, entity: str) -> _Told:
    """Of its refunds only whether there is one counts, which the first page tells."""
    data = await ask(client, write_documents.RETURN_TO_PROCESS, {"id": entity, "after": None})
    with parsing():
        told = data["return"]
        known = None if told is None else _Told.model_validate(told)
    if known is None:
        raise PreconditionFailed("Shopify has no such return, or does not show it to this app")
    return known


Units = list[dict[str, Any]]
"""Lines with their quantities, as inputs of the API have them."""


class _Money(Node):
    amount: Decimal
    currency_code: str

    def __str__(self) -> str:
        return f"{self.amount} {self.currency_code}"


class _Bag(Node):
    presentment_money: _Money


class _Parent(Node):
    id: str


class _Payment(Node):
    amount_set: _Bag
    parent_transaction: _Parent | None


class _Refund(Node):
    kind: Annotated[Literal["RefundReturnOutcome"], Field(alias="__typename")]
    amount: _Bag
    suggested_transactions: list[_Payment]


class _Invoice(Node):
    kind: Annotated[Literal["InvoiceReturnOutcome"], Field(alias="__typename")]
    amount: _Bag


class _Outcome(Node):
    financial_transfer: Annotated[_Refund | _Invoice, Field(discriminator="kind")] | None


@dataclass(frozen=True, slots=True)
class Settlement:
    """`payments`: inputs for the refund, empty when nothing is paid back. `owed`: what the customer owes instead, for people."""

    payments: Sequence[Mapping[str, Any]] = ()
    owed: str | None = None


async def settlement(client: ShopifyClient, return_id: int, lines: Units, exchanges: Units) -> Settlement:
    """What processing these lines comes to in money. Raises ShopifyError when the shop does not say so whole."""
    variables = {"id": gid("Return", return_id), "lines": lines, "exchanges": exchanges}
    data = await ask(client, write_documents.RETURN_OUTCOME, variables)
    with parsing("suggestedFinancialOutcome"):
        outcome = _Outcome.model_validate(data["return"]["suggestedFinancialOutcome"])
    match outcome.financial_transfer:
        case None:
            return Settlement()
        case _Invoice(amount=amount):
            return Settlement(owed=str(amount.presentment_money))
        case _Refund() as refund:
            return Settlement([_input(payment) for payment in _due(refund)])


def _due(refund: _Refund) -> list[_Payment]:
    """The payments with something to pay back, which together are all of it."""
    due = [each for each in refund.suggested_transactions if each.amount_set.presentment_money.amount > 0]
    whole = refund.amount.presentment_money
    if sum(each.amount_set.presentment_money.amount for each in due) < whole.amount:
        raise UnexpectedShape(
            f"Shopify suggests to pay back {whole} and does not say on which payments: refund it there"
        )
    if any(each.amount_set.presentment_money.currency_code != whole.currency_code for each in due):
        raise UnexpectedShape("Shopify suggests a refund in more than one currency: refund it there")
    return due


def _input(payment: _Payment) -> dict[str, Any]:
    money = payment.amount_set.presentment_money
    if payment.parent_transaction is None:
        raise UnexpectedShape(f"Shopify suggests to pay back {money} and not on which payment: refund it there")
    amount = {"amount": str(money.amount), "currencyCode": money.currency_code}
    return {"parentId": payment.parent_transaction.id, "transactionAmount": amount}
