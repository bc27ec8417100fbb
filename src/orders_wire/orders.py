"""ORDER and its parts: contract §1. Fields marked there as extensions have defaults, so a version 1.2 answer still reads."""

from __future__ import annotations

from pydantic import Field, OnErrorOmit

from orders_wire.scalars import Instant, Wire
from orders_wire.vocabulary import (
    UNASSIGNED,
    AlertType,
    Channel,
    Delivery,
    Issue,
    Priority,
    Ready,
    ReturnAction,
    ReturnState,
    Status,
)


class Money(Wire):
    """An amount as decimal text with its ISO 4217 currency, as the shop wrote it."""

    amount: str
    currency: str


class TimelineEntry(Wire):
    """One thing that happened. `ts` is whole seconds; `event` is one of the names in contract §1, Timeline.

    `note_id`: of a note of the desk's own, which is whole in ORDER's detail.
    """

    ts: Instant
    event: str
    details: str = ""
    note_id: str | None = None


class Tracking(Wire):
    """One parcel as the shop or an operator last described it. `shipment_status` is Shopify's, lower case, or null."""

    number: str | None = None
    carrier: str | None = None
    url: str | None = None
    shipment_status: str | None = None
    updated_at: Instant | None = None


class Hold(Wire):
    """The oldest hold's `since`, the reason that decides, and its note. `reason` uses the words of `issue`.

    `until` and `by` are those of the hold that decides: when ours is due, and who placed it.
    """

    reason: Issue
    note: str | None = None
    since: Instant
    until: Instant | None = None
    by: str | None = None


class ReturnSummary(Wire):
    """The return on show: the newest that is not terminal, else the newest. `since`: when it came into its state.
    `requested`: a customer asks for it, and nobody has answered yet.
    """

    id: str
    state: ReturnState
    reason: str | None = None
    allowed_actions: list[OnErrorOmit[ReturnAction]] = []
    refund_amount: float | None = None
    currency: str | None = None
    since: Instant | None = None
    requested: bool = False


class Cancelling(Wire):
    """A cancellation that was ordered and that Shopify has not confirmed. `sends_at`: when it leaves, null where it waits for
    somebody to release it or Shopify writes are off."""

    by: str
    at: Instant
    sends_at: Instant | None = None


class Outbound(Wire):
    """Counts of writes that still wait for, or were refused by, Shopify, the ERP or the support queue."""

    waiting: int = 0
    failed: int = 0


class Order(Wire):
    """One row of a page: contract §1, ORDER. `refunded`: what was paid back of it in all.

    `ready`: null where nothing is owed; `blockers`: what stands against it, in the words of `orders_wire.blockers`. `together`:
    the same text on the open orders of one customer to one address; null where it is the only one.
    """

    id: str
    order_number: str
    placed_at: Instant
    ship_by: Instant | None = None
    status: Status
    priority: Priority
    value_usd: float | None = None
    issue: Issue | None = None
    assigned_to: str = UNASSIGNED
    age_hours: float = 0.0
    support_thread: str | None = None
    timeline: list[TimelineEntry] = []
    channel: Channel = Channel.ONLINE
    delivery: Delivery = Delivery.SHIPPING
    tags: list[str] = []
    version: int = 0
    customer_name: str | None = None
    total: Money | None = None
    tracking: list[Tracking] = []
    hold: Hold | None = None
    refunded: Money | None = None
    return_: ReturnSummary | None = Field(default=None, alias="return")
    alerts: list[OnErrorOmit[AlertType]] = []
    outbound: Outbound = Outbound()
    note_count: int = 0
    last_note_at: Instant | None = None
    cancelling: Cancelling | None = None
    ready: Ready | None = None
    blockers: list[str] = []
    together: str | None = None
