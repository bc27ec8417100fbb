"""Together: open orders of one customer to one address, which can be picked and packed as one (contract §3a, `together`). Pure.

Detected, never merged: an order says where it goes, and whoever reads the rows finds those that go to the same place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from orders_sync.evidence.entities import AddressPart
from orders_sync.rules.order_state import OrderState
from orders_wire.texts import folded
from orders_wire.vocabulary import Delivery

_BROUGHT = frozenset({Delivery.SHIPPING, Delivery.LOCAL})
"""How an order gets to an address. What is brought and what is sent do not go together."""

_RUN = re.compile(r"[^\W\d_]+|\d+")
_US_ZIP = 5
"""Digits of a ZIP code that say where an address is; four more say it again."""

_SHORT = {
    "apartment": "apt",
    "avenue": "ave",
    "boulevard": "blvd",
    "court": "ct",
    "drive": "dr",
    "floor": "fl",
    "lane": "ln",
    "road": "rd",
    "square": "sq",
    "street": "st",
    "suite": "ste",
}
"""Words of a street as they are abbreviated. None of them tells two places of one postal code apart."""

_STRASSE = re.compile("strasse$")


def destination(state: OrderState) -> str | None:
    """The same text for what goes to one customer at one address; None where nothing is owed, the order is cancelling or goes
    to no address, or where customer or address are not known."""
    order = state.order
    wanted = state.owed and not state.over and state.operator.cancelling is None
    customer, address = order.customer, order.shipping_address
    if not wanted or state.delivery not in _BROUGHT or customer is None or customer.id is None or address is None:
        return None
    place = _place(address)
    return None if place is None else f"{state.delivery.value} {customer.id} {place}"


def _place(address: AddressPart) -> str | None:
    """Country, postal code (where there is none, the city) and street; None where that is no place."""
    country = plain(address.country_code or address.country or "")
    code = plain(address.zip or "").replace("|", "")
    if country == "us" and code.isdigit():
        code = code[:_US_ZIP]
    street = plain(f"{address.address1 or ''} {address.address2 or ''}")
    area = code or plain(address.city or "")
    return f"{country} {area} {street}" if area and street else None


def plain(text: str) -> str:
    """What is the same however it was typed: blind to case, accents, blanks, punctuation and usual abbreviations.

    Numbers stay apart: "1 11" is not "11 1".
    """
    return "".join(_runs(text))


def _runs(text: str) -> Iterator[str]:
    after_number = False
    for run in _RUN.findall(folded(text)):
        number = run[0].isdigit()
        if number and after_number:
            yield "|"
        yield run if number else _SHORT.get(run) or _STRASSE.sub("str", run)
        after_number = number
