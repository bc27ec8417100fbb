"""Giving a fulfilment that was sent its tracking number (contract §3a, "A number at Shopify").

What is there is read first: an equal number, carrier and page is done, so that no repetition writes or mails twice; another
number than the operator saw is left alone. The write replaces the list, so a fulfilment with several numbers is written whole.

`is_placeholder` knows numbers that are none of a carrier; they are never written. Each write raises PreconditionFailed,
UserErrors, OutcomeLost and ShopifyError.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

from orders_sync.evidence.shopify_words import DEAD_FULFILLMENT
from orders_sync.external.shopify import fulfillable
from orders_sync.external.shopify import write_documents as documents
from orders_sync.external.shopify.client import ShopifyClient
from orders_sync.external.shopify.documents import MOST_AT_ONCE
from orders_sync.external.shopify.mutations import PreconditionFailed, mutate, read_object
from orders_sync.external.shopify.nodes import Node
from orders_sync.external.shopify.scalars import Id, Word, gid


class Tracking(Node):
    number: str | None
    company: str | None
    url: str | None


class Fulfillment(Node):
    id: Id
    status: Word
    tracking_info: list[Tracking]


class SentOrder(Node):
    id: Id
    fulfillments: list[fulfillable.Fulfillment]


@dataclass(frozen=True, slots=True)
class NewNumber:
    """A number for a fulfilment. `before`: the one that the operator saw there, `None` when it lacked one."""

    number: str
    carrier: str | None = None
    url: str | None = None
    before: str | None = None
    notify: bool = False


@dataclass(frozen=True, slots=True)
class Made:
    """How the fulfilment that was made of a parcel of ours is known: it is none of the `known`, and has its `lines` (quantities
    by line item; None: whatever is in it)."""

    known: Collection[int] = ()
    lines: Mapping[int, int] | None = None

    def nearness(self, fulfillment: fulfillable.Fulfillment) -> int | None:
        """0 where it has exactly the lines; 1 where it has a part of them, as of several locations; 2 where it shares one. None
        where it is none of ours."""
        if fulfillment.id in self.known:
            return None
        units, lines = fulfillment.units, self.lines
        if lines is None or units == lines:
            return 0
        if units.keys().isdisjoint(lines):
            return None
        return 1 if all(quantity <= lines.get(line, 0) for line, quantity in units.items()) else 2


async def set_number(
    client: ShopifyClient, fulfillment_id: int, new: NewNumber, is_placeholder: Callable[[str], bool]
) -> None:
    """Writes the number of this fulfilment."""
    entity = gid("Fulfillment", fulfillment_id)
    parcel = await read_object(client, documents.PARCEL_NUMBERS, entity, Fulfillment, "fulfilment")
    if parcel.status in DEAD_FULFILLMENT:
        raise PreconditionFailed(f"the fulfilment is {parcel.status} in Shopify")
    _require_whole(parcel.tracking_info, "the fulfilment has more numbers")
    there = [info for info in parcel.tracking_info if info.number and not is_placeholder(info.number)]
    first = there[0] if there else None
    if first is not None and first.number == new.number and _same_company(first, new) and new.url in (None, first.url):
        return
    seen = None if new.before is not None and is_placeholder(new.before) else new.before
    if first is not None and first.number not in (seen, new.number):
        raise PreconditionFailed(f"the number was changed in Shopify since, to {first.number}")
    if first is None and seen is not None:
        raise PreconditionFailed("the number was removed in Shopify since")
    variables = {"id": entity, "tracking": _tracking(there, new), "notify": new.notify}
    await mutate(client, documents.SET_NUMBERS, variables, "fulfillment")


async def set_number_of_new(
    client: ShopifyClient, order_id: int, made: Made, new: NewNumber, is_placeholder: Callable[[str], bool]
) -> None:
    """The same for the fulfilment that was made of a parcel of ours."""
    order = await read_object(client, documents.SENT_OF_ORDER, gid("Order", order_id), SentOrder, "order")
    found = [each for each in order.fulfillments if each.alive and made.nearness(each) is not None]
    if not found:
        raise PreconditionFailed("Shopify has no fulfilment of it yet")
    await set_number(
        client, min(found, key=lambda each: (made.nearness(each), each.created_at, each.id)).id, new, is_placeholder
    )


def _require_whole(items: Sequence[object], what: str) -> None:
    """These lists have no pages: one that is as long as it may be may have been cut, and is not written over."""
    if len(items) >= MOST_AT_ONCE:
        raise PreconditionFailed(f"{what} than Shopify shows at once: give the number there")


def _same_company(there: Tracking, new: NewNumber) -> bool:
    return new.carrier is None or (there.company or "").casefold() == new.carrier.casefold()


def _tracking(there: Sequence[Tracking], new: NewNumber) -> dict[str, Any]:
    """The whole list: the first number replaced, the others kept. One carrier stands for all of them; pages go by position, so
    that the first that is missing ends their list."""
    kept = [info for info in there[1:] if info.number != new.number]
    company = new.carrier or (there[0].company if there else None)
    tracking: dict[str, Any] = {"company": company} if company else {}
    url = new.url or (_moved(there[0], new.number) if there and _same_company(there[0], new) else None)
    if not kept:
        return tracking | {"number": new.number} | ({"url": url} if url else {})
    tracking["numbers"] = [new.number, *(info.number for info in kept)]
    urls = [*takewhile(bool, (url, *(info.url for info in kept)))]
    return tracking | ({"urls": urls} if urls else {})


def _moved(there: Tracking, number: str) -> str | None:
    """The page of the number that is replaced, for the new one; `None` where the page does not name the number."""
    if there.url and there.number and there.number in there.url:
        return there.url.replace(there.number, number)
    return None
