"""What `GET /sync/orders/{id}` adds to ORDER from the facts: contract §1."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from orders_sync.evidence.entities import AddressPart, CustomerPart, FulfilledLine, LinePart, MoneyPart
from orders_sync.evidence.facts import OrderFacts
from orders_sync.evidence.money import written
from orders_sync.instants import to_datetime
from orders_sync.rules import allotment, held_lines, operator_state, parcel_writes, totals
from orders_sync.rules.holds import Hold
from orders_sync.rules.operator_state import OperatorState
from orders_sync.rules.order_state import OrderState, build_order_state
from orders_sync.rules.owed import OwedLine
from orders_sync.rules.parcel_writes import ParcelWrite
from orders_sync.rules.parcels import Parcel
from orders_sync.rules.readiness import LineUnits, line_units
from orders_sync.rules.returns import OrderReturn
from orders_sync.rules.stock_level import StockLevel
from orders_sync.rules.thresholds import Thresholds
from orders_sync.rules.timeline import timeline
from orders_wire import detail as wire
from orders_wire.detail import Address, Customer, Fulfillment, HoldEntry, LineItem, LineProperty, Note, Return
from orders_wire.orders import Money, TimelineEntry
from orders_wire.return_machine import allowed_actions

NONE_MISSING: Mapping[str, int] = MappingProxyType({})

_NO_VARIANT = "Default Title"
"""What the shop calls the only variant of a product that has none."""


@dataclass(frozen=True, slots=True)
class Detail:
    """The parts of `OrderDetail` that come from facts, under its field names; `timeline` is whole."""

    customer: Customer | None
    email: str | None
    note: str | None
    financial_status: str | None
    fulfillment_status: str | None
    shipping_address: Address | None
    billing_address: Address | None
    shipping_lines: list[str]
    line_items: list[LineItem]
    fulfillments: list[Fulfillment]
    holds: list[HoldEntry]
    returns: list[Return]
    timeline: list[TimelineEntry]
    notes: list[Note]
    totals: wire.Totals


def describe(
    order_id: int,
    facts: OrderFacts,
    operator: OperatorState,
    stock: Mapping[str, StockLevel],
    thresholds: Thresholds,
    *,
    missing: Mapping[str, int] = NONE_MISSING,
    writes: Sequence[ParcelWrite] = (),
) -> Detail | None:
    """Everything that is known of an order; None where `derive` gives none. `missing`: units that it goes without, by SKU;
    `writes`: its rows of the outbox that bring parcels or their numbers, oldest first."""
    state = build_order_state(order_id, facts, operator, stock, thresholds)
    if state is None:
        return None
    order = state.order
    return Detail(
        customer=_customer(order.customer),
        email=order.email,
        note=order.note,
        financial_status=order.financial_status,
        fulfillment_status=order.fulfillment_status,
        shipping_address=_address(order.shipping_address),
        billing_address=_address(order.billing_address),
        shipping_lines=list(order.shipping_lines),
        line_items=_lines(state, missing),
        fulfillments=[_fulfillment(state, parcel, writes) for parcel in state.parcels],
        holds=[_hold(state, hold) for hold in state.holds],
        returns=[_return(each) for each in state.returns],
        timeline=[TimelineEntry.model_validate(entry) for entry in timeline(state)],
        notes=[_note(of, note) for of, note in sorted(operator.notes.items(), key=lambda each: (each[1].at, each[0]))],
        totals=_totals(state),
    )


def line_items(
    order_id: int,
    facts: OrderFacts,
    operator: OperatorState,
    stock: Mapping[str, StockLevel],
    thresholds: Thresholds,
    *,
    missing: Mapping[str, int] = NONE_MISSING,
) -> list[LineItem]:
    """The lines of `describe`, alone; none where it gives None."""
    state = build_order_state(order_id, facts, operator, stock, thresholds)
    return [] if state is None else _lines(state, missing)


def _note(note_id: str, note: operator_state.Note) -> Note:
    return Note(
        id=note_id,
        at=to_datetime(note.at),
        by=note.by,
        text=note.text or "",
        mentions=list(note.mentions),
        edited_at=None if note.edited_at is None else to_datetime(note.edited_at),
    )


def _customer(part: CustomerPart | None) -> Customer | None:
    if part is None:
        return None
    gid = None if part.id is None else f"gid://shopify/Customer/{part.id}"
    return Customer(id=gid, name=part.name, email=part.email, phone=part.phone, tags=list(part.tags))


def _address(part: AddressPart | None) -> Address | None:
    return None if part is None else Address(**part.model_dump())


def _money(part: MoneyPart | None) -> Money | None:
    return None if part is None else Money(amount=written(part), currency=part.currency)


def _totals(state: OrderState) -> wire.Totals:
    amounts = totals.amounts(state)
    return wire.Totals(**{name: _money(amount) for name, amount in amounts.items()})


def _lines(state: OrderState, missing: Mapping[str, int]) -> list[LineItem]:
    units, barcodes = line_units(state), dict(state.order.barcodes)
    short = allotment.by_line(units, missing)
    return [
        _line(state, line, units[line.part.id], short[line.part.id], barcodes.get(line.part.id)) for line in state.lines
    ]


def _line(state: OrderState, line: OwedLine, units: LineUnits, short: int, barcode: str | None) -> LineItem:
    part = line.part
    level = state.stock.get(part.sku) if part.sku else None
    return LineItem(
        id=_line_gid(part.id),
        sku=part.sku,
        title=part.title,
        quantity=part.quantity,
        owed=line.owed,
        requires_shipping=part.requires_shipping,
        price=_money(part.price),
        available=None if level is None else level.available,
        short=short,
        held=units.held,
        sendable=units.free - max(0, short - units.held - units.stuck),
        variant_title=None if part.variant_title == _NO_VARIANT else part.variant_title,
        properties=[LineProperty(name=each.name, value=each.value) for each in part.properties],
        barcode=barcode,
    )


def _hold(state: OrderState, hold: Hold) -> HoldEntry:
    units = held_lines.named(hold, state.lines) or {}
    lines = [FulfilledLine(id=line, quantity=count) for line, count in units.items() if count]
    return HoldEntry(
        id=hold.id,
        reason=hold.word,
        note=hold.note,
        since=to_datetime(hold.since),
        by=hold.by,
        ours=hold.asked_by is not None,
        until=None if hold.until is None else to_datetime(hold.until),
        lines=[_fulfilled(state, line) for line in lines],
    )


def _fulfillment(state: OrderState, parcel: Parcel, writes: Sequence[ParcelWrite]) -> Fulfillment:
    delivered_at = parcel.delivered_at
    return Fulfillment(
        id=parcel.gid,
        name=parcel.name,
        status=parcel.status,
        shipment_status=parcel.state,
        number=parcel.number,
        carrier=parcel.carrier,
        url=parcel.url,
        created_at=to_datetime(parcel.created_at),
        updated_at=to_datetime(parcel.updated_at),
        delivered_at=None if delivered_at is None else to_datetime(delivered_at),
        ours=parcel.ours,
        lines=[_fulfilled(state, line) for line in parcel.lines],
        sent=parcel_writes.sent(writes, parcel, state),
    )


def _fulfilled(state: OrderState, line: FulfilledLine) -> wire.FulfilledLine:
    of = next((each.part for each in state.lines if each.part.id == line.id), LinePart(id=line.id))
    return wire.FulfilledLine(id=_line_gid(line.id), sku=of.sku, title=of.title, quantity=line.quantity)


def _line_gid(line_id: int) -> str:
    return f"gid://shopify/LineItem/{line_id}"


def _return(each: OrderReturn) -> Return:
    return Return(
        id=each.gid,
        name=each.name,
        state=each.state,
        since=to_datetime(each.since),
        reason=each.reason,
        note=each.note,
        allowed_actions=allowed_actions(each.state, requested=each.requested),
        refund_amount=None if each.refund is None else each.refund.hundredths / 100,
        currency=None if each.refund is None else each.refund.currency,
        tracking_number=each.number,
        label_url=each.label_url,
        requested=each.requested,
    )
