"""An order's tags and its shipping address (contract §3a, `tags`, `address`).

What is there is read first: what is so already is done, and an address that is neither the wanted one nor the one that the
operator saw was changed in the shop since, and is left alone. What the shop shows afterwards is evidence.

Each write returns that, and raises PreconditionFailed, FieldsRefused, UserErrors, OutcomeLost and ShopifyError.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from pydantic.alias_generators import to_camel, to_snake

from orders_sync.evidence.changes import OrderSeen, Stamp
from orders_sync.evidence.entities import AddressPart, OrderFields
from orders_sync.external.shopify import nodes
from orders_sync.external.shopify import write_documents as documents
from orders_sync.external.shopify.client import ShopifyClient
from orders_sync.external.shopify.errors import BadRequest, UnexpectedShape
from orders_sync.external.shopify.mutations import (
    FieldsRefused,
    OutcomeLost,
    PreconditionFailed,
    UserError,
    UserErrors,
    mutate,
    read_object,
)
from orders_sync.external.shopify.nodes import Node, parsing
from orders_sync.external.shopify.order_changes import address as address_part
from orders_sync.external.shopify.scalars import Id, Instant, gid
from orders_wire.detail import FieldError

N = TypeVar("N", bound=Node)

_WORDS = {"province": "province_code", "country": "country_code"}
"""Fields that Shopify complains of under another name than that under which they were sent."""

_COUNTRY = "countryCode"
_SHORTEST_CUT = 3
"""Characters from which on a value that a complaint repeats is cut out of it."""


class TaggedOrder(Node):
    id: Id
    updated_at: Instant
    tags: tuple[str, ...]


class AddressedOrder(Node):
    id: Id
    updated_at: Instant
    cancelled_at: Instant | None
    shipping_address: nodes.Address | None


async def set_tags(client: ShopifyClient, order_id: int, add: Sequence[str], remove: Sequence[str]) -> OrderSeen:
    """Adds and removes tags, blind to case. Shopify removes none that is spelled otherwise, so its own spelling is sent."""
    entity = gid("Order", order_id)
    order = await read_object(client, documents.ORDER_TAGS, entity, TaggedOrder, "order")
    there = {tag.casefold() for tag in order.tags}
    if missing := [tag for tag in add if tag.casefold() not in there]:
        made = await mutate(client, documents.ADD_TAGS, {"id": entity, "tags": missing}, "node")
        order = _shown(TaggedOrder, made)
    unwanted = {tag.casefold() for tag in remove}
    if left := [tag for tag in order.tags if tag.casefold() in unwanted]:
        made = await mutate(client, documents.REMOVE_TAGS, {"id": entity, "tags": left}, "node")
        order = _shown(TaggedOrder, made)
    stamp = Stamp(order.updated_at, order.updated_at)
    return OrderSeen(order_id, OrderFields(tags=order.tags), stamp)


async def set_address(
    client: ShopifyClient, order_id: int, wanted: Mapping[str, str | None], before: Mapping[str, str | None] | None
) -> OrderSeen:
    """Overwrites the shipping address. `wanted`: under its names on the wire, whole; `before`: what is known of the one that the
    operator saw, under the names of `AddressPart`, None: there was none."""
    entity = gid("Order", order_id)
    order = await read_object(client, documents.ORDER_ADDRESS, entity, AddressedOrder, "order")
    there = address_part(order.shipping_address)
    if not _is(there, wanted):
        if order.cancelled_at is not None:
            raise PreconditionFailed("the order is cancelled in Shopify")
        if not _is(there, before):
            raise PreconditionFailed("the address was changed in Shopify since: look at it, and decide again")
        order = await _overwrite(client, entity, wanted)
    stamp = Stamp(order.updated_at, order.updated_at)
    return OrderSeen(order_id, OrderFields(shipping_address=address_part(order.shipping_address)), stamp)


async def _overwrite(client: ShopifyClient, entity: str, wanted: Mapping[str, str | None]) -> AddressedOrder:
    given = {to_camel(name): value for name, value in wanted.items()}
    variables = {"input": {"id": entity, "shippingAddress": given}}
    try:
        made = await mutate(client, documents.SET_ADDRESS, variables, "order")
    except UserErrors as errors:
        raise FieldsRefused([_complaint(error, wanted) for error in errors.errors]) from errors
    except BadRequest as error:
        if _COUNTRY not in str(error):
            raise
        raise FieldsRefused([FieldError(field="country_code", message="Shopify knows no such country")]) from error
    return _shown(AddressedOrder, made)


def _complaint(error: UserError, wanted: Mapping[str, str | None]) -> FieldError:
    """In the words of the request, without what was given: nobody's address stands in an alert or a log."""
    name = to_snake(error.field[-1]) if error.field else None
    name = None if name is None else _WORDS.get(name, name)
    values = [re.escape(value) for value in wanted.values() if value and len(value) >= _SHORTEST_CUT]
    message = re.sub(rf"(?<!\w)({'|'.join(values)})(?!\w)", "…", error.message) if values else error.message
    return FieldError(field=name if name in wanted else None, message=message)


def _is(there: AddressPart | None, expected: Mapping[str, str | None] | None) -> bool:
    """The address in the shop is this one, as far as that is known; blind to case, spaces and punctuation."""
    if there is None or expected is None:
        return there is None and expected is None
    return all(_bare(getattr(there, name)) == _bare(value) for name, value in expected.items())


def _bare(text: str | None) -> str:
    return "".join(char for char in (text or "").casefold() if char.isalnum())


def _shown(kind: type[N], made: Any) -> N:
    """What a write that was done shows of the order."""
    try:
        with parsing():
            return kind.model_validate(made)
    except UnexpectedShape as error:
        raise OutcomeLost(f"Shopify does not say what became of it: {error}") from error
