"""What is known of an order as lines of pieces, for the pane below the table and the order's own screen. Pure.

What is unknown or empty is left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orders_tui import wording
from orders_tui.widgets import hold_text
from orders_tui.widgets.cells import Piece, column, width
from orders_tui.widgets.formatter import Formatter
from orders_tui.wording import Tone
from orders_wire.vocabulary import UNASSIGNED, Delivery, OutboundState, Priority

if TYPE_CHECKING:
    from datetime import datetime

    from orders_wire.detail import Address, Fulfillment, LineItem, OrderDetail, OutboxEntry
    from orders_wire.orders import Hold, Order, TimelineEntry

Text = list[Piece]

BAD_STATES = frozenset({OutboundState.DEAD, OutboundState.UNKNOWN, OutboundState.NEEDS_REVIEW})
OK_RESULTS = frozenset({"done", "unchanged"})
NO_NUMBER = "no number yet"
TITLE, SKU, AMOUNT = 26, 14, 10
"""Most cells that a column of names, codes, amounts is padded to, so that a line fits 80 columns."""
LABEL = 10
"""Cells of a fact's name."""


def headline(order: Order, fmt: Formatter) -> Text:
    """Number, customer, amount, status, owner."""
    pieces: Text = [(order.order_number, "strong"), (f"  {order.customer_name or 'no customer'}", Tone.PLAIN)]
    if order.total is not None:
        pieces.append((f"  {fmt.money(order.total)}", Tone.PLAIN))
    signs = [wording.order_status(order)]
    if order.priority is not Priority.STANDARD:
        signs.append(wording.priority(order.priority))
    pieces += [(f"  {fmt.sign(sign)}", sign.tone) for sign in signs]
    owner = "nobody's" if order.assigned_to == UNASSIGNED else f"owned by {order.assigned_to}"
    return [*pieces, (f"  {owner}", Tone.DIM)]


def fact(name: str, *pieces: Piece) -> Text:
    """A line `name  value`."""
    return [(f"{name:<{LABEL}}", Tone.DIM), *pieces]


def known(**values: str | None) -> Iterator[Text]:
    """A fact for each value that is there."""
    return (fact(name, (value, Tone.PLAIN)) for name, value in values.items() if value)


def facts(order: Order, fmt: Formatter, parcels: bool = True) -> Iterator[Text]:
    """What deserves a look, most urgent first; what is usual is left out. `parcels`: where nothing else shows them."""
    if order.hold is not None:
        yield fact("hold", fmt.piece(wording.issue(order.hold.reason)), *_held(order.hold, fmt))
    elif order.issue is not None:
        yield fact("issue", fmt.piece(wording.issue(order.issue)))
    if order.outbound.failed:
        yield fact("outbound", (f"{order.outbound.failed} not sent", Tone.BAD))
    if order.outbound.waiting:
        yield fact("outbound", (f"{order.outbound.waiting} on the way", Tone.ACTIVE))
    if order.return_ is not None:
        sign = wording.return_state(order.return_.state)
        words = wording.return_line(order.return_, symbols=not fmt.glyphs.ascii_only)
        since = f"  for {fmt.age(order.return_.since)}" if order.return_.since else ""
        yield fact("return", (f"{fmt.glyph(sign)} {words}", sign.tone), (since, Tone.DIM))
    if order.refunded is not None:
        yield fact("refunded", (fmt.money(order.refunded), Tone.PLAIN))
    if order.delivery in (Delivery.LOCAL, Delivery.PICKUP):
        yield fact("delivery", fmt.piece(wording.delivery(order.delivery)))
    due = fmt.ship_by(order)
    if order.ship_by is not None and due.word:
        yield fact("ship by", (fmt.sign(due).strip(), due.tone), (f"  {fmt.instant(order.ship_by)}", Tone.DIM))
    if parcels:
        yield from _parcels(order, fmt)
    yield fact("placed", (fmt.instant(order.placed_at), Tone.PLAIN), (f"  {order.channel.value}", Tone.DIM))
    yield from known(support=order.support_thread, tags=", ".join(order.tags))


def _held(hold: Hold, fmt: Formatter) -> Text:
    """For how long, by whom, until when and why."""
    until = wording.hold_until(hold.until, fmt.now, fmt.zone)
    ahead = "until " if hold.until is not None and hold.until > fmt.now else ""
    by = f" by {hold.by}" if hold.by else ""
    limit: Text = [(f"  {ahead}{fmt.sign(until).strip()}", until.tone)] if until.word else []
    return [(f" for {fmt.age(hold.since)}{by}", Tone.DIM), *limit, (f"  {hold.note or ''}", Tone.DIM)]


def _parcels(order: Order, fmt: Formatter) -> Iterator[Text]:
    for parcel in order.tracking:
        number = parcel.number or NO_NUMBER
        state = (parcel.shipment_status or "").replace("_", " ")
        age = f" {fmt.age(parcel.updated_at)} ago" if parcel.updated_at else ""
        yield fact(
            "parcel",
            (f"{parcel.carrier} " if parcel.carrier else "", Tone.DIM),
            (number, Tone.PLAIN if parcel.number else Tone.WARN),
            (f"  {state}{age}", Tone.DIM),
        )


def timeline(entries: Sequence[TimelineEntry], fmt: Formatter) -> Iterator[Text]:
    """The entries, newest first: when, what, details."""
    for entry in reversed(entries):
        sign = wording.timeline_event(entry.event)
        yield [_when(entry.ts, fmt), (f"{fmt.sign(sign)}  ", sign.tone), (entry.details, Tone.DIM)]


def _when(at: datetime | None, fmt: Formatter) -> Piece:
    return f"{fmt.instant(at):<12} ", Tone.DIM


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and its lines."""

    title: str
    lines: tuple[Text, ...]


def row_sections(order: Order, fmt: Formatter) -> list[Section]:
    """What the row alone tells, for as long as the detail has not come."""
    return _filled(ORDER=facts(order, fmt))


def content_sections(detail: OrderDetail, fmt: Formatter) -> list[Section]:
    """What it is: the order, its lines, parcels, returns and people."""
    ship_to, bill_to = detail.shipping_address, detail.billing_address
    return _filled(
        ORDER=_order(detail, fmt),
        ITEMS=_items(detail.line_items, fmt),
        HOLDS=hold_text.section(detail, fmt),
        PARCELS=_shipments(detail, fmt),
        RETURNS=_returns(detail, fmt),
        CUSTOMER=_customer(detail),
        SHIP_TO=_address(ship_to),
        BILL_TO=_address(bill_to if bill_to != ship_to else None),
    )


def history_sections(detail: OrderDetail, fmt: Formatter) -> list[Section]:
    """What happened: timeline, owners, writes on their way, who did what."""
    return _filled(
        TIMELINE=timeline(detail.timeline, fmt),
        OWNERS=_owners(detail, fmt),
        OUTGOING=_outbox(detail.outbox, fmt),
        ACTIONS=_audit(detail, fmt),
    )


def _filled(**sections: Iterator[Text]) -> list[Section]:
    """The sections that have lines, by title."""
    made = [Section(title.replace("_", " "), tuple(lines)) for title, lines in sections.items()]
    return [section for section in made if section.lines]


def _order(detail: OrderDetail, fmt: Formatter) -> Iterator[Text]:
    yield from facts(detail, fmt, parcels=False)
    payment = wording.words(detail.financial_status)
    yield from known(payment=payment, shipping=", ".join(detail.shipping_lines), note=detail.note)


def _items(lines: Sequence[LineItem], fmt: Formatter) -> Iterator[Text]:
    titles = column((line.title for line in lines), TITLE)
    skus = column((line.sku or "" for line in lines), SKU)
    prices = [fmt.money(line.price) if line.price else "" for line in lines]
    amounts = min(AMOUNT, max(map(width, prices), default=0))
    for line, title, sku, price in zip(lines, titles, skus, prices, strict=True):
        yield [
            (f"{line.quantity:>3} ", "strong"),
            (title, Tone.PLAIN),
            (f"  {sku}" if sku else "", Tone.DIM),
            (f"  {price:>{amounts}}", Tone.DIM),
            *_owed(line),
        ]


def _owed(line: LineItem) -> Text:
    """What is to be sent, and what stock means for it: `available` is what is left after all open orders, this one included."""
    if not line.requires_shipping:
        return [("  not shipped", Tone.DIM)]
    if not line.owed:
        return [("  sent", Tone.GOOD)]
    owed: Text = [(f"  {line.owed} to send", Tone.WARN)]
    if line.held:
        owed.append((f", {line.held} held", Tone.WARN))
    if line.available is None:
        return owed
    if line.short == 0 or line.available >= 0:
        return [*owed, (", covered", Tone.GOOD)]
    if line.short is None:
        return [*owed, (f", {-line.available} short over all open orders", Tone.WARN)]
    return [*owed, (f", short by {line.short}", Tone.BAD)]


def _shipments(detail: OrderDetail, fmt: Formatter) -> Iterator[Text]:
    parcels = detail.fulfillments
    names = column((parcel.name or "parcel" for parcel in parcels), SKU)
    signs = [wording.parcel_sent(parcel.sent) for parcel in parcels]
    sent = column((fmt.sign(sign) for sign in signs), SKU)
    carriers = column((parcel.carrier or "" for parcel in parcels), SKU)
    numbers = column((parcel.number or NO_NUMBER for parcel in parcels), TITLE)
    for parcel, name, sign, word, carrier, number in zip(parcels, names, signs, sent, carriers, numbers, strict=True):
        yield [
            (f"{name}  ", Tone.DIM),
            (f"{word}  ", sign.tone),
            (f"{carrier} " if carrier else "", Tone.DIM),
            (number, Tone.PLAIN if parcel.number else Tone.WARN),
            (f"  {parcel_state(parcel, fmt)}", Tone.DIM),
        ]
        if parcel.lines:
            yield [(f"    {contents(parcel)}", Tone.DIM)]


def parcel_state(parcel: Fulfillment, fmt: Formatter) -> str:
    """Where a parcel is, and since when that is known: `in transit 10:58`; one that nobody scanned yet was made."""
    made = "made" if parcel.status == "success" else parcel.status
    state = (parcel.shipment_status or made).replace("_", " ")
    return f"{state} {fmt.instant(parcel.delivered_at or parcel.updated_at or parcel.created_at)}"


def contents(parcel: Fulfillment) -> str:
    """What is in a parcel: `2 T-shirt, black, M + 1 Mug`; empty where nobody knows."""
    return " + ".join(f"{line.quantity} {line.title or line.sku or 'item'}" for line in parcel.lines)


def _returns(detail: OrderDetail, fmt: Formatter) -> Iterator[Text]:
    for each in detail.returns:
        yield [
            (f"{each.name or 'return'}  ", Tone.DIM),
            fmt.piece(wording.return_state(each.state)),
            (f" for {fmt.age(each.since)}  {fmt.refund(each)}", Tone.PLAIN),
            (f"  {wording.words(each.reason)}", Tone.DIM),
        ]
        if each.note:
            yield [(f"    {each.note}", Tone.DIM)]
        if each.tracking_number:
            yield [("    comes back as ", Tone.DIM), (each.tracking_number, Tone.PLAIN)]
        if each.allowed_actions:
            yield [(f"    possible: {', '.join(each.allowed_actions).replace('_', ' ')}", Tone.DIM)]


def _customer(detail: OrderDetail) -> Iterator[Text]:
    customer = detail.customer
    name = (customer.name if customer else None) or detail.customer_name
    email = (customer.email if customer else None) or detail.email
    yield from known(**{"name": name, "e-mail": email, "phone": customer.phone if customer else None})
    yield from known(tags=", ".join(customer.tags) if customer else None)


def _address(address: Address | None) -> Iterator[Text]:
    if address is None:
        return
    town = " ".join(part for part in (address.zip, address.city, address.province) if part)
    street = (address.name, address.company, address.address1, address.address2)
    for line in (*street, town, address.country, address.phone):
        if line:
            yield [(line, Tone.PLAIN)]


def _owners(detail: OrderDetail, fmt: Formatter) -> Iterator[Text]:
    for each in reversed(detail.assignments):
        owner = "nobody" if each.assignee == UNASSIGNED else each.assignee
        yield [_when(each.assigned_at, fmt), (owner, Tone.PLAIN), (f"  by {each.assigned_by}", Tone.DIM)]


def _outbox(entries: Iterable[OutboxEntry], fmt: Formatter) -> Iterator[Text]:
    for entry in entries:
        settled = Tone.GOOD if entry.state is OutboundState.DONE else Tone.ACTIVE
        state = wording.words(entry.state)
        if entry.state is OutboundState.QUEUED and entry.not_before is not None and entry.not_before > fmt.now:
            state += f", goes in {wording.age((entry.not_before - fmt.now).total_seconds())}"
        if entry.attempts > 1:
            state += f" after {entry.attempts} tries"
        yield [
            _when(entry.created_at, fmt),
            (f"{entry.target} {wording.words(entry.kind)}  ", Tone.PLAIN),
            (state, Tone.BAD if entry.state in BAD_STATES else settled),
            (f"  {entry.last_error or ''}", Tone.DIM),
        ]


def _audit(detail: OrderDetail, fmt: Formatter) -> Iterator[Text]:
    for entry in reversed(detail.audit):
        yield [
            _when(entry.at, fmt),
            (f"{entry.actor} ", Tone.PLAIN),
            (f"{wording.words(entry.action)} {entry.details}  ", Tone.PLAIN),
            (wording.words(entry.result), Tone.DIM if entry.result in OK_RESULTS else Tone.WARN),
        ]
