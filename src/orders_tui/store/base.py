"""Base rows: every order as the server last said it. Per row the highest version wins; between equals, the newer desk."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from orders_wire.orders import Order


@dataclass(frozen=True, slots=True)
class Stamped:
    """A row and how far the desk was when it was read."""

    row: Order
    desk_version: int


class BaseRows:
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
