"""What the server sent: every order as it last sent it, pages as they were fetched, details of single orders.

Per row the highest version wins; between equals, the newer desk. All is bounded, so that a long shift stays flat.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from orders_tui.api.body import MOST_KEPT

if TYPE_CHECKING:
    from orders_tui.query import OrdersQuery
    from orders_wire.detail import OrderDetail
    from orders_wire.orders import Order
    from orders_wire.page import OrdersPage

ROWS_KEPT = 4000
_PLACES_KEPT = 2 * ROWS_KEPT
_DETAILS_KEPT = 60


@dataclass(frozen=True, slots=True)
class Stamped:
    """A row and how far the desk was when it was read."""

    row: Order
    desk_version: int


class Rows:
    """Rows by order id."""

    def __init__(self) -> None:
        self._rows: dict[str, Stamped] = {}

    def __len__(self) -> int:
        return len(self._rows)

    def get(self, order_id: str) -> Order | None:
        """The newest row known."""
        stamped = self._rows.get(order_id)
        return stamped.row if stamped else None

    def stamped(self, order_id: str) -> Stamped | None:
        """The newest row known, with its stamp."""
        return self._rows.get(order_id)

    def of_group(self, group: str) -> list[Order]:
        """The newest rows known of those that are to be shipped together."""
        return [stamped.row for stamped in self._rows.values() if stamped.row.together == group]

    def put(self, row: Order, desk_version: int) -> bool:
        """Takes a row unless a newer one is held. True when it was taken."""
        held = self._rows.get(row.id)
        if held and (row.version, desk_version) < (held.row.version, held.desk_version):
            return False
        self._rows[row.id] = Stamped(row, desk_version)
        return True

    def keep_only(self, order_ids: Collection[str]) -> list[str]:
        """Forgets all rows but these; the ids forgotten."""
        gone = [order_id for order_id in self._rows if order_id not in order_ids]
        for order_id in gone:
            del self._rows[order_id]
        return gone


@dataclass(frozen=True, slots=True)
class PageEntry:
    """One answer of `GET /sync/orders`. `order_ids` in its order; `fetched_at` in monotonic seconds."""

    query: OrdersQuery
    page: OrdersPage
    order_ids: tuple[str, ...]
    fetched_at: float

    @property
    def desk_version(self) -> int:
        """How far the desk was; 0 when the server does not say."""
        return self.page.desk.version if self.page.desk else 0

    @property
    def desk_id(self) -> str | None:
        """Which desk it was; None when the server does not say."""
        return self.page.desk.id if self.page.desk else None

    def holds(self, desk_id: str | None, version: int) -> bool:
        """True when it is of that desk, as far as that is known, and at least that new: another desk's versions say nothing."""
        return (desk_id is None or desk_id == self.desk_id) and self.desk_version >= version


class Pages(OrderedDict["OrdersQuery", PageEntry]):
    """Pages by the place they were asked for at, and by their own cursor."""

    def keep(self, entry: PageEntry) -> None:
        """Takes a page. The oldest go, never the newest."""
        self[entry.query] = entry
        self.move_to_end(entry.query)
        places = sum(len(page.order_ids) for page in self.values())
        size = sum(page.page.size_bytes for page in self.values())
        while len(self) > 1 and (places > _PLACES_KEPT or size > MOST_KEPT):
            _, gone = self.popitem(last=False)
            places, size = places - len(gone.order_ids), size - gone.page.size_bytes

    def absorb(self, entry: PageEntry) -> None:
        """Takes a page at both of its places."""
        self.keep(entry)
        cursor = entry.page.orders.page_info.shopify_cursor
        if cursor is not None:
            self.keep(replace(entry, query=entry.query.at(cursor)))


class Details(OrderedDict[str, "OrderDetail"]):
    """Details by order id."""

    def absorb(self, detail: OrderDetail) -> bool:
        """Takes a detail unless a newer one is held. True when it was taken."""
        held = self.get(detail.id)
        if held is not None and held.version > detail.version:
            return False
        self[detail.id] = detail
        self.move_to_end(detail.id)
        while len(self) > _DETAILS_KEPT:
            self.popitem(last=False)
        return True
