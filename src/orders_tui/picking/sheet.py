"""A pick as it is written down: in one of three forms, each by SKU or by order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from orders_tui import wording
from orders_tui.picking.choices import By, Form
from orders_tui.picking.pick import Pick, PickedOrder
from orders_tui.picking.sentences import contents
from orders_tui.sanitise import text
from orders_wire.vocabulary import Delivery, Priority

LONGEST_TITLE = 200
"""Characters of a title on paper."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A pick, how it is listed, and what stands above it: the shop, the moment in the desk's zone, and who had it written."""

    pick: Pick
    by: By
    shop: str
    at: datetime
    zone: str = "UTC"
    operator: str = ""

    @property
    def title(self) -> str:
        """`Pick list`, `Slips`."""
        return "Pick list" if self.by is By.SKU else "Slips"

    @property
    def origin(self) -> str:
        """Where and when it was written, and by whom, on one line."""
        there = self.at.astimezone(wording.zone(self.zone))
        return ", ".join(text(part) for part in (self.shop, f"{there:%Y-%m-%d %H:%M}", self.operator) if part)

    @property
    def contents(self) -> str:
        """`12 orders, 34 units`."""
        return contents(self.pick)

    def due(self, order: PickedOrder) -> str:
        """When it is to be on its way; empty where that is not known."""
        at = order.order.ship_by
        if at is None:
            return ""
        late = " (late)" if at <= self.at else ""
        return f"ship by {at.astimezone(wording.zone(self.zone)):%a %Y-%m-%d %H:%M}{late}"

    def remarks(self, order: PickedOrder) -> list[str]:
        """What whoever packs it has to know of an order, in a few words each."""
        row, notes = order.order, order.order.note_count
        return [
            *([wording.priority(row.priority).word.upper()] if row.priority is not Priority.STANDARD else []),
            *([wording.delivery(row.delivery).word] if row.delivery is not Delivery.SHIPPING else []),
            *([f"{notes} note{'s' if notes > 1 else ''} on the desk"] if notes else []),
        ]

    def together(self, order: PickedOrder) -> str:
        """With which others it ships; empty where it ships alone."""
        if partners := self.pick.partners(order):
            return f"ship with {', '.join(partners)}"
        missing = self.pick.misses_partners(order)
        return "ships together with an order that is not among these" if missing else ""


def written(sheet: Sheet, form: Form) -> str:
    """The whole document."""
    match form:
        case Form.HTML:
            from orders_tui.picking.page import html

            return html(sheet)
        case Form.TEXT:
            from orders_tui.picking.plain_text import plain_text

            return plain_text(sheet)
        case Form.CSV:
            from orders_tui.picking.table import table

            return table(sheet)


def shortened(title: str) -> str:
    """A title as it stands on paper."""
    return title if len(title) <= LONGEST_TITLE else f"{title[: LONGEST_TITLE - 1]}..."
