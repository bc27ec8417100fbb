"""The projection: what one order's evidence and the operators' state come to, in the shape that is stored and indexed.

Derived by one pure function (`rules.derive`) and written whole. Nothing here goes stale with time: membership that the
clock changes is kept as the instant it is compared with, never as a flag.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum

from orders_sync.instants import Ms
from orders_wire.vocabulary import (
    AlertType,
    Channel,
    Delivery,
    HoldReason,
    Issue,
    Priority,
    Ready,
    ReturnState,
    Severity,
    Status,
)


@dataclass(frozen=True, slots=True)
class ParcelRow:
    """A fulfilment that is not cancelled. `last_update` is the last shop update of it.

    `moving`: live and its carrier state is one of those under `in_transit` in contract §1; `late_prone`: moving and in transit,
    out for delivery or delayed (the tab `delayed`); `live`: not delivered; `has_number`: true also where it needs none;
    `open_order`: the order is neither cancelled nor refunded in full.
    """

    fulfillment_id: int
    created_at: Ms
    last_update: Ms
    live: bool
    moving: bool
    late_prone: bool
    has_number: bool
    open_order: bool
    carrier: str | None = None
    delivered_at: Ms | None = None


@dataclass(frozen=True, slots=True)
class ReturnRow:
    """A return; `usd_cents` None when the amount or its rate is not known."""

    return_id: int
    state: ReturnState
    since: Ms
    reason: str | None = None
    refund_hundredths: int | None = None
    currency: str | None = None
    usd_cents: int | None = None


@dataclass(frozen=True, slots=True)
class OwedSku:
    """A SKU that an open order still owes; `held`: the order is held for inventory because of it."""

    sku: str
    title: str
    held: bool = False


class Turn(IntEnum):
    """When units are allotted: contract §3a, Covered. Within a turn by `ship_by`, then by the order's id."""

    FIRST = 0
    """Those of orders that nothing but stock keeps here."""
    BLOCKED = 1
    HELD = 2


@dataclass(frozen=True, slots=True)
class OwedUnits:
    """Units of a SKU that an open order owes and takes in one turn. `stuck`: those of them that could not be sent if they were
    there. `due`: its `ship_by`; FOREVER without one. `waits`: the order is held for inventory because of this SKU."""

    sku: str
    turn: Turn
    due: int
    units: int
    stuck: int = 0
    waits: bool = False


@dataclass(frozen=True, slots=True)
class Cause:
    """A reason for an alert that holds at the moment of the projection. One alert per (type, order, key)."""

    type: AlertType
    key: str
    message: str
    severity: Severity


@dataclass(frozen=True, slots=True)
class Projection:
    """One order as the desk shows it. `None` instants mean: not in that tab.

    `live_at`: FOREVER while something is owed, else the latest shop update of a live parcel that moves or lacks a number;
    the order is open at `now` when `live_at > now - quiet`. `due_at`: `ship_by` while open and owed (tabs unfulfilled, overdue).
    `untracked_at`: `placed_at` while a live parcel lacks a number (tab awaiting_tracking, with open). `unnumbered_at`:
    `placed_at` while no parcel has a number (tab tracking_pending, with open and 2 h). `held_at`, `return_at`, `refunded_at`:
    the sort keys of their tabs. `static_issue`: the issue without the rule of the tab `delayed`, which is added when read.
    """

    order_id: int
    name: str
    number: int | None
    placed_at: Ms
    updated_at: Ms
    ship_by: Ms | None
    status: Status
    priority: Priority
    channel: Channel
    static_issue: Issue | None
    total_hundredths: int | None
    currency: str | None
    value_usd_cents: int | None
    assigned_to: str | None
    customer_id: int | None
    customer_name: str | None
    first_fulfilled_at: Ms | None
    live_at: Ms | None
    due_at: Ms | None
    untracked_at: Ms | None
    unnumbered_at: Ms | None
    held_at: Ms | None
    return_at: Ms | None
    refunded_at: Ms | None
    row_json: bytes
    """ORDER's fields as a JSON object, without those added when read (`desk.rows`)."""
    tags: tuple[str, ...] = ()
    terms: frozenset[tuple[str, str]] = frozenset()
    """Search terms, folded: ("number", name without `#`), ("digits", a run of digits further on in it), ("email", …), ("sku", …),
    ("tracking", …)."""
    parcels: tuple[ParcelRow, ...] = ()
    returns: tuple[ReturnRow, ...] = ()
    owed_skus: tuple[OwedSku, ...] = ()
    causes: tuple[Cause, ...] = ()
    """Alert causes that hold at the moment it was derived for."""
    wake_at: Ms | None = None
    """The next instant at which `causes` changes, or the order falls quiet; None when nothing will by time alone."""
    references: frozenset[tuple[str, int]] = field(default=frozenset())
    """Ids that later deliveries may name instead of the order: ("fulfillment_order", id), ("return", id)."""
    delivery: Delivery = Delivery.SHIPPING
    hold_reasons: frozenset[HoldReason] = frozenset()
    """Why it is held now, by us or by others."""
    country: str | None = None
    """ISO 3166-1 alpha-2, of the shipping address."""
    skus: frozenset[str] = frozenset()
    """Of all its lines, as the shop spells them."""
    note_count: int = 0
    ready: Ready | None = None
    """How much of it can be sent, were all of it in stock; `blockers`: what stands against that; `sendable`: so many units."""
    blockers: tuple[str, ...] = ()
    sendable: int = 0
    owed_units: tuple[OwedUnits, ...] = ()
    destination: str | None = None
    """Whom and where it goes to, while it owes something (`rules.together`)."""
