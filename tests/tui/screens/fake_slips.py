"""Orders as the bench reads them, out of the details of the sample."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from orders_tui.errors import ApiError, Refused
from orders_tui.session.changes import SlipRead
from orders_tui.session.slip import Slip, slip_of
from orders_wire.detail import OrderDetail
from orders_wire.lines import OrderLines, PackingLine
from orders_wire.vocabulary import ErrorCode

if TYPE_CHECKING:
    from tests.tui.screens.fake_session import FakeSession


class FakeSlips:
    """Reads at once; with `problem` it cannot be had, and `slow` keeps what is asked until `answer`."""

    def __init__(self, session: FakeSession) -> None:
        self._session = session
        self.problem: ApiError | None = None
        self.slow = False
        self.asked: list[tuple[str, Callable[[Slip | ApiError], None]]] = []
        self.watched: str | None = None

    def open(self, order: str, came: Callable[[Slip | ApiError], None]) -> None:
        self.asked.append((order, came))
        if not self.slow:
            self.answer()

    def answer(self) -> None:
        """The oldest that was asked for."""
        order, came = self.asked.pop(0)
        came(self._read(order))

    def watch(self, order_id: str | None) -> None:
        self.watched = order_id

    def again(self) -> None:
        """What is open is read again."""
        if self.watched is not None and self.problem is None:
            read = self._read(self.watched)
            slip = read if isinstance(read, Slip) else None
            self._session.tell(SlipRead(self.watched, slip, "" if slip is not None else str(read)))

    def _read(self, order: str) -> Slip | ApiError:
        if self.problem is not None:
            return self.problem
        names = (order, f"#{order}", f"gid://shopify/Order/{order}")
        found = next(
            (each for each in self._session.orders.values() if each.id in names or each.order_number in names), None
        )
        detail = self._session.table.detail(found.id) if found is not None else None
        if detail is None:
            return Refused(ErrorCode.NOT_FOUND, f"There is no order {order}")
        return slip_of(detail, lines_of(detail))


def lines_of(detail: OrderDetail) -> OrderLines:
    """The lines as their own endpoint tells them."""
    lines = [PackingLine.model_validate(line.model_dump() | {"lineId": line.id}) for line in detail.line_items]
    return OrderLines(id=detail.id, version=detail.version, lines=lines)
