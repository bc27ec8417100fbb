"""Everything about one order, as sections of lines. Pure; what is unknown or empty is left out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orders_tui import wording
from orders_tui.widgets.cells import plain, width
from orders_tui.widgets.order_table.columns import Seen
from orders_tui.widgets.order_text import Text, fact, facts, timeline
from orders_tui.wording import Tone
from orders_wire.vocabulary import UNASSIGNED, OutboundState

if TYPE_CHECKING:
    from orders_wire.detail import Address, LineItem, OrderDetail, OutboxEntry
    from orders_wire.orders import Order

BAD_STATES = frozenset({OutboundState.DEAD, OutboundState.UNKNOWN, OutboundState.NEEDS_REVIEW})
OK_RESULTS = frozenset({"done", "unchanged"})
NO_NUMBER = "no number yet"
TITLE, SKU, AMOUNT = 26, 14, 10
"""Most cells that a column of names, codes, amounts is padded to, so that a line fits 80 columns."""


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
    yield from facts(detail, seen, parcels=False)
    if detail.financial_status:
        yield fact("payment", (wording.words(detail.financial_status), Tone.PLAIN))
    if detail.shipping_lines:
        yield fact("shipping", (", ".join(detail.shipping_lines), Tone.PLAIN))
    if detail.note:
        yield fact("note", (detail.note, Tone.PLAIN))


def _items(lines: Sequence[LineItem], seen: Seen) -> Iterator[Text]:
    prices = [wording.money(line.price, symbols=not seen.glyphs.ascii_only) if line.price else "" for line in lines]
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


def _parcels(detail: OrderDetail, seen: Seen) -> Iterator[Text]:
    numbers = _widest((parcel.number or NO_NUMBER for parcel in detail.fulfillments), TITLE)
    carriers = _widest((parcel.carrier or "" for parcel in detail.fulfillments), SKU)
    for parcel in detail.fulfillments:
        state = (parcel.shipment_status or parcel.status).replace("_", " ")
        when = wording.instant(parcel.delivered_at or parcel.updated_at or parcel.created_at, seen.now, seen.zone)
        yield [
            (f"{parcel.name or 'parcel'}  ", Tone.DIM),
            (f"{_padded(parcel.carrier or '', carriers)} " if carriers else "", Tone.DIM),
            (_padded(parcel.number or NO_NUMBER, numbers), Tone.PLAIN if parcel.number else Tone.WARN),
            (f"  {state} {when}", Tone.DIM),
            ("  ours, unconfirmed" if parcel.ours else "", Tone.ACTIVE),
        ]


def _returns(detail: OrderDetail, seen: Seen) -> Iterator[Text]:
    for each in detail.returns:
        sign = wording.return_state(each.state)
        amount = wording.refund(each, symbols=not seen.glyphs.ascii_only)
        yield [
            (f"{each.name or 'return'}  ", Tone.DIM),
            (seen.sign(sign), sign.tone),
            (f" for {seen.age(each.since)}  {amount}", Tone.PLAIN),
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
            (f"{entry.target} {wording.words(entry.kind)}  ", Tone.PLAIN),
            (f"{wording.words(entry.state)}{_due(entry, seen)}{tries}", tone),
            (f"  {entry.last_error or ''}", Tone.DIM),
        ]


def _due(entry: OutboxEntry, seen: Seen) -> str:
    """How long it is still held back."""
    if entry.state is not OutboundState.QUEUED or entry.not_before is None or entry.not_before <= seen.now:
        return ""
    return f", goes in {wording.age((entry.not_before - seen.now).total_seconds())}"


def _audit(detail: OrderDetail, seen: Seen) -> Iterator[Text]:
    for entry in reversed(detail.audit):
        when = wording.instant(entry.at, seen.now, seen.zone)
        yield [
            (f"{when:<12} ", Tone.DIM),
            (f"{entry.actor} ", Tone.PLAIN),
            (f"{wording.words(entry.action)} {entry.details}  ", Tone.PLAIN),
            (wording.words(entry.result), Tone.DIM if entry.result in OK_RESULTS else Tone.WARN),
        ]
