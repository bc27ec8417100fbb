"""The blocks of an order's own screen, in their order. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from orders_tui import wording
from orders_tui.widgets import hold_text
from orders_tui.widgets.formatter import Formatter
from orders_tui.widgets.order_text.audit import audit
from orders_tui.widgets.order_text.facts import facts
from orders_tui.widgets.order_text.items import items
from orders_tui.widgets.order_text.lines import LABEL, UNDER, WHEN, Section, Text, known
from orders_tui.widgets.order_text.outgoing import outgoing
from orders_tui.widgets.order_text.parcels import parcels
from orders_tui.widgets.order_text.people import address, customer, owners
from orders_tui.widgets.order_text.returns import returns
from orders_tui.widgets.order_text.timeline import timeline
from orders_tui.widgets.order_text.totals import totals

if TYPE_CHECKING:
    from orders_wire.detail import OrderDetail
    from orders_wire.orders import Order


HANGS = {
    "ITEMS": UNDER,
    "HOLDS": UNDER,
    "PARCELS": UNDER,
    "RETURNS": UNDER,
    "SHIP TO": 2,
    "BILL TO": 2,
    **dict.fromkeys(("TIMELINE", "OWNERS", "OUTGOING", "ACTIONS"), WHEN),
}
"""How far in a line of a section goes on below itself; elsewhere under its facts."""


def row_sections(order: Order, fmt: Formatter) -> list[Section]:
    """What the row alone tells, for as long as the detail has not come."""
    return _filled(ORDER=facts(order, fmt))


def content_sections(detail: OrderDetail, fmt: Formatter) -> list[Section]:
    """What it is: the order, its lines and their money, parcels, returns."""
    return _filled(
        ORDER=_order(detail, fmt),
        ITEMS=items(detail, fmt),
        MONEY=totals(detail, fmt),
        HOLDS=hold_text.section(detail, fmt),
        PARCELS=parcels(detail, fmt),
        RETURNS=returns(detail, fmt),
    )


def people_sections(detail: OrderDetail) -> list[Section]:
    """Whose it is, and where it goes."""
    ship_to, bill_to = detail.shipping_address, detail.billing_address
    return _filled(
        CUSTOMER=customer(detail),
        SHIP_TO=address(ship_to),
        BILL_TO=address(bill_to if bill_to != ship_to else None),
    )


def history_sections(detail: OrderDetail, fmt: Formatter) -> list[Section]:
    """What happened: timeline, owners, writes on their way, who did what."""
    return _filled(
        TIMELINE=timeline(detail.timeline, fmt, detail.notes, returned=detail.return_),
        OWNERS=owners(detail, fmt),
        OUTGOING=outgoing(detail.outbox, fmt),
        ACTIONS=audit(detail, fmt),
    )


def _filled(**sections: Iterator[Text]) -> list[Section]:
    """The sections that have lines, by title."""
    titled = ((title.replace("_", " "), tuple(lines)) for title, lines in sections.items())
    return [Section(title, lines, HANGS.get(title, LABEL)) for title, lines in titled if lines]


def _order(detail: OrderDetail, fmt: Formatter) -> Iterator[Text]:
    known_below = detail.totals is not None and detail.totals.refunded is not None
    yield from facts(detail, fmt, parcels=False, refunded=not known_below)
    payment = wording.words(detail.financial_status)
    yield from known(payment=payment, shipping=", ".join(detail.shipping_lines), **{"shop note": detail.note})
