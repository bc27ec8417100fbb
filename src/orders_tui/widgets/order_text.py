"""What is known of an order as lines of pieces, shared by the pane below the table and the order's own screen. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from orders_tui import wording
from orders_tui.widgets.cells import Piece
from orders_tui.widgets.order_table.columns import Seen
from orders_tui.wording import Tone
from orders_wire.vocabulary import UNASSIGNED, Delivery, Priority

if TYPE_CHECKING:
    from orders_wire.orders import Order, TimelineEntry

Text = list[Piece]

LABEL = 10
"""Cells of a fact's name."""


def headline(order: Order, seen: Seen) -> Text:
    """Number, customer, amount, status, owner."""
    status = wording.order_status(order)
    pieces: Text = [(order.order_number, "strong"), (f"  {order.customer_name or 'no customer'}", Tone.PLAIN)]
    if order.total is not None:
        pieces.append((f"  {wording.money(order.total, symbols=not seen.glyphs.ascii_only)}", Tone.PLAIN))
    pieces.append((f"  {seen.sign(status)}", status.tone))
    if order.priority is not Priority.STANDARD:
        priority = wording.priority(order.priority)
        pieces.append((f"  {seen.sign(priority)}", priority.tone))
    owner = "nobody's" if order.assigned_to == UNASSIGNED else f"owned by {order.assigned_to}"
    return [*pieces, (f"  {owner}", Tone.DIM)]


def fact(name: str, *pieces: Piece) -> Text:
    """A line `name  value`."""
    return [(f"{name:<{LABEL}}", Tone.DIM), *pieces]


def facts(order: Order, seen: Seen, parcels: bool = True) -> Iterator[Text]:
    """What deserves a look, most urgent first; what is usual is left out. `parcels`: where nothing else shows them."""
    if order.hold is not None:
        sign = wording.issue(order.hold.reason)
        yield fact(
            "hold",
            (seen.sign(sign), sign.tone),
            (f" for {seen.age(order.hold.since)}  {order.hold.note or ''}", Tone.DIM),
        )
    elif order.issue is not None:
        sign = wording.issue(order.issue)
        yield fact("issue", (seen.sign(sign), sign.tone))
    if order.outbound.failed:
        yield fact("outbound", (f"{order.outbound.failed} not sent", Tone.BAD))
    if order.outbound.waiting:
        yield fact("outbound", (f"{order.outbound.waiting} on the way", Tone.ACTIVE))
    if order.return_ is not None:
        sign = wording.return_state(order.return_.state)
        words = wording.return_line(order.return_, symbols=not seen.glyphs.ascii_only)
        yield fact("return", (f"{sign.mark(seen.glyphs.ascii_only)} {words}", sign.tone))
    if order.delivery in (Delivery.LOCAL, Delivery.PICKUP):
        sign = wording.delivery(order.delivery)
        yield fact("delivery", (seen.sign(sign), sign.tone))
    due = wording.ship_by(order, seen.now, seen.zone)
    if order.ship_by is not None and due.word:
        when = wording.instant(order.ship_by, seen.now, seen.zone)
        yield fact("ship by", (seen.sign(due).strip(), due.tone), (f"  {when}", Tone.DIM))
    if parcels:
        yield from _parcels(order, seen)
    yield fact(
        "placed",
        (wording.instant(order.placed_at, seen.now, seen.zone), Tone.PLAIN),
        (f"  {order.channel.value}", Tone.DIM),
    )
    if order.support_thread:
        yield fact("support", (order.support_thread, Tone.PLAIN))
    if order.tags:
        yield fact("tags", (", ".join(order.tags), Tone.PLAIN))


def _parcels(order: Order, seen: Seen) -> Iterator[Text]:
    for parcel in order.tracking:
        number = parcel.number or "no number yet"
        state = (parcel.shipment_status or "").replace("_", " ")
        age = f" {seen.age(parcel.updated_at)} ago" if parcel.updated_at else ""
        yield fact(
            "parcel",
            (f"{parcel.carrier} " if parcel.carrier else "", Tone.DIM),
            (number, Tone.PLAIN if parcel.number else Tone.WARN),
            (f"  {state}{age}", Tone.DIM),
        )


def timeline(entries: Sequence[TimelineEntry], seen: Seen) -> Iterator[Text]:
    """The entries, newest first: when, what, details."""
    for entry in reversed(entries):
        sign = wording.timeline_event(entry.event)
        when = wording.instant(entry.ts, seen.now, seen.zone)
        yield [(f"{when:<12} ", Tone.DIM), (f"{seen.sign(sign)}  ", sign.tone), (entry.details, Tone.DIM)]
