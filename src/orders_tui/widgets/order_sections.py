"""Everything about one order, as sections of lines. Pure; what is unknown or empty is left out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orders_tui import wording
from orders_tui.widgets.order_table.columns import Seen
from orders_tui.widgets.order_text import Text, fact, facts, timeline
from orders_tui.wording import Tone
from orders_wire.vocabulary import UNASSIGNED, OutboundState

if TYPE_CHECKING:
    from orders_wire.detail import Address, LineItem, OrderDetail, OutboxEntry
    from orders_wire.orders import Order

BAD_STATES = frozenset({OutboundState.DEAD, OutboundState.UNKNOWN, OutboundState.NEEDS_REVIEW})


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and its lines."""

    title: str
    lines: tuple[Text, ...]


def of_row(order: Order, seen: Seen) -> list[Section]:
    """What the row alone tells, for as long as the detail has not come."""
    return _filled([("ORDER", facts(order, seen))])


def left(detail: OrderDetail, seen: Seen) -> list[Section]:
    """What it is: the order, its lines, parcels, returns and people."""
    return _filled(
        [
            ("ORDER", _order(detail, seen)),
            ("ITEMS", _items(detail.line_items, seen)),
            ("PARCELS", _parcels(detail, seen)),
            ("RETURNS", _returns(detail, seen)),
            ("CUSTOMER", _customer(detail)),
            ("SHIP TO", _address(detail.shipping_address)),
            (
                "BILL TO",
                _address(detail.billing_address if detail.billing_address != detail.shipping_address else None),
            ),
        ]
    )


def right(detail: OrderDetail, seen: Seen) -> list[Section]:
    """What happened: timeline, owners, writes on their way, who did what."""
    return _filled(
        [
            ("TIMELINE", timeline(detail.timeline, seen)),
            ("OWNERS", _owners(detail, seen)),
            ("OUTGOING", _outbox(detail.outbox, seen)),
            ("ACTIONS", _audit(detail, seen)),
        ]
    )


def _filled(sections: Iterable[tuple[str, Iterator[Text]]]) -> list[Section]:
    made = [Section(title, tuple(lines)) for title, lines in sections]
    return [section for section in made if section.lines]


def _order(detail: OrderDetail, seen: Seen) -> Iterator[Text]:
    yield from facts(detail, seen)
    if detail.financial_status:
        yield fact("payment", (detail.financial_status.replace("_", " "), Tone.PLAIN))
    if detail.shipping_lines:
        yield fact("shipping", (", ".join(detail.shipping_lines), Tone.PLAIN))
    if detail.note:
        yield fact("note", (detail.note, Tone.PLAIN))


def _items(lines: Iterable[LineItem], seen: Seen) -> Iterator[Text]:
    for line in lines:
        price = f"  {wording.money(line.price, symbols=not seen.glyphs.ascii_only)}" if line.price else ""
        yield [
            (f"{line.quantity:>3} ", "strong"),
            (line.title, Tone.PLAIN),
            (f"  {line.sku}" if line.sku else "", Tone.DIM),
            (price, Tone.DIM),
            *_owed(line),
        ]


def _owed(line: LineItem) -> Text:
    if not line.requires_shipping:
        return [("  not shipped", Tone.DIM)]
    if not line.owed:
        return [("  sent", Tone.GOOD)]
    stock: Text = []
    if line.available is not None:
        stock = [(f", {line.available} in stock", Tone.BAD if line.available < line.owed else Tone.DIM)]
    return [(f"  {line.owed} to send", Tone.WARN), *stock]


def _parcels(detail: OrderDetail, seen: Seen) -> Iterator[Text]:
    for parcel in detail.fulfillments:
        state = (parcel.shipment_status or parcel.status).replace("_", " ")
        when = wording.instant(parcel.delivered_at or parcel.updated_at or parcel.created_at, seen.now, seen.zone)
        yield [
            (f"{parcel.name or 'parcel'}  ", Tone.DIM),
            (f"{parcel.carrier} " if parcel.carrier else "", Tone.DIM),
            (parcel.number or "no number yet", Tone.PLAIN if parcel.number else Tone.WARN),
            (f"  {state} {when}", Tone.DIM),
            ("  ours, not confirmed yet" if parcel.ours else "", Tone.ACTIVE),
        ]


def _returns(detail: OrderDetail, seen: Seen) -> Iterator[Text]:
    for each in detail.returns:
        sign = wording.return_state(each.state)
        amount = f"  {each.refund_amount:,.2f} {each.currency or ''}" if each.refund_amount is not None else ""
        yield [
            (f"{each.name or 'return'}  ", Tone.DIM),
            (seen.sign(sign), sign.tone),
            (f" for {seen.age(each.since)}{amount}", Tone.PLAIN),
            (f"  {each.reason or ''}", Tone.DIM),
        ]
        if each.note:
            yield [(f"    {each.note}", Tone.DIM)]
        if each.allowed_actions:
            words = ", ".join(action.replace("_", " ") for action in each.allowed_actions)
            yield [(f"    possible: {words}", Tone.DIM)]


def _customer(detail: OrderDetail) -> Iterator[Text]:
    customer = detail.customer
    name = (customer.name if customer else None) or detail.customer_name
    email = (customer.email if customer else None) or detail.email
    named = (("name", name), ("e-mail", email), ("phone", customer.phone if customer else None))
    for label, value in named:
        if value:
            yield fact(label, (value, Tone.PLAIN))
    if customer is not None and customer.tags:
        yield fact("tags", (", ".join(customer.tags), Tone.PLAIN))


def _address(address: Address | None) -> Iterator[Text]:
    if address is None:
        return
    town = " ".join(part for part in (address.zip, address.city, address.province) if part)
    for line in (
        address.name,
        address.company,
        address.address1,
        address.address2,
        town,
        address.country,
        address.phone,
    ):
        if line:
            yield [(line, Tone.PLAIN)]


def _owners(detail: OrderDetail, seen: Seen) -> Iterator[Text]:
    for each in reversed(detail.assignments):
        owner = "nobody" if each.assignee == UNASSIGNED else each.assignee
        when = wording.instant(each.assigned_at, seen.now, seen.zone)
        yield [(f"{when:<12} ", Tone.DIM), (owner, Tone.PLAIN), (f"  by {each.assigned_by}", Tone.DIM)]


def _outbox(entries: Iterable[OutboxEntry], seen: Seen) -> Iterator[Text]:
    for entry in entries:
        when = wording.instant(entry.created_at, seen.now, seen.zone)
        tone = (
            Tone.BAD if entry.state in BAD_STATES else Tone.GOOD if entry.state is OutboundState.DONE else Tone.ACTIVE
        )
        tries = f" after {entry.attempts} tries" if entry.attempts > 1 else ""
        yield [
            (f"{when:<12} ", Tone.DIM),
            (f"{entry.target} {entry.kind}  ", Tone.PLAIN),
            (f"{entry.state.replace('_', ' ')}{tries}", tone),
            (f"  {entry.last_error or ''}", Tone.DIM),
        ]


def _audit(detail: OrderDetail, seen: Seen) -> Iterator[Text]:
    for entry in reversed(detail.audit):
        when = wording.instant(entry.at, seen.now, seen.zone)
        yield [
            (f"{when:<12} ", Tone.DIM),
            (f"{entry.actor} ", Tone.PLAIN),
            (f"{entry.action} {entry.details}  ", Tone.PLAIN),
            (entry.result, Tone.DIM),
        ]
