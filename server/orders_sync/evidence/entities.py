"""Shopify's entities as the server keeps them: an order and what belongs to it, typed, whoever reported it.

Only fields that are *set* (`model_fields_set`) were reported; the others stay as known. None in a field that is set means that
the shop says there is none.
"""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from orders_sync.instants import Ms


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True)


class MoneyPart(_Part):
    """Hundredths of the currency's unit, whatever its usual number of decimals; `currency` as the shop wrote it.

    `text` is the amount with the shop's decimals. Made by `evidence.money.money`, so that both ways in write it alike. Stored
    documents say `minor` for `hundredths`.
    """

    model_config = ConfigDict(validate_by_name=True, validate_by_alias=True, serialize_by_alias=True)

    hundredths: int = Field(alias="minor")
    currency: str
    text: str | None = None


class CustomerPart(_Part):
    id: int | None = None
    name: str | None = None
    email: str | None = None
    phone: str | None = None
    tags: tuple[str, ...] = ()


class AddressPart(_Part):
    name: str | None = None
    company: str | None = None
    address1: str | None = None
    address2: str | None = None
    city: str | None = None
    province: str | None = None
    zip: str | None = None
    country: str | None = None
    phone: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    province_code: str | None = None
    country_code: str | None = None


class LineProperty(_Part):
    """What the customer chose or typed for a line; made by `evidence.line_properties`, which bounds it."""

    name: str
    value: str


class LinePart(_Part):
    """A line item. `current_quantity` is what removals and refunds left; `fulfillable_quantity` what is still to fulfil."""

    id: int
    sku: str | None = None
    title: str = ""
    quantity: int = 0
    current_quantity: int = 0
    fulfillable_quantity: int = 0
    requires_shipping: bool = False
    price: MoneyPart | None = None
    variant_title: str | None = None
    properties: tuple[LineProperty, ...] = ()


class OrderFields(_Part):
    """The order's own fields.

    `subtotal` (the lines, after discounts), `shipping` (after discounts), `tax`, `discounts` are before returns, as `total` is.
    `received`, `refunded`: all that came in and went back, as of the report. `barcodes`: of the lines whose variant has one.
    """

    name: str | None = None
    created_at: Ms | None = None
    processed_at: Ms | None = None
    updated_at: Ms | None = None
    cancelled_at: Ms | None = None
    closed_at: Ms | None = None
    total: MoneyPart | None = None
    subtotal: MoneyPart | None = None
    shipping: MoneyPart | None = None
    tax: MoneyPart | None = None
    discounts: MoneyPart | None = None
    received: MoneyPart | None = None
    refunded: MoneyPart | None = None
    currency: str | None = None
    """The shop's currency; needed where a body has an amount alone."""
    financial_status: str | None = None
    fulfillment_status: str | None = None
    source_name: str | None = None
    tags: tuple[str, ...] = ()
    email: str | None = None
    note: str | None = None
    customer: CustomerPart | None = None
    shipping_address: AddressPart | None = None
    billing_address: AddressPart | None = None
    shipping_lines: tuple[str, ...] = ()
    lines: tuple[LinePart, ...] = ()
    barcodes: tuple[tuple[int, str], ...] = ()
    risk: str | None = None
    """The highest assessed risk level, lower case (`high`, `medium`, `low`, `none`, `pending`), None when unknown."""


class FulfilledLine(_Part):
    """A line in a parcel: its quantity there, and what was left to fulfil of it when that was reported (None: not reported)."""

    id: int
    quantity: int = 0
    left: int | None = None


class FulfillmentPart(_Part):
    """A parcel. `status` and `shipment_status` in Shopify's REST words, lower case (`success`, `in_transit`, …).

    `requires_shipping`: something in it is shipped; None when not reported. `created_at` is set wherever the shop reports it.
    `more_numbers`: those of its further boxes, by which it is found too.
    """

    id: int
    name: str | None = None
    status: str = "success"
    shipment_status: str | None = None
    number: str | None = None
    more_numbers: tuple[str, ...] = ()
    carrier: str | None = None
    url: str | None = None
    created_at: Ms | None = None
    updated_at: Ms
    in_transit_at: Ms | None = None
    delivered_at: Ms | None = None
    requires_shipping: bool | None = None
    lines: tuple[FulfilledLine, ...] = ()


class TransactionPart(_Part):
    """A payment transaction: `kind` authorization|capture|sale|void|refund…, `status` success|failure|pending|error."""

    id: int
    kind: str
    status: str
    amount: MoneyPart | None = None
    gateway: str | None = None
    created_at: Ms


class RefundPart(_Part):
    """A refund; `return_id` when it was made for a return; `total` what was paid back (successful transactions)."""

    id: int
    created_at: Ms
    return_id: int | None = None
    total: MoneyPart | None = None
    note: str | None = None


class HoldPart(_Part):
    """A hold on a fulfilment order. `id` is Shopify's numeric id where known, else a key made of its content.

    `handle`: the name that the app which placed it gave it.
    """

    id: str
    reason: str
    note: str | None = None
    handle: str | None = None
