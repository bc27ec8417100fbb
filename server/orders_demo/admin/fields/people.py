"""Customers and addresses."""

from __future__ import annotations

from orders_demo.admin.fields.reading import Fields, fixed, identity, read
from orders_demo.world.people import Address


def _lines(address: Address) -> list[str]:
    town = " ".join(part for part in (address.zip, address.city) if part)
    return [part for part in (address.company, address.address1, address.address2, town, address.country) if part]


FIELDS: Fields = {
    "Customer": {
        **identity("Customer"),
        "amountSpent": read(lambda customer: (customer.spent, "USD")),
        "defaultAddress": read(lambda customer: customer.address),
        "defaultEmailAddress": read(lambda customer: {"emailAddress": customer.email} if customer.email else None),
        "defaultPhoneNumber": read(lambda customer: {"phoneNumber": customer.phone} if customer.phone else None),
        "displayName": read(lambda customer: customer.name),
        "numberOfOrders": read(lambda customer: customer.orders),
        "state": fixed("DISABLED"),
        "taxExempt": fixed(False),
        "verifiedEmail": read(lambda customer: customer.email is not None),
    },
    "MailingAddress": {
        "id": read(lambda address: f"gid://shopify/MailingAddress/{address.id}?model_name=Address"),
        "coordinatesValidated": fixed(False),
        "countryCodeV2": read(lambda address: address.country_code),
        "formatted": read(_lines),
        "formattedArea": read(lambda address: ", ".join(part for part in (address.city, address.country) if part)),
        "latitude": fixed(None),
        "longitude": fixed(None),
        "timeZone": fixed(None),
    },
}
