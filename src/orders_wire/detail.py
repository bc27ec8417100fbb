"""`GET /sync/orders/{id}`: ORDER with everything that is known of it."""

from __future__ import annotations

from pydantic import OnErrorOmit

from orders_wire.orders import Money, Order
from orders_wire.scalars import Instant, Wire
from orders_wire.vocabulary import HoldReason, OutboundState, ParcelSent, ReturnAction, ReturnState


class Customer(Wire):
    """The buyer; every field is null where the shop does not share it (protected customer data)."""

    id: str | None = None
    name: str | None = None
    email: str | None = None
    phone: str | None = None
    tags: list[str] = []


class Address(Wire):
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


class LineProperty(Wire):
    """What the customer chose or typed for a line: Shopify's `customAttributes`. Names that begin with `_` are the shop's own."""

    name: str
    value: str


class LineItem(Wire):
    """A line. `owed` is the quantity that requires shipping and is left to fulfil.

    `available` is Shopify's: the SKU's stock less what open orders have committed. `short`: how many of the units owed here
    are not covered by stock (contract §3a, Covered); null when that is not known. `held`: how many of them a hold keeps back;
    `sendable`: how many of them are neither held nor short. `barcode`: the variant's now, null until a poll has read it.
    """

    id: str
    sku: str | None = None
    title: str
    quantity: int
    owed: int
    requires_shipping: bool
    price: Money | None = None
    available: int | None = None
    short: int | None = None
    held: int = 0
    sendable: int = 0
    variant_title: str | None = None
    properties: list[LineProperty] = []
    barcode: str | None = None


class Totals(Wire):
    """The order's money, in shop currency; null where the shop has not told it.

    `subtotal` (the lines, after discounts), `shipping` (after discounts), `tax` and `discounts` (what was taken off in all) are
    before returns, as `total` is; with prices that have the tax in them, it is a part of the first two. `captured`: what was
    received, gift cards too; `refunded`: what was paid back.
    """

    subtotal: Money | None = None
    shipping: Money | None = None
    tax: Money | None = None
    discounts: Money | None = None
    refunded: Money | None = None
    captured: Money | None = None


class CustomerOrders(Wire):
    """All orders of the customer that the desk knows, this one included: how many, how many are open, how many have a return that
    was neither denied nor cancelled."""

    count: int
    open: int
    returned: int


class Note(Wire):
    """A note of the desk's own (contract §3a, `note`). `mentions`: the people named in it; `text` is empty where it was
    erased."""

    id: str
    at: Instant
    by: str
    text: str
    mentions: list[str] = []
    edited_at: Instant | None = None


class Present(Wire):
    """Somebody who has the order open, since when, and what they do to it: an action's name, null where they only look."""

    name: str
    doing: str | None = None
    since: Instant


class FulfilledLine(Wire):
    """So many units of a line, in a parcel or under a hold; `id` is the line item's."""

    id: str
    sku: str | None = None
    title: str = ""
    quantity: int


class HoldEntry(Wire):
    """A hold that stands. `id`: what `release` takes; `ours`: placed by this desk (contract §3a, Holds). `reason` is the word of
    `hold` for ours, and what Shopify's reason means for others'. `lines`: what it holds; empty: all that is owed, or not known.

    `by`: who placed it: an operator's name of ours, else the app's where Shopify says it.
    """

    id: str
    reason: HoldReason
    note: str | None = None
    since: Instant
    by: str | None = None
    ours: bool = False
    until: Instant | None = None
    lines: list[FulfilledLine] = []


class Fulfillment(Wire):
    """A parcel. `ours` marks an operator's acknowledgement that Shopify has not confirmed yet. `lines`: what is in it."""

    id: str
    name: str | None = None
    status: str
    shipment_status: str | None = None
    number: str | None = None
    carrier: str | None = None
    url: str | None = None
    created_at: Instant
    updated_at: Instant | None = None
    delivered_at: Instant | None = None
    ours: bool = False
    lines: list[FulfilledLine] = []
    sent: ParcelSent = ParcelSent.SENT


class Return(Wire):
    """A return with its moves. `since` is when it entered `state`."""

    id: str
    name: str | None = None
    state: ReturnState
    since: Instant
    reason: str | None = None
    note: str | None = None
    allowed_actions: list[OnErrorOmit[ReturnAction]] = []
    refund_amount: float | None = None
    currency: str | None = None
    tracking_number: str | None = None
    label_url: str | None = None
    requested: bool = False


class Assignment(Wire):
    """One row of `order_assignments`: who owned the order, set by whom and when."""

    assignee: str
    assigned_by: str
    assigned_at: Instant
    action_id: str | None = None


class AuditEntry(Wire):
    """One operator action on the order, its outcome and where it came from."""

    at: Instant
    actor: str
    action: str
    result: str
    details: str = ""
    client: str | None = None
    action_id: str | None = None


class FieldError(Wire):
    """What Shopify says against one field of what was sent; `field` in the words of the request, null where it names none."""

    field: str | None = None
    message: str


class OutboxEntry(Wire):
    """A queued write to Shopify (`shopify`), the ERP (`erp`) or the support queue (`support`)."""

    id: str
    target: str
    kind: str
    state: OutboundState
    attempts: int = 0
    not_before: Instant | None = None
    last_error: str | None = None
    order_id: str | None = None
    order_number: str | None = None
    created_at: Instant | None = None
    action_id: str | None = None
    errors: list[FieldError] = []


class OrderDetail(Order):
    """ORDER plus what a pane shows; `timeline` is whole here."""

    customer: Customer | None = None
    email: str | None = None
    note: str | None = None
    financial_status: str | None = None
    fulfillment_status: str | None = None
    shipping_address: Address | None = None
    billing_address: Address | None = None
    shipping_lines: list[str] = []
    line_items: list[LineItem] = []
    fulfillments: list[Fulfillment] = []
    holds: list[HoldEntry] = []
    returns: list[Return] = []
    assignments: list[Assignment] = []
    audit: list[AuditEntry] = []
    outbox: list[OutboxEntry] = []
    notes: list[Note] = []
    present: list[Present] = []
    totals: Totals | None = None
    customer_orders: CustomerOrders | None = None
    admin_url: str | None = None
