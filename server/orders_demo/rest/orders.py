"""Orders as webhooks show them."""

from __future__ import annotations

import hashlib

from orders_demo.operations.ordering import Edit
from orders_demo.rest.lines import line, shipping, taxes
from orders_demo.rest.parcels import nested_fulfillment
from orders_demo.rest.payments import nested_refund
from orders_demo.rest.people import address, customer
from orders_demo.rest.scalars import Json, money_set, stamp
from orders_demo.world.ids import gid
from orders_demo.world.money import text
from orders_demo.world.orders import Order
from orders_demo.world.shop import Shop

_REASONS = {
    "STAFF": "staff",
    "CUSTOMER": "customer",
    "DECLINED": "declined",
    "FRAUD": "fraud",
    "INVENTORY": "inventory",
}


def order(shop: Shop, entry: Order) -> Json:
    """Every `orders/*` topic but edited and delete: the whole order as it stands."""
    return {**_identity(shop, entry), **_worth(entry), **_source(entry), **_contents(shop, entry)}


def edited(shop: Shop, change: Edit) -> Json:
    """`orders/edited`: what changed, not the order."""
    return {
        "order_edit": {
            "id": change.id,
            "app_id": None,
            "created_at": stamp(shop, change.created_at),
            "notify_customer": False,
            "order_id": change.order.id,
            "staff_note": change.staff_note,
            "user_id": None,
            "line_items": {
                "additions": [{"id": entry.id, "delta": count} for entry, count in change.added],
                "removals": [{"id": entry.id, "delta": count} for entry, count in change.removed],
            },
            "discounts": {"line_item": {"additions": [], "removals": []}},
            "shipping_lines": {"additions": [], "removals": []},
        }
    }


def _identity(shop: Shop, entry: Order) -> Json:
    token = hashlib.md5(str(entry.id).encode(), usedforsecurity=False).hexdigest()
    return {
        "id": entry.id,
        "admin_graphql_api_id": gid("Order", entry.id),
        "app_id": None if entry.source_name == "pos" else 580111,
        "browser_ip": None,
        "buyer_accepts_marketing": False,
        "cancel_reason": _REASONS.get(entry.cancel_reason or "", "other") if entry.cancelled_at else None,
        "cancelled_at": stamp(shop, entry.cancelled_at),
        "cart_token": None,
        "checkout_id": None,
        "checkout_token": token if entry.source_name == "web" else None,
        "client_details": None,
        "closed_at": stamp(shop, entry.closed_at),
        "confirmation_number": token[:9].upper(),
        "confirmed": True,
        "contact_email": entry.email,
        "created_at": stamp(shop, entry.created_at),
        "currency": entry.tender.shop,
        "customer_locale": entry.customer.locale if entry.customer else None,
        "email": entry.email,
        "financial_status": entry.financial_status and entry.financial_status.lower(),
        "fulfillment_status": _fulfilled(entry),
        "name": entry.name,
        "number": entry.number - 1000,
        "order_number": entry.number,
        "order_status_url": f"https://{shop.domain}/{shop.id}/orders/{token}/authenticate?key=none",
        "phone": entry.phone,
        "po_number": entry.po_number,
        "presentment_currency": entry.tender.presentment,
        "processed_at": stamp(shop, entry.processed_at),
        "test": False,
        "token": token,
        "updated_at": stamp(shop, entry.updated_at),
        "user_id": None,
    }


def _worth(entry: Order) -> Json:
    amounts = {
        "current_subtotal_price": entry.current_subtotal,
        "current_total_discounts": entry.discounts,
        "current_total_price": entry.current_total,
        "current_total_tax": sum(entry.tax_on(item.share(item.current)) for item in entry.lines),
        "subtotal_price": entry.subtotal,
        "total_discounts": entry.discounts,
        "total_line_items_price": entry.subtotal + entry.discounts,
        "total_price": entry.total,
        "total_tax": entry.tax,
    }
    plain = {name: text(minor) for name, minor in amounts.items()}
    sets = {f"{name}_set": money_set(entry.tender, minor) for name, minor in amounts.items()}
    return {
        **plain,
        **sets,
        "current_total_additional_fees_set": None,
        "current_total_duties_set": None,
        "original_total_additional_fees_set": None,
        "original_total_duties_set": None,
        "total_cash_rounding_payment_adjustment_set": money_set(entry.tender, 0),
        "total_cash_rounding_refund_adjustment_set": money_set(entry.tender, 0),
        "total_outstanding": text(entry.outstanding),
        "total_shipping_price_set": money_set(entry.tender, entry.carriage),
        "total_tip_received": text(0),
        "total_weight": sum(item.grams * item.quantity for item in entry.lines),
        "tax_exempt": False,
        "tax_lines": taxes(entry, entry.tax),
        "taxes_included": False,
        "estimated_taxes": False,
        "duties_included": False,
    }


def _source(entry: Order) -> Json:
    codes = []
    if entry.discount_code:
        codes = [{"code": entry.discount_code, "amount": text(entry.discounts), "type": "percentage"}]
    return {
        "device_id": None,
        "discount_codes": codes,
        "landing_site": "/" if entry.source_name == "web" else None,
        "landing_site_ref": None,
        "location_id": entry.location.id if entry.location else None,
        "merchant_business_entity_id": "NTQ4MzgwMDA5",
        "merchant_of_record_app_id": None,
        "note": entry.note,
        "note_attributes": [],
        "payment_gateway_names": [entry.gateway],
        "reference": None,
        "referring_site": None,
        "source_identifier": None,
        "source_name": entry.source_name,
        "source_url": None,
        "tags": ", ".join(entry.tags),
    }


def _contents(shop: Shop, entry: Order) -> Json:
    code = entry.discount_code
    applied = [
        {
            "target_type": "line_item",
            "type": "discount_code" if code else "manual",
            "value": "10.0",
            "value_type": "percentage",
            "allocation_method": "across",
            "target_selection": "explicit",
            **({"code": code} if code else {"title": "Courtesy", "description": None}),
        }
    ]
    return {
        "billing_address": address(entry.billing_address),
        "customer": customer(shop, entry.customer, entry.tender.shop),
        "discount_applications": applied if entry.discounts else [],
        "fulfillments": [nested_fulfillment(shop, parcel) for parcel in entry.parcels],
        "line_items": [line(item) for item in entry.lines],
        "payment_terms": None,
        "refunds": [nested_refund(shop, back) for back in entry.refunds],
        "shipping_address": address(entry.shipping_address),
        "shipping_lines": [shipping(item) for item in entry.shipping],
    }


def _fulfilled(entry: Order) -> str | None:
    if entry.sent:
        return "partial" if entry.owed else "fulfilled"
    return None
