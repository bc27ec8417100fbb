"""`address`: the shipping address of one order is corrected, always whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from orders_tui.actions.draft import Draft, ending
from orders_tui.actions.field_changes import Changes, Earlier, unsaid
from orders_wire.blockers import Blocker
from orders_wire.vocabulary import ActionName, Status

if TYPE_CHECKING:
    from orders_wire.actions import AddressBody
    from orders_wire.orders import Order

FIELDS: Mapping[str, str] = {
    "first_name": "First name",
    "last_name": "Last name",
    "company": "Company",
    "address1": "Street",
    "address2": "Street 2",
    "zip": "ZIP",
    "city": "City",
    "province_code": "Province",
    "country_code": "Country",
    "phone": "Phone",
}
"""The fields of an address as the contract calls them, in the order in which they are typed, with their names for people."""


@dataclass(frozen=True, slots=True)
class AddressDraft(Draft):
    """Overwrite the shipping address; `release` ends our address hold once Shopify has taken it."""

    action = ActionName.ADDRESS
    word = "address"
    doing = "correcting the address"
    done = "address corrected"
    orders_per_request = 1
    repeated = None
    """Each address is one order's own."""
    on_disk = False
    """Somebody's home: kept in memory alone."""
    address: Mapping[str, str | None] = field(default_factory=dict)
    release: bool = False

    def obstacle(self, order: Order) -> str | None:
        return ending(order) if order.cancelling is not None or order.status is Status.CANCELLED else None

    def effect(self, order_id: str, row: Order | None, earlier: Earlier) -> Changes:
        """No row shows an address, but that it cannot go without one."""
        return unsaid(row) if row is not None and Blocker.ADDRESS in row.blockers else {}

    def body(self, expected: dict[str, int] | None) -> AddressBody:
        from orders_wire.actions import AddressBody, GivenAddress

        return AddressBody(
            order_id=self.order_ids[0],
            shipping_address=GivenAddress(**self.address),
            release=self.release,
            expected_versions=expected,
        )


def fault(address: Mapping[str, str | None]) -> str:
    """Why the server would not take it; empty when it would. Whether it exists is for Shopify to say."""
    country = address.get("country_code") or ""
    if not any(address.values()):
        return "the address is empty: give at least one of its parts"
    if len(country) != 2 or not (country.isascii() and country.isalpha()):
        return "the country is given by its two letters, as DE"
    return ""
