"""`Y`: what to copy of an order. The values are shown, so that they can be read or selected where the clipboard does not work."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orders_tui.context.context import Context
from orders_tui.dialogs.list_dialog import ListDialog
from orders_tui.widgets.cells import Piece
from orders_tui.widgets.hint_bar import Hint
from orders_tui.widgets.line_list import Line
from orders_tui.wording import Tone

if TYPE_CHECKING:
    from orders_wire.detail import Address, OrderDetail
    from orders_wire.orders import Order


class CopyDialog(ListDialog[str]):
    """Returns the text to copy."""

    SIZE = "wide"
    LIST = "values"
    KEYS = (Hint("enter", "copy"), Hint("↑↓", "choose"))

    def __init__(self, work: Context, order: Order) -> None:
        super().__init__(work)
        self._order = order
        self._values = values(order, work.session.table.detail(order.id))

    def lines(self) -> list[Line]:
        return [Line(name, ((f"{name:<14}", Tone.DIM), (value, Tone.PLAIN))) for name, value in self._values.items()]

    def title_pieces(self) -> list[Piece]:
        return [(f"Copy of {self._order.order_number}", "strong")]

    def result(self) -> str:
        return self._values[self.current]


def values(order: Order, detail: OrderDetail | None) -> dict[str, str]:
    """What can be copied, by name; what is unknown is left out."""
    named: dict[str, str | None] = {"number": order.order_number, "id": order.id, "customer": order.customer_name}
    for at, parcel in enumerate(parcel for parcel in order.tracking if parcel.number):
        named[f"tracking {at + 1}" if at else "tracking"] = parcel.number
        named[f"tracking page {at + 1}" if at else "tracking page"] = parcel.url
    named["support thread"] = order.support_thread
    if detail is not None:
        named["e-mail"] = detail.email or (detail.customer.email if detail.customer else None)
        named["address"] = _address(detail.shipping_address)
        named["admin page"] = detail.admin_url
    return {name: value for name, value in named.items() if value}


def _address(address: Address | None) -> str | None:
    if address is None:
        return None
    town = " ".join(part for part in (address.zip, address.city) if part)
    parts = (address.name, address.company, address.address1, address.address2, town, address.country)
    return ", ".join(part for part in parts if part)
