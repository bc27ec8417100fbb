"""What is known of an order as lines of pieces, for the pane below the table and the order's own screen. Pure.

What is unknown or empty is left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orders_tui import wording
from orders_tui.widgets.cells import Piece, plain, width
from orders_tui.widgets.formatter import Formatter
from orders_tui.wording import Tone
from orders_wire.vocabulary import UNASSIGNED, Delivery, OutboundState, Priority

if TYPE_CHECKING:
    from orders_wire.detail import Address, LineItem, OrderDetail, OutboxEntry
    from orders_wire.orders import Order, TimelineEntry

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
    status = wording.order_status(order)
    pieces: Text = [(order.order_number, "strong"), (f"  {order.customer_name or 'no customer'}", Tone.PLAIN)]
    if order.total is not None:
        pieces.append((f"  {fmt.money(order.total)}", Tone.PLAIN))
    pieces.append((f"  {fmt.sign(status)}", status.tone))
    if order.priority is not Priority.STANDARD:
        priority = wording.priority(order.priority)
        pieces.append((f"  {fmt.sign(priority)}", priority.tone))
    owner = "nobody's" if order.assigned_to == UNASSIGNED else f"owned by {order.assigned_to}"
    return [*pieces, (f"  {owner}", Tone.DIM)]


def fact(name: str, *pieces: Piece) -> Text:
    """A line `name  value`."""
    return [(f"{name:<{LABEL}}", Tone.DIM), *pieces]


def facts(order: Order, fmt: Formatter, parcels: bool = True) -> Iterator[Text]:
    """What deserves a look, most urgent first; what is usual is left out. `parcels`: where nothing else shows them."""
    if order.hold is not None:
        sign = wording.issue(order.hold.reason)
        yield fact(
            "hold",
            (fmt.sign(sign), sign.tone),
            (f" for {fmt.age(order.hold.since)}  {order.hold.note or ''}", Tone.DIM),
        )
    elif order.issue is not None:
        sign = wording.issue(order.issue)
        yield fact("issue", (fmt.sign(sign), sign.tone))
    if order.outbound.failed:
        yield fact("outbound", (f"{order.outbound.failed} not sent", Tone.BAD))
    if order.outbound.waiting:
        yield fact("outbound", (f"{order.outbound.waiting} on the way", Tone.ACTIVE))
    if order.return_ is not None:
        sign = wording.return_state(order.return_.state)
        words = wording.return_line(order.return_, symbols=not fmt.glyphs.ascii_only)
        yield fact("return", (f"{fmt.glyph(sign)} {words}", sign.tone))
    if order.delivery in (Delivery.LOCAL, Delivery.PICKUP):
        sign = wording.delivery(order.delivery)
        yield fact("delivery", (fmt.sign(sign), sign.tone))
    due = wording.ship_by(order, fmt.now, fmt.zone)
    if order.ship_by is not None and due.word:
        when = fmt.instant(order.ship_by)
        yield fact("ship by", (fmt.sign(due).strip(), due.tone), (f"  {when}", Tone.DIM))
    if parcels:
        yield from _parcels(order, fmt)
    yield fact(
        "placed",
        (fmt.instant(order.placed_at), Tone.PLAIN),
        (f"  {order.channel.value}", Tone.DIM),
    )
    if order.support_thread:
        yield fact("support", (order.support_thread, Tone.PLAIN))
    if order.tags:
        yield fact("tags", (", ".join(order.tags), Tone.PLAIN))


def _parcels(order: Order, fmt: Formatter) -> Iterator[Text]:
    for parcel in order.tracking:
        number = parcel.number or "no number yet"
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
        when = fmt.instant(entry.ts)
        yield [(f"{when:<12} ", Tone.DIM), (f"{fmt.sign(sign)}  ", sign.tone), (entry.details, Tone.DIM)]


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and its lines."""

    title: str
    lines: tuple[Text, ...]


def row_sections(order: Order, fmt: Formatter) -> list[Section]:
    """What the row alone tells, for as long as the detail has not come."""
    return _filled([("ORDER", facts(order, fmt))])


def content_sections(detail: OrderDetail, fmt: Formatter) -> list[Section]:
    """What it is: the order, its lines, parcels, returns and people."""
    return _filled(
        [
            ("ORDER", _order(detail, fmt)),
            ("ITEMS", _items(detail.line_items, fmt)),
            ("PARCELS", _shipments(detail, fmt)),
            ("RETURNS", _returns(detail, fmt)),
            ("CUSTOMER", _customer(detail)),
            ("SHIP TO", _address(detail.shipping_address)),
            (
                "BILL TO",
                _address(detail.billing_address if detail.billing_address != detail.shipping_address else None),
            ),
        ]
    )


def history_sections(detail: OrderDetail, fmt: Formatter) -> list[Section]:
    """What happened: timeline, owners, writes on their way, who did what."""
    return _filled(
        [
            ("TIMELINE", timeline(detail.timeline, fmt)),
            ("OWNERS", _owners(detail, fmt)),
            ("OUTGOING", _outbox(detail.outbox, fmt)),
            ("ACTIONS", _audit(detail, fmt)),
        ]
    )


def _filled(sections: Iterable[tuple[str, Iterator[Text]]]) -> list[Section]:
    made = [Section(title, tuple(lines)) for title, lines in sections]
    return [section for section in made if section.lines]


def _order(detail: OrderDetail, fmt: Formatter) -> Iterator[Text]:
    yield from facts(detail, fmt, parcels=False)
    if detail.financial_status:
        yield fact("payment", (wording.words(detail.financial_status), Tone.PLAIN))
    if detail.shipping_lines:
        yield fact("shipping", (", ".join(detail.shipping_lines), Tone.PLAIN))
    if detail.note:
        yield fact("note", (detail.note, Tone.PLAIN))


def _items(lines: Sequence[LineItem], fmt: Formatter) -> Iterator[Text]:
    prices = [fmt.money(line.price) if line.price else "" for line in lines]
    titles = _widest((line.title for line in lines), TITLE)
    skus = _widest((line.sku or "" for line in lines), SKU)
    amounts = _widest(prices, AMOUNT)
    for line, price in zip(lines, prices, strict=True):
        yield [
            (f"{line.quantity:>3} ", "strong"),
            (_padded(line.title, titles), Tone.PLAIN),
            (f"  {_padded(line.sku or '', skus)}" if skus else "", Tone.DIM),
            (f"  {price:>{amounts}}", Tone.DIM),
            *_owed(line),
        ]


def _widest(texts: Iterable[str], most: int) -> int:
    """Cells of a column, at most so many: what is longer pushes its own line only."""
    return min(most, max((width(plain(text)) for text in texts), default=0))


def _padded(text: str, cells: int) -> str:
    clean = plain(text)
    return clean + " " * max(0, cells - width(clean))


def _owed(line: LineItem) -> Text:
    if not line.requires_shipping:
        return [("  not shipped", Tone.DIM)]
    if not line.owed:
        return [("  sent", Tone.GOOD)]
    return [(f"  {line.owed} to send", Tone.WARN), *_covered(line)]


def _covered(line: LineItem) -> Text:
    """What stock means for this line: `available` is what is left after all open orders, this one included."""
    if line.available is None:
        return []
    if line.short == 0 or line.available >= 0:
        return [(", covered", Tone.GOOD)]
    if line.short is None:
        return [(f", {-line.available} short over all open orders", Tone.WARN)]
    return [(f", short by {line.short}", Tone.BAD)]


def _shipments(detail: OrderDetail, fmt: Formatter) -> Iterator[Text]:
    numbers = _widest((parcel.number or NO_NUMBER for parcel in detail.fulfillments), TITLE)
    carriers = _widest((parcel.carrier or "" for parcel in detail.fulfillments), SKU)
    for parcel in detail.fulfillments:
        state = (parcel.shipment_status or parcel.status).replace("_", " ")
        when = fmt.instant(parcel.delivered_at or parcel.updated_at or parcel.created_at)
        yield [
            (f"{parcel.name or 'parcel'}  ", Tone.DIM),
            (f"{_padded(parcel.carrier or '', carriers)} " if carriers else "", Tone.DIM),
            (_padded(parcel.number or NO_NUMBER, numbers), Tone.PLAIN if parcel.number else Tone.WARN),
            (f"  {state} {when}", Tone.DIM),
            ("  ours, unconfirmed" if parcel.ours else "", Tone.ACTIVE),
        ]


def _returns(detail: OrderDetail, fmt: Formatter) -> Iterator[Text]:
    for each in detail.returns:
        sign = wording.return_state(each.state)
        amount = fmt.refund(each)
        yield [
            (f"{each.name or 'return'}  ", Tone.DIM),
            (fmt.sign(sign), sign.tone),
            (f" for {fmt.age(each.since)}  {amount}", Tone.PLAIN),
            (f"  {wording.words(each.reason)}", Tone.DIM),
        ]
        if each.note:
            yield [(f"    {each.note}", Tone.DIM)]
        if each.tracking_number:
            yield [("    comes back as ", Tone.DIM), (each.tracking_number, Tone.PLAIN)]
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


def _owners(detail: OrderDetail, fmt: Formatter) -> Iterator[Text]:
    for each in reversed(detail.assignments):
        owner = "nobody" if each.assignee == UNASSIGNED else each.assignee
        when = fmt.instant(each.assigned_at)
        yield [(f"{when:<12} ", Tone.DIM), (owner, Tone.PLAIN), (f"  by {each.assigned_by}", Tone.DIM)]


def _outbox(entries: Iterable[OutboxEntry], fmt: Formatter) -> Iterator[Text]:
    for entry in entries:
        when = fmt.instant(entry.created_at)
        tone = (
            Tone.BAD if entry.state in BAD_STATES else Tone.GOOD if entry.state is OutboundState.DONE else Tone.ACTIVE
        )
        tries = f" after {entry.attempts} tries" if entry.attempts > 1 else ""
        yield [
            (f"{when:<12} ", Tone.DIM),
            (f"{entry.target} {wording.words(entry.kind)}  ", Tone.PLAIN),
            (f"{wording.words(entry.state)}{_due(entry, fmt)}{tries}", tone),
            (f"  {entry.last_error or ''}", Tone.DIM),
        ]


def _due(entry: OutboxEntry, fmt: Formatter) -> str:
    """How long it is still held back."""
    if entry.state is not OutboundState.QUEUED or entry.not_before is None or entry.not_before <= fmt.now:
        return ""
    return f", goes in {wording.age((entry.not_before - fmt.now).total_seconds())}"


def _audit(detail: OrderDetail, fmt: Formatter) -> Iterator[Text]:
    for entry in reversed(detail.audit):
        when = fmt.instant(entry.at)
        yield [
            (f"{when:<12} ", Tone.DIM),
            (f"{entry.actor} ", Tone.PLAIN),
            (f"{wording.words(entry.action)} {entry.details}  ", Tone.PLAIN),
            (wording.words(entry.result), Tone.DIM if entry.result in OK_RESULTS else Tone.WARN),
        ]
