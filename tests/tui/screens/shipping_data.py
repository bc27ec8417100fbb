"""Orders that are sent in parts: lines that are short or held, very many lines, parcels in every state."""

from __future__ import annotations

from tests.tui.screens import desk_data
from tests.tui.screens.desk_data import ago
from tests.tui.screens.fake_session import FakeSession

from orders_wire.detail import FulfilledLine, Fulfillment, HoldEntry, LineItem, OrderDetail, OutboxEntry
from orders_wire.orders import Hold, Order, Tracking
from orders_wire.vocabulary import HoldReason, Issue, OutboundState, ParcelSent, Status

GUESSED = "00340434292135100186"


def line(number: int, title: str, owed: int, **fields: object) -> LineItem:
    """A line of which nothing was sent; `held` and `short` units cannot be."""
    held, short = int(str(fields.get("held", 0))), int(str(fields.get("short", 0)))
    values: dict[str, object] = {
        "id": f"gid://shopify/LineItem/{number}",
        "sku": f"SKU-{number:02}",
        "title": title,
        "quantity": owed,
        "owed": owed,
        "requires_shipping": True,
        "available": 9 if not short else -short,
        "short": short,
        "sendable": owed - held - short,
        **fields,
    }
    return LineItem.model_validate(values)


def owing(order: Order, *lines: LineItem, **fields: object) -> OrderDetail:
    """The detail of an order that owes just these lines."""
    update = {"line_items": list(lines), "fulfillments": [], **fields}
    return desk_data.detail(order).model_copy(update=update)


def mixed(order: Order) -> OrderDetail:
    """Five units: three can be sent, one is short and one is held."""
    held = line(3, "Cap, red, with a badge", 1, held=1)
    hold = HoldEntry(id="h1", reason=HoldReason.FRAUD, since=ago(5), ours=True, lines=[])
    hold = hold.model_copy(update={"lines": [FulfilledLine(id=held.id, quantity=1)]})
    return owing(order, line(1, "T-shirt, black, M", 3, short=1), line(2, "Mug", 1), held, holds=[hold])


def forty(order: Order) -> OrderDetail:
    """Forty lines, every seventh of them short."""
    lines = (line(n, f"Postcard no. {n}, matt", n % 12 + 1, short=int(n % 7 == 0)) for n in range(1, 41))
    return owing(order, *lines)


def parcels(order: Order) -> OrderDetail:
    """A parcel in each state."""
    of = (("T-shirt, black, M", 2), ("Mug", 1), ("Cap, red, with a badge", 1), ("Postcard", 12))
    lines = [FulfilledLine(id=f"l{at}", title=title, quantity=quantity) for at, (title, quantity) in enumerate(of)]
    made = [
        _parcel(order, 1, ParcelSent.SENT, lines[:2], number=GUESSED, carrier="DHL", shipment_status="in_transit"),
        _parcel(order, 2, ParcelSent.FAILED, lines[2:3], number="1Z999AA10123456784", carrier="UPS"),
        _parcel(order, 3, ParcelSent.WAITING, lines[3:], ours=True),
        _parcel(order, 4, ParcelSent.LOCAL, lines[:1], number="TRK-9F2C"),
    ]
    dead = OutboxEntry(
        id="o9",
        target="shopify",
        kind="tracking",
        state=OutboundState.DEAD,
        created_at=ago(1),
        last_error="changed in Shopify meanwhile, to 1Z999AA10123456795",
    )
    return desk_data.detail(order).model_copy(update={"fulfillments": made, "outbox": [dead]})


def _parcel(order: Order, at: int, sent: ParcelSent, lines: list[FulfilledLine], **fields: object) -> Fulfillment:
    values = {
        "id": f"gid://shopify/Fulfillment/{at}",
        "name": f"{order.order_number}-F{at}",
        "status": "success",
        "created_at": ago(40 - at),
        "updated_at": ago(at),
        "lines": lines,
        "sent": sent,
        **fields,
    }
    return Fulfillment.model_validate(values)


def _at(session: FakeSession, at: int) -> str:
    return session.table.view.rows[at].order.id


def show_mixed(session: FakeSession) -> None:
    """The first order has lines that are short and held."""
    session.change_order(_at(session, 0), hold=Hold(reason=Issue.MANUAL_CHECK, since=ago(5)), tracking=[])
    session.details[_at(session, 0)] = mixed(session.orders[_at(session, 0)])


def show_forty(session: FakeSession) -> None:
    """The first order has forty lines."""
    session.details[_at(session, 0)] = forty(session.orders[_at(session, 0)])


def show_parcels(session: FakeSession) -> None:
    """The first order was sent, in parcels of every state."""
    tracking = [
        Tracking(number=GUESSED, carrier="DHL", shipment_status="in_transit"),
        Tracking(number="1Z999AA10123456784", carrier="UPS"),
        Tracking(),
        Tracking(number="TRK-9F2C"),
    ]
    session.change_order(_at(session, 0), status=Status.AWAITING_TRACKING, tracking=tracking, hold=None)
    session.details[_at(session, 0)] = parcels(session.orders[_at(session, 0)])


def show_several(session: FakeSession) -> None:
    """One that is held in part, one that is wholly short, one that was sent, one that can be sent."""
    show_mixed(session)
    second, third, fourth = (_at(session, at) for at in (1, 2, 3))
    for order_id in (second, fourth):
        session.change_order(order_id, hold=None, tracking=[])
    session.details[second] = owing(session.orders[second], line(1, "Mug", 2, short=2))
    session.change_order(third, status=Status.AWAITING_TRACKING, tracking=[Tracking()], hold=None)
    session.details[fourth] = owing(session.orders[fourth], line(1, "Mug", 2), line(2, "Cap", 1))
