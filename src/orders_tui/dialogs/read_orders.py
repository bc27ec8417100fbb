"""What marked orders owe, line by line, and what was sent of them: read where needed, a few at a time, never without bound."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from orders_tui.actions.owed_lines import OwedLine, owed_lines
from orders_tui.actions.tracking import parcels_of

if TYPE_CHECKING:
    from orders_tui.errors import ApiError
    from orders_tui.session.protocols import SessionProtocol
    from orders_wire.detail import Fulfillment, OrderDetail
    from orders_wire.orders import Order

MOST = 250
"""So many orders are read for one dialog."""


class ReadOrders:
    """`lines` and `parcels` by order id, of those that were read."""

    def __init__(self, session: SessionProtocol) -> None:
        self._session = session
        self._begun: dict[str, int] = {}
        self._problems: dict[str, str] = {}
        self.lines: dict[str, list[OwedLine]] = {}
        self.parcels: dict[str, list[Fulfillment]] = {}

    def begin(self, orders: Iterable[Order]) -> list[str]:
        """The ids of these orders that are to be read now: those that were not, or have changed since."""
        ids = []
        for order in orders:
            known = self._begun.get(order.id)
            if (known is None and len(self._begun) < MOST) or (known is not None and known < order.version):
                self._begun[order.id] = order.version
                ids.append(order.id)
        return ids

    async def run(self, order_ids: Sequence[str], came: Callable[[], None]) -> None:
        """Reads them; `came` is called after each."""

        def take(order_id: str, detail: OrderDetail | ApiError) -> None:
            if isinstance(detail, Exception):
                self._problems[order_id] = f"what it owes could not be read: {detail}"
            else:
                self._problems.pop(order_id, None)
                self._begun[order_id] = max(self._begun[order_id], detail.version)
                self.lines[order_id], self.parcels[order_id] = owed_lines(detail), parcels_of(detail)
            came()

        await self._session.read_details(order_ids, take)

    def left(self, order_ids: Iterable[str]) -> int:
        """How many of these are still being read."""
        done = self.lines.keys() | self._problems.keys()
        return sum(order_id in self._begun and order_id not in done for order_id in order_ids)

    def problems_of(self, order_ids: Iterable[str]) -> Iterator[tuple[str, str]]:
        """Ids of these orders that cannot be known, each with the reason."""
        for order_id in order_ids:
            if order_id in self._problems:
                yield order_id, self._problems[order_id]
            elif order_id not in self._begun and len(self._begun) >= MOST:
                yield order_id, f"not read: {MOST} orders are the most at once"
