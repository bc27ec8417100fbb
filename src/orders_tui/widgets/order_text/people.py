"""Whose order it is: the customer, where it goes, and who had it. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from orders_tui.widgets.formatter import Formatter
from orders_tui.widgets.order_text.lines import Text, known, when
from orders_tui.wording import Tone, whole_order
from orders_wire.vocabulary import UNASSIGNED

if TYPE_CHECKING:
    from orders_wire.detail import Address, OrderDetail


def customer(detail: OrderDetail) -> Iterator[Text]:
    """Who ordered, and how many orders they have."""
    customer = detail.customer
    name = (customer.name if customer else None) or detail.customer_name
    email = (customer.email if customer else None) or detail.email
    yield from known(**{"name": name, "e-mail": email, "phone": customer.phone if customer else None})
    yield from known(tags=", ".join(customer.tags) if customer else None)
    yield from known(orders=whole_order.customer_orders(detail.customer_orders))


def address(address: Address | None) -> Iterator[Text]:
    """An address as it is written; nothing without one."""
    if address is None:
        return
    town = " ".join(part for part in (address.zip, address.city, address.province) if part)
    street = (address.name, address.company, address.address1, address.address2)
    for line in (*street, town, address.country, address.phone):
        if line:
            yield [(line, Tone.PLAIN)]


def owners(detail: OrderDetail, fmt: Formatter) -> Iterator[Text]:
    """To whom it was assigned, by whom and when, the newest first."""
    for each in detail.assignments:
        owner = "nobody" if each.assignee == UNASSIGNED else each.assignee
        yield [when(each.assigned_at, fmt), (owner, Tone.PLAIN), (f"  by {each.assigned_by}", Tone.DIM)]
