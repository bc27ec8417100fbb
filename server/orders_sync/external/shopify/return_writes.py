"""Refunding and denying a return in the shop: by its status there as it is now.

What is read first makes both repeatable: quantities that were processed are not processed again, a return that has ended is not
ended again. So an unknown outcome is settled by doing it again, and no refund is ever made twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from orders_sync.external.shopify import documents
from orders_sync.external.shopify.batches import understood
from orders_sync.external.shopify.client import ShopifyClient
from orders_sync.external.shopify.mutations import UserErrors, mutate
from orders_sync.external.shopify.nodes import Node
from orders_sync.external.shopify.reads_before_writes import WholePage, ask, connection
from orders_sync.external.shopify.scalars import Id, Whole, Word, gid
from orders_sync.external.shopify.suggested_refund import Units, settlement

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


class CannotReturn(Exception):
    """The return as it is in the shop does not allow it; the message says why."""


async def refund(client: ShopifyClient, return_id: int) -> str | None:
    """Processes what is left of the return, with what is exchanged, pays back what the shop suggests for it, and closes it.

    Returns what people should know of it, if anything: what the customer owes, or what was left open. A return of which
    something could not be processed stays open. Raises CannotReturn, UserErrors, OutcomeLost, ShopifyError.
    """
    known = await _read(client, return_id)
    if known.status == "closed" and (known.refunded or known.settled):
        return None
    if known.status != "open":
        raise CannotReturn(_WHY.get(known.status, f"the return is {known.status} in Shopify"))
    lines, exchanges = _units(known.lines), _units(known.exchanges)
    if not lines and not exchanges and not known.settled:
        raise CannotReturn("Shopify lets nothing of the return be processed yet")
    owed = [told for part in _parts(lines, exchanges) if (told := await _process(client, return_id, *part))]
    note = f"nothing is paid back: the customer owes {' and '.join(owed)}" if owed else None
    if any(line.unprocessed_quantity > line.processable_quantity for line in (*known.lines, *known.exchanges)):
        left = "the return stays open: Shopify does not let all of it be processed yet"
        return left if note is None else f"{note}; {left}"
    await mutate(client, documents.CLOSE_RETURN, {"id": gid("Return", return_id)}, "return")
    return note


async def deny(client: ShopifyClient, return_id: int, note: str | None, *, notify: bool = False) -> None:
    """Declines a request, cancels an open return, and closes it where it can no longer be cancelled (contract §3).

    `notify`: the customer is mailed that the request was declined; of the others the shop mails nothing.
    Raises CannotReturn, UserErrors, OutcomeLost, ShopifyError.
    """
    known = await _status(client, gid("Return", return_id))
    if known.status == "requested":
        reason = {"id": gid("Return", return_id), "declineReason": "OTHER", "declineNote": (note or "")[:_NOTE_LENGTH]}
        mailed = {"notifyCustomer": True} if notify else {}
        await mutate(client, documents.DECLINE_RETURN, {"input": reason | mailed}, "return")
    elif known.status == "open":
        await _cancel_or_close(client, gid("Return", return_id))


_WHY = {
    "requested": "the return is still a request in Shopify: approve it there first",
    "closed": "the return was closed in Shopify without a refund",
}


async def _cancel_or_close(client: ShopifyClient, return_gid: str) -> None:
    try:
        await mutate(client, documents.CANCEL_RETURN, {"id": return_gid}, "return")
    except UserErrors as errors:
        if not errors.have("INVALID_STATE"):
            raise
        await mutate(client, documents.CLOSE_RETURN, {"id": return_gid}, "return")


def _units(lines: Sequence[Line]) -> Units:
    return [{"id": line.id, "quantity": line.processable_quantity} for line in lines if line.processable_quantity > 0]


def _parts(lines: Units, exchanges: Units) -> list[tuple[Units, Units]]:
    """What is processed in one request each; an exchange is never parted from what it is set off against."""
    if not exchanges:
        return [(lines[start : start + AT_ONCE], []) for start in range(0, len(lines), AT_ONCE)]
    if max(len(lines), len(exchanges)) > AT_ONCE:
        raise CannotReturn(f"an exchange of more than {AT_ONCE} lines has to be processed in Shopify")
    return [(lines, exchanges)]


async def _process(client: ShopifyClient, return_id: int, lines: Units, exchanges: Units) -> str | None:
    """Processes these; returns what the customer owes for them instead of being paid, if so."""
    due = await settlement(client, return_id, lines, exchanges)
    told: dict[str, Any] = {"returnId": gid("Return", return_id), "returnLineItems": lines}
    if exchanges:
        told["exchangeLineItems"] = exchanges
    if due.payments:
        told["financialTransfer"] = {"issueRefund": {"orderTransactions": list(due.payments)}}
    await mutate(client, documents.PROCESS_RETURN, {"input": told}, "return")
    return due.owed


async def _read(client: ShopifyClient, return_id: int) -> Return:
    entity = gid("Return", return_id)
    told = await _status(client, entity)
    lines = await connection(client, documents.RETURN_LINES, entity, ("return", "returnLineItems"), Line)
    exchanges = await connection(client, documents.EXCHANGE_LINES, entity, ("return", "exchangeLineItems"), Line)
    return Return(told.status, bool(told.refunds.nodes), lines, exchanges)


async def _status(client: ShopifyClient, entity: str) -> _Told:
    """Of its refunds only whether there is one counts, which the first page tells."""
    data = await ask(client, documents.RETURN_TO_PROCESS, {"id": entity, "after": None})
    with understood():
        told = data["return"]
        known = None if told is None else _Told.model_validate(told)
    if known is None:
        raise CannotReturn("Shopify has no such return, or does not show it to this app")
    return known
