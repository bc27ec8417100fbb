"""`inventory`: a stock-out. The open orders that owe the SKU are held, and the ERP is asked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orders_tui.actions.draft import WRITES_OFF, Draft, ending
from orders_tui.actions.field_changes import Changes, Earlier, FieldChange
from orders_wire.vocabulary import ActionName, Issue, Status

if TYPE_CHECKING:
    from orders_wire.actions import InventoryBody
    from orders_wire.orders import Order
    from orders_wire.people import Me


@dataclass(frozen=True, slots=True)
class InventoryDraft(Draft):
    """Hold the open orders that still owe the SKU, or those of them in `order_ids` (empty: all)."""

    action = ActionName.INVENTORY
    word = "hold"
    unsent = "nothing is on its way to be sent"
    sku: str
    note: str = ""

    @property
    def done(self) -> str:
        return f"held for {self.sku}"

    @property
    def subject(self) -> str:
        return self.sku

    @property
    def repeated(self) -> str:
        return self.sku

    def obstacle(self, order: Order) -> str | None:
        return ending(order) or (None if order.status is Status.AWAITING_FULFILLMENT else "nothing is owed any more")

    def requests(self) -> Iterator[Draft]:
        return Draft.requests(self) if self.order_ids else iter((self,))

    def effect(self, order_id: str, row: Order | None, earlier: Earlier) -> Changes:
        if row is None or ending(row) or row.issue in {Issue.PAYMENT, Issue.ADDRESS}:
            return {}
        return {"issue": FieldChange(row.issue, Issue.INVENTORY)}

    def body(self, expected: dict[str, int] | None) -> InventoryBody:
        from orders_wire.actions import InventoryBody

        return InventoryBody(
            sku=self.sku, order_ids=list(self.order_ids) or None, note=self.note, expected_versions=expected
        )


def outward(me: Me | None) -> str:
    """What leaves the desk because of it."""
    tail = f"; {WRITES_OFF}" if me is not None and not me.shopify_writes else ""
    return f"the holds for Shopify and a message for the ERP are queued{tail}"
