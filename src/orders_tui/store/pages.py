"""Pages as they were fetched: which orders stand where, under which query."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from orders_tui.query import OrdersQuery
    from orders_wire.page import OrdersPage


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
