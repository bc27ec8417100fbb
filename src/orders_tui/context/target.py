"""What an action would hit: the marked orders if there are any, else the one under the cursor."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from orders_wire.orders import Order


@dataclass(frozen=True, slots=True)
class Target:
    """Orders as they were when the operator looked; `marked` says that they were chosen by marks. `ids` may exceed `orders`."""

    ids: tuple[str, ...]
    orders: tuple[Order, ...]
    marked: bool = False

    @classmethod
    def of(cls, order: Order | None) -> Target:
        """The one order that the operator looks at; nothing for None."""
        return cls((order.id,), (order,)) if order is not None else cls((), ())

    def __bool__(self) -> bool:
        return bool(self.ids)

    @property
    def only(self) -> Order | None:
        """The order, when there is exactly one."""
        return self.orders[0] if len(self.ids) == 1 and self.orders else None

    @property
    def versions(self) -> Mapping[str, int]:
        """The version of each order that the operator saw."""
        return {order.id: order.version for order in self.orders}

    @property
    def title(self) -> str:
        """`#1001`, or `14 orders`."""
        return self.only.order_number if self.only is not None else f"{len(self.ids)} orders"
