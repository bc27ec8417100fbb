"""Changes: what a delivery says, in one vocabulary, whoever said it.

A webhook, a GraphQL read and an ERP message are each normalised to a list of these. A change is evidence about one
Shopify entity, with the shop's own time for it; nothing here is state. Merging changes is commutative and idempotent
(`facts`), so a list has no order that matters.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from orders_sync.instants import Ms


@dataclass(frozen=True, slots=True, order=True)
class Stamp:
    """When the shop says the entity was so (`at`), and when this telling was triggered or read (`seen`).

    A later stamp wins; equal stamps are decided by the content, so that every order of arrival ends alike.
    """

    at: Ms
    seen: Ms


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
    variant_id: int | None = None


class OrderFields(_Part):
    """The order's own fields. Only fields that are *set* (`model_fields_set`) were told; the others stay as known.

    `null` for a field that is set means that the shop says there is none.
    """

    name: str | None = None
    created_at: Ms | None = None
    processed_at: Ms | None = None
    updated_at: Ms | None = None
    cancelled_at: Ms | None = None
    closed_at: Ms | None = None
    total: MoneyPart | None = None
    currency: str | None = None
    """The shop's currency; needed where a body tells an amount alone."""
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
    risk: str | None = None
    """The highest assessed risk level, lower case (`high`, `medium`, `low`, `none`, `pending`), null when unknown."""


class FulfilledLine(_Part):
    """A line in a parcel: its quantity there, and what was left to fulfil of it when that was told (null: not told)."""

    id: int
    quantity: int = 0
    left: int | None = None


class FulfillmentPart(_Part):
    """A parcel. `status` and `shipment_status` in Shopify's REST words, lower case (`success`, `in_transit`, …).

    As with `OrderFields`, only fields that are set were told. `requires_shipping`: something in it is shipped; null when not
    told. `created_at` is set wherever the shop tells it. `more_numbers`: those of its further boxes, by which it is found too.
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

    As with `OrderFields`, only fields that are set were told. `handle`: the name that the app which placed it gave it.
    """

    id: str
    reason: str
    note: str | None = None
    handle: str | None = None


@dataclass(frozen=True, slots=True)
class OrderSeen:
    """`partly`: values of which a part is hidden from the reader; they count where nothing whole is known."""

    order_id: int
    fields: OrderFields
    stamp: Stamp
    partly: OrderFields | None = None
    kind: Literal["order"] = "order"


@dataclass(frozen=True, slots=True)
class OrderDeleted:
    order_id: int
    stamp: Stamp
    kind: Literal["order_deleted"] = "order_deleted"


@dataclass(frozen=True, slots=True)
class OrderEdited:
    order_id: int
    edit_id: int
    details: str
    stamp: Stamp
    kind: Literal["order_edited"] = "order_edited"


@dataclass(frozen=True, slots=True)
class FulfillmentSeen:
    order_id: int
    fulfillment: FulfillmentPart
    stamp: Stamp
    kind: Literal["fulfillment"] = "fulfillment"


@dataclass(frozen=True, slots=True)
class CarrierScan:
    """A fulfilment event (`status` lower case), or its removal."""

    order_id: int
    fulfillment_id: int
    event_id: int
    status: str
    happened_at: Ms
    stamp: Stamp
    removed: bool = False
    kind: Literal["scan"] = "scan"


@dataclass(frozen=True, slots=True)
class TransactionSeen:
    order_id: int
    transaction: TransactionPart
    stamp: Stamp
    kind: Literal["transaction"] = "transaction"


@dataclass(frozen=True, slots=True)
class RefundSeen:
    order_id: int
    refund: RefundPart
    stamp: Stamp
    kind: Literal["refund"] = "refund"


@dataclass(frozen=True, slots=True)
class ReturnSeen:
    """A return. `order_id` is null where the body names none (returns/update); `status` lower case, null when not told.

    `dispositions`: `processing_required` (goods came), `disposed` (all inspected), null when not told. `note` is the buyer's,
    `decline_note` the shop's. `cleared`: the fields that were told as null; any other null was not told. `exchange_lines`: the
    order's lines that were made of what is exchanged, as far as told.
    """

    return_id: int
    order_id: int | None
    stamp: Stamp
    status: str | None = None
    name: str | None = None
    reason: str | None = None
    note: str | None = None
    decline_note: str | None = None
    created_at: Ms | None = None
    closed_at: Ms | None = None
    dispositions: str | None = None
    refundable: MoneyPart | None = None
    """What Shopify suggests to pay back for the lines of this return, where it tells."""
    reopened: bool = False
    exchange_lines: tuple[int, ...] = ()
    cleared: tuple[str, ...] = ()
    kind: Literal["return"] = "return"


@dataclass(frozen=True, slots=True)
class ReverseDeliverySeen:
    """A label or a tracking number for the way back: evidence of `label_generated`, as of `labelled_at` (null: the stamp).

    `cleared`: the fields that were told as null; any other null was not told.
    """

    return_id: int
    order_id: int | None
    delivery_id: int
    stamp: Stamp
    number: str | None = None
    carrier: str | None = None
    label_url: str | None = None
    labelled_at: Ms | None = None
    cleared: tuple[str, ...] = ()
    kind: Literal["reverse_delivery"] = "reverse_delivery"


@dataclass(frozen=True, slots=True)
class FulfillmentOrderSeen:
    """A fulfilment order. `holds` is the whole list as of the stamp, or null when the body does not tell it.

    `replaces`: fulfilment orders that this one took over from (moved, split, merged, cancelled), for attribution.
    `method`: how it gets to the buyer, in Shopify's words, lower case (`shipping`, `pick_up`, …). `cleared`: the fields that
    were told as null; any other null was not told. `created_at`, `lines` (the order's lines in it): told by the poll where it
    may have come of an exchange.
    """

    fulfillment_order_id: int
    order_id: int | None
    stamp: Stamp
    status: str | None = None
    fulfill_by: Ms | None = None
    method: str | None = None
    holds: tuple[HoldPart, ...] | None = None
    held_skus: tuple[str, ...] = ()
    created_at: Ms | None = None
    lines: tuple[int, ...] = ()
    related: tuple[int, ...] = ()
    cleared: tuple[str, ...] = ()
    kind: Literal["fulfillment_order"] = "fulfillment_order"


@dataclass(frozen=True, slots=True)
class HoldAdded:
    fulfillment_order_id: int
    order_id: int | None
    hold: HoldPart
    stamp: Stamp
    kind: Literal["hold_added"] = "hold_added"


@dataclass(frozen=True, slots=True)
class HoldReleased:
    """One hold released, or every hold of the fulfilment order when `hold_id` is null."""

    fulfillment_order_id: int
    order_id: int | None
    hold_id: str | None
    stamp: Stamp
    kind: Literal["hold_released"] = "hold_released"


@dataclass(frozen=True, slots=True)
class DisputeSeen:
    """A chargeback or inquiry; `order_id` may be null, and then it concerns no order."""

    dispute_id: int
    order_id: int | None
    status: str
    stamp: Stamp
    dispute_type: str = "chargeback"
    amount: MoneyPart | None = None
    initiated_at: Ms | None = None
    evidence_due_by: Ms | None = None
    kind: Literal["dispute"] = "dispute"


@dataclass(frozen=True, slots=True)
class ReturnMoved:
    """The ERP's side of a return: `step` is in_transit, received, inspected or refunded."""

    return_id: int
    order_id: int | None
    step: Literal["in_transit", "received", "inspected", "refunded"]
    stamp: Stamp
    kind: Literal["return_moved"] = "return_moved"


@dataclass(frozen=True, slots=True)
class InventoryItemSeen:
    item_id: int
    sku: str | None
    stamp: Stamp
    title: str | None = None
    kind: Literal["inventory_item"] = "inventory_item"


@dataclass(frozen=True, slots=True)
class InventoryLevelSeen:
    """What is available of an item at a location; null when the location no longer stocks it."""

    item_id: int
    location_id: int
    available: int | None
    stamp: Stamp
    kind: Literal["inventory_level"] = "inventory_level"


@dataclass(frozen=True, slots=True)
class StockExpected:
    """The ERP expects stock of a SKU at `eta` (null: no longer)."""

    sku: str
    eta: Ms | None
    stamp: Stamp
    kind: Literal["stock_expected"] = "stock_expected"


@dataclass(frozen=True, slots=True)
class CustomerRedacted:
    """Erase this customer from rows, timeline, search and dead letters: Shopify's customers/redact."""

    customer_id: int | None
    email: str | None
    order_ids: tuple[int, ...]
    stamp: Stamp
    kind: Literal["customer_redacted"] = "customer_redacted"


@dataclass(frozen=True, slots=True)
class ShopRedacted:
    """Erase every order of this shop: Shopify's shop/redact, 48 h after an uninstall."""

    stamp: Stamp
    kind: Literal["shop_redacted"] = "shop_redacted"


@dataclass(frozen=True, slots=True)
class AppUninstalled:
    stamp: Stamp
    kind: Literal["app_uninstalled"] = "app_uninstalled"


OrderChange = (
    OrderSeen
    | OrderDeleted
    | OrderEdited
    | FulfillmentSeen
    | CarrierScan
    | TransactionSeen
    | RefundSeen
    | ReturnSeen
    | ReverseDeliverySeen
    | FulfillmentOrderSeen
    | HoldAdded
    | HoldReleased
    | DisputeSeen
    | ReturnMoved
)
"""Changes that concern one order, named in them or found through a reference."""

StockChange = InventoryItemSeen | InventoryLevelSeen | StockExpected
PrivacyChange = CustomerRedacted | ShopRedacted | AppUninstalled
Change = OrderChange | StockChange | PrivacyChange


@dataclass(frozen=True, slots=True)
class Delivery:
    """One thing that came in, with what it says. `delivery_id` is what repeats are told by.

    `source`: `webhook`, `poll`, `erp`. `changes` is empty for a topic that concerns nothing here.
    """

    source: Literal["webhook", "poll", "erp"]
    delivery_id: str | None
    topic: str
    received_at: Ms
    changes: tuple[Change, ...] = field(default=())
