"""Customers and addresses as webhooks show them."""

from __future__ import annotations

from orders_demo.rest.scalars import Json, stamp
from orders_demo.world.ids import gid
from orders_demo.world.people import Address, Customer
from orders_demo.world.shop import Shop


def address(entry: Address | None) -> Json | None:
    """A shipping or billing address; coordinates are not known."""
    if entry is None:
        return None
    return {
        "first_name": entry.first_name,
        "address1": entry.address1,
        "phone": entry.phone,
        "city": entry.city,
        "zip": entry.zip,
        "province": entry.province,
        "country": entry.country,
        "last_name": entry.last_name,
        "address2": entry.address2,
        "company": entry.company,
        "latitude": None,
        "longitude": None,
        "name": entry.name,
        "country_code": entry.country_code,
        "province_code": entry.province_code,
    }


def customer(shop: Shop, entry: Customer | None, currency: str) -> Json | None:
    """The customer inside an order."""
    if entry is None:
        return None
    return {
        "id": entry.id,
        "email": entry.email,
        "created_at": stamp(shop, entry.created_at),
        "updated_at": stamp(shop, entry.updated_at),
        "first_name": entry.first_name,
        "last_name": entry.last_name,
        "state": "disabled",
        "note": entry.note,
        "verified_email": entry.email is not None,
        "multipass_identifier": None,
        "tax_exempt": False,
        "phone": entry.phone,
        "email_marketing_consent": {
            "state": "not_subscribed",
            "opt_in_level": None,
            "consent_updated_at": None,
        },
        "sms_marketing_consent": None,
        "tags": ", ".join(entry.tags),
        "currency": currency,
        "tax_exemptions": [],
        "admin_graphql_api_id": gid("Customer", entry.id),
        "default_address": _home(entry),
    }


def _home(entry: Customer) -> Json:
    plain = address(entry.address) or {}
    plain.pop("latitude")
    plain.pop("longitude")
    return {
        "id": entry.address.id,
        "customer_id": entry.id,
        **plain,
        "country_name": entry.address.country,
        "default": True,
    }
