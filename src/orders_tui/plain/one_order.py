"""One order: all about it, its neighbours in the list, what happened to it, where it is in the shop's admin."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orders_tui import wording
from orders_tui.plain.desk import Desk, Misread
from orders_tui.plain.order_lines import describe

if TYPE_CHECKING:
    from orders_tui.errors import ApiError
    from orders_wire.detail import OrderDetail


class OneOrder:
    """The order that is looked at is the one that is meant."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    async def show(self, text: str) -> None:
        """Everything about one order, which is then the one that is meant; by its own number (`#1001`) wherever it is."""
        text = text or (self.desk.number(self.desk.current) if self.desk.current else "")
        text = text or await self.desk.console.ask("which order? its number in the list, or its own, as #1001")
        known = {self.desk.number(order_id): order_id for order_id in self.desk.listed.values()}
        ids = (
            [known[text]]
            if text in known
            else [await self._found(text)]
            if text.startswith("#")
            else self.desk.ids(text)
        )
        if len(ids) > 1:
            raise Misread("open takes one number")
        await self.open(ids[0])

    async def _found(self, number: str) -> str:
        """The id of an order that is in no list here. Raises Misread."""
        found: list[OrderDetail | ApiError] = []
        await self.desk.session.read_details((number,), lambda _, detail: found.append(detail))
        if isinstance(found[0], Exception):
            raise Misread(f"{number} cannot be opened: {found[0]}")
        return found[0].id

    async def open(self, order_id: str) -> None:
        """The order with this id."""
        detail = await self.desk.detail(order_id)
        if detail is not None:
            self.desk.current = order_id
            self.desk.session.table.move_cursor(order_id)
            detail = detail.model_copy(update={"present": self.desk.session.present.get(order_id, ())})
            others = self.desk.session.table.together(detail)
            said = describe(detail, self.desk.pace.now(), self.desk.zone_name, others=others)
            self.desk.console.say(said.rstrip())

    async def neighbour(self, step: int) -> None:
        """The order before or behind the one that was looked at, of those that were listed."""
        numbers = sorted(self.desk.listed)
        at = next((at for at, number in enumerate(numbers) if self.desk.listed[number] == self.desk.current), None)
        to = (0 if step > 0 else -1) if at is None else at + step
        if not numbers or not (at is None or 0 <= to < len(numbers)):
            self.desk.console.say(f"this is the {'end' if step > 0 else 'start'} of what was listed")
        else:
            await self.open(self.desk.listed[numbers[to]])

    async def timeline(self) -> None:
        """What happened to the order that is looked at."""
        detail = await self.desk.detail(self._current())
        if detail is not None:
            self.desk.console.say(f"timeline of {detail.order_number}, oldest first")
            self.desk.console.say(
                *(
                    f"{self.desk.instant(entry.ts)}, {wording.timeline_sign(entry, detail.return_).word}: {entry.details}"
                    for entry in detail.timeline
                )
            )

    async def browser(self) -> None:
        """Where the order is in the shop's admin."""
        detail = await self.desk.detail(self._current())
        if detail is not None:
            self.desk.console.say(detail.admin_url or "the server gives no address for this order")

    def back(self) -> None:
        """No order is looked at any more."""
        self.desk.console.say("back at the list" if self.desk.current else "this is the list; quit leaves")
        self.desk.current = ""

    def _current(self) -> str:
        if not self.desk.current:
            raise Misread("no order is open; its number in the list opens one")
        return self.desk.current
