"""Giving a fulfilment that was sent its tracking number (contract §3a, "A number at Shopify").

What is there is read first: equal is done, so that no repetition writes or mails twice; another number than the operator saw is
left alone. The write replaces the list, so a fulfilment with several numbers is written whole.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

from orders_sync.external.shopify import write_documents
from orders_sync.external.shopify.client import ShopifyClient
from orders_sync.external.shopify.mutations import PreconditionFailed, ask, mutate
from orders_sync.external.shopify.nodes import Node, parsing
from orders_sync.external.shopify.scalars import Id, Instant, Word, gid

_DEAD = frozenset({"cancelled", "failure", "error"})


class Number(Node):
    number: str | None
    company: str | None
    url: str | None


class Numbered(Node):
    id: Id
    status: Word
    tracking_info: list[Number]


class Made(Node):
    id: Id
    status: Word
    created_at: Instant


class Sent(Node):
    id: Id
    fulfillments: list[Made]


@dataclass(frozen=True, slots=True)
class Given:
    """A number for a fulfilment. `before`: the one that the operator saw there, null when it lacked one."""

    number: str
    carrier: str | None = None
    url: str | None = None
    before: str | None = None
    notify: bool = False


async def give(client: ShopifyClient, fulfillment_id: int, given: Given, invented: Callable[[str], bool]) -> None:
    """Writes the number. `invented`: which numbers are placeholders, and never written.

    Raises PreconditionFailed, UserErrors, OutcomeLost, ShopifyError.
    """
    data = await ask(client, write_documents.PARCEL_NUMBERS, {"id": gid("Fulfillment", fulfillment_id)})
    with parsing("fulfillment"):
        told = data["fulfillment"]
        parcel = None if told is None else Numbered.model_validate(told)
    if parcel is None:
        raise PreconditionFailed("Shopify has no such fulfilment, or does not show it to this app")
    await _write(client, parcel, given, invented)


async def give_to_new(
    client: ShopifyClient, order_id: int, known: Collection[int], given: Given, invented: Callable[[str], bool]
) -> None:
    """The same for the first fulfilment that the order has beside the `known`."""
    data = await ask(client, write_documents.ORDER_PARCELS, {"id": gid("Order", order_id)})
    with parsing("order"):
        told = data["order"]
        order = None if told is None else Sent.model_validate(told)
    if order is None:
        raise PreconditionFailed("Shopify has no such order, or does not show it to this app")
    if len(order.fulfillments) >= write_documents.NUMBERS_AT_MOST:
        raise PreconditionFailed("the order has more fulfilments than Shopify shows at once: give the number there")
    new = [made for made in order.fulfillments if made.id not in known and made.status not in _DEAD]
    if not new:
        raise PreconditionFailed("Shopify has no fulfilment of it yet")
    await give(client, min(new, key=lambda made: (made.created_at, made.id)).id, given, invented)


async def _write(client: ShopifyClient, parcel: Numbered, given: Given, invented: Callable[[str], bool]) -> None:
    if parcel.status in _DEAD:
        raise PreconditionFailed(f"the fulfilment is {parcel.status} in Shopify")
    if len(parcel.tracking_info) >= write_documents.NUMBERS_AT_MOST:
        raise PreconditionFailed("the fulfilment has more numbers than Shopify shows at once: give the number there")
    there = [info for info in parcel.tracking_info if info.number and not invented(info.number)]
    first = there[0] if there else None
    if first is not None and first.number == given.number and _same_company(first, given):
        return
    seen = None if given.before is not None and invented(given.before) else given.before
    if first is not None and first.number not in (seen, given.number):
        raise PreconditionFailed(f"the number was changed in Shopify since, to {first.number}")
    if first is None and seen is not None:
        raise PreconditionFailed("the number was removed in Shopify since")
    variables = {"id": gid("Fulfillment", parcel.id), "tracking": _tracking(there, given), "notify": given.notify}
    await mutate(client, write_documents.SET_NUMBERS, variables, "fulfillment")


def _same_company(there: Number, given: Given) -> bool:
    return given.carrier is None or (there.company or "").casefold() == given.carrier.casefold()


def _tracking(there: Sequence[Number], given: Given) -> dict[str, Any]:
    """The whole list: the first number replaced, the others kept. One carrier stands for all of them."""
    kept = [info for info in there[1:] if info.number != given.number]
    company = given.carrier or (there[0].company if there else None)
    told: dict[str, Any] = {"company": company} if company else {}
    url = given.url or (_moved(there[0], given.number) if there and _same_company(there[0], given) else None)
    if not kept:
        return told | {"number": given.number} | ({"url": url} if url else {})
    told["numbers"] = [given.number, *(info.number for info in kept)]
    urls = [url, *(info.url for info in kept)]
    return told | ({"urls": urls} if all(urls) else {})


def _moved(there: Number, number: str) -> str | None:
    """The page of the number that is replaced, for the new one; null where the page does not name the number."""
    if there.url and there.number and there.number in there.url:
        return there.url.replace(there.number, number)
    return None
