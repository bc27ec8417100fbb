"""What operators changed of the order itself, tags and shipping address, shown on top of what the shop says (contract §3a).

A change stands as long as Shopify has not taken it, whatever webhooks tell meanwhile; what Shopify then has is evidence, and
decides alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from orders_sync.evidence.entities import AddressPart, OrderFields
from orders_sync.rules.operator_state import AddressChange, OperatorState, TagChange
from orders_wire.tags import changed

C = TypeVar("C", TagChange, AddressChange)


def with_requested(order: OrderFields, operator: OperatorState) -> OrderFields:
    """The order's own fields as they are to be."""
    if not (operator.tag_changes or operator.addresses):
        return order
    shown: dict[str, object] = {}
    tags = order.tags
    for change in _oldest_first(operator.tag_changes.items()):
        tags = changed(tags, change.add, change.remove)
    if tags != order.tags:
        shown["tags"] = tags
    given = [change.address for change in _oldest_first(operator.addresses.items()) if change.address is not None]
    if given:
        shown["shipping_address"] = _named(given[-1], order.shipping_address)
    return order.model_copy(update=shown)


def _oldest_first(changes: Iterable[tuple[str, C]]) -> list[C]:
    return [change for _, change in sorted(changes, key=lambda item: (item[1].at, item[0]))]


def _named(given: AddressPart, told: AddressPart | None) -> AddressPart:
    """The address with the names that people read: the shop's for the same codes, else the codes."""
    known = told or AddressPart()
    name = " ".join(part for part in (given.first_name, given.last_name) if part) or None
    province = known.province if given.province_code == known.province_code else given.province_code
    country = known.country if given.country_code == known.country_code else given.country_code
    return AddressPart(**{**given.model_dump(), "name": name, "province": province, "country": country})
