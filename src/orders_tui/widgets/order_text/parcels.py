"""The order's parcels: how far each has come, and what is in it. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from orders_tui import wording
from orders_tui.widgets.cells import column
from orders_tui.widgets.formatter import Formatter
from orders_tui.widgets.order_text.lines import SKU, TITLE, Text
from orders_tui.wording import Tone

if TYPE_CHECKING:
    from orders_wire.detail import Fulfillment, OrderDetail

NO_NUMBER = "no number yet"


def parcels(detail: OrderDetail, fmt: Formatter) -> Iterator[Text]:
    """Each in a line, its columns below each other; what is in it, where that is known, below it."""
    sent_off = detail.fulfillments
    names = column((parcel.name or "parcel" for parcel in sent_off), SKU)
    signs = [wording.parcel_sent(parcel.sent) for parcel in sent_off]
    sent = column((fmt.sign(sign) for sign in signs), SKU)
    carriers = column((parcel.carrier or "" for parcel in sent_off), SKU)
    numbers = column((parcel.number or NO_NUMBER for parcel in sent_off), TITLE)
    for parcel, name, sign, word, carrier, number in zip(sent_off, names, signs, sent, carriers, numbers, strict=True):
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
