"""What deserves a look in an order, from its row. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from orders_tui import wording
from orders_tui.widgets.formatter import Formatter
from orders_tui.widgets.order_text.cancelling import cancelling
from orders_tui.widgets.order_text.lines import Text, fact, known
from orders_tui.widgets.order_text.parcels import NO_NUMBER
from orders_tui.wording import Tone
from orders_tui.wording.readiness import TOGETHER, blocked, can_go
from orders_tui.wording.states import READY
from orders_wire.vocabulary import Delivery, Ready

if TYPE_CHECKING:
    from orders_wire.orders import Hold, Order


def facts(order: Order, fmt: Formatter, *, parcels: bool = True, refunded: bool = True) -> Iterator[Text]:
    """What deserves a look, most urgent first; what is usual is left out. `parcels`, `refunded`: where nothing else has them."""
    yield from cancelling(order, fmt)
    if order.hold is not None:
        yield fact("hold", fmt.piece(wording.issue(order.hold.reason)), *_held(order.hold, fmt))
    elif order.issue is not None:
        yield fact("issue", fmt.piece(wording.issue(order.issue)))
    if order.outbound.failed:
        yield fact("outbound", (f"{order.outbound.failed} not sent", Tone.BAD))
    if order.outbound.waiting:
        yield fact("outbound", (f"{order.outbound.waiting} on the way", Tone.ACTIVE))
    yield from _ready(order, fmt)
    if order.return_ is not None:
        sign = wording.return_sign(order.return_)
        words = wording.return_line(order.return_, symbols=not fmt.glyphs.ascii_only)
        since = f"  for {fmt.age(order.return_.since)}" if order.return_.since else ""
        yield fact("return", (f"{fmt.glyph(sign)} {words}", sign.tone), (since, Tone.DIM))
    if refunded and order.refunded is not None:
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


def _ready(order: Order, fmt: Formatter) -> Iterator[Text]:
    """How much of it can go and what stands against the rest; which others go with it."""
    if order.ready is not None:
        sign, why = READY[order.ready], blocked(order)
        word = "" if order.ready is Ready.NO and why else f"{can_go(order) or sign.word}  "
        yield fact("ready", (f"{fmt.glyph(sign)} {word}", sign.tone), (why, Tone.DIM))
    if words := fmt.together(order):
        yield fact("together", (f"{fmt.glyph(TOGETHER)} {words}", TOGETHER.tone))


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
