"""Giving a fulfilment that was sent its tracking number (contract §3a, "A number at Shopify").

What is there is read first: equal is done, so that no repetition writes or mails twice; another number than the operator saw is
left alone. The write replaces the list, so a fulfilment with several numbers is written whole.

`is_placeholder` knows numbers that are none of a carrier; they are never written. Each write raises PreconditionFailed,
UserErrors, OutcomeLost and ShopifyError.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

from orders_sync.external.shopify import write_documents as documents
from orders_sync.external.shopify.client import ShopifyClient
from orders_sync.external.shopify.documents import MOST_AT_ONCE
from orders_sync.external.shopify.mutations import PreconditionFailed, mutate, read_object
from orders_sync.external.shopify.nodes import Node
from orders_sync.external.shopify.scalars import Id, Instant, Word, gid

_DEAD = frozenset({"cancelled", "failure", "error"})


class Tracking(Node):
    number: str | None
    company: str | None
    url: str | None


class Fulfillment(Node):
    id: Id
    status: Word
    tracking_info: list[Tracking]


class FulfillmentRef(Node):
    id: Id
    status: Word
    created_at: Instant


class FulfilledOrder(Node):
    id: Id
    fulfillments: list[FulfillmentRef]


@dataclass(frozen=True, slots=True)
class NewNumber:
    """A number for a fulfilment. `before`: the one that the operator saw there, `None` when it lacked one."""

    number: str
    carrier: str | None = None
    url: str | None = None
    before: str | None = None
    notify: bool = False


async def set_number(
    client: ShopifyClient, fulfillment_id: int, new: NewNumber, is_placeholder: Callable[[str], bool]
) -> None:
    """Writes the number of this fulfilment."""
    entity = gid("Fulfillment", fulfillment_id)
    parcel = await read_object(client, documents.PARCEL_NUMBERS, entity, Fulfillment, "fulfilment")
    if parcel.status in _DEAD:
        raise PreconditionFailed(f"the fulfilment is {parcel.status} in Shopify")
    _require_whole(parcel.tracking_info, "the fulfilment has more numbers")
    there = [info for info in parcel.tracking_info if info.number and not is_placeholder(info.number)]
    first = there[0] if there else None
    if first is not None and first.number == new.number and _same_company(first, new):
        return
    seen = None if new.before is not None and is_placeholder(new.before) else new.before
    if first is not None and first.number not in (seen, new.number):
        raise PreconditionFailed(f"the number was changed in Shopify since, to {first.number}")
    if first is None and seen is not None:
        raise PreconditionFailed("the number was removed in Shopify since")
    variables = {"id": entity, "tracking": _tracking(there, new), "notify": new.notify}
    await mutate(client, documents.SET_NUMBERS, variables, "fulfillment")


async def set_number_of_new(
    client: ShopifyClient, order_id: int, known: Collection[int], new: NewNumber, is_placeholder: Callable[[str], bool]
) -> None:
    """The same for the first fulfilment that the order has beside the `known`."""
    order = await read_object(client, documents.ORDER_PARCELS, gid("Order", order_id), FulfilledOrder, "order")
    _require_whole(order.fulfillments, "the order has more fulfilments")
    made = [each for each in order.fulfillments if each.id not in known and each.status not in _DEAD]
    if not made:
        raise PreconditionFailed("Shopify has no fulfilment of it yet")
    await set_number(client, min(made, key=lambda each: (each.created_at, each.id)).id, new, is_placeholder)


def _require_whole(items: Sequence[object], what: str) -> None:
    """These lists have no pages: one that is as long as it may be may have been cut, and is not written over."""
    if len(items) >= MOST_AT_ONCE:
        raise PreconditionFailed(f"{what} than Shopify shows at once: give the number there")


def _same_company(there: Tracking, new: NewNumber) -> bool:
    return new.carrier is None or (there.company or "").casefold() == new.carrier.casefold()


def _tracking(there: Sequence[Tracking], new: NewNumber) -> dict[str, Any]:
    """The whole list: the first number replaced, the others kept. One carrier stands for all of them."""
    kept = [info for info in there[1:] if info.number != new.number]
    company = new.carrier or (there[0].company if there else None)
    tracking: dict[str, Any] = {"company": company} if company else {}
    url = new.url or (_moved(there[0], new.number) if there and _same_company(there[0], new) else None)
    if not kept:
        return tracking | {"number": new.number} | ({"url": url} if url else {})
    tracking["numbers"] = [new.number, *(info.number for info in kept)]
    urls = [url, *(info.url for info in kept)]
    return tracking | ({"urls": urls} if all(urls) else {})


def _moved(there: Tracking, number: str) -> str | None:
    """The page of the number that is replaced, for the new one; `None` where the page does not name the number."""
    if there.url and there.number and there.number in there.url:
        return there.url.replace(there.number, number)
    return None
