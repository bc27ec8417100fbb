"""Changes: what a delivery says, in one vocabulary, whoever said it.

A webhook, a GraphQL read and an ERP message are each normalised to a list of these. A change is evidence about one
Shopify entity, with the shop's own time for it; nothing here is state. Merging changes is commutative and idempotent
(`facts`), so a list has no order that matters.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from orders_sync.evidence.entities import FulfillmentPart, HoldPart, MoneyPart, OrderFields, RefundPart, TransactionPart
from orders_sync.instants import Ms


@dataclass(frozen=True, slots=True, order=True)
class Stamp:
    """When the shop says the entity was so (`at`), and when this report was triggered or read (`seen`).

    A later stamp wins; equal stamps are decided by the content, so that every order of arrival ends alike.
    """

    at: Ms
    seen: Ms


@dataclass(frozen=True, slots=True)
class OrderSeen:
    """`partly`: values of which a part is hidden from the reader; they count where nothing whole is known."""

    order_id: int
    fields: OrderFields
    stamp: Stamp
    partly: OrderFields | None = None


@dataclass(frozen=True, slots=True)
class OrderDeleted:
    order_id: int
    stamp: Stamp


@dataclass(frozen=True, slots=True)
class OrderEdited:
    order_id: int
    edit_id: int
    details: str
    stamp: Stamp


@dataclass(frozen=True, slots=True)
class FulfillmentSeen:
    order_id: int
    fulfillment: FulfillmentPart
    stamp: Stamp


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


@dataclass(frozen=True, slots=True)
class TransactionSeen:
    order_id: int
    transaction: TransactionPart
    stamp: Stamp


@dataclass(frozen=True, slots=True)
class RefundSeen:
    order_id: int
    refund: RefundPart
    stamp: Stamp


@dataclass(frozen=True, slots=True)
class ReturnSeen:
    """A return. `order_id` is None where the body names none (returns/update); `status` lower case, None when not reported.

    `dispositions`: `processing_required` (goods came), `disposed` (all inspected), None when not reported. `note` is the buyer's,
    `decline_note` the shop's. `cleared`: the fields that were reported as null; any other None was not reported.
    `exchange_lines`: the order's lines that were made of what is exchanged, as far as reported.
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
    """What Shopify suggests to pay back for the lines of this return, where it does."""
    reopened: bool = False
    exchange_lines: tuple[int, ...] = ()
    cleared: tuple[str, ...] = ()
    kind: Literal["return"] = "return"


@dataclass(frozen=True, slots=True)
class ReverseDeliverySeen:
    """A label or a tracking number for the way back: evidence of `label_generated`, as of `labelled_at` (None: the stamp).

    `cleared`: the fields that were reported as null; any other None was not reported.
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
    """A fulfilment order. `holds` is the whole list as of the stamp, or None when the body does not have it.

    `replaces`: fulfilment orders that this one took over from (moved, split, merged, cancelled), for attribution.
    `method`: how it gets to the buyer, in Shopify's words, lower case (`shipping`, `pick_up`, …). `cleared`: the fields that
    were reported as null; any other None was not reported. `fulfillable`: the shop lets it be fulfilled. `held_skus`,
    `held_lines`: what it has to send while it is held, or may not be fulfilled, the latter as units by the order's line.
    `created_at`, `lines` (the order's lines in it): reported by the poll where it may have come of an exchange.
    """

    fulfillment_order_id: int
    order_id: int | None
    stamp: Stamp
    status: str | None = None
    fulfill_by: Ms | None = None
    method: str | None = None
    fulfillable: bool | None = None
    holds: tuple[HoldPart, ...] | None = None
    held_skus: tuple[str, ...] = ()
    held_lines: tuple[tuple[int, int], ...] = ()
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
    """One hold released, or every hold of the fulfilment order when `hold_id` is None. `hold`: the one, as far as it was told."""

    fulfillment_order_id: int
    order_id: int | None
    hold_id: str | None
    stamp: Stamp
    hold: HoldPart | None = None
    kind: Literal["hold_released"] = "hold_released"


@dataclass(frozen=True, slots=True)
class DisputeSeen:
    """A chargeback or inquiry; `order_id` may be None, and then it concerns no order."""

    dispute_id: int
    order_id: int | None
    status: str
    stamp: Stamp
    dispute_type: str = "chargeback"
    amount: MoneyPart | None = None
    initiated_at: Ms | None = None
    evidence_due_by: Ms | None = None


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


@dataclass(frozen=True, slots=True)
class InventoryLevelSeen:
    """What is available of an item at a location; None when the location no longer stocks it."""

    item_id: int
    location_id: int
    available: int | None
    stamp: Stamp


@dataclass(frozen=True, slots=True)
class StockExpected:
    """The ERP expects stock of a SKU at `eta` (None: no longer)."""

    sku: str
    eta: Ms | None
    stamp: Stamp


@dataclass(frozen=True, slots=True)
class CustomerRedacted:
    """Erase this customer from rows, timeline, search and dead letters: Shopify's customers/redact."""

    customer_id: int | None
    email: str | None
    order_ids: tuple[int, ...]
    stamp: Stamp


@dataclass(frozen=True, slots=True)
class ShopRedacted:
    """Erase every order of this shop: Shopify's shop/redact, 48 h after an uninstall."""

    stamp: Stamp


@dataclass(frozen=True, slots=True)
class AppUninstalled:
    stamp: Stamp


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
    """One thing that came in, with what it says. `delivery_id` is what repeats are found by.

    `source`: `webhook`, `poll`, `erp`. `changes` is empty for a topic that concerns nothing here.
    """

    source: Literal["webhook", "poll", "erp"]
    delivery_id: str | None
    topic: str
    received_at: Ms
    changes: tuple[Change, ...] = field(default=())
