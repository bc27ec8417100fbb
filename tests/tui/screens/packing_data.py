"""An order that is packed at the bench: lines with a barcode, without one, with one held and with what the customer chose."""

from __future__ import annotations

from tests.tui.screens.fake_session import FakeSession
from tests.tui.screens.shipping_data import line, owing

from orders_wire.detail import LineProperty, OrderDetail
from orders_wire.orders import Order

TEE, MUG = "4006381333931", "0012345678905"
LABEL = "00340434292135100186"


def packed(order: Order) -> OrderDetail:
    """Five units: two T-shirts, a mug, a card without a barcode, a cap of which one more is held."""
    engraving = [LineProperty(name="Engraving", value="For Ana, with love")]
    return owing(
        order,
        line(1, "T-shirt, black", 2, sku="TEE-BLK-M", barcode=TEE, variant_title="Black / M"),
        line(2, "Mug", 1, sku="MUG-01", barcode=MUG, properties=engraving),
        line(3, "Greeting card", 1, sku=None, barcode=None),
        line(4, "Cap, red, with a badge", 2, sku="CAP-RED", barcode="4012345678901", held=1),
    )


def first(session: FakeSession) -> Order:
    """The first order of the view."""
    return session.orders[session.table.view.rows[0].order.id]


def show(session: FakeSession) -> None:
    """The first order can be packed."""
    order = first(session)
    session.change_order(order.id, hold=None, tracking=[])
    session.details[order.id] = packed(session.orders[order.id])


def change(session: FakeSession) -> None:
    """Somebody took the mug out of it, and one T-shirt."""
    order = first(session)
    before = session.details[order.id]
    tee, _, *others = before.line_items
    tee = tee.model_copy(update={"owed": 1, "sendable": 1})
    session.details[order.id] = before.model_copy(update={"line_items": [tee, *others], "version": before.version + 1})
    session.slips.again()
