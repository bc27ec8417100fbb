"""What the shop suggests to pay back for a return, and on which payments: in the currency that the buyer paid in.

The schema takes `transactionAmount` "in the presentment currency of the order". An outcome that is withheld, or that names a
sum without the payments for it, is no "nothing is due".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import Field

from orders_sync.external.shopify import documents
from orders_sync.external.shopify.batches import understood
from orders_sync.external.shopify.client import ShopifyClient
from orders_sync.external.shopify.errors import Misshapen
from orders_sync.external.shopify.nodes import Node
from orders_sync.external.shopify.reads_before_writes import ask
from orders_sync.external.shopify.scalars import gid

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
    data = await ask(client, documents.RETURN_OUTCOME, variables)
    with understood("suggestedFinancialOutcome"):
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
        raise Misshapen(f"Shopify suggests to pay back {whole} and does not say on which payments: refund it there")
    if any(each.amount_set.presentment_money.currency_code != whole.currency_code for each in due):
        raise Misshapen("Shopify suggests a refund in more than one currency: refund it there")
    return due


def _input(payment: _Payment) -> dict[str, Any]:
    money = payment.amount_set.presentment_money
    if payment.parent_transaction is None:
        raise Misshapen(f"Shopify suggests to pay back {money} and not on which payment: refund it there")
    amount = {"amount": str(money.amount), "currencyCode": money.currency_code}
    return {"parentId": payment.parent_transaction.id, "transactionAmount": amount}
