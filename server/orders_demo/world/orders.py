"""Orders: their lines, payments, refunds, disputes, and the statuses Shopify derives from them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from orders_demo.world.money import Tender

if TYPE_CHECKING:
    from orders_demo.world.goods import Location, Variant
    from orders_demo.world.parcels import FulfillmentOrder, Parcel
    from orders_demo.world.people import Address, Customer
    from orders_demo.world.returns import Return


@dataclass(slots=True, eq=False, repr=False)
class Line:
    """A line item. Prices are minor units; `unfulfilled` is what is still to be sent."""

    id: int
    order: Order
    variant: Variant | None
    title: str
    variant_title: str | None
    sku: str | None
    vendor: str | None
    price: int
    discount: int
    quantity: int
    current: int
    unfulfilled: int
    requires_shipping: bool
    gift_card: bool
    grams: int
    properties: Sequence[tuple[str, str]] = ()
    """What the customer chose or typed for it, as (name, value)."""

    @property
    def name(self) -> str:
        """Title and variant, as packing slips print them."""
        return f"{self.title} - {self.variant_title}" if self.variant_title else self.title

    @property
    def total(self) -> int:
        """What the ordered units cost after discounts, before tax."""
        return self.price * self.quantity - self.discount

    def share(self, quantity: int) -> int:
        """What `quantity` of the ordered units cost after discounts."""
        return self.total * quantity // self.quantity if self.quantity else 0


@dataclass(slots=True, eq=False, repr=False)
class Shipping:
    """The delivery the customer chose."""

    id: int
    order: Order
    title: str
    code: str
    price: int
    phone: str | None = None


@dataclass(slots=True, eq=False, repr=False)
class Payment:
    """An order transaction. `kind` and `status` are OrderTransactionKind and OrderTransactionStatus."""

    id: int
    order: Order
    kind: str
    status: str
    gateway: str
    amount: int
    created_at: datetime
    parent: Payment | None = None
    error_code: str | None = None
    message: str | None = None
    card: str | None = None


@dataclass(slots=True, eq=False, repr=False)
class RefundLine:
    """So many units of a line paid back. `restock_type` is a RefundLineItemRestockType."""

    id: int
    line: Line
    quantity: int
    subtotal: int
    tax: int
    restock_type: str
    location: Location | None


@dataclass(slots=True, eq=False, repr=False)
class Refund:
    """Money paid back, for a return or out of goodwill."""

    id: int
    order: Order
    created_at: datetime
    note: str | None
    lines: list[RefundLine]
    payments: list[Payment]
    owner: Return | None
    shipping: int = 0
    """What of it is for delivery."""

    @property
    def total(self) -> int:
        """What went back, in minor units."""
        return sum(payment.amount for payment in self.payments if payment.status == "SUCCESS")


@dataclass(slots=True, eq=False, repr=False)
class Dispute:
    """A chargeback or an inquiry. `status` is a DisputeStatus."""

    id: int
    order: Order
    type: str
    status: str
    reason: str
    network_reason_code: str
    amount: int
    initiated_at: datetime
    evidence_due_by: datetime
    evidence_sent_on: datetime | None = None
    finalized_on: datetime | None = None


@dataclass(slots=True, eq=False, repr=False)
class Metafield:
    """A value that an app keeps on an order."""

    id: int
    namespace: str
    key: str
    type: str
    value: str
    created_at: datetime
    updated_at: datetime

    @property
    def digest(self) -> str:
        """`compareDigest`: changes with the value."""
        return hashlib.sha256(f"{self.type}\n{self.value}".encode()).hexdigest()


@dataclass(slots=True, eq=False, repr=False)
class Order:
    """An order with everything that hangs on it. Amounts are minor units of `tender.shop`."""

    id: int
    number: int
    created_at: datetime
    processed_at: datetime
    updated_at: datetime
    customer: Customer | None
    email: str | None
    phone: str | None
    shipping_address: Address | None
    billing_address: Address | None
    tender: Tender
    source_name: str
    gateway: str
    lines: list[Line]
    shipping: list[Shipping]
    tax_rate: float
    tags: list[str] = field(default_factory=list)
    note: str | None = None
    discount_code: str | None = None
    po_number: str | None = None
    location: Location | None = None
    closed_at: datetime | None = None
    cancelled_at: datetime | None = None
    cancel_reason: str | None = None
    staff_note: str | None = None
    edited: bool = False
    expired: bool = False
    untendered: bool = False
    """Made through the API without a payment or a financial status: Shopify then tells none."""
    risk: str = "LOW"
    payments: list[Payment] = field(default_factory=list)
    tasks: list[FulfillmentOrder] = field(default_factory=list)
    parcels: list[Parcel] = field(default_factory=list)
    refunds: list[Refund] = field(default_factory=list)
    returns: list[Return] = field(default_factory=list)
    disputes: list[Dispute] = field(default_factory=list)
    metafields: list[Metafield] = field(default_factory=list)

    @property
    def name(self) -> str:
        """`#1001`."""
        return f"#{self.number}"

    @property
    def subtotal(self) -> int:
        """All lines after discounts."""
        return sum(line.total for line in self.lines)

    @property
    def discounts(self) -> int:
        """Taken off all lines."""
        return sum(line.discount for line in self.lines)

    @property
    def carriage(self) -> int:
        """Paid for delivery."""
        return sum(line.price for line in self.shipping)

    def tax_on(self, amount: int) -> int:
        """The sales tax on an amount."""
        return round(amount * self.tax_rate)

    @property
    def tax(self) -> int:
        """The sales tax on all lines, summed as the lines show it."""
        return sum(self.tax_on(line.total) for line in self.lines)

    @property
    def total(self) -> int:
        """`total_price`: before returns."""
        return self.subtotal + self.carriage + self.tax

    @property
    def current_subtotal(self) -> int:
        """The lines that were not returned or removed."""
        return sum(line.share(line.current) for line in self.lines)

    @property
    def current_total(self) -> int:
        """What the order is worth now."""
        kept = [line.share(line.current) for line in self.lines]
        carriage = self.carriage if any(kept) or not self.refunds else 0
        return sum(kept) + sum(self.tax_on(amount) for amount in kept) + carriage

    def paid(self, *kinds: str) -> int:
        """The sum of the successful payments of these kinds."""
        return sum(payment.amount for payment in self.payments if payment.kind in kinds and payment.status == "SUCCESS")

    @property
    def received(self) -> int:
        """Captured, before refunds."""
        return self.paid("SALE", "CAPTURE")

    @property
    def refunded(self) -> int:
        """Paid back."""
        return self.paid("REFUND")

    @property
    def outstanding(self) -> int:
        """Still to be paid; nothing for a cancelled order."""
        return 0 if self.cancelled_at else max(0, self.current_total - (self.received - self.refunded))

    @property
    def financial_status(self) -> str | None:
        """An OrderDisplayFinancialStatus."""
        if self.untendered and not self.payments:
            return None
        if self.refunded:
            return "REFUNDED" if self.refunded >= self.received else "PARTIALLY_REFUNDED"
        if self.received:
            return "PAID" if self.received >= self.total or not self.outstanding else "PARTIALLY_PAID"
        if self.paid("VOID"):
            return "VOIDED"
        if self.paid("AUTHORIZATION"):
            return "EXPIRED" if self.expired else "AUTHORIZED"
        return "PENDING" if self.total else "PAID"

    @property
    def settled(self) -> bool:
        """Whether it was paid, and has nothing more to be sent."""
        return self.received > 0 and not self.outstanding and not self.owed

    @property
    def owed(self) -> int:
        """Units still to be sent."""
        return sum(line.unfulfilled for line in self.lines)

    @property
    def sent(self) -> bool:
        """Whether any parcel stands."""
        return any(parcel.status == "SUCCESS" for parcel in self.parcels)

    @property
    def fulfillment_status(self) -> str:
        """An OrderDisplayFulfillmentStatus."""
        waiting = [task for task in self.tasks if task.status != "CLOSED" and task.remaining]
        if waiting and all(task.holds for task in waiting):
            return "ON_HOLD"
        if self.sent:
            return "PARTIALLY_FULFILLED" if self.owed else "FULFILLED"
        if any(task.in_hand for task in waiting):
            return "IN_PROGRESS"
        if any(task.status == "SCHEDULED" for task in self.tasks):
            return "SCHEDULED"
        return "UNFULFILLED"

    @property
    def return_status(self) -> str:
        """An OrderReturnStatus: a request wins over an open return, that over a closed one."""
        states = {entry.status for entry in self.returns}
        if "REQUESTED" in states:
            return "RETURN_REQUESTED"
        if "OPEN" in states:
            return "IN_PROGRESS"
        return "RETURNED" if "CLOSED" in states else "NO_RETURN"

    @property
    def requires_shipping(self) -> bool:
        """Whether any line has to be sent."""
        return any(line.requires_shipping for line in self.lines)
