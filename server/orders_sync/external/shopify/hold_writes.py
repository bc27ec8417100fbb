"""Holding an order, or some units of its lines, and releasing holds: always by its fulfilment orders as they are now.

A hold is found again by the handle that it was placed under, on whichever fulfilment order it is: if it is there it is placed, if
it is gone it is released. So an unknown outcome is settled by doing it again. Holding part of a fulfilment order splits it: the
held part and the rest are two from then on.

All of them raise PreconditionFailed, UserErrors, OutcomeLost and ShopifyError.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from orders_sync.external.shopify import write_documents as documents
from orders_sync.external.shopify.client import ShopifyClient
from orders_sync.external.shopify.mutations import (
    PreconditionFailed,
    UserErrors,
    WholePage,
    mutate,
    read_connection,
    read_object,
)
from orders_sync.external.shopify.nodes import Node, Ref
from orders_sync.external.shopify.pagination import read_to_end
from orders_sync.external.shopify.scalars import Id, Whole, Word, gid, number

ANOTHER_APP = "another app holds it, and Shopify lets nobody else release that"

_ENDED = frozenset({"closed", "cancelled"})


class _Action(Node):
    action: str


class _Hold(Node):
    id: str
    handle: str | None = None


class _Part(Node):
    """A fulfilment order."""

    id: Id
    status: Word
    supported_actions: list[_Action]
    fulfillment_holds: list[_Hold]

    @property
    def gid(self) -> str:
        return gid("FulfillmentOrder", self.id)

    @property
    def holdable(self) -> bool:
        return self.status not in _ENDED and any(each.action == "HOLD" for each in self.supported_actions)

    def held_as(self, handle: str) -> bool:
        return any(hold.handle == handle for hold in self.fulfillment_holds)


class _Order(Node):
    id: Id
    fulfillment_orders: WholePage[_Part]


class _Line(Node):
    """A line of a fulfilment order; `line_item`: the order's."""

    id: str
    sku: str | None = None
    remaining_quantity: Whole
    line_item: Ref


Units = Sequence[tuple[int, int]]
"""(id of an order's line, how many of it)."""


@dataclass(frozen=True, slots=True)
class NewHold:
    """`reason` is a FulfillmentHoldReason. `lines` None: the whole order, or with `sku` what owes that."""

    handle: str
    reason: str
    note: str | None = None
    lines: Units | None = None
    sku: str | None = None


async def hold(client: ShopifyClient, order_id: int, new: NewHold) -> str | None:
    """Places the hold; returns what of it could not be held. Nothing of it could: PreconditionFailed."""
    parts = await _read(client, order_id)
    if new.lines is not None:
        return await _hold_lines(client, parts, new, dict(new.lines))
    if new.sku is None:
        return await _hold_whole(client, parts, new)
    for part in parts:
        if part.holdable and not part.held_as(new.handle) and await _owes(client, part, new.sku):
            await _place(client, part, new)
    return None


async def release(client: ShopifyClient, order_id: int, handle: str | None, hold_ids: Collection[int]) -> None:
    """Releases the holds of this handle, and those with these numbers, wherever they are: each by its id, and no other."""
    for part in await _read(client, order_id):
        gone = [
            hold.id
            for hold in part.fulfillment_holds
            if (handle is not None and hold.handle == handle) or number(hold.id) in hold_ids
        ]
        if gone:
            await _release(client, part, gone)


async def _release(client: ShopifyClient, part: _Part, hold_ids: Sequence[str]) -> None:
    try:
        await mutate(client, documents.RELEASE_HOLD, {"id": part.gid, "holdIds": hold_ids}, "fulfillmentOrder")
    except UserErrors as errors:
        if errors.have("INVALID_ACCESS"):
            raise PreconditionFailed(ANOTHER_APP) from errors
        raise


async def _hold_whole(client: ShopifyClient, parts: Sequence[_Part], new: NewHold) -> str | None:
    going_on = [part for part in parts if part.status not in _ENDED]
    left = [part for part in going_on if not part.held_as(new.handle)]
    free = [part for part in left if part.holdable]
    if len(left) == len(going_on) and not free:
        raise PreconditionFailed(_nothing(parts))
    for part in free:
        await _place(client, part, new)
    missing = len(left) - len(free)
    return f"{missing} of {len(going_on)} fulfilment orders could not be held in Shopify" if missing else None


async def _hold_lines(client: ShopifyClient, parts: Sequence[_Part], new: NewHold, left: dict[int, int]) -> str | None:
    """Holds so many units of these lines. First what is held whole, then what has to be split; last, what others hold already
    and cannot be split any more."""
    wanted = sum(left.values())
    read = {part.id: await _lines(client, part) for part in parts if part.holdable or part.held_as(new.handle)}
    for part in parts:
        if part.held_as(new.handle):
            _take(left, read[part.id])
    open_parts = [part for part in parts if part.holdable and not part.held_as(new.handle)]
    for part in sorted(open_parts, key=lambda part: (len(part.fulfillment_holds), not _all_of(read[part.id], left))):
        lines = read[part.id]
        whole = _all_of(lines, left)
        if part.fulfillment_holds and not whole:
            continue
        if taken := _take(left, lines):
            await _place(client, part, new, None if whole else taken)
    missing = sum(left.values())
    if missing >= wanted:
        raise PreconditionFailed(_nothing(parts))
    return f"{missing} of {wanted} units could not be held in Shopify" if missing else None


def _all_of(lines: Iterable[_Line], wanted: Mapping[int, int]) -> bool:
    """Everything that the fulfilment order has to send is to be held, and it has something to send."""
    has = [line for line in lines if line.remaining_quantity]
    return bool(has) and all(wanted.get(line.line_item.id, 0) >= line.remaining_quantity for line in has)


def _take(left: dict[int, int], lines: Iterable[_Line]) -> list[dict[str, Any]]:
    """What of the fulfilment order's lines is still wanted, as the mutation takes it; `left` has so much less."""
    taken = []
    for line in lines:
        quantity = min(left.get(line.line_item.id, 0), line.remaining_quantity)
        if quantity:
            left[line.line_item.id] -= quantity
            taken.append({"id": line.id, "quantity": quantity})
    return taken


async def _place(
    client: ShopifyClient, part: _Part, new: NewHold, lines: Sequence[Mapping[str, Any]] | None = None
) -> None:
    placed: dict[str, Any] = {"reason": new.reason, "handle": new.handle, "notifyMerchant": False}
    if new.note is not None:
        placed["reasonNotes"] = new.note
    if lines is not None:
        placed["fulfillmentOrderLineItems"] = lines
    try:
        await mutate(client, documents.HOLD, {"id": part.gid, "hold": placed}, "fulfillmentHold")
    except UserErrors as errors:
        if not errors.have("DUPLICATE_FULFILLMENT_HOLD_HANDLE"):
            raise


def _nothing(parts: Sequence[_Part]) -> str:
    if not parts:
        return "Shopify shows this app no fulfilment order of it: the app may lack a scope for them"
    if all(part.status in _ENDED for part in parts):
        return "nothing is left to send in Shopify"
    if any(part.fulfillment_holds for part in parts):
        return "it is on hold in Shopify already, and what is held there cannot be split"
    return "Shopify does not let this app hold it"


async def _read(client: ShopifyClient, order_id: int) -> list[_Part]:
    """The order's fulfilment orders, to their end."""

    async def page(cursor: str | None) -> WholePage[_Part]:
        order = await read_object(client, documents.HOLDABLE, gid("Order", order_id), _Order, "order", after=cursor)
        return order.fulfillment_orders

    return await read_to_end("fulfillment orders", page)


async def _owes(client: ShopifyClient, part: _Part, sku: str) -> bool:
    return any(line.sku == sku and line.remaining_quantity > 0 for line in await _lines(client, part))


async def _lines(client: ShopifyClient, part: _Part) -> list[_Line]:
    return await read_connection(client, documents.HOLDABLE_LINES, part.gid, "lineItems", _Line)
